/** The fixtures that Python and TypeScript share (tests/journals): the state here is the state on the server. */
import { describe, expect, test } from 'vitest';
import coding from '../../tests/journals/coding.json';
import review from '../../tests/journals/review.json';
import session from '../../tests/journals/session.json';
import sheet from '../../tests/journals/sheet.json';
import { CODING_PARTS, withStep, type CodingState, type Step as CodingStep } from '../src/islands/coding/scheme';
import { SESSION_PARTS } from '../src/islands/session/record.svelte';
import { SHEET_PARTS } from '../src/islands/sheet/record.svelte';
import { withAnswer, withChanges, type KeyedParts } from '../src/lib/journal';
import { REVIEW_PARTS, withAct } from '../src/lib/optimistic';
import type { Act, ReviewState } from '../src/lib/types';
import { reviewState } from './review_fixture';

interface Step {
  do?: 'undo' | 'redo';
  type?: string;
  payload?: unknown;
  /** Sent from the review room, which shows it before the server has it. */
  room?: boolean;
  event_id: number;
  changed: Record<string, unknown>;
}
interface Stream {
  name: string;
  first: object;
  steps: Step[];
  last: object;
}

const STREAMS = { review, session, sheet, coding } as Record<'review' | 'session' | 'sheet' | 'coding', Stream[]>;

/** Every act of the review room, so that none is left out here. */
const ACTS: Record<Act['type'], true> = {
  candidate_confirmed: true,
  candidate_rejected: true,
  candidate_adjusted: true,
  candidate_unsure: true,
  candidate_added: true,
  moment_tagged: true,
  moment_changed: true,
  moment_opened: true,
  moment_removed: true,
  still_taken: true,
  still_changed: true,
  still_removed: true,
  roles_swapped: true,
  packs_chosen: true,
  people_named: true,
  setup_named: true,
  own_eyes_set: true,
  gaze_flags_set: true,
  play_bounded: true,
};

describe('the review', () => {
  test.each(STREAMS.review)('$name', ({ first, steps, last }) => {
    let state = reviewState();
    for (const { type, payload, room, event_id, changed } of steps) {
      const after = withChanges(state, changed, REVIEW_PARTS);
      if (room) expect(withAct(state, { type, payload } as Act, event_id)).toEqual(after);
      if (event_id === 1) expect(after).toEqual(first);
      state = after;
    }
    expect(state).toEqual(last as ReviewState);
  });

  test('every act of the room stands in a fixture', () => {
    const sent = STREAMS.review.flatMap(({ steps }) => steps.filter((step) => step.room).map((step) => step.type));
    expect([...new Set(sent)].sort()).toEqual(Object.keys(ACTS).sort());
  });
});

/** Every step of the coding room, so that none is left out here. */
const CODING_STEPS: Record<CodingStep['type'], true> = {
  switched: true,
  switch_removed: true,
  switch_moved: true,
  pointed: true,
  point_removed: true,
  pass_ended: true,
  pass_taken_up: true,
};

describe('the coding', () => {
  test.each(STREAMS.coding)('$name', ({ first, steps, last }) => {
    let state = first as CodingState;
    for (const { type, payload, room, event_id, changed } of steps) {
      const after = withChanges(state, changed, CODING_PARTS);
      if (room) expect(withStep(state, { type, payload } as CodingStep)).toEqual(after);
      if (event_id === 1) expect(after).toEqual(first);
      state = after;
    }
    expect(state).toEqual(last as CodingState);
  });

  test('every step of the room stands in a fixture', () => {
    const sent = STREAMS.coding.flatMap(({ steps }) => steps.filter((step) => step.room).map((step) => step.type));
    expect([...new Set(sent)].sort()).toEqual(Object.keys(CODING_STEPS).sort());
  });
});

const RECORDS: ['session' | 'sheet', KeyedParts][] = [
  ['session', SESSION_PARTS],
  ['sheet', SHEET_PARTS],
];

describe.each(RECORDS)('the %s', (name, keyed) => {
  test.each(STREAMS[name])('$name', ({ first, steps, last }) => {
    let journal = { last_event_id: 1, state: first, undo: null, redo: null };
    for (const { event_id, changed } of steps.slice(1)) {
      const after = withAnswer(journal, { event_id, changed, undo: null, redo: null }, keyed);
      expect(after).not.toBeNull();
      journal = after ?? journal;
    }
    expect(journal).toEqual({ last_event_id: steps.length, state: last, undo: null, redo: null });
  });
});

test('an answer that does not follow on what is known is not patched in', () => {
  const known = { last_event_id: 3, state: {}, undo: null, redo: null };
  for (const event_id of [3, 5]) expect(withAnswer(known, { event_id, changed: {}, undo: null, redo: null }, {})).toBeNull();
});
