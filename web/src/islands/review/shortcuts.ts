/** Keys of the review room: a pressed key leads to the command that the person's own keys give it. */
import { chordOf } from '../../lib/chord';
import { belongsToField } from './commands';
import type { ReviewRoom } from './room.svelte';

/** Ctrl+Enter, as in the form of a moment. */
export const savesMoment = (event: KeyboardEvent): boolean => event.key === 'Enter' && event.ctrlKey;

/** Listens on the window; returns what stops it. */
export function bindKeys(room: ReviewRoom): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (belongsToField(event)) return;
    if (savesMoment(event) && room.momentDraft) {
      // Its form is still to come, or the focus is elsewhere.
      room.saveAsked = room.momentDraft.moment_id;
      event.preventDefault();
      return;
    }
    const chord = chordOf(event);
    const command = chord && room.keys.meaning(chord);
    if (!command || !room.can(command)) return;
    event.preventDefault();
    room.run(command);
  };
  // The key card can be open in another window.
  const onStorage = (): void => room.keys.reload();
  window.addEventListener('keydown', onKey);
  window.addEventListener('storage', onStorage);
  return () => {
    window.removeEventListener('keydown', onKey);
    window.removeEventListener('storage', onStorage);
  };
}
