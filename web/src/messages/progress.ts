/** Words for the work on a film that is under way. */
import { _ } from '../lib/words';

export const progressWords = {
  heading: _('What vfeed is doing with this film'),
  kinds: {
    prepare: _('A copy for the browser'),
    analyse: _('Looking for faces and glances'),
    reel: _('Making the film'),
    hide: _('A copy with faces hidden'),
  },
  states: { queued: _('Waits for its turn'), running: _('Under way'), done: _('Done'), failed: _('Did not work'), cancelled: _('Stopped') },
  cancel: _('Stop this'),
  stopping: _('Stopping'),
  retry: _('Try again'),
  opensSoon: _('The review room opens by itself as soon as the copy is there.'),
  noAnswer: _('No answer from vfeed just now. The work itself goes on; this page keeps asking.'),
};
