import { describe, expect, test } from 'vitest';
import { following, length, SHORTEST_VIEW_US, ticks, toPx, toTime, whole, zoomed } from '../src/islands/review/viewport';

const FILM_US = 60_000_000;

describe('zooming', () => {
  test('what was under the playhead stays under it', () => {
    const view = zoomed(whole(FILM_US), 0.5, 40_000_000, FILM_US);
    expect(toPx(40_000_000, view, 900)).toBeCloseTo(toPx(40_000_000, whole(FILM_US), 900), 3);
  });

  test.each([0, 1_000_000, 59_999_999])('a view around %i us never leaves the film', (anchor) => {
    let view = whole(FILM_US);
    for (let step = 0; step < 12; step += 1) view = zoomed(view, 0.5, anchor, FILM_US);
    expect(view.start_us).toBeGreaterThanOrEqual(0);
    expect(view.end_us).toBeLessThanOrEqual(FILM_US);
    expect(length(view)).toBe(SHORTEST_VIEW_US);
  });

  test('zooming out ends at the whole film', () => {
    const near = zoomed(whole(FILM_US), 0.1, 30_000_000, FILM_US);
    expect(zoomed(near, 1000, 30_000_000, FILM_US)).toEqual(whole(FILM_US));
  });

  test('a film shorter than the shortest view is shown whole', () => {
    expect(zoomed(whole(500_000), 0.5, 0, 500_000)).toEqual(whole(500_000));
  });
});

test('the view follows a playhead that leaves it, and only then', () => {
  const view = { start_us: 10_000_000, end_us: 20_000_000 };
  expect(following(view, 15_000_000, FILM_US)).toBe(view);
  const next = following(view, 20_000_000, FILM_US);
  expect(next.start_us).toBeLessThan(20_000_000);
  expect(next.end_us).toBeGreaterThan(20_000_000);
  expect(length(next)).toBe(length(view));
});

test('a place and its time lead back to each other', () => {
  const view = { start_us: 10_000_000, end_us: 20_000_000 };
  expect(toTime(toPx(12_345_678, view, 800), view, 800)).toBe(12_345_678);
});

test('ruler times are round, inside the view and not crowded', () => {
  const view = { start_us: 1_300_000, end_us: 21_300_000 };
  const times = ticks(view, 800);
  expect(times).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20].map((second) => second * 1_000_000));
});
