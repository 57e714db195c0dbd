import { parseKeybinding } from 'tinykeys';
import { expect, test } from 'vitest';
import { ALL_COMMANDS, COMMANDS, isSingleKey, keyName } from '../src/islands/review/commands';
import { t } from '../src/messages/en';

test('every command has words, and every word a command', () => {
  expect([...ALL_COMMANDS].sort()).toEqual(Object.keys(t.commands).sort());
});

test('no key means two things', () => {
  const keys = ALL_COMMANDS.flatMap((command) => COMMANDS[command].keys);
  expect(new Set(keys).size).toBe(keys.length);
});

test.each(ALL_COMMANDS.flatMap((command) => COMMANDS[command].keys))('the key %s can be read and printed', (key) => {
  expect(parseKeybinding(key)).toHaveLength(1);
  expect(keyName(key)).not.toMatch(/\$mod|\[|Arrow/);
});

test('Escape and Ctrl keys go on working with single keys off', () => {
  expect(['k', 'Space', '$mod+z', 'Escape'].filter(isSingleKey)).toEqual(['k', 'Space']);
});
