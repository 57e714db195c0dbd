/** The words of the story so far. */
import { _ } from '../lib/words';

export const storyWords = {
  playBoth: _('Play both'),
  pauseBoth: _('Pause both'),
  slow: _('Half speed'),
  toStart: _('Both again from there'),
  bothBack: _('Both 5 s back'),
  hint: _('Set each film to where you want to begin. Then both play, pause and go back together.'),
};
