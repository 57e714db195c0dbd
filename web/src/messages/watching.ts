/** The words beside the picture: the sound meter and the lines of looks. */

export const watching = {
  meter: 'Loudness',
  levels: { silent: 'silent', quiet: 'quiet', clear: 'clearly heard', loud: 'loud' },
  gazeWhy: 'A full line: from the eyes. A broken one: from the head alone. The look is within the wedge about two times in three; no wedge, nothing is claimed.',
};
