/** What each command of the review room would do just now: whether it can, and whether it is on. */
import type { Command } from './commands';
import type { ReviewRoom } from './room.svelte';

/** Whether a command would do something now. */
export function canDo(room: ReviewRoom, command: Command): boolean {
  const candidate = room.selected;
  switch (command) {
    case 'keep':
    case 'keep-and-tag':
    case 'not-this':
    case 'unsure':
    case 'adjust':
    case 'start-earlier':
    case 'start-later':
    case 'end-earlier':
    case 'end-later':
      return room.canEdit && candidate !== null;
    case 'save-times':
      return room.canEdit && candidate !== null && room.draft !== null;
    case 'undo':
      return room.canEdit && room.undoLabel !== null;
    case 'redo':
      return room.canEdit && room.redoLabel !== null;
    case 'tag':
    case 'mark-look':
    case 'swap-people':
    case 'gaze-flags':
      return room.canEdit && room.state !== null;
    case 'next-candidate':
    case 'previous-candidate':
      return room.onShow.length > 0;
    case 'picture-pair':
    case 'picture-infant':
    case 'picture-parent':
      return room.data.heads !== null;
    case 'history':
      return room.data.props.historyUrl !== null;
    default:
      return true;
  }
}

/** Whether a switch is on; null for what is no switch. */
export function isOn(room: ReviewRoom, command: Command): boolean | null {
  switch (command) {
    case 'loop':
      return room.player.loop !== null;
    case 'toggle-heads':
      return room.showHeads;
    case 'picture-pair':
      return room.picture === 'pair';
    case 'picture-infant':
      return room.picture === 'infant';
    case 'picture-parent':
      return room.picture === 'parent';
    case 'picture-whole':
      return room.picture === 'whole';
    case 'own-eyes':
      return room.ownEyes;
    case 'adjust':
      return room.draft !== null;
    default:
      return null;
  }
}
