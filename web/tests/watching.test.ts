import { expect, test } from 'vitest';
import { gazeShape } from '../src/islands/review/gazeShape';
import { decibels, levelWords, QUIETEST_DB, shareOf } from '../src/islands/review/loudness';

const swing = (low: number, high: number) => ({ between: (): [number, number] => [low, high] });

test.each([
  ['nothing', swing(0, 0), QUIETEST_DB, 'silent'],
  ['one step', swing(0, 1), -42, 'silent'],
  ['a whisper', swing(-3, 2), -32.5, 'quiet'],
  ['a voice', swing(-20, 25), -14.1, 'clear'],
  ['full swing', swing(-128, 127), 0, 'loud'],
])('%s is as loud as it is', (_name, wave, db, words) => {
  expect(decibels(wave, 1_000_000)).toBeCloseTo(db, 0);
  expect(levelWords(decibels(wave, 1_000_000))).toBe(words);
});

test('the meter is empty at the quietest and full at the loudest', () => {
  expect([shareOf(QUIETEST_DB), shareOf(0)]).toEqual([0, 1]);
});

test('a look to the right goes right from the middle of the head, in a wedge of its uncertainty', () => {
  const shape = gazeShape([0.4, 0.4, 0.1, 0.2], [1, 0, 10, true], 1000, 500);
  expect(shape.from).toEqual([450, 250]);
  expect(shape.to[0]).toBeCloseTo(450 + 320);
  expect(shape.to[1]).toBeCloseTo(250);
  const [, first, ...rest] = shape.wedge.split(' ').map((point) => point.split(',').map(Number));
  expect(Math.atan2((first?.[1] ?? 0) - 250, (first?.[0] ?? 0) - 450) * (180 / Math.PI)).toBeCloseTo(-10, 0);
  expect(Math.atan2((rest.at(-1)?.[1] ?? 0) - 250, (rest.at(-1)?.[0] ?? 0) - 450) * (180 / Math.PI)).toBeCloseTo(10, 0);
});

test('a look towards the camera is short', () => {
  const across = gazeShape([0, 0, 0.1, 0.1], [1, 0, 10, true], 1000, 1000);
  const towards = gazeShape([0, 0, 0.1, 0.1], [0.2, 0, 40, true], 1000, 1000);
  expect(towards.to[0] - towards.from[0]).toBeCloseTo((across.to[0] - across.from[0]) * 0.2);
});
