/** What a field says to a text that is longer than it takes. */
import { _ } from '../lib/words';

export const tooLong = (most: number, count: number): string =>
  _('At most %(most)s characters fit here; with this there would be %(count)s. It was not put in.', { most, count });
