import { describe, expect, test } from 'vitest';
import type { Act, FoundPerson, Part, Who } from '../src/lib/types';
import { actsFor, actsToReset, asks, given, partsOf } from '../src/islands/review/who/parts';
import { saidWords } from '../src/islands/review/who/words';
import { reviewState } from './review_fixture';

const person = (number: number, part: Part): FoundPerson => ({
  number,
  part,
  seen: [{ time_us: number, box: [0, 0, 0.1, 0.1] }],
  seen_share: 1,
  still_url: '',
});
const PEOPLE = [person(1, 'parent'), person(2, 'infant'), person(3, 'other')];
const NAMED = PEOPLE.map(({ part, seen }) => ({ part, seen }));
const PARTS = partsOf(PEOPLE);

function who(more: Partial<Who> = {}): Who {
  return {
    roles: { confidence: 0.9, others: 0, given: false, lost: [] },
    setup: { kind: 'split_screen', confidence: 0.9, given: false },
    asks: ['people', 'setup'],
    outdated: false,
    ...more,
  };
}

describe('choosing what somebody is', () => {
  test.each([
    [1, 'infant', { 1: 'infant', 2: 'parent', 3: 'other' }],
    [3, 'parent', { 1: 'other', 2: 'infant', 3: 'parent' }],
    [3, 'infant', { 1: 'parent', 2: 'other', 3: 'infant' }],
    [1, 'other', { 1: 'other', 2: 'infant', 3: 'other' }],
    [1, 'parent', PARTS],
    [9, 'parent', PARTS],
  ] as [number, Part, object][])('person %i as %s: whoever had it takes what they were', (number, part, expected) => {
    expect(given(PARTS, number, part)).toEqual(expected);
  });
});

describe('what saving says', () => {
  const calm = { state: reviewState(), who: who({ asks: [] }) };
  test('nothing when nothing was touched and nothing was asked', () => {
    expect(actsFor(PEOPLE, PARTS, null, calm)).toEqual([]);
  });
  test('everybody, once one of them was changed', () => {
    const [act, ...more] = actsFor(PEOPLE, given(PARTS, 1, 'infant'), null, calm);
    expect(act?.type === 'people_named' && act.payload.people.map((each) => each.part)).toEqual(['infant', 'parent', 'other']);
    expect(more).toEqual([]);
  });
  test('an open question is answered by saving, also where the guess was right', () => {
    expect(actsFor(PEOPLE, PARTS, null, { state: reviewState(), who: who({ asks: ['people'] }) })).toEqual([
      { type: 'people_named', payload: { people: NAMED } },
    ]);
  });
  test('a set-up when it is another, and that it is left to the computer again', () => {
    expect(actsFor([], {}, 'one_view', calm)).toEqual([{ type: 'setup_named', payload: { kind: 'one_view' } }]);
    const said = { state: reviewState({ setup: 'one_view' }), who: null };
    expect(actsFor([], {}, 'one_view', said)).toEqual([]);
    expect(actsFor([], {}, null, said)).toEqual([{ type: 'setup_named', payload: { kind: null } }]);
  });
});

test.each([
  [reviewState(), []],
  [reviewState({ swapped: true }), ['people_named']],
  [reviewState({ people: NAMED, setup: 'one_view' }), ['people_named', 'setup_named']],
])('only what was said is taken back', (state, types) => {
  expect(actsToReset({ state }).map((act) => act.type)).toEqual(types);
});

describe('open questions', () => {
  test('are asked until they are answered here', () => {
    expect(asks({ state: reviewState(), who: who() }, 'people')).toBe(true);
    expect(asks({ state: reviewState({ people: NAMED }), who: who() }, 'people')).toBe(false);
    expect(asks({ state: reviewState({ swapped: true }), who: who() }, 'people')).toBe(false);
    expect(asks({ state: reviewState(), who: who() }, 'setup')).toBe(true);
    expect(asks({ state: reviewState({ setup: 'one_view' }), who: who() }, 'setup')).toBe(false);
  });
  test('somebody who was named and is lost is asked for though others are named', () => {
    const lost = who({ roles: { confidence: 1, others: 0, given: true, lost: ['infant'] } });
    expect(asks({ state: reviewState({ people: NAMED }), who: lost }, 'people')).toBe(true);
  });
  test('are none where nothing is known or asked', () => {
    expect(asks({ state: reviewState(), who: null }, 'people')).toBe(false);
    expect(asks({ state: reviewState(), who: who({ asks: [] }) }, 'setup')).toBe(false);
  });
});

test.each([
  [{ type: 'people_named', payload: { people: NAMED } }, 'Saved who is who'],
  [{ type: 'people_named', payload: { people: [] } }, 'Who is who is left to the computer'],
  [{ type: 'setup_named', payload: { kind: null } }, 'The set-up is left to the computer'],
  [{ type: 'setup_named', payload: { kind: 'one_view' } }, 'Set up: both in one view'],
] as [Act, string][])('what was said is told', (act, words) => {
  expect(saidWords(act)).toBe(words);
});
