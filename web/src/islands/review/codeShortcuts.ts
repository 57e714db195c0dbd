/** The letters of the codes, pressed with Shift: they lie beside the room's own keys and are switched off with them. */
import { chordOf } from '../../lib/chord';
import { belongsToField } from './commands';
import type { ReviewRoom } from './room.svelte';

/** Listens on the window; returns what stops it. */
export function bindCodeKeys(room: ReviewRoom): () => void {
  const press = (event: KeyboardEvent): void => {
    if (!room.keys.now.single || !event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (belongsToField(event)) return;
    // A command that was given this key goes first.
    const chord = chordOf(event);
    if (chord && room.keys.meaning(chord)) return;
    const letter = event.key.toLowerCase();
    const code = room.codes.codes.find((each) => room.codes.keys.get(each.id) === letter);
    if (!code) return;
    event.preventDefault();
    room.tagging.press(code);
  };
  window.addEventListener('keydown', press);
  return () => window.removeEventListener('keydown', press);
}
