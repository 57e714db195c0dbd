import { beforeEach, expect, test, vi } from 'vitest';
import { isFree } from '../src/lib/chord';
import { keyName, KeyMap, readOwnKeys, resolved } from '../src/islands/keys/keymap.svelte';
import { ALL_LAYOUTS, LAYOUTS } from '../src/islands/keys/layouts';
import { ALL_COMMANDS, COMMANDS, commandsOf } from '../src/islands/review/commands';

const stored = new Map<string, string>();

beforeEach(() => {
  stored.clear();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
  });
});

test.each(ALL_LAYOUTS)('in the layout %s no key means two things, and every key can be chosen', (layout) => {
  const keys = ALL_COMMANDS.flatMap((command) => resolved({ layout, single: true, own: {}, letters: {} })[command]);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.filter((key) => key !== 'Escape' && !isFree(key))).toEqual([]);
});

test.each(ALL_LAYOUTS)('the layout %s gives no key twice by itself', (layout) => {
  const keys = Object.values(LAYOUTS[layout]).flat();
  expect(new Set(keys).size).toBe(keys.length);
});

const REACH = {
  left: /^(Ctrl\+)?(Shift\+)?([1-5qwertasdfgzxcvb]|Space|Escape)$/,
  right: /^(Ctrl\+)?(Shift\+)?([67890yuiophjklnm,.]|Arrow\w+|Enter|Backspace|Space|Escape)$/,
};

test.each(['left', 'right'] as const)('the %s hand reaches all that plays the film and decides', (hand) => {
  const keys = resolved({ layout: hand, single: true, own: {}, letters: {} });
  for (const command of [
    ...commandsOf('play'),
    ...commandsOf('decide'),
    'toggle-heads',
    'toggle-gaze',
    'mark-look',
    'mark-in',
    'mark-out',
    'tag',
    'undo',
    'redo',
  ] as const) {
    expect(
      keys[command].some((key) => REACH[hand].test(key)),
      `${command}: ${keys[command].join(' ')}`,
    ).toBe(true);
  }
});

test('a key given to another command is taken from the one that had it, which may keep a second', () => {
  const map = new KeyMap('pat');
  map.give('loop', 'y');
  expect(map.meaning('y')).toBe('loop');
  expect(map.keys.keep).toEqual(['1']);
  map.give('loop', 'k');
  expect(map.keys['shuttle-stop']).toEqual([]);
  expect(map.shown('shuttle-stop')).toBeNull();
});

test('the second key of a command stays when the first is changed', () => {
  const map = new KeyMap('pat');
  map.give('undo', '#');
  expect(map.keys.undo).toEqual(['#', 'Ctrl+z']);
});

test('a change is undone, one command or all go back to the usual keys', () => {
  const map = new KeyMap('pat');
  map.give('loop', '#');
  map.give('faster', 'ä');
  map.undo();
  expect([map.keys.faster, map.canUndo]).toEqual([COMMANDS.faster.keys, false]);
  map.usual('loop');
  expect(map.keys.loop).toEqual(COMMANDS.loop.keys);
  map.give('loop', 'y');
  map.allUsual();
  expect(map.keys.keep).toEqual(COMMANDS.keep.keys);
});

test('the layout changes what the person did not choose themselves', () => {
  const map = new KeyMap('pat');
  map.give('keep', 'q');
  map.setLayout('left');
  expect(map.keys.keep[0]).toBe('q');
  expect(map.keys['frame-back']).toEqual([]);
  expect(map.keys['frame-forward']).toEqual(['w']);
});

test('with single keys off only keys with Ctrl and Escape mean something, and only they are shown', () => {
  const map = new KeyMap('pat');
  map.setSingle(false);
  expect(['y', 'Space', 'Ctrl+z', 'Escape'].map((key) => map.meaning(key))).toEqual([null, null, 'undo', 'close']);
  expect([map.shown('keep'), map.shown('undo')]).toEqual([null, 'Ctrl Z']);
});

test('keys are kept for each account by itself', () => {
  new KeyMap('pat').give('loop', '#');
  expect(new KeyMap('pat').meaning('#')).toBe('loop');
  expect(new KeyMap('sam').meaning('#')).toBeNull();
});

test.each(['', 'not json', '{"layout":"feet","own":{"nothing":["k"],"keep":["Tab"],"loop":7}}', 'null'])(
  'what cannot be used is left out: %s',
  (text) => {
    const read = readOwnKeys(text);
    expect(read.layout).toBe('both');
    expect(resolved(read)['play-pause']).toEqual(['Space']);
  },
);

test('keys are printed as they are written on a keyboard', () => {
  expect(['k', 'Shift+k', 'Ctrl+Shift+z', 'ArrowLeft', '+', 'Space'].map(keyName)).toEqual([
    'K',
    'Shift K',
    'Ctrl Shift Z',
    '←',
    '+',
    'Space',
  ]);
});

test('a letter given to a code is kept, taken from the code that had it, and undone', () => {
  const map = new KeyMap('pat');
  map.giveLetter('vig.waits', 'w');
  map.giveLetter('vig.ends', 'w');
  expect(new KeyMap('pat').now.letters).toEqual({ 'vig.ends': 'w' });
  map.undo();
  expect(map.now.letters).toEqual({ 'vig.waits': 'w' });
});

test('the letters that mean a command with Shift follow the keys', () => {
  const map = new KeyMap('pat');
  expect(map.shiftLetters.has('w')).toBe(true);
  map.give('who-is-who', 'Alt+w');
  expect(map.shiftLetters.has('w')).toBe(false);
});

test('what is kept of letters and is none is left out', () => {
  expect(readOwnKeys('{"letters": {"a": "x", "b": "long", "c": 3, "d": ""}}').letters).toEqual({ a: 'x', d: '' });
});
