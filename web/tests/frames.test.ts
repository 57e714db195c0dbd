import { describe, expect, test } from 'vitest';
import { FrameMap, lastAtOrBefore } from '../src/lib/frames';
import type { FrameTimes } from '../src/lib/types';

/** A phone's film: the frames are 40, 40, 450 and 30 ms apart, and the proxy starts 10 ms later than the clip. */
const PAIRS: FrameTimes = [
  [10_000, 0],
  [50_000, 40_000],
  [90_000, 80_000],
  [540_000, 530_000],
  [570_000, 560_000],
];
const map = new FrameMap(PAIRS, 600_000);

describe('a film with uneven frames', () => {
  test.each([
    [0, 0],
    [39_999, 0],
    [40_000, 1],
    [529_999, 2],
    [530_000, 3],
    [9_999_999, 4],
    [-5, 0],
  ])('at clip time %i us frame %i is on show', (time, frame) => {
    expect(map.frameAt(time)).toBe(frame);
  });

  test.each([
    [10_000, 0],
    [49_000, 1],
    [51_000, 1],
    [300_000, 2],
    [350_000, 3],
    [10_000_000, 4],
  ])('a player that reports %i us shows the nearest frame, %i', (time, frame) => {
    expect(map.frameOfProxy(time)).toBe(frame);
  });

  test('the player is sent inside a frame, never onto its edge', () => {
    PAIRS.forEach(([start], index) => {
      const target = map.seekTarget(index);
      const end = PAIRS[index + 1]?.[0] ?? Infinity;
      expect(target).toBeGreaterThan(start);
      expect(target).toBeLessThan(end);
      expect(
        lastAtOrBefore(
          PAIRS.map((pair) => pair[0]),
          target,
        ),
      ).toBe(index);
    });
  });

  test('a nudge goes to the true time of the next frame, however far it is', () => {
    expect(map.nudge(80_000, 1)).toBe(530_000);
    expect(map.nudge(530_000, -1)).toBe(80_000);
    expect(map.nudge(100_000, 0)).toBe(80_000);
  });

  test('a nudge past the ends stays in the film', () => {
    expect(map.nudge(0, -1)).toBe(0);
    expect(map.nudge(560_000, 1)).toBe(600_000);
  });
});

test('a film without a map steps at an even pace to its end', () => {
  const even = FrameMap.even(1_000_000, 25);
  expect(even.count).toBe(25);
  expect(even.clipTime(1)).toBe(40_000);
  expect(even.nudge(960_000, 1)).toBe(1_000_000);
});
