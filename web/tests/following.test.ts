import { expect, test } from 'vitest';
import { headSquare, leftFirst } from '../src/islands/review/following';
import type { Heads } from '../src/lib/types';

const HEADS: Heads = {
  time_us: [0, 400_000, 800_000, 2_000_000],
  infant: [[0.4, 0.4, 0.1, 0.2], [0.5, 0.4, 0.1, 0.2], null, null],
  parent: [null, null, null, null],
};

test('a face is shown in a square around the mean of the boxes near in time', () => {
  const square = headSquare(HEADS, 'infant', 200_000, 1000, 500);
  expect(square && [square.x + square.side / 2, square.y + square.side / 2]).toEqual([500, 250]);
  expect(square?.side).toBeCloseTo(220);
});

test('a box that is long past shows nothing', () => {
  expect(headSquare(HEADS, 'infant', 1_500_000, 1000, 500)).toBeNull();
  expect(headSquare(HEADS, 'parent', 0, 1000, 500)).toBeNull();
});

test('side by side the two stay on the sides on which they sit', () => {
  const parentLeft: Heads = { ...HEADS, parent: [[0.1, 0.4, 0.1, 0.2], null, null, null] };
  expect(leftFirst(parentLeft)).toEqual(['parent', 'infant']);
  expect(leftFirst({ ...HEADS, parent: [[0.8, 0.4, 0.1, 0.2], null, null, null] })).toEqual(['infant', 'parent']);
});
