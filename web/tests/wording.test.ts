import { expect, test } from 'vitest';
import { remarkOn } from '../src/islands/review/wording';

const HINTS = [
  { words: ['ignor*'], instead: 'Say what they were with.' },
  { words: ["doesn't", 'not enough'], instead: 'Say what they do.' },
  { words: ['cold'], instead: 'Say what was seen.' },
];

test.each([
  ['Mum ignores him', 'ignores'],
  ['IGNORED!', 'IGNORED'],
  ['He doesn’t look', "doesn't"],
  ['It was not \n enough', 'not \n enough'],
  ['“cold”', 'cold'],
])('“%s” is asked about', (text, word) => {
  expect(remarkOn(text, HINTS)?.word).toBe(word);
});

test.each(['', 'She waits', 'scolded', 'coldness', 'a vignor', 'not at all enough'])('“%s” is left alone', (text) => {
  expect(remarkOn(text, HINTS)).toBeNull();
});

test('the first hint that fits is shown', () => {
  expect(remarkOn('cold and ignoring', HINTS)?.instead).toBe('Say what they were with.');
});
