/** The words of the room in which people agree on one coding. */

export const consensusWords = {
  film: 'Film',
  list: 'Differences, the longest first',
  again: 'Play it once more',
  says: (shape: string, code: string) => `${shape} ${code}`,
  shapes: { first: '●', second: '▲' },
  shapeNames: { first: 'circle', second: 'triangle' },
  other: 'Something else',
  leave: 'Leave it out',
  leaveHint: 'What is left out counts as not coded.',
  reason: 'Why (if you like)',
  settled: (how: string) => `Settled: ${how}`,
  open: 'open',
  left: (count: number) => (count === 0 ? 'All are settled.' : `${count} still open.`),
  none: 'They differ nowhere by more than a fifth of a second.',
  undo: (label: string) => `Undo: ${label}`,
  redo: (label: string) => `Do again: ${label}`,
  keys: 'Keys: 1 circle, 2 triangle, 0 leave out, Space once more, arrows up and down from one to the next, Ctrl+Z undo.',
};
