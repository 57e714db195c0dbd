import { flushSync } from 'svelte';
import { expect, test } from 'vitest';
import TimeField from '../../src/islands/review/TimeField.svelte';
import { FrameMap } from '../../src/lib/frames';
import { Player } from '../../src/lib/player.svelte';
import { entered, mounted } from './mounted';

function shown(): { player: Player; field: HTMLInputElement } {
  const player = new Player();
  player.frames = FrameMap.even(10_000_000, 25);
  player.seek(3_000_000);
  const field = mounted(TimeField, { player }).querySelector('input');
  if (!field) throw new Error('There is no field.');
  return { player, field };
}

function runsTo(player: Player, timeUs: number): void {
  player.timeUs = timeUs;
  flushSync();
}

test('the time runs with the film', () => {
  const { player, field } = shown();
  runsTo(player, 3_200_000);
  expect(field.value).toBe('0:03.20');
});

test('a film that runs changes nothing in the field while somebody types', () => {
  const { player, field } = shown();
  field.focus();
  flushSync();
  runsTo(player, 3_200_000);
  expect([field.value, field.selectionStart, field.selectionEnd]).toEqual(['0:03.00', 0, 7]);
  entered(field, '0:04');
  expect(player.timeUs).toBe(4_000_000);
  field.blur();
  flushSync();
  expect(field.value).toBe('0:04.00');
});
