// @vitest-environment happy-dom
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { bindLimits } from '../src/lib/limits';

let field: HTMLTextAreaElement;

beforeAll(bindLimits);
beforeEach(() => {
  document.body.innerHTML = '<div><textarea maxlength="10">To and fro</textarea></div>';
  field = document.querySelector('textarea')!;
});

function put(data: string | null, inputType = 'insertText', isComposing = false): boolean {
  return field.dispatchEvent(new InputEvent('beforeinput', { data, inputType, isComposing, bubbles: true, cancelable: true }));
}

const said = (): string => document.querySelector('[data-limit]')?.textContent ?? '';

test('what does not fit is held back whole, and both numbers are said', () => {
  field.setSelectionRange(10, 10);
  expect(put('\r\nagain')).toBe(false);
  expect(said()).toContain('At most 10 characters');
  expect(said()).toContain('there would be 16');
});

test('what takes the place of a selection counts without it', () => {
  field.setSelectionRange(0, 10);
  expect(put('Peekaboo')).toBe(true);
  expect(said()).toBe('');
});

test('the words go when something fits or is taken out', () => {
  field.setSelectionRange(10, 10);
  expect(put(null, 'insertLineBreak')).toBe(false);
  expect(said()).not.toBe('');
  expect(put(null, 'deleteContentBackward')).toBe(true);
  expect(said()).toBe('');
});

test('Enter sends a form of one full line', () => {
  document.body.innerHTML = '<form><input maxlength="4" value="To a"></form>';
  const line = document.querySelector('input')!;
  const event = new InputEvent('beforeinput', { data: null, inputType: 'insertLineBreak', bubbles: true, cancelable: true });
  expect(line.dispatchEvent(event)).toBe(true);
});

test('a word that an input method puts together is not held back, nor is a field without a limit', () => {
  field.setSelectionRange(10, 10);
  expect(put('ni', 'insertCompositionText', true)).toBe(true);
  field.removeAttribute('maxlength');
  expect(put('a long text')).toBe(true);
});
