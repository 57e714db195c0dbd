import { expect, test } from 'vitest';
import { stateAt, within } from '../src/islands/review/looks';
import { fullScale, wavePath } from '../src/islands/review/wave';
import { chosenIn, reelAddress } from '../src/lib/reelAddress';
import type { LookRun } from '../src/lib/types';

const RUNS: LookRun[] = [
  [0, 1_000_000, 'partner', 0.9],
  [1_000_000, 2_000_000, 'away', 0.6],
  [3_000_000, 4_000_000, 'object', 0.7],
];

test.each([
  [0, 'partner'],
  [999_999, 'partner'],
  [1_000_000, 'away'],
  [2_500_000, 'unseen'],
  [3_999_999, 'object'],
  [4_000_000, 'unseen'],
])('at %i us the lane says %s', (time, state) => {
  expect(stateAt(RUNS, time)).toBe(state);
});

test('a run that only touches the part on show is left out', () => {
  expect(within(RUNS, 1_000_000, 3_000_000).map((run) => run[2])).toEqual(['away']);
});

test('the waveform draws each pixel once, within its lane', () => {
  const peaks = Array.from({ length: 100 }, (): [number, number] => [-127, 127]);
  const path = wavePath({ per_second: 50, peaks }, { start_us: 0, end_us: 2_000_000 }, 40, 30, 127);
  expect(path.match(/M/g)).toHaveLength(40);
  expect(path).toContain('M0 0.0h1v30.0h-1z');
});

test('a quiet film fills its lane, a silent one does not', () => {
  expect(fullScale({ per_second: 50, peaks: [[-20, 30], [-40, 10]] })).toBe(40);
  expect(fullScale({ per_second: 50, peaks: [[-1, 1]] })).toBeGreaterThan(10);
});

test('a part of the film after the sound has ended is silent, not an error', () => {
  const path = wavePath({ per_second: 50, peaks: [] }, { start_us: 0, end_us: 1_000_000 }, 2, 30, 127);
  expect(path).toBe('M0 15.0h1v0.5h-1zM1 15.0h1v0.5h-1z');
});

test('chosen moments travel to the page where the film is made', () => {
  const address = reelAddress('/clips/c/reels/new', ['a_1', 'b-2']);
  expect(chosenIn(address.slice(address.indexOf('?')))).toEqual(['a_1', 'b-2']);
  expect(reelAddress('/clips/c/reels/new', [])).toBe('/clips/c/reels/new');
  expect(chosenIn('')).toEqual([]);
});
