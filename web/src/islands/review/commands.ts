/**
 * Everything that can be done in the review room. Each command is defined once: its keys, its icon, whether it would do
 * something now, whether it is on, and what it does. Keys, buttons, menu and key card share that.
 */
import type { IconName } from '../../lib/Icon.svelte';
import { t } from '../../messages/en';
import { DECIDE } from './commands/decide';
import { MOMENTS } from './commands/moments';
import { PLAY } from './commands/play';
import { CLIP, VIEW } from './commands/view';
import type { ReviewRoom } from './room.svelte';

export type Command = keyof typeof t.commands;
export type CommandGroup = keyof typeof t.commandGroups;

export interface CommandFacts {
  /** The usual keys, as `chordOf` writes them; the first is the one shown. A person may choose others. */
  keys: string[];
  icon?: IconName;
  /** Whether it would do something now; always, when not said. */
  can?: (room: ReviewRoom) => boolean;
  /** For a switch: whether it is on. */
  isOn?: (room: ReviewRoom) => boolean;
  run: (room: ReviewRoom) => void;
}

export type Commands = Partial<Record<Command, CommandFacts>>;

const GROUPS = { play: PLAY, decide: DECIDE, moments: MOMENTS, view: VIEW, clip: CLIP } satisfies Record<CommandGroup, Commands>;

export const COMMANDS: Record<Command, CommandFacts> = { ...PLAY, ...DECIDE, ...MOMENTS, ...VIEW, ...CLIP };
export const ALL_COMMANDS = Object.keys(COMMANDS) as Command[];

/** The commands of a group, in the order of the key card. */
export function commandsOf(group: CommandGroup): Command[] {
  return Object.keys(GROUPS[group]) as Command[];
}

/** Whether a key press belongs to the thing it was pressed in, not to the room. */
export function belongsToField(event: KeyboardEvent): boolean {
  const target = event.target;
  if (event.defaultPrevented || event.isComposing || !(target instanceof HTMLElement)) return true;
  // One that was closed just now may still have the focus until the page is drawn again.
  const dialog = target.closest('dialog');
  if (dialog) return dialog.open;
  if (target.isContentEditable || target.closest('textarea, select')) return true;
  const input = target.closest('input');
  if (input && !['checkbox', 'radio'].includes(input.type)) return true;
  // Ctrl+Enter saves what is being written, wherever the focus is: it presses no button.
  const pressesIt = event.key === ' ' || (event.key === 'Enter' && !event.ctrlKey);
  if (pressesIt && target.closest('button, a, summary, input, [role="tab"]')) return true;
  return (
    event.key.startsWith('Arrow') && target.closest('input, [role="tab"], [role="menuitem"], [role="slider"][data-own-arrows]') !== null
  );
}
