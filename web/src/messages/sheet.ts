/** The words of a sheet's page. */

export const sheetWords = {
  open: 'Open',
  less: (what: string) => `One less: ${what}`,
  more: (what: string) => `One more: ${what}`,
  left: (count: number) => (count === 0 ? 'Nothing is open.' : `${count} still open.`),
  idle: 'Everything is kept as you fill it in.',
  keeping: 'Keeping …',
  kept: 'Kept.',
  waiting: 'No answer. What you filled in is safe on this computer and is sent when the line is back.',
  undo: (label: string) => `Undo: ${label}`,
  redo: (label: string) => `Redo: ${label}`,
  overtaken: (theirs: string) => `Somebody else filled this in meanwhile: ${theirs || '(open)'}`,
  keepMine: 'Keep mine',
  takeTheirs: 'Take theirs',
};
