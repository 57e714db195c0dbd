import { expect, test } from 'vitest';
import { chordOf, isFree, isSingleKey, type Press } from '../src/lib/chord';

function press(key: string, more: Partial<Press> & { altGraph?: boolean } = {}): Press {
  return {
    key,
    code: '',
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    getModifierState: (name) => name === 'AltGraph' && more.altGraph === true,
    ...more,
  };
}

test.each<[string, Press, string | null]>([
  ['a letter', press('k'), 'k'],
  ['a letter under Caps Lock', press('K'), 'k'],
  ['a letter with Shift', press('K', { shiftKey: true }), 'Shift+k'],
  ['a sign, wherever it needs Shift', press('?', { shiftKey: true }), '?'],
  ['a digit on a French keyboard', press('1', { shiftKey: true }), '1'],
  ['plus on the number pad', press('+', { code: 'NumpadAdd' }), '+'],
  ['the space bar', press(' '), 'Space'],
  ['a named key with Shift', press('ArrowLeft', { shiftKey: true }), 'Shift+ArrowLeft'],
  ['undo', press('z', { ctrlKey: true }), 'Ctrl+z'],
  ['undo on a Mac', press('z', { metaKey: true }), 'Ctrl+z'],
  ['redo', press('Z', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+z'],
  ['a sign written with AltGr', press('@', { ctrlKey: true, altKey: true, altGraph: true }), '@'],
  ['a letter of another alphabet, by its place', press('л', { code: 'KeyK' }), 'k'],
  ['an accented letter as it is', press('é', { code: 'Digit2' }), 'é'],
  ['a modifier alone', press('Shift', { shiftKey: true }), null],
  ['a dead key', press('Dead'), null],
])('%s is read', (_name, pressed, chord) => {
  expect(chordOf(pressed)).toBe(chord);
});

test.each(['Tab', 'Shift+Tab', 'Escape', 'F5', 'Ctrl+w', 'Ctrl+Shift+t', 'Ctrl+-', 'Alt+ArrowLeft'])(
  '%s stays with the browser',
  (chord) => {
    expect(isFree(chord)).toBe(false);
  },
);

test.each(['k', 'Shift+k', '?', 'Space', 'Enter', 'Ctrl+z', 'Ctrl+Shift+z', 'Ctrl+y', 'Ctrl+ArrowLeft', 'Shift+ArrowUp', 'Backspace'])(
  '%s can be chosen',
  (chord) => {
    expect(isFree(chord)).toBe(true);
  },
);

test('Escape and keys with Ctrl go on working with single keys off', () => {
  expect(['k', 'Shift+k', 'Space', 'Ctrl+z', 'Escape'].filter(isSingleKey)).toEqual(['k', 'Shift+k', 'Space']);
});
