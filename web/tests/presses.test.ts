import { expect, test } from 'vitest';
import { pressWatch } from '../src/lib/presses';

const watch = () =>
  pressWatch<unknown>(
    (target) => target,
    (pressed) => pressed === send,
  );
const press = (detail: number, target: unknown) => ({ detail, target: target as EventTarget | null });
const save = {};
const refuse = {};
const send = {};

test('the second half of a double click does not press what came under the pointer', () => {
  const strayed = watch();
  expect(strayed(press(1, save))).toBe(false);
  expect(strayed(press(2, refuse))).toBe(true);
  expect(strayed(press(3, refuse)), 'nor does a third').toBe(true);
});

test('the same button may be pressed as fast as anybody can', () => {
  const strayed = watch();
  expect([1, 2, 3, 4].map((detail) => strayed(press(detail, save)))).toEqual([false, false, false, false]);
});

test('a form is sent once by a double click, and again by a press of its own', () => {
  const strayed = watch();
  expect([1, 2, 1].map((detail) => strayed(press(detail, send)))).toEqual([false, true, false]);
});

test('a new press counts wherever it falls, and so does the keyboard', () => {
  const strayed = watch();
  strayed(press(1, save));
  expect(strayed(press(1, refuse))).toBe(false);
  expect(strayed(press(0, save))).toBe(false);
});

test('the second half presses nothing on a page that never saw the first', () => {
  expect(watch()(press(2, refuse))).toBe(true);
});

test('what is no button is left alone', () => {
  const strayed = watch();
  strayed(press(1, save));
  expect(strayed(press(2, null))).toBe(false);
});
