/** Acts in words, for "undo" and for what two people did at once. */
import { clock } from '../../lib/time';
import type { Act, ReviewState } from '../../lib/types';
import { t } from '../../messages/en';
import type { Offered } from './candidates';
import { saidWords } from './who/words';

/** "kept gaze contact 3" */
export function actWords(act: Act, all: Offered[]): string {
  const words = t.acts[act.type];
  if ('candidate_id' in act.payload) {
    const { candidate_id, kind } = act.payload;
    const name = all.find((each) => each.id === candidate_id)?.name ?? t.review.candidateKinds[kind] ?? t.review.otherKind;
    return words(name.charAt(0).toLowerCase() + name.slice(1));
  }
  if (act.type === 'packs_chosen') return words('');
  if ('still_id' in act.payload) return words('at_us' in act.payload ? clock(act.payload.at_us) : '');
  return words('start_us' in act.payload ? clock(act.payload.start_us) : '');
}

/** How the thing that an act is about stands now: "kept, 0:04.4 to 0:07.4". */
export function standsAs(act: Act, state: ReviewState): string {
  if ('candidate_id' in act.payload) {
    const decision = state.decisions[act.payload.candidate_id];
    if (!decision) return t.review.clash.undecided;
    return `${t.review.clash.decided[decision.state]}, ${t.review.clash.span(clock(decision.start_us, 2), clock(decision.end_us, 2))}`;
  }
  if ('moment_id' in act.payload) {
    const id = act.payload.moment_id;
    const running = state.open_moments.find((each) => each.moment_id === id);
    if (running) return t.review.clash.runs(clock(running.start_us, 2));
    const moment = state.moments.find((each) => each.moment_id === id);
    return moment ? t.review.clash.span(clock(moment.start_us, 2), clock(moment.end_us, 2)) : t.review.clash.gone;
  }
  if ('still_id' in act.payload) {
    const id = act.payload.still_id;
    const still = state.stills.find((each) => each.still_id === id);
    return still ? still.caption || clock(still.at_us, 2) : t.review.clash.gone;
  }
  if (act.type === 'gaze_flags_set') return state.gaze_flags.meaningful ? t.review.act.flagsOn : t.review.act.flagsOff;
  if (act.type === 'own_eyes_set') return state.own_eyes ? t.review.act.ownEyesOn : t.review.act.ownEyesOff;
  if (act.type === 'packs_chosen') return t.review.act.packs;
  if (act.type === 'setup_named') return saidWords({ ...act, payload: { kind: state.setup } });
  if (act.type === 'people_named') return saidWords({ ...act, payload: { people: state.people } });
  return t.review.act.swapped;
}
