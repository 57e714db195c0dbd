/** Keys of the review room: each leads to a command, and single keys can be switched off (WCAG 2.1.4). */
import { tinykeys } from 'tinykeys';
import { ALL_COMMANDS, belongsToField, COMMANDS, isSingleKey } from './commands';
import type { ReviewRoom } from './room.svelte';

const STORED = 'vfeed.keys';

export class KeySwitch {
  on = $state(localStorage.getItem(STORED) !== 'off');

  set(on: boolean): void {
    this.on = on;
    localStorage.setItem(STORED, on ? 'on' : 'off');
  }
}

/** Listens on the window; returns what stops it. */
export function bindKeys(room: ReviewRoom, keySwitch: KeySwitch): () => void {
  const bindings: Record<string, (event: KeyboardEvent) => void> = {};
  for (const command of ALL_COMMANDS) {
    for (const key of COMMANDS[command].keys) {
      bindings[key] = (event) => {
        if ((isSingleKey(key) && !keySwitch.on) || !room.can(command)) return;
        event.preventDefault();
        room.run(command);
      };
    }
  }
  return tinykeys(window, bindings, { ignore: belongsToField });
}
