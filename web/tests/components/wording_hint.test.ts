import { expect, test } from 'vitest';
import WordingHint from '../../src/islands/review/WordingHint.svelte';
import type { ReviewRoom } from '../../src/islands/review/room.svelte';
import { mounted } from './mounted';

const room = { codes: { wording: [{ words: ['ignor*'], instead: 'Say what they were with.' }] } } as unknown as ReviewRoom;

test('a word that judges is asked about, with another way to say it', () => {
  const hint = mounted(WordingHint, { room, text: 'She ignores him', id: 'hint' }).querySelector('#hint');
  expect(hint?.textContent).toContain('ignores');
  expect(hint?.textContent).toContain('Say what they were with.');
  expect(hint?.getAttribute('aria-live')).toBe('polite');
});

test('other words are left alone', () => {
  const hint = mounted(WordingHint, { room, text: 'She waits for him', id: 'hint' }).querySelector('#hint');
  expect(hint?.textContent.trim()).toBe('');
});
