/** What a person said of the film, in words. */
import type { Act } from '../../../lib/types';
import { seldom } from '../../../messages/seldom';

/** What is told once an act about people or set-up is done. */
export function saidWords(act: Act): string {
  if (act.type === 'setup_named')
    return act.payload.kind ? seldom.whoSaid.setup(seldom.setups[act.payload.kind]) : seldom.whoSaid.setupLeft;
  if (act.type === 'people_named') return act.payload.people.length > 0 ? seldom.whoSaid.people : seldom.whoSaid.peopleLeft;
  return '';
}
