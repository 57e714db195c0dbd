import type { Candidate, Decision, Review, ReviewState } from '../src/lib/types';

export function candidate(id: string, startUs: number, more: Partial<Candidate> = {}): Candidate {
  return {
    id,
    number: 1,
    kind: 'gaze_contact',
    label: 'Gaze contact',
    start_us: startUs,
    end_us: startUs + 1_000_000,
    confidence: 0.7,
    reason: '',
    evidence: {},
    face_pair_url: null,
    ...more,
  };
}

export function decision(state: Decision['state'], startUs: number, more: Partial<Decision> = {}): Decision {
  return { state, kind: 'gaze_contact', start_us: startUs, end_us: startUs + 1_000_000, event_id: 1, own: false, ...more };
}

export function reviewState(more: Partial<ReviewState> = {}): ReviewState {
  return {
    decisions: {},
    moments: [],
    open_moments: [],
    stills: [],
    swapped: false,
    people: [],
    setup: null,
    gaze_flags: { meaningful: true, reason: '' },
    masked_first_pass: false,
    play: { start_us: null, end_us: null },
    packs: null,
    reels: [],
    words: {},
    talk_marks: [],
    voices: [],
    reviewing: null,
    reviewed: [],
    ...more,
  };
}

export function review(more: Partial<Review> = {}): Review {
  return {
    last_event_id: 0,
    state: reviewState(),
    undo: null,
    redo: null,
    candidates: [],
    lanes: null,
    who: null,
    heads_url: null,
    gaze_url: null,
    strengths: [],
    ...more,
  };
}
