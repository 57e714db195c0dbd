/**
 * What the list shows: one card for what happened at one time. Which candidates share a card, and in which order the cards
 * stand, depends on what the computer offered alone, so that nothing moves under the hand of who decides.
 */
import type { Span } from '../../lib/types';
import { isLeft, passes, type Filter, type Offered } from './candidates';

export type Order = 'likely' | 'need' | 'time';

export interface Card {
  /** The candidate that the card is about. */
  main: Offered;
  /** What else was offered for the same time. */
  facets: Offered[];
  /** Too short, or too hard to tell, to be looked at first. */
  isDoubtful: boolean;
}

/** Candidates that share more than this part of the shorter one are one event. */
const SAME_EVENT = 0.5;
/** Shorter ones are seldom more than a glance in passing. */
const SHORT_US = 500_000;
const STRETCH_US = 4_000_000;
/** Longer than this, more length makes no better moment. */
const LONG_S = 6;
/** Kinds that are good moments by themselves come first; looking away is offered for what follows on it. */
const WORTH: Record<string, number> = {
  repair: 1.4,
  gaze_contact: 1.2,
  joint_attention: 1.1,
  look_to_parent: 1,
  parent_waiting: 1,
  gaze_aversion: 0.2,
};
const DOUBT = { unsure: 0, likely: 1, clear: 2 };

/** How likely a candidate is a moment that a guider would show: long, both seen, contact that comes back. */
export function likeliness({ kind, offeredAt, confidence, evidence }: Offered): number {
  const seen = Math.min(
    ...[evidence['infant_seen_share'], evidence['parent_seen_share']].map((share) => (typeof share === 'number' ? share : 1)),
  );
  const seconds = Math.min((offeredAt.end_us - offeredAt.start_us) / 1e6, LONG_S);
  return (WORTH[kind] ?? 1) * seconds * seen * confidence;
}

function isDoubtful(candidate: Offered): boolean {
  return candidate.sureness === 'unsure' || candidate.offeredAt.end_us - candidate.offeredAt.start_us < SHORT_US;
}

function stretches({ start_us, end_us }: Span): number[] {
  const first = Math.floor(start_us / STRETCH_US);
  return Array.from({ length: Math.floor(end_us / STRETCH_US) - first + 1 }, (_, index) => first + index);
}

function shared(one: Span, other: Span): number {
  const both = Math.min(one.end_us, other.end_us) - Math.max(one.start_us, other.start_us);
  return both / Math.max(1, Math.min(one.end_us - one.start_us, other.end_us - other.start_us));
}

/** The cards of these candidates in an order; what the computer did not offer has a card of its own. */
export function cardsOf(all: readonly Offered[], order: Order): Card[] {
  const best = [...all].sort((a, b) => likeliness(b) - likeliness(a) || a.offeredAt.start_us - b.offeredAt.start_us);
  const cards: Card[] = [];
  // By stretches of time, so that thousands are dealt as quickly as tens.
  const near = new Map<number, Card[]>();
  for (const each of best) {
    const places = each.sureness === null ? [] : stretches(each.offeredAt);
    const there = places.flatMap((place) => near.get(place) ?? []).find(({ main }) => shared(main.offeredAt, each.offeredAt) > SAME_EVENT);
    if (there) {
      there.facets.push(each);
      continue;
    }
    const card = { main: each, facets: [], isDoubtful: each.sureness !== null && isDoubtful(each) };
    cards.push(card);
    for (const place of places) near.set(place, [...(near.get(place) ?? []), card]);
  }
  for (const card of cards) card.facets.sort((a, b) => a.offeredAt.start_us - b.offeredAt.start_us);
  if (order === 'likely') return [...cards.filter((card) => !card.isDoubtful), ...cards.filter((card) => card.isDoubtful)];
  const doubt = ({ main }: Card): number => (order === 'need' ? DOUBT[main.sureness ?? 'clear'] + (main.sureness === null ? 1 : 0) : 0);
  return cards.sort(
    (a, b) =>
      doubt(a) - doubt(b) || a.main.offeredAt.start_us - b.main.offeredAt.start_us || a.main.offeredAt.end_us - b.main.offeredAt.end_us,
  );
}

