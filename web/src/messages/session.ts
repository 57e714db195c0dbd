/** The words of a shared review's page. */

export const sessionWords = {
  heldOn: 'Day of the review',
  reels: 'What you looked at together',
  question: 'Helping question',
  workingPoint: 'Working point, in the parent’s words',
  workingPointHint: 'What the parent wants to try next, as they say it.',
  nextOn: 'Next date',
  wentWell: 'What went well, for your own log',
  wentWellHint: 'For your own work: never shown to the parent, never in their copy.',
  idle: 'Everything is kept as you write.',
  keeping: 'Keeping …',
  kept: 'Kept.',
  waiting: 'No answer. What you wrote is safe on this computer and is sent when the line is back.',
  undo: (label: string) => `Undo: ${label}`,
  redo: (label: string) => `Redo: ${label}`,
  overtaken: 'Somebody else wrote here meanwhile:',
  theirsEmpty: '(nothing)',
  keepMine: 'Keep mine',
  takeTheirs: 'Take theirs',
};
