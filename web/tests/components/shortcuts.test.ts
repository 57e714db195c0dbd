import { expect, onTestFinished, test } from 'vitest';
import { bindKeys } from '../../src/islands/review/shortcuts';
import type { ReviewRoom } from '../../src/islands/review/room.svelte';

/** A room in which a moment is being written; its keys mean nothing else. */
function roomWith(html: string): { room: ReviewRoom; focused: HTMLElement } {
  const room = { momentDraft: { moment_id: 'm1' }, saveAsked: null, keys: { meaning: () => null, reload: () => undefined } };
  document.body.innerHTML = html;
  onTestFinished(bindKeys(room as unknown as ReviewRoom));
  const focused = document.body.querySelector<HTMLElement>('[data-focus]');
  if (!focused) throw new Error('Nothing has the focus.');
  return { room: room as unknown as ReviewRoom, focused };
}

function pressed(target: HTMLElement, keys: KeyboardEventInit): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...keys });
  target.dispatchEvent(event);
  return event;
}

test.each(['<button data-focus>A candidate</button>', '<a href="#x" data-focus>A link</a>', '<p data-focus></p>'])(
  'Ctrl+Enter on %s asks for the moment to be saved, and presses nothing',
  (html) => {
    const { room, focused } = roomWith(html);
    expect(pressed(focused, { key: 'Enter', ctrlKey: true }).defaultPrevented).toBe(true);
    expect(room.saveAsked).toBe('m1');
  },
);

test('Enter alone presses the button, and Ctrl+Enter in another field is the field’s', () => {
  const { room, focused } = roomWith('<button data-focus>A candidate</button><textarea></textarea>');
  expect(pressed(focused, { key: 'Enter' }).defaultPrevented).toBe(false);
  const field = document.body.querySelector('textarea');
  if (field) pressed(field, { key: 'Enter', ctrlKey: true });
  expect(room.saveAsked).toBeNull();
});
