import { describe, expect, test } from 'vitest';
import { isAlreadyIn, subjectIn, withAct } from '../src/lib/optimistic';
import type { Act, Moment } from '../src/lib/types';
import { decision, reviewState } from './review_fixture';

const swap: Act = { type: 'roles_swapped', payload: {} };
const moment: Moment = {
  moment_id: 'm',
  start_us: 0,
  end_us: 10,
  code_ref: 'attentive',
  note: '',
  parent_words: '',
  point: false,
  anchors: null,
};
const running = { moment_id: 'r', start_us: 5, code_ref: 'chain', anchors: [5, null, null, null, null, null] };
const still = { still_id: 's', at_us: 7, caption: '' };
const span = { candidate_id: 'c', kind: 'gaze_contact', start_us: 1_000_000, end_us: 2_000_000 };
const STATE = reviewState({
  decisions: { c: decision('confirmed', 1_000_000) },
  moments: [moment],
  open_moments: [running],
  stills: [still],
});

const ACTS: Act[] = [
  { type: 'candidate_confirmed', payload: { ...span, candidate_id: 'other' } },
  { type: 'candidate_adjusted', payload: { ...span, end_us: 3_000_000 } },
  { type: 'candidate_rejected', payload: span },
  { type: 'candidate_unsure', payload: span },
  { type: 'candidate_added', payload: { ...span, candidate_id: 'mine' } },
  { type: 'moment_tagged', payload: { ...moment, moment_id: 'new' } },
  { type: 'moment_changed', payload: { ...moment, note: 'Other words' } },
  { type: 'moment_removed', payload: { moment_id: 'm' } },
  { type: 'moment_removed', payload: { moment_id: 'r' } },
  { type: 'moment_opened', payload: { ...running, moment_id: 'new' } },
  { type: 'moment_opened', payload: { ...running, anchors: [5, 6, null, null, null, null] } },
  { type: 'moment_tagged', payload: { ...moment, moment_id: 'r' } },
  { type: 'moment_changed', payload: { ...moment, parent_words: 'Look!' } },
  { type: 'still_taken', payload: { ...still, still_id: 'new' } },
  { type: 'still_changed', payload: { ...still, caption: 'A look' } },
  { type: 'still_removed', payload: { still_id: 's' } },
  { type: 'gaze_flags_set', payload: { meaningful: false, reason: 'Blind' } },
  { type: 'packs_chosen', payload: { packs: ['vig', 'plain'] } },
  { type: 'people_named', payload: { people: [{ part: 'infant', seen: [{ time_us: 0, box: [0, 0, 0.1, 0.1] }] }] } },
  { type: 'setup_named', payload: { kind: 'split_screen' } },
  { type: 'play_bounded', payload: { start_us: 2, end_us: null } },
  { type: 'own_eyes_set', payload: { on: true } },
  swap,
];

test.each(ACTS)('$type is not there before it is done, and there afterwards', (act) => {
  const seen = subjectIn(STATE, act);
  expect(isAlreadyIn(STATE, { act, seen })).toBe(false);
  expect(isAlreadyIn(withAct(STATE, act), { act, seen })).toBe(true);
});

test('the state that an act is shown on is left as it is', () => {
  const before = JSON.stringify(STATE);
  for (const act of ACTS) withAct(STATE, act);
  expect(JSON.stringify(STATE)).toBe(before);
});

test('a mark of the person stays theirs when it is moved', () => {
  const mine = { ...span, candidate_id: 'mine' };
  const added = withAct(STATE, { type: 'candidate_added', payload: mine });
  expect(withAct(added, { type: 'candidate_adjusted', payload: mine }).decisions['mine']?.own).toBe(true);
});

describe('whether two people touched the same thing', () => {
  const keep: Act = { type: 'candidate_confirmed', payload: span };
  test('another candidate does not matter', () => {
    const other = withAct(STATE, { type: 'candidate_rejected', payload: { ...span, candidate_id: 'x' } });
    expect(subjectIn(other, keep)).toBe(subjectIn(STATE, keep));
  });
  test('the same one does', () => {
    const other = withAct(STATE, { type: 'candidate_rejected', payload: span });
    expect(subjectIn(other, keep)).not.toBe(subjectIn(STATE, keep));
  });
});
