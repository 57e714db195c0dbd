/** A candidate as the room shows it: what the computer offered, with what a person decided about it. */
import type { Candidate, Decision, Review, Span } from '../../lib/types';
import { t } from '../../messages/en';

export type Standing = 'open' | 'unsure' | 'kept' | 'changed' | 'dropped';
export type Sureness = keyof typeof t.review.sure;
export type Filter = keyof typeof t.review.filters;

export interface Offered extends Candidate {
  standing: Standing;
  /** Null for what the computer did not offer. */
  sureness: Sureness | null;
  own: boolean;
  /** Its times before anybody changed them. */
  offeredAt: Span;
  /** "Gaze contact 3". */
  name: string;
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
      offeredAt: { start_us: candidate.start_us, end_us: candidate.end_us },
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
      offeredAt: { start_us: decision.start_us, end_us: decision.end_us },
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
