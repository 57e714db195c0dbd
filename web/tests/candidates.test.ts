import { expect, test } from 'vitest';
import { offered, passes, sureness } from '../src/islands/review/candidates';
import { candidate, decision, review, reviewState } from './review_fixture';

test.each([
  [0.95, 'clear'],
  [0.8, 'clear'],
  [0.79, 'likely'],
  [0.55, 'likely'],
  [0.54, 'unsure'],
  [0, 'unsure'],
] as const)('a confidence of %d is shown as "%s"', (confidence, word) => {
  expect(sureness(confidence)).toBe(word);
});

test('candidates come in the order of time, with what a person decided', () => {
  const shown = offered(
    review({
      candidates: [candidate('late', 9_000_000), candidate('early', 1_000_000), candidate('mid', 5_000_000), candidate('last', 12_000_000)],
      state: reviewState({
        decisions: {
          early: decision('confirmed', 1_000_000),
          mid: decision('confirmed', 4_500_000),
          late: decision('rejected', 9_000_000),
        },
      }),
    }),
  );
  expect(shown.map((each) => [each.id, each.standing])).toEqual([
    ['early', 'kept'],
    ['mid', 'changed'],
    ['late', 'dropped'],
    ['last', 'open'],
  ]);
  expect(shown[1]?.start_us).toBe(4_500_000);
});

test('a kept candidate stays although a new analysis no longer offers it', () => {
  const decisions = { gone: decision('confirmed', 2_000_000), no: decision('rejected', 3_000_000) };
  const shown = offered(review({ state: reviewState({ decisions }) }));
  expect(shown.map((each) => [each.id, each.standing, each.sureness])).toEqual([['gone', 'kept', null]]);
});

test('the lists show what their names say', () => {
  const [open] = offered(review({ candidates: [candidate('a', 0)] }));
  expect(open && [passes(open, 'all'), passes(open, 'open'), passes(open, 'kept')]).toEqual([true, true, false]);
});
