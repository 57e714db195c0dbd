/** The words of the room in which people agree on one coding. */
import { _, n_ } from '../lib/words';

export const consensusWords = {
  film: _('Film'),
  list: _('Differences, the longest first'),
  again: _('Play it once more'),
  says: (shape: string, code: string) => `${shape} ${code}`,
  shapes: { first: '●', second: '▲' },
  shapeNames: { first: _('circle'), second: _('triangle') },
  other: _('Something else'),
  leave: _('Leave it out'),
  leaveHint: _('What is left out counts as not coded.'),
  reason: _('Why (if you like)'),
  settled: (how: string) => _('Settled: %(how)s', { how }),
  open: _('open'),
  left: (count: number) => (count === 0 ? _('All are settled.') : _('%(count)s still open.', { count })),
  none: _('They differ nowhere by more than a fifth of a second.'),
  finish: _('Finish this coding'),
  finished: _('Finished. It goes into the tables of the study as the agreed coding.'),
  takeUp: _('Take it up again'),
  before: _('Before you finish'),
  openOnes: (count: number) =>
    count === 0 ? _('Every difference is settled.') : n_('1 difference is still open.', '%(num)s differences are still open.', count),
  leftOut: (count: number) =>
    count === 0
      ? _('Nothing was left out.')
      : n_('1 was left out and counts as not coded.', '%(num)s were left out and count as not coded.', count),
  alone: (count: number) =>
    count === 0 ? _('Both watched the same time.') : _('%(count)s s that only one of you watched count as not coded.', { count }),
  toList: _('To the list of films'),
  undo: (label: string) => _('Undo: %(label)s', { label }),
  redo: (label: string) => _('Redo: %(label)s', { label }),
  keys: _('Keys: 1 circle, 2 triangle, 0 leave out, Space once more, arrows up and down from one to the next, F finish, Ctrl+Z undo.'),
};
