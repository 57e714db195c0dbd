import { expect, test } from 'vitest';
import { ALL_COMMANDS, COMMANDS, commandsOf, type CommandGroup } from '../src/islands/review/commands';
import { t } from '../src/messages/en';

test('every command has words, and every word a command', () => {
  expect([...ALL_COMMANDS].sort()).toEqual(Object.keys(t.commands).sort());
});

test('every command stands in one group', () => {
  const grouped = (Object.keys(t.commandGroups) as CommandGroup[]).flatMap(commandsOf);
  expect([...grouped].sort()).toEqual([...ALL_COMMANDS].sort());
});

test('no usual key means two things', () => {
  const keys = ALL_COMMANDS.flatMap((command) => COMMANDS[command].keys);
  expect(new Set(keys).size).toBe(keys.length);
});
