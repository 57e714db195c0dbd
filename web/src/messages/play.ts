/** Where in a film the play begins and ends. */
import { clock } from '../lib/time';
import type { PlayBounds } from '../lib/types';
import { _ } from '../lib/words';

/** Where the play begins and ends, said of the film. */
export function playWords({ start_us, end_us }: PlayBounds): string {
  const [start, end] = [clock(start_us ?? 0), clock(end_us ?? 0)];
  if (end_us === null) return start_us === null ? _('The whole film is the play.') : _('The play begins at %(start)s.', { start });
  return start_us === null ? _('The play ends at %(end)s.', { end }) : _('The play is from %(start)s to %(end)s.', { start, end });
}

export const playNote = {
  outside: _('What lies before or after it is not offered; nothing of the film is deleted.'),
  wholeAgain: _('Whole film again'),
};
