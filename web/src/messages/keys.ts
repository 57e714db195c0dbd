/** The words of the key card and of choosing keys. */
import { _ } from '../lib/words';

/** The words of the key card and of choosing keys. */

export const keyWords = {
  single: _('Use single keys'),
  singleHint: _('Switch off if you use speech input or hit keys by chance. Keys with Ctrl go on working.'),
  layout: _('Layout'),
  layouts: {
    both: { name: _('Both hands'), about: _('As most video tools have it.') },
    left: { name: _('Left hand'), about: _('All in reach of the left hand; the right one is free for mouse or pen.') },
    right: { name: _('Right hand'), about: _('All in reach of the right hand; the left one is free.') },
  },
  lettersHint: _('If your keyboard has its letters in other places, change single keys below.'),
  change: _('Change'),
  changeOf: (command: string) => _('Change the key for: %(command)s', { command }),
  press: (command: string) => _('Press the new key for “%(command)s”. Esc leaves it as it is.', { command }),
  taken: (key: string, other: string) =>
    _('%(key)s already means “%(other)s”. Give it to this one instead? Then the other has no key.', { key, other }),
  takenSpare: (key: string, other: string) =>
    _('%(key)s already means “%(other)s”. Give it to this one instead? The other still has another key.', { key, other }),
  give: _('Give it to this one'),
  leave: _('Leave it'),
  notFree: (key: string) => _('%(key)s belongs to the browser or to moving about on the page. Choose another key.', { key }),
  set: (command: string, key: string) => _('“%(command)s” is now %(key)s.', { command, key }),
  usual: _('Usual key'),
  usualOf: (command: string) => _('Usual key for: %(command)s', { command }),
  allUsual: _('All keys as usual'),
  allUsualDone: _('All keys are as usual again.'),
  undo: _('Undo'),
  undone: _('Undone.'),
  codes: _('Letters of the codes'),
  codesHint: _('Pressed with Shift. Letters that already mean something else here are not offered.'),
  noKey: _('no key'),
  fixed: _('Esc closes or cancels. On the timeline also Home, End, Page Up and Page Down.'),
  kept: _('Your keys are kept in this browser, for your account.'),
  editing: _('Change keys'),
  done: _('Done'),
  print: _('Print this card'),
  toPrint: _('Key card to print'),
  names: {
    Space: _('Space'),
    ArrowLeft: '←',
    ArrowRight: '→',
    ArrowUp: '↑',
    ArrowDown: '↓',
    Escape: 'Esc',
    Enter: _('Enter'),
    Backspace: _('Backspace'),
    PageUp: _('Page Up'),
    PageDown: _('Page Down'),
  } as Record<string, string>,
};
