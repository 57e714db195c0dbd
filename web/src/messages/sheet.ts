/** The words of a sheet's page. */
import { _ } from '../lib/words';

export const sheetWords = {
  open: _('Open'),
  less: (what: string) => _('One less: %(what)s', { what }),
  more: (what: string) => _('One more: %(what)s', { what }),
  left: (count: number) => (count === 0 ? _('Nothing is open.') : _('%(count)s still open.', { count })),
  idle: _('Everything is kept as you fill it in.'),
  keeping: _('Keeping …'),
  kept: _('Kept.'),
  waiting: _('No answer. What you filled in is safe on this computer and is sent when the line is back.'),
  overtaken: (theirs: string) => _('Somebody else filled this in meanwhile: %(theirs)s', { theirs: theirs || _('(open)') }),
  keepMine: _('Keep mine'),
  takeTheirs: _('Take theirs'),
};
