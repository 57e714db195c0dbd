/** The words of the guided tour: from the first sight of the room to the record of a shared review. */
import type { OnwardStep, TourStep } from '../islands/review/tour/steps';
import { _ } from '../lib/words';

/** How a key is named in a sentence; nothing when single keys are off or the command has none. */
const press = (key: string | null): string => (key ? _(' (key %(key)s)', { key }) : '');

export const tourWords = {
  name: _('Guided tour'),
  offer: _('New here? A tour leads you to your first moment in two minutes, and then on to the parent’s screen.'),
  offerSafe: _('Whatever you do can be undone.'),
  start: _('Start the tour'),
  resume: _('Go on with the tour'),
  again: _('Start again'),
  notNow: _('Not now'),
  back: _('Back'),
  next: _('Next'),
  leave: _('Leave the tour'),
  finish: _('Finish'),
  at: (step: number, all: number) => _('Step %(step)s of %(all)s', { step, all }),
  left: _('You left the tour. It is under “More”, whenever you want to go on.'),
  steps: {
    room: () => _('Here is the film, its timeline below, and what the computer noticed. It only offers; you decide.'),
    play: (key) => _('Play the film: the ringed button%(press)s. The same again pauses.', { press: press(key) }),
    take: (key) => _('Take up the first candidate: the ringed arrow%(press)s.', { press: press(key) }),
    look: (key) => _('Look for yourself: is it so? The ringed button plays it again%(press)s.', { press: press(key) }),
    keep: (key) =>
      _('If you see it too, press “Keep and tag”%(press)s. If not, “Not this”, and the next one comes up.', { press: press(key) }),
    strength: () => _('Choose a strength that you see, then save the moment. A note is never shown to the parent.'),
    end: (key) =>
      _('Your first moment is saved. Undo takes any step back%(press)s. Now make the film for the parent: the ringed button.', {
        press: press(key),
      }),
  } satisfies Record<TourStep, (key: string | null) => string>,
  onward: {
    choose: _('Tick your moment, or let vfeed suggest up to three. Then press “Make the film”.'),
    show: _('This is all that the parent will see. “Show it to the parent” locks this screen to it; your password leads back.'),
    record: _('What the parent said stands here already. Add what you agreed on, and you have been through it once.'),
  } satisfies Record<OnwardStep, string>,
};
