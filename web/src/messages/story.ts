/** The words of the story so far. */

export const storyWords = {
  playBoth: 'Play both',
  pauseBoth: 'Pause both',
  slow: 'Half speed',
  toStart: 'Both again from there',
  bothBack: 'Both 5 s back',
  hint: 'Set each film to where you want to begin. Then both play, pause and go back together.',
};