/** Keeps the cards as they were first dealt; they are dealt anew for another order or when other candidates are offered. */
export class Deal {
  private key = '';
  private ids: { main: string; facets: string[]; isDoubtful: boolean }[] = [];

  cards(all: readonly Offered[], order: Order): Card[] {
    const offered = all.filter((each) => each.sureness !== null);
    const own = all.filter((each) => each.sureness === null);
    const key = [order, ...offered.map((each) => each.id).sort()].join(' ');
    if (key !== this.key) {
      this.key = key;
      this.ids = cardsOf(offered, order).map(({ main, facets, isDoubtful }) => ({
        main: main.id,
        facets: facets.map((each) => each.id),
        isDoubtful,
      }));
    }
    const known = new Map(all.map((each) => [each.id, each]));
    const dealt = this.ids.flatMap(({ main, facets, isDoubtful }): Card[] => {
      const first = known.get(main);
      return first ? [{ main: first, facets: facets.flatMap((id) => known.get(id) ?? []), isDoubtful }] : [];
    });
    const added = own.map((main): Card => ({ main, facets: [], isDoubtful: false }));
    if (order === 'time') return [...dealt, ...added].sort((a, b) => a.main.offeredAt.start_us - b.main.offeredAt.start_us);
    const firstDoubtful = order === 'likely' ? dealt.findIndex((card) => card.isDoubtful) : -1;
    return firstDoubtful < 0 ? [...dealt, ...added] : [...dealt.slice(0, firstDoubtful), ...added, ...dealt.slice(firstDoubtful)];
  }
}

export function membersOf({ main, facets }: Card): Offered[] {
  return [main, ...facets];
}

/** Still to decide: one word about what happened at one time is enough. */
export function isCardLeft(card: Card): boolean {
  return isLeft(card.main) && !card.facets.some((each) => passes(each, 'kept'));
}

/** Nobody has said anything about it yet; what was put aside as unsure does not come up by itself. */
function isOpen(card: Card): boolean {
  return card.main.standing === 'open' && isCardLeft(card);
}

export function cardPasses(card: Card, filter: Filter): boolean {
  if (filter === 'open') return isCardLeft(card);
  return membersOf(card).some((each) => passes(each, filter));
}

/** The next undecided card after the one with this candidate, from the beginning again at the end; the first without one. */
export function nextOpen(cards: readonly Card[], id: string | null): Card | null {
  const here = cards.findIndex((card) => membersOf(card).some((each) => each.id === id));
  const round = [...cards.slice(here + 1), ...cards.slice(0, here + 1)];
  return round.find((card) => isOpen(card) && !membersOf(card).some((each) => each.id === id)) ?? null;
}

export interface Tally {
  offered: number;
  kept: number;
  left: number;
  /** Short or hard to tell, and not looked at yet. */
  doubtful: number;
  own: number;
}

/** Counted by cards: what happened at one time is one. */
export function tally(cards: readonly Card[], all: readonly Offered[]): Tally {
  const offered = cards.filter((card) => card.main.sureness !== null);
  return {
    offered: offered.length,
    kept: offered.filter((card) => cardPasses(card, 'kept')).length,
    left: offered.filter(isCardLeft).length,
    doubtful: offered.filter((card) => card.isDoubtful && isOpen(card)).length,
    own: all.filter((each) => each.own).length,
  };
}

/** The strength that a kept moment of this kind most often is, as the code of the set in plain words. */
export const PROPOSED: Record<string, string> = {
  gaze_contact: 'eye_to_eye',
  repair: 'eye_to_eye',
  joint_attention: 'looking_together',
  parent_waiting: 'waiting',
  look_to_parent: 'child_initiative',
};
