/** Playing the film, frame by frame and in parts. */
import { SECOND_US } from '../../../lib/time';
import { t } from '../../../messages/en';
import type { Commands } from '../commands';
import type { ReviewRoom } from '../room.svelte';

export const PLAY = {
  'play-pause': { keys: ['Space'], icon: 'play', run: (room) => room.player.toggle(room.play.end_us) },
  'shuttle-back': { keys: ['j'], icon: 'shuttleBack', run: (room) => room.player.shuttleOn(-1) },
  'shuttle-stop': { keys: ['k'], icon: 'pause', run: (room) => room.player.pause() },
  'shuttle-on': { keys: ['l'], icon: 'shuttleOn', run: (room) => room.player.shuttleOn(1) },
  'frame-back': { keys: [','], icon: 'frameBack', run: (room) => room.player.step(-1) },
  'frame-forward': { keys: ['.'], icon: 'frameForward', run: (room) => room.player.step(1) },
  'second-back': { keys: ['ArrowLeft'], run: (room) => room.player.seek(room.player.timeUs - SECOND_US) },
  'second-forward': { keys: ['ArrowRight'], run: (room) => room.player.seek(room.player.timeUs + SECOND_US) },
  slower: { keys: ['s'], run: (room) => room.player.stepRate(-1) },
  faster: { keys: ['w'], run: (room) => room.player.stepRate(1) },
  'play-around': { keys: ['v'], icon: 'around', run: (room) => room.playAround(room.momentDraft ?? room.part()) },
  loop: { keys: ['c'], icon: 'loop', isOn: (room) => room.player.loop !== null, run: toggleLoop },
} satisfies Commands;

function toggleLoop(room: ReviewRoom): void {
  if (room.player.loop) {
    room.player.loop = null;
    room.say(t.review.act.loopOff);
    return;
  }
  const part = room.momentDraft ?? room.part();
  room.player.loop = part;
  room.player.seek(part.start_us);
  void room.player.play();
  room.say(t.review.act.loopOn);
}
