/** Everything that can be done in the review room. Keys, buttons and menu share this one list. */
import type { IconName } from '../../lib/Icon.svelte';
import { t } from '../../messages/en';

export type Command = keyof typeof t.commands;
export type CommandGroup = keyof typeof t.commandGroups;

interface CommandFacts {
  group: CommandGroup;
  /** As tinykeys writes them; the first is the one shown. */
  keys: string[];
  icon?: IconName;
}

export const COMMANDS: Record<Command, CommandFacts> = {
  'play-pause': { group: 'play', keys: ['Space'], icon: 'play' },
  'shuttle-back': { group: 'play', keys: ['j'], icon: 'shuttleBack' },
  'shuttle-stop': { group: 'play', keys: ['k'], icon: 'pause' },
  'shuttle-on': { group: 'play', keys: ['l'], icon: 'shuttleOn' },
  'frame-back': { group: 'play', keys: [','], icon: 'frameBack' },
  'frame-forward': { group: 'play', keys: ['.'], icon: 'frameForward' },
  'second-back': { group: 'play', keys: ['ArrowLeft'] },
  'second-forward': { group: 'play', keys: ['ArrowRight'] },
  slower: { group: 'play', keys: ['s'] },
  faster: { group: 'play', keys: ['w'] },
  'play-around': { group: 'play', keys: ['v'], icon: 'around' },
  loop: { group: 'play', keys: ['c'], icon: 'loop' },
  'previous-candidate': { group: 'decide', keys: ['p'], icon: 'up' },
  'next-candidate': { group: 'decide', keys: ['n'], icon: 'down' },
  keep: { group: 'decide', keys: ['y', '1'], icon: 'keep' },
  'keep-and-tag': { group: 'decide', keys: ['9'], icon: 'tag' },
  'not-this': { group: 'decide', keys: ['x', '2'], icon: 'drop' },
  adjust: { group: 'decide', keys: ['a', '3'], icon: 'adjust' },
  unsure: { group: 'decide', keys: ['m', '4'], icon: 'unsure' },
  'start-earlier': { group: 'decide', keys: ['d'], icon: 'frameBack' },
  'start-later': { group: 'decide', keys: ['f'], icon: 'frameForward' },
  'end-earlier': { group: 'decide', keys: ['g'], icon: 'frameBack' },
  'end-later': { group: 'decide', keys: ['h'], icon: 'frameForward' },
  'save-times': { group: 'decide', keys: ['Enter'], icon: 'keep' },
  'mark-look': { group: 'moments', keys: ['e'], icon: 'look' },
  'mark-in': { group: 'moments', keys: ['i'] },
  'mark-out': { group: 'moments', keys: ['o'] },
  tag: { group: 'moments', keys: ['t'], icon: 'tag' },
  undo: { group: 'moments', keys: ['u', '$mod+z'], icon: 'undo' },
  redo: { group: 'moments', keys: ['r', '$mod+Shift+z'], icon: 'redo' },
  history: { group: 'moments', keys: ['z'], icon: 'history' },
  'zoom-in': { group: 'view', keys: ['[Shift]+Equal', 'NumpadAdd'], icon: 'zoomIn' },
  'zoom-out': { group: 'view', keys: ['-', 'NumpadSubtract'], icon: 'zoomOut' },
  'zoom-all': { group: 'view', keys: ['0'], icon: 'fit' },
  'picture-pair': { group: 'view', keys: ['5'] },
  'picture-infant': { group: 'view', keys: ['6'] },
  'picture-parent': { group: 'view', keys: ['7'] },
  'picture-whole': { group: 'view', keys: ['8'] },
  'toggle-heads': { group: 'view', keys: ['b'], icon: 'faces' },
  'show-keys': { group: 'view', keys: ['[Shift]+?'], icon: 'keys' },
  close: { group: 'view', keys: ['Escape'] },
  'code-sets': { group: 'clip', keys: [] },
  'own-eyes': { group: 'clip', keys: ['q'] },
  'swap-people': { group: 'clip', keys: [], icon: 'swap' },
  'gaze-flags': { group: 'clip', keys: [] },
};

export const ALL_COMMANDS = Object.keys(COMMANDS) as Command[];

/** A key as it is printed on the key card. */
export function keyName(key: string): string {
  return t.keys[key] ?? key.toUpperCase();
}

/** Keys that go on working while single keys are switched off. */
export function isSingleKey(key: string): boolean {
  return !key.startsWith('$mod+') && key !== 'Escape';
}

/** Whether a key press belongs to the thing it was pressed in, not to the room. */
export function belongsToField(event: KeyboardEvent): boolean {
  const target = event.target;
  if (event.defaultPrevented || event.isComposing || !(target instanceof HTMLElement)) return true;
  if (target.closest('dialog')) return true;
  if (target.isContentEditable || target.closest('textarea, select')) return true;
  const input = target.closest('input');
  if (input && !['checkbox', 'radio'].includes(input.type)) return true;
  const pressesIt = event.key === ' ' || event.key === 'Enter';
  if (pressesIt && target.closest('button, a, summary, input, [role="tab"]')) return true;
  return event.key.startsWith('Arrow') && target.closest('input, [role="tab"], [role="menuitem"], [role="slider"][data-own-arrows]') !== null;
}
