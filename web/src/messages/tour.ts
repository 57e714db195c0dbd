/** The words of the guided tour: from the first sight of the room to the first kept and tagged moment. */
import type { TourStep } from '../islands/review/tour/steps';

/** How a key is named in a sentence; nothing when single keys are off or the command has none. */
const press = (key: string | null): string => (key ? ` (key ${key})` : '');

export const tourWords = {
  name: 'Guided tour',
  offer: 'New here? A tour of two minutes leads you to your first moment.',
  offerSafe: 'Whatever you do can be undone.',
  start: 'Start the tour',
  resume: 'Go on with the tour',
  again: 'Start again',
  notNow: 'Not now',
  back: 'Back',
  next: 'Next',
  leave: 'Leave the tour',
  finish: 'Finish',
  at: (step: number, all: number) => `Step ${step} of ${all}`,
  left: 'You left the tour. It is under “More”, whenever you want to go on.',
  steps: {
    room: () => 'Here is the film, its timeline below, and what the computer noticed. It only offers; you decide.',
    play: (key) => `Play the film: the ringed button${press(key)}. The same again pauses.`,
    take: (key) => `Take up the first candidate: the ringed arrow${press(key)}.`,
    look: (key) => `Look for yourself: is it so? The ringed button plays it again${press(key)}.`,
    keep: (key) => `If you see it too, press “Keep and tag”${press(key)}. If not, “Not this”, and the next one comes up.`,
    strength: () => 'Choose a strength that you see, then save the moment. A note is never shown to the parent.',
    end: (key) => `Your first moment is kept, tagged and saved. Undo takes any step back${press(key)}.`,
  } satisfies Record<TourStep, (key: string | null) => string>,
};
