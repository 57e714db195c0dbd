/** What is on show: the timeline's part, the image, and what is set for this clip. */
import type { PlayBounds } from '../../../lib/types';
import { t } from '../../../messages/en';
import type { CommandFacts, Commands } from '../commands';
import type { Edge, Framing, ReviewRoom } from '../room.svelte';
import { whole, zoomed } from '../viewport';

const ZOOM_STEP = 0.5;
const WHOLE: PlayBounds = { start_us: null, end_us: null };
const mayChange = (room: ReviewRoom): boolean => room.canEdit && room.state !== null;

export const VIEW = {
  'zoom-in': { keys: ['+', '='], icon: 'zoomIn', run: (room) => zoom(room, ZOOM_STEP) },
  'zoom-out': { keys: ['-'], icon: 'zoomOut', run: (room) => zoom(room, 1 / ZOOM_STEP) },
  'zoom-all': { keys: ['0'], icon: 'fit', run: (room) => (room.view = whole(room.durationUs)) },
  'picture-pair': framing('pair', '5'),
  'picture-infant': framing('infant', '6'),
  'picture-parent': framing('parent', '7'),
  'picture-whole': framing('whole', '8'),
  'full-screen': { keys: ['Shift+f'], icon: 'full', isOn: (room) => room.isFull, run: (room) => void room.fillScreen() },
  mute: {
    keys: ['Shift+m'],
    icon: 'sound',
    isOn: (room) => room.prefs.now.muted,
    run: (room) => room.prefs.set({ muted: !room.prefs.now.muted }),
  },
  search: { keys: ['/'], icon: 'search', run: search },
  'toggle-heads': { keys: ['b'], icon: 'faces', isOn: (room) => room.showHeads, run: (room) => (room.showHeads = !room.showHeads) },
  'toggle-gaze': {
    keys: ['Shift+b'],
    can: (room) => room.data.gaze !== null,
    isOn: (room) => room.prefs.now.gaze_lines,
    run: (room) => room.prefs.set({ gaze_lines: !room.prefs.now.gaze_lines }),
  },
  'show-keys': { keys: ['?'], icon: 'keys', run: (room) => (room.dialog = 'keys') },
  close: { keys: ['Escape'], run: close },
} satisfies Commands;

export const CLIP = {
  'code-sets': { keys: [], run: (room) => (room.dialog = 'codes') },
  'play-begins': { keys: ['['], icon: 'markIn', can: mayChange, run: (room) => bound(room, 'start_us') },
  'play-ends': { keys: [']'], icon: 'markOut', can: mayChange, run: (room) => bound(room, 'end_us') },
  'play-whole': { keys: [], icon: 'fit', can: (room) => mayChange(room) && room.isBounded, run: (room) => room.boundPlay(WHOLE) },
  comments: { keys: [], can: (room) => room.data.props.commentsUrl !== null, run: talk },
  'own-eyes': { keys: ['q'], isOn: (room) => room.maskedFirstPass, run: (room) => void room.toggleMaskedFirstPass() },
  'who-is-who': { keys: ['Shift+w'], icon: 'faces', can: (room) => room.data.review?.who != null, run: (room) => (room.dialog = 'who') },
  'swap-people': {
    keys: [],
    icon: 'swap',
    can: mayChange,
    run: (room) => void room.act({ type: 'roles_swapped', payload: {} }, t.review.act.swapped),
  },
  'gaze-flags': { keys: [], can: mayChange, run: toggleFlags },
  tour: { keys: [], icon: 'info', can: mayChange, run: (room) => room.tour?.start() },
} satisfies Commands;

function framing(shown: Framing, key: string): CommandFacts {
  return {
    keys: [key],
    can: (room) => shown === 'whole' || room.data.heads !== null,
    isOn: (room) => room.framing === shown,
    run: (room) => (room.framing = shown),
  };
}

function search(room: ReviewRoom): void {
  room.tab = 'every';
  room.finding.asked = true;
}

function talk(room: ReviewRoom): void {
  room.tab = 'moments';
  room.talkAsked = true;
}

/** From, or up to, the frame on show; the other end makes way where it would lie on the wrong side. */
function bound(room: ReviewRoom, edge: Edge): void {
  const now = edge === 'start_us' ? room.player.timeUs : room.player.frames.nudge(room.player.timeUs, 1);
  const play: PlayBounds = { ...room.play, [edge]: now };
  const crossed = play.start_us !== null && play.end_us !== null && play.start_us >= play.end_us;
  room.boundPlay(crossed ? { ...WHOLE, [edge]: now } : play);
}

function zoom(room: ReviewRoom, factor: number): void {
  room.view = zoomed(room.view, factor, room.player.timeUs, room.durationUs);
}

function toggleFlags(room: ReviewRoom): void {
  if (room.flagsMeaningful) room.dialog = 'flags';
  else void room.saveFlags(true, '');
}

function close(room: ReviewRoom): void {
  if (room.draft) room.draft = null;
  else if (room.momentDraft) room.momentDraft = room.saveAsked = null;
  else if (room.player.loop) room.player.loop = null;
  else room.marks = { start_us: null, end_us: null };
}
