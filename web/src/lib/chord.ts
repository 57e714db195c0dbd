/**
 * A key press as text: "k", "Shift+k", "Ctrl+z", "ArrowLeft". The same text is made while a person chooses a key and while it
 * is pressed later, so what was chosen always works. It names what the key writes, not where it lies.
 */

export interface Press {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  getModifierState(name: string): boolean;
}

const MODIFIERS = new Set(['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'NumLock', 'ScrollLock', 'Fn', 'OS']);
const NO_KEY = new Set(['Dead', 'Process', 'Unidentified', 'Compose']);
const PRINTABLE = /^[ -~]$/;

/** Null for a modifier alone, and for what is no key of its own. */
export function chordOf(press: Press): string | null {
  if (MODIFIERS.has(press.key) || NO_KEY.has(press.key)) return null;
  const base = baseOf(press);
  // AltGr only helps to write a character; Windows reports it as Ctrl and Alt.
  const writes = press.getModifierState('AltGraph');
  const control = (press.ctrlKey || press.metaKey) && !writes;
  const alt = press.altKey && !writes;
  // Of a sign Shift is a part ("?" needs it here and not there); of letters and named keys it is not.
  const shift = press.shiftKey && (base.length > 1 || isLetter(base));
  return `${control ? 'Ctrl+' : ''}${alt ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${base}`;
}

function baseOf({ key, code }: Press): string {
  if (key === ' ') return 'Space';
  // On a keyboard with other letters (Greek, Cyrillic) a letter key means the Latin letter of its place.
  if (key.length === 1 && !PRINTABLE.test(key) && code.startsWith('Key')) return code.slice(3).toLowerCase();
  return key.length === 1 ? key.toLowerCase() : key;
}

function isLetter(key: string): boolean {
  return key.toLowerCase() !== key.toUpperCase();
}

/** Keys that go on working while single keys are switched off: those with Ctrl or Alt, and Escape, which only leaves things. */
export function isSingleKey(chord: string): boolean {
  return !chord.startsWith('Ctrl+') && !chord.startsWith('Alt+') && chord !== 'Escape';
}

/** Whether a person may give this key to a command. The rest belongs to the browser or to moving about on a page. */
export function isFree(chord: string): boolean {
  if (['Tab', 'Shift+Tab', 'Escape', 'ContextMenu'].includes(chord) || /^F\d+$/.test(chord)) return false;
  return !/^Ctrl\+(Shift\+)?([acfhjlnopqrstvwx]|[0-9]|[-+=]|Tab|F\d+)$/.test(chord) && !/^Alt\+(Arrow|Home|F\d)/.test(chord);
}
