import { expect, test } from 'vitest';
import { offered, passes, seenWords, sureness } from '../src/islands/review/candidates';
import { cardsOf, Deal, likeliness, membersOf, nextOpen, tally } from '../src/islands/review/cards';
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

const mains = (order: 'likely' | 'need' | 'time') => new Deal().cards(MIXED, order).map((card) => card.main.id);

test('the order depends on what was offered alone, not on what was decided', () => {
  expect(mains('need').slice(0, 3)).toEqual(['doubtful', 'aside', 'doubtful later']);
  expect(mains('time')).toEqual(['clear', 'kept', 'doubtful', 'aside', 'likely', 'doubtful later', 'mine']);
  expect(mains('likely').slice(-3)).toEqual(['doubtful later', 'doubtful', 'aside']);
});

test('decisions, new doubts of the computer and a look of the person move no card', () => {
  const deal = new Deal();
  const raw = [
    candidate('a', 0, { confidence: 0.9 }),
    candidate('b', 3_000_000, { confidence: 0.7 }),
    candidate('c', 6_000_000, { confidence: 0.6 }),
  ];
  const before = deal.cards(offered(review({ candidates: raw })), 'likely').map((card) => card.main.id);
  const learnt = raw.map((each) => ({ ...each, confidence: 1 - each.confidence }));
  const decisions = { a: decision('rejected', 0), own: decision('confirmed', 1_000_000, { own: true }) };
  const after = deal
    .cards(offered(review({ candidates: learnt, state: reviewState({ decisions }) })), 'likely')
    .map((card) => card.main.id);
  expect(after).toEqual([...before, 'own']);
});

test('what was offered for one time is one card, and no two cards share more than half of their time', () => {
  const span = (start_us: number, end_us: number) => ({ start_us, end_us });
  const all = offered(
    review({
      candidates: [
        candidate('contact', 0, { ...span(10_000_000, 13_000_000), confidence: 0.8 }),
        candidate('again', 0, { ...span(10_500_000, 13_000_000), kind: 'repair', confidence: 0.85 }),
        candidate('away', 0, { ...span(9_500_000, 10_600_000), kind: 'gaze_aversion' }),
        candidate('elsewhere', 0, { ...span(30_000_000, 31_000_000) }),
      ],
    }),
  );
  const cards = cardsOf(all, 'time');
  expect(cards.at(-1)?.main.id).toBe('elsewhere');
  expect(cards.some((card) => ['again', 'contact'].every((id) => membersOf(card).some((each) => each.id === id)))).toBe(true);
  for (const one of cards)
    for (const other of cards) {
      if (one === other) continue;
      const both = Math.min(one.main.end_us, other.main.end_us) - Math.max(one.main.start_us, other.main.start_us);
      expect(both).toBeLessThanOrEqual(Math.min(one.main.end_us - one.main.start_us, other.main.end_us - other.main.start_us) / 2);
    }
});

test('long, seen and come back is likelier than short, hidden or turned away', () => {
  const one = (name: string, change: object) => offered(review({ candidates: [candidate(name, 0, change)] }))[0];
  const likely = (change: object): number => {
    const found = one('x', change);
    return found ? likeliness(found) : 0;
  };
  expect(likely({ end_us: 4_000_000 })).toBeGreaterThan(likely({ end_us: 1_000_000 }));
  expect(likely({ evidence: { infant_seen_share: 1 } })).toBeGreaterThan(likely({ evidence: { infant_seen_share: 0.4 } }));
  expect(likely({ kind: 'repair' })).toBeGreaterThan(likely({ kind: 'gaze_contact' }));
  expect(likely({ kind: 'gaze_contact' })).toBeGreaterThan(likely({ kind: 'gaze_aversion' }));
});

test('the next one is always an undecided one after it, whatever was done, and each comes up once', () => {
  const raw = Array.from({ length: 40 }, (_, index) => candidate(`c${index}`, index * 3_000_000));
  const deal = new Deal();
  const decisions: Record<string, ReturnType<typeof decision>> = {};
  const met: string[] = [];
  let here: string | null = null;
  for (;;) {
    const cards = deal.cards(offered(review({ candidates: raw, state: reviewState({ decisions: { ...decisions } }) })), 'likely');
    const next = nextOpen(cards, here);
    if (!next) break;
    here = next.main.id;
    met.push(here);
    decisions[here] = decision((['confirmed', 'rejected', 'unsure'] as const)[met.length % 3] ?? 'confirmed', next.main.start_us);
  }
  expect(met.length).toBe(40);
  expect(new Set(met).size).toBe(40);
});

test('what was kept is counted among what was offered, and what is unsure is still to decide', () => {
  expect(tally(cardsOf(MIXED, 'time'), MIXED)).toEqual({ offered: 6, kept: 1, left: 5, doubtful: 2, own: 1 });
});

test('how much could be seen is said in whole per cents, or not at all', () => {
  const [seen] = offered(review({ candidates: [candidate('a', 0, { evidence: { infant_seen_share: 0.958, parent_seen_share: 1 } })] }));
  expect(seen && seenWords(seen)).toContain('96 %');
  expect(MIXED[0] && seenWords(MIXED[0])).toBe('');
});
