/** What a person said of the film, in words. */
import type { Act } from '../../../lib/types';
import { t } from '../../../messages/en';

/** What is told once an act about people or set-up is done. */
export function saidWords(act: Act): string {
  if (act.type === 'setup_named') return act.payload.kind ? t.whoSaid.setup(t.setups[act.payload.kind]) : t.whoSaid.setupLeft;
  if (act.type === 'people_named') return act.payload.people.length > 0 ? t.whoSaid.people : t.whoSaid.peopleLeft;
  return '';
}
