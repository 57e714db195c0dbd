import { expect, test } from 'vitest';
import { dashes, runsIn, visible, hit } from '../src/islands/review/board';
import { inRows, Lanes } from '../src/islands/review/lanes';
import { stateAt } from '../src/islands/review/looks';
import { WaveLevels } from '../src/lib/wave';
import { chosenIn, reelAddress } from '../src/lib/reelAddress';
import type { GazeRun } from '../src/lib/types';

const RUNS: GazeRun[] = [
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

test.each([
  [1_000_000, 3_000_000, ['away']],
  [0, 9_000_000, ['partner', 'away', 'object']],
  [2_000_000, 3_000_000, []],
  [3_500_000, 3_600_000, ['object']],
])('between %i and %i us the runs in view are %s', (start_us, end_us, states) => {
  expect(runsIn(RUNS, { start_us, end_us }).map((run) => run[2])).toEqual(states);
});

const span = (start_us: number, end_us: number) => ({ start_us, end_us });

test('of what shares a pixel only the first is drawn, and nothing that can be seen is left out', () => {
  const scene = { view: span(0, 1_000_000), widthPx: 100 };
  const all = [span(0, 2000), span(3000, 5000), span(4000, 400_000), span(500_000, 501_000), span(2_000_000, 3_000_000)];
  expect(visible(all, scene)).toEqual([all[0], all[2], all[3]]);
});

test('five thousand moments in a whole hour are drawn as no more bars than there are pixels', () => {
  const all = Array.from({ length: 5000 }, (_, index) => span(index * 720_000, index * 720_000 + 700_000));
  expect(visible(all, { view: span(0, 3_600_000_000), widthPx: 900 }).length).toBeLessThanOrEqual(900);
});

test('of a run far longer than the board only the dashes that can be seen are drawn, at the places that they always have', () => {
  expect(dashes(10, 30, 900)).toEqual([13, 21, 29]);
  expect(dashes(-80_000, 160_000, 40)).toEqual([3, 11, 19, 27, 35]);
  // Nothing is known of the film's length yet: the view is a microsecond.
  expect(dashes(0, 18_240_000_000, 912)).toHaveLength(114);
  expect(dashes(950, 30, 900)).toEqual([]);
});

test('a point hits the shortest of what lies under it, and narrow ones are as easy to hit', () => {
  const scene = { view: span(0, 1_000_000), widthPx: 1000 };
  const [long, short, narrow] = [span(0, 500_000), span(100_000, 200_000), span(700_000, 700_100)];
  const all = [long, short, narrow].filter((each) => each !== undefined);
  expect(hit(all, 150, scene)).toBe(short);
  expect(hit(all, 300, scene)).toBe(long);
  expect(hit(all, 705, scene)).toBe(narrow);
  expect(hit(all, 600, scene)).toBeNull();
});

test('lanes lie below each other without gaps, and those with nothing in them take no room', () => {
  const lanes = new Lanes(['candidates', 'moments', 'notes', 'own', 'infant', 'parent', 'sound']);
  for (const each of lanes.all) expect(lanes.at(each.top + each.height / 2)).toBe(each.name);
  expect([lanes.at(0), lanes.at(1000)]).toEqual([null, null]);
  const few = new Lanes(['candidates', 'infant']);
  expect(few.all.map((each) => each.name)).toEqual(['candidates', 'infant']);
  expect(few.all[1]?.top).toBe((few.all[0]?.top ?? 0) + (few.all[0]?.height ?? 0));
  expect(few.of('moments')).toBeNull();
  expect(few.heightPx).toBeLessThan(lanes.heightPx);
});

test('what lies over each other in time lies below each other in rows that do not overlap, and a fourth shares the last', () => {
  const spans = [span(0, 10), span(2, 6), span(3, 9), span(4, 5), span(10, 12)];
  expect(inRows(spans)).toEqual([0, 1, 2, 2, 0]);
  const lanes = new Lanes(['candidates'], 3);
  const places = [0, 1, 2].map((row) => lanes.row(row));
  places.forEach((place, row) => expect(lanes.rowAt((place?.top ?? 0) + 4)).toBe(row));
  expect(lanes.rowAt(1000)).toBe(2);
});

test('the waveform gives the loudest swing of any part, at every level alike', () => {
  const peaks = Array.from({ length: 1000 }, (_, index): [number, number] => [index === 700 ? -90 : -1, index === 300 ? 100 : 1]);
  const wave = new WaveLevels({ per_second: 50, peaks });
  expect(wave.loudest).toBe(100);
  expect(wave.between(0, 20_000_000)).toEqual([-90, 100]);
  expect(wave.between(6_000_000, 6_020_000)).toEqual([-1, 100]);
  expect(wave.between(13_000_000, 15_000_000)).toEqual([-90, 1]);
});

test('a quiet film fills its lane, a silent one does not, and after the sound there is silence', () => {
  expect(
    new WaveLevels({
      per_second: 50,
      peaks: [
        [-20, 30],
        [-40, 10],
      ],
    }).loudest,
  ).toBe(40);
  expect(new WaveLevels({ per_second: 50, peaks: [[-1, 1]] }).loudest).toBeGreaterThan(10);
  expect(new WaveLevels({ per_second: 50, peaks: [] }).between(0, 1_000_000)).toEqual([0, 0]);
});

test('chosen moments travel to the page where the film is made', () => {
  const address = reelAddress('/clips/c/reels/new', ['a_1', 'b-2']);
  expect(chosenIn(address.slice(address.indexOf('?')))).toEqual(['a_1', 'b-2']);
  expect(reelAddress('/clips/c/reels/new', [])).toBe('/clips/c/reels/new');
  expect(chosenIn('')).toEqual([]);
});
