import { expect, test } from 'vitest';
import { Fingers } from '../src/islands/review/touch';
import { toTime } from '../src/islands/review/viewport';

const WIDTH = 1000;
const DURATION = 100_000_000;
const VIEW = { start_us: 20_000_000, end_us: 60_000_000 };

function two(one: number, other: number): Fingers {
  const fingers = new Fingers();
  fingers.down(1, one, VIEW, WIDTH);
  fingers.down(2, other, VIEW, WIDTH);
  return fingers;
}

test('spreading two fingers zooms in, and what lay under them stays there', () => {
  const fingers = two(400, 600);
  const [first, second] = [400, 600].map((x) => toTime(x, VIEW, WIDTH));
  fingers.move(1, 300, WIDTH, DURATION);
  const view = fingers.move(2, 700, WIDTH, DURATION);
  if (!view) throw new Error('no view');
  expect(view.end_us - view.start_us).toBeCloseTo(20_000_000, -2);
  expect(toTime(300, view, WIDTH)).toBeCloseTo(first ?? 0, -3);
  expect(toTime(700, view, WIDTH)).toBeCloseTo(second ?? 0, -3);
});

test('two fingers moved together pan', () => {
  const fingers = two(400, 600);
  fingers.move(1, 300, WIDTH, DURATION);
  expect(fingers.move(2, 500, WIDTH, DURATION)).toEqual({ start_us: 24_000_000, end_us: 64_000_000 });
});

test('the view stays inside the film and does not shrink below its shortest', () => {
  const fingers = two(499, 501);
  fingers.move(1, 0, WIDTH, DURATION);
  const near = fingers.move(2, 1000, WIDTH, DURATION);
  expect((near?.end_us ?? 0) - (near?.start_us ?? 0)).toBe(2_000_000);
  const far = two(0, 1000);
  far.move(1, 490, WIDTH, DURATION);
  expect(far.move(2, 510, WIDTH, DURATION)).toEqual({ start_us: 0, end_us: DURATION });
});

test('one finger changes nothing, nor does one that is left after two', () => {
  const fingers = two(400, 600);
  fingers.up(2, VIEW, WIDTH);
  expect(fingers.move(1, 100, WIDTH, DURATION)).toBeNull();
  expect(fingers.move(9, 100, WIDTH, DURATION)).toBeNull();
});
