/** Acts in words, for "undo" and for what two people did at once. */
import { clock } from '../../lib/time';
import type { Act } from '../../lib/types';
import { t } from '../../messages/en';
import type { Offered } from './candidates';

/** "kept gaze contact 3" */
export function actWords(act: Act, all: Offered[]): string {
  const words = t.acts[act.type];
  if ('candidate_id' in act.payload) {
    const { candidate_id, kind } = act.payload;
    const name = all.find((each) => each.id === candidate_id)?.name ?? t.review.candidateKinds[kind] ?? t.review.otherKind;
    return words(name.charAt(0).toLowerCase() + name.slice(1));
  }
  if (act.type === 'packs_chosen' || act.type === 'play_bounded') return words('');
  if ('still_id' in act.payload) return words('at_us' in act.payload ? clock(act.payload.at_us) : '');
  return words('start_us' in act.payload ? clock(act.payload.start_us) : '');
}
