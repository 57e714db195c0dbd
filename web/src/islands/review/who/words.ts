/** What a person said of the film, in words. */
import type { Act } from '../../../lib/types';
import { t } from '../../../messages/en';

/** What is told once an act about people or set-up is done. */
export function saidWords(act: Act): string {
  if (act.type === 'setup_named') return act.payload.kind ? t.who.setupSaid(t.who.setups[act.payload.kind]) : t.who.setupLeft;
  if (act.type === 'people_named') return act.payload.people.length > 0 ? t.who.peopleSaid : t.who.peopleLeft;
  return '';
}
