import { expect, test } from 'vitest';
import { codeKeys as lettersOf, type LetterRules } from '../src/islands/review/codeKeys';
import type { Code } from '../src/lib/types';

function code(id: string, label: string, key = ''): Code {
  return { id, label, key, parent_words: '', part: 'both', timing: 'interval', group: '', colour: '', shape: '' };
}

function codeKeys(codes: Code[], rules: Partial<LetterRules> = {}): Map<string, string> {
  return lettersOf(codes, { own: {}, taken: new Set(), ...rules });
}

test('a code has the letter that its pack wishes', () => {
  expect(codeKeys([code('one', 'Waits', 'q')]).get('one')).toBe('q');
});

test('of two that wish the same the first has it, the other a letter of its label', () => {
  const keys = codeKeys([code('one', 'Waits', 'w'), code('two', 'Welcomes', 'w')]);
  expect([keys.get('one'), keys.get('two')]).toEqual(['w', 'e']);
});

test('a wish is kept free from codes that wish for nothing', () => {
  const keys = codeKeys([code('one', 'Waits'), code('two', 'Later', 'w')]);
  expect([keys.get('one'), keys.get('two')]).toEqual(['a', 'w']);
});

test('no letter twice, and none when all are taken', () => {
  const keys = codeKeys(Array.from({ length: 30 }, (_, index) => code(`c${index}`, 'Aa bb')));
  expect(keys.size).toBe(26);
  expect(new Set(keys.values()).size).toBe(26);
});

test("a letter that means a command is no code's", () => {
  expect(codeKeys([code('one', 'Waits', 'w')], { taken: new Set(['w']) }).get('one')).toBe('a');
});

test('what a person gave goes before every wish, also none', () => {
  const codes = [code('one', 'Waits', 'w'), code('two', 'Welcomes', 'e'), code('three', 'Ends', 'x')];
  const keys = codeKeys(codes, { own: { two: 'w', three: '' } });
  expect([keys.get('one'), keys.get('two'), keys.get('three')]).toEqual(['a', 'w', undefined]);
});
