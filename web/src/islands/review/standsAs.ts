/** How things stand, in words, for who did something to them at the same time as somebody else. */
import { clock } from '../../lib/time';
import type { Act, ReviewState } from '../../lib/types';
import { t } from '../../messages/en';
import { seldom } from '../../messages/seldom';
import { playWords } from '../../messages/play';
import { saidWords } from './who/words';

/** How the thing that an act is about stands now: "kept, 0:04.4 to 0:07.4". */
export function standsAs(act: Act, state: ReviewState): string {
  if ('candidate_id' in act.payload) {
    const decision = state.decisions[act.payload.candidate_id];
    if (!decision) return seldom.clash.undecided;
    return `${seldom.clash.decided[decision.state]}, ${seldom.clash.span(clock(decision.start_us, 2), clock(decision.end_us, 2))}`;
  }
  if ('moment_id' in act.payload) {
    const id = act.payload.moment_id;
    const running = state.open_moments.find((each) => each.moment_id === id);
    if (running) return seldom.clash.runs(clock(running.start_us, 2));
    const moment = state.moments.find((each) => each.moment_id === id);
    return moment ? seldom.clash.span(clock(moment.start_us, 2), clock(moment.end_us, 2)) : seldom.clash.gone;
  }
  if ('still_id' in act.payload) {
    const id = act.payload.still_id;
    const still = state.stills.find((each) => each.still_id === id);
    return still ? still.caption || clock(still.at_us, 2) : seldom.clash.gone;
  }
  if (act.type === 'gaze_flags_set') return state.gaze_flags.meaningful ? t.review.act.flagsOn : t.review.act.flagsOff;
  if (act.type === 'own_eyes_set') return state.masked_first_pass ? t.review.act.ownEyesOn : t.review.act.ownEyesOff;
  if (act.type === 'play_bounded') return playWords(state.play);
  if (act.type === 'packs_chosen') return t.review.act.packs;
  if (act.type === 'setup_named') return saidWords({ ...act, payload: { kind: state.setup } });
  if (act.type === 'people_named') return saidWords({ ...act, payload: { people: state.people } });
  return t.review.act.swapped;
}
