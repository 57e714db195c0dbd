/** What will hold once the server has an act: shown at once, so that no hand waits for the line. */
import { withChanges, type KeyedParts } from './journal';
import type { Act, Decision, Moment, MomentOpened, ReviewState, Still } from './types';

const DECIDED = {
  candidate_confirmed: 'confirmed',
  candidate_adjusted: 'confirmed',
  candidate_added: 'confirmed',
  candidate_rejected: 'rejected',
  candidate_unsure: 'unsure',
} as const satisfies Partial<Record<Act['type'], Decision['state']>>;

/** What the server fills in where an act leaves it out: every field that has a default, or the types do not fit. */
const NEW_MOMENT: Omit<Moment, 'moment_id' | 'code_ref' | 'start_us' | 'end_us'> = {
  note: '',
  parent_words: '',
  point: false,
  anchors: null,
};
const NEW_RUNNING: Omit<MomentOpened, 'moment_id' | 'code_ref' | 'start_us'> = { anchors: null };
const NEW_STILL: Omit<Still, 'still_id' | 'at_us'> = { caption: '' };

/** No event of the server has this number. */
const NOT_YET = 0;

/** How the entries of a review's parts are told apart, and their order. */
export const REVIEW_PARTS: KeyedParts = {
  decisions: { id: null },
  moments: { id: 'moment_id', order: ['start_us', 'moment_id'] },
  open_moments: { id: 'moment_id', order: ['start_us', 'moment_id'] },
  stills: { id: 'still_id', order: ['at_us', 'still_id'] },
  reels: { id: 'reel_id' },
};

/** The state after an act. The fixtures in tests/journals hold it to the fold of the server. */
export function withAct(state: ReviewState, act: Act, eventId = NOT_YET): ReviewState {
  const changes = (changed: Record<string, unknown>): ReviewState => withChanges(state, changed, REVIEW_PARTS);
  switch (act.type) {
    case 'moment_tagged':
    case 'moment_changed': {
      const id = act.payload.moment_id;
      return changes({ moments: { [id]: { ...NEW_MOMENT, ...act.payload } }, open_moments: { [id]: null } });
    }
    case 'moment_opened':
      return changes({ open_moments: { [act.payload.moment_id]: { ...NEW_RUNNING, ...act.payload } } });
    case 'moment_removed': {
      const id = act.payload.moment_id;
      const tagged = state.moments.some((moment) => moment.moment_id === id);
      return changes({ [tagged ? 'moments' : 'open_moments']: { [id]: null } });
    }
    case 'still_taken':
    case 'still_changed':
      return changes({ stills: { [act.payload.still_id]: { ...NEW_STILL, ...act.payload } } });
    case 'still_removed':
      return changes({ stills: { [act.payload.still_id]: null } });
    case 'roles_swapped':
      return { ...state, swapped: !state.swapped };
    case 'people_named':
      return { ...state, people: act.payload.people, swapped: false };
    case 'setup_named':
      return { ...state, setup: act.payload.kind };
    case 'gaze_flags_set':
      return { ...state, gaze_flags: act.payload };
    case 'play_bounded':
      return { ...state, play: act.payload };
    case 'packs_chosen':
      return { ...state, packs: act.payload.packs };
    case 'own_eyes_set':
      return { ...state, masked_first_pass: act.payload.on };
    default: {
      const { candidate_id, kind, start_us, end_us } = act.payload;
      const own = act.type === 'candidate_added' || (state.decisions[candidate_id]?.own ?? false);
      const decision: Decision = { state: DECIDED[act.type], kind, start_us, end_us, event_id: eventId, own };
      return changes({ decisions: { [candidate_id]: decision } });
    }
  }
}

/** What an act is about: a candidate, a moment, or a setting of the clip. */
export function subjectOf(act: Act): string {
  if ('candidate_id' in act.payload) return act.payload.candidate_id;
  if ('moment_id' in act.payload) return act.payload.moment_id;
  return 'still_id' in act.payload ? act.payload.still_id : act.type;
}

/** What an act changes, as it stands in a state: two equal texts mean that nobody has touched it in between. */
export function subjectIn(state: ReviewState, act: Act): string {
  if ('candidate_id' in act.payload) {
    const decision = state.decisions[act.payload.candidate_id];
    return JSON.stringify(decision ? [decision.state, decision.start_us, decision.end_us] : null);
  }
  if ('moment_id' in act.payload) return momentIn(state, act.payload.moment_id);
  if ('still_id' in act.payload) {
    const id = act.payload.still_id;
    const still = state.stills.find((each) => each.still_id === id);
    return JSON.stringify(still ? [still.at_us, still.caption] : null);
  }
  if (act.type === 'gaze_flags_set') return JSON.stringify(state.gaze_flags);
  if (act.type === 'play_bounded') return JSON.stringify(state.play);
  if (act.type === 'packs_chosen') return JSON.stringify(state.packs);
  if (act.type === 'own_eyes_set') return JSON.stringify(state.masked_first_pass);
  if (act.type === 'setup_named') return JSON.stringify(state.setup);
  return JSON.stringify([state.people, state.swapped]);
}

function momentIn(state: ReviewState, id: string): string {
  const moment = state.moments.find((each) => each.moment_id === id);
  if (moment) {
    const { start_us, end_us, code_ref, note, parent_words = '', point = false, anchors = null } = moment;
    return JSON.stringify([start_us, end_us, code_ref, note, parent_words, point, anchors]);
  }
  const running = state.open_moments.find((each) => each.moment_id === id);
  return JSON.stringify(running ? ['running', running.start_us, running.code_ref, running.anchors] : null);
}

/** Whether the state already shows what an act does: it had arrived, and only the answer was lost. */
export function isAlreadyIn(state: ReviewState, { act, seen }: { act: Act; seen: string | null }): boolean {
  // Two swaps look like none: it counts whether people are the other way round than when the person acted.
  if (act.type === 'roles_swapped') return subjectIn(withAct(state, act), act) === seen;
  if (act.type === 'moment_tagged') return state.moments.some((moment) => moment.moment_id === act.payload.moment_id);
  // It began here or in another window, and has ended since.
  if (act.type === 'moment_opened' && state.moments.some((moment) => moment.moment_id === act.payload.moment_id)) return true;
  if (act.type === 'candidate_rejected' || act.type === 'candidate_unsure') {
    return state.decisions[act.payload.candidate_id]?.state === DECIDED[act.type];
  }
  return subjectIn(withAct(state, act), act) === subjectIn(state, act);
}
