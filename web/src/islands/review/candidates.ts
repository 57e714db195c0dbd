/** A candidate as the room shows it: what the computer offered, with what a person decided about it. */
import type { Candidate, Decision, Review } from '../../lib/types';
import { t } from '../../messages/en';

export type Standing = 'open' | 'unsure' | 'kept' | 'changed' | 'dropped';
export type Sureness = keyof typeof t.review.sure;
export type Filter = keyof typeof t.review.filters;

export interface Offered extends Candidate {
  standing: Standing;
  /** Null for what the computer did not offer. */
  sureness: Sureness | null;
  own: boolean;
  /** "Gaze contact 3". */
  name: string;
}

export interface Tally {
  /** Offered by the computer. */
  offered: number;
  kept: number;
  left: number;
  own: number;
}

/** Words, not figures: a share like 0.62 suggests more than a camera can know. */
const CLEAR_FROM = 0.8;
const LIKELY_FROM = 0.55;

export function sureness(confidence: number): Sureness {
  if (confidence >= CLEAR_FROM) return 'clear';
  return confidence >= LIKELY_FROM ? 'likely' : 'unsure';
}

function standing(candidate: Candidate, decision: Decision | undefined): Standing {
  if (!decision) return 'open';
  if (decision.state === 'rejected') return 'dropped';
  if (decision.state === 'unsure') return 'unsure';
  return decision.start_us === candidate.start_us && decision.end_us === candidate.end_us ? 'kept' : 'changed';
}

/** All candidates in order of time; a decision about one that a new analysis no longer offers stays in the list. */
export function offered(review: Review): Offered[] {
  const decisions = review.state.decisions;
  const known = new Set(review.candidates.map((candidate) => candidate.id));
  const current = review.candidates.map((candidate): Offered => {
    const decision = decisions[candidate.id];
    const span = decision?.state === 'confirmed' ? { start_us: decision.start_us, end_us: decision.end_us } : {};
    return {
      ...candidate,
      ...span,
      standing: standing(candidate, decision),
      sureness: sureness(candidate.confidence),
      own: false,
      name: t.review.numbered(candidate.label, candidate.number),
    };
  });
  const earlier = Object.entries(decisions)
    .filter(([id, decision]) => !known.has(id) && decision.state === 'confirmed')
    .map(([id, decision]): Offered => ({
      id,
      number: 0,
      own: decision.own,
      name: decision.own ? t.review.ownName(kindLabel(decision.kind)) : kindLabel(decision.kind),
      kind: decision.kind,
      label: kindLabel(decision.kind),
      start_us: decision.start_us,
      end_us: decision.end_us,
      confidence: 0,
      reason: '',
      evidence: {},
      face_pair_url: null,
      standing: 'kept',
      sureness: null,
    }));
  return [...current, ...earlier].sort((a, b) => a.start_us - b.start_us || a.end_us - b.end_us);
}

export function passes(candidate: Offered, filter: Filter): boolean {
  if (filter === 'open') return isLeft(candidate);
  if (filter === 'kept') return candidate.standing === 'kept' || candidate.standing === 'changed';
  return true;
}

/** Still in need of a person's word; what they were unsure about is too. */
export function isLeft(candidate: Offered): boolean {
  return candidate.standing === 'open' || candidate.standing === 'unsure';
}

export function tally(all: Offered[]): Tally {
  const offered = all.filter((each) => each.sureness !== null);
  return {
    offered: offered.length,
    kept: offered.filter((each) => passes(each, 'kept')).length,
    left: offered.filter(isLeft).length,
    own: all.filter((each) => each.own).length,
  };
}

const NEED: Record<Standing, number> = { open: 0, unsure: 3, kept: 4, changed: 4, dropped: 4 };
/** The computer's doubt first: there a person's look changes most. */
const DOUBT: Record<Sureness, number> = { unsure: 0, likely: 1, clear: 2 };

/**
 * The queue: what most needs a look comes first. Undecided ones lead, those that the computer is least sure of before the
 * clearer ones; then those that the person put aside as unsure; then what is decided. Within each of these the order
 * is that of time, so that the film is seen forwards.
 */
export function byNeed(all: Offered[]): Offered[] {
  const rank = (each: Offered): number =>
    NEED[each.standing] + (each.standing === 'open' && each.sureness ? DOUBT[each.sureness] : 0);
  return [...all].sort((a, b) => rank(a) - rank(b) || a.start_us - b.start_us || a.end_us - b.end_us);
}

/** What comes up after `done`: the first undecided one of the queue; in order of time the next one later in the film. */
export function nextToDecide(queue: Offered[], done: Offered, order: 'need' | 'time'): Offered | null {
  const open = queue.filter((each) => each.standing === 'open' && each.id !== done.id);
  const later = order === 'time' ? open.find((each) => each.start_us >= done.start_us) : undefined;
  return later ?? open[0] ?? null;
}

export function kindLabel(kind: string): string {
  return t.review.candidateKinds[kind] ?? t.review.otherKind;
}

/** What the computer could see of both people, in words; empty when it does not say. */
export function seenWords(candidate: Offered): string {
  const { infant_seen_share: infant, parent_seen_share: parent } = candidate.evidence;
  return typeof infant === 'number' && typeof parent === 'number' ? t.review.seen(percent(infant), percent(parent)) : '';
}

function percent(share: number): number {
  return Math.round(share * 100);
}
