/** The words over a record that is kept as it is filled in. */
import { _ } from '../lib/words';

export const recordWords = {
  undo: (label: string) => _('Undo: %(label)s', { label }),
  redo: (label: string) => _('Redo: %(label)s', { label }),
};
