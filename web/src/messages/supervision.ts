/** The words of a film in supervision. */
import { _ } from '../lib/words';

export const supervisionWords = {
  comments: _('Comments'),
  none: _('No comments yet.'),
  here: (time: string) => _('Comment at %(time)s', { time }),
  hint: _('The film pauses while you write. The comment is kept at the picture on show.'),
  send: _('Keep the comment'),
  undo: _('Take back my last comment'),
  redo: _('Comment again'),
  goTo: (time: string) => _('Go to %(time)s', { time }),
  kept: _('The comment is kept.'),
  back: _('Taken back.'),
  again: _('It is there again.'),
};
