import { expect, test } from 'vitest';
import { byNeed, nextToDecide, offered, passes, seenWords, sureness, tally } from '../src/islands/review/candidates';
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

const MIXED = offered(
  review({
    candidates: [
      candidate('clear', 1_000_000, { confidence: 0.9 }),
      candidate('kept', 2_000_000),
      candidate('doubtful', 3_000_000, { confidence: 0.3 }),
      candidate('aside', 4_000_000, { confidence: 0.3 }),
      candidate('likely', 5_000_000, { confidence: 0.6 }),
      candidate('doubtful later', 6_000_000, { confidence: 0.4 }),
    ],
    state: reviewState({
      decisions: {
        kept: decision('confirmed', 2_000_000),
        aside: decision('unsure', 4_000_000),
        mine: decision('confirmed', 7_000_000, { own: true }),
      },
    }),
  }),
);

test('what most needs a look comes first', () => {
  expect(byNeed(MIXED).map((each) => each.id)).toEqual([
    'doubtful', 'doubtful later', 'likely', 'clear', 'aside', 'kept', 'mine',
  ]);
});

test('after a decision the next undecided one comes up, in the order that the person works in', () => {
  const done = MIXED.find((each) => each.id === 'doubtful');
  expect(done && nextToDecide(byNeed(MIXED), done, 'need')?.id).toBe('doubtful later');
  expect(done && nextToDecide(MIXED, done, 'time')?.id).toBe('likely');
  const last = MIXED.at(-1);
  expect(last && nextToDecide(MIXED, last, 'time')?.id).toBe('clear');
});

test('what was kept is counted among what was offered, and what is unsure is still to decide', () => {
  expect(tally(MIXED)).toEqual({ offered: 6, kept: 1, left: 5, own: 1 });
});

test('how much could be seen is said in whole per cents, or not at all', () => {
  const [seen] = offered(review({ candidates: [candidate('a', 0, { evidence: { infant_seen_share: 0.958, parent_seen_share: 1 } })] }));
  expect(seen && seenWords(seen)).toContain('96 %');
  expect(MIXED[0] && seenWords(MIXED[0])).toBe('');
});
