/** The words of a film in supervision. */

export const supervisionWords = {
  comments: 'Comments',
  none: 'No comments yet.',
  here: (time: string) => `Comment at ${time}`,
  hint: 'The film pauses while you write. The comment is kept at the picture on show.',
  send: 'Keep the comment',
  undo: 'Take back my last comment',
  redo: 'Comment again',
  goTo: (time: string) => `Go to ${time}`,
  kept: 'The comment is kept.',
  back: 'Taken back.',
  again: 'It is there again.',
};
