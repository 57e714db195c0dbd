import { expect, test } from 'vitest';
import { clock, fileSize, fromClock, seconds, timeLeft } from '../src/lib/time';

test.each([
  [0, '0:00.0'],
  [65_240_000, '1:05.2'],
  [59_999_999, '0:59.9'],
  [3_600_000_000, '1:00:00.0'],
  [-3, '0:00.0'],
])('%i us is read as %s', (time, words) => {
  expect(clock(time)).toBe(words);
});

test('a clock shows as much as is asked for, and never more than has passed', () => {
  expect(clock(5_990_000, 0)).toBe('0:05');
  expect(clock(5_049_999, 2)).toBe('0:05.04');
});

test('a duration is given in seconds', () => {
  expect(seconds(2_449_000)).toBe('2.4 s');
});

test.each([
  [null, null],
  [-1, null],
  [Infinity, null],
  [4, 'a few seconds left'],
  [59, 'less than a minute left'],
  [61, 'about 1 minute left'],
  [150, 'about 3 minutes left'],
  [3_660, 'about 1 hour 1 minute left'],
  [7_200, 'about 2 hours left'],
])('%s s to go is said as "%s"', (eta, words) => {
  expect(timeLeft(eta)).toBe(words);
});

test.each([
  [900, '1 kB'],
  [1_500_000, '1.5 MB'],
  [63_000_000, '63 MB'],
  [2_000_000, '2 MB'],
  [8_000_000_000, '8 GB'],
])('%i bytes are %s', (bytes, words) => {
  expect(fileSize(bytes)).toBe(words);
});

test.each([
  ['65.2', 65_200_000],
  ['1:05,25', 65_250_000],
  ['1:02:03', 3_723_000_000],
  ['0:00', 0],
  ['', null],
  ['1:x', null],
  ['-1', null],
  ['1:2:3:4', null],
])('"%s" typed as a time is %s us', (text, time) => {
  expect(fromClock(text)).toBe(time);
});
