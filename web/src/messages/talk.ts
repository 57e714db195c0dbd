/** The words of the thread between colleagues in the review room. */
import { _ } from '../lib/words';

export const talkWords = {
  title: _('Comments for colleagues'),
  who: _('Read by workers of this family alone: never shown to the parent, sent home or shared for supervision.'),
  none: _('No comments yet.'),
  here: (time: string) => _('Comment at %(time)s', { time }),
  send: _('Keep the comment'),
  undo: _('Take back my last comment'),
  redo: _('Comment again'),
  goTo: (time: string) => _('Go to %(time)s', { time }),
  kept: _('The comment is kept.'),
  back: _('Taken back.'),
  again: _('It is there again.'),
  failed: _('The comments could not be read.'),
  tryAgain: _('Try again'),
  newest: (author: string, text: string) => _('%(author)s: “%(text)s”', { author, text }),
  read: _('Read'),
};
