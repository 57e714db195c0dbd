/** What a person marks and tags themselves, and the steps back and forth. */
import { newId } from '../../../lib/ids';
import { clock, SECOND_US } from '../../../lib/time';
import { t } from '../../../messages/en';
import type { Commands } from '../commands';
import type { Edge, ReviewRoom } from '../room.svelte';

/** A look marked in passing: so much to either side. */
const LOOK_US = 1 * SECOND_US;
const mayChange = (room: ReviewRoom): boolean => room.canEdit && room.state !== null;

export const MOMENTS = {
  'mark-look': { keys: ['e'], icon: 'look', can: mayChange, run: markLook },
  'mark-in': { keys: ['i'], run: (room) => mark(room, 'start_us') },
  'mark-out': { keys: ['o'], run: (room) => mark(room, 'end_us') },
  tag: { keys: ['t'], icon: 'tag', can: mayChange, run: (room) => room.tagSpan(room.part()) },
  'chain-step': { keys: [';'], icon: 'chain', can: mayChange, run: (room) => room.tagging.nextStep() },
  'take-still': { keys: ["'"], icon: 'still', can: mayChange, run: (room) => room.tagging.takeStill() },
  undo: {
    keys: ['u', 'Ctrl+z'],
    icon: 'undo',
    can: (room) => room.canEdit && room.steps.undoLabel !== null,
    run: (room) => void room.steps.undo(),
  },
  redo: {
    keys: ['r', 'Ctrl+Shift+z', 'Ctrl+y'],
    icon: 'redo',
    can: (room) => room.canEdit && room.steps.redoLabel !== null,
    run: (room) => void room.steps.redo(),
  },
  history: { keys: ['z'], icon: 'history', can: (room) => room.data.props.historyUrl !== null, run: (room) => room.showHistory(null) },
} satisfies Commands;

/** What a person saw themselves: between the marks, else around the frame on show, since a hand comes late. */
function markLook(room: ReviewRoom): void {
  const { start_us, end_us } = room.marks;
  const now = room.player.timeUs;
  const around = { start_us: Math.max(0, now - LOOK_US), end_us: Math.min(room.durationUs, now + LOOK_US) };
  const span = start_us !== null && end_us !== null ? { start_us, end_us } : around;
  const payload = { candidate_id: newId(), kind: 'gaze_contact', ...span };
  void room.act({ type: 'candidate_added', payload }, t.review.act.marked(clock(span.start_us)));
  room.marks = { start_us: null, end_us: null };
  room.tab = 'candidates';
  room.select(payload.candidate_id, false);
}

function mark(room: ReviewRoom, edge: Edge): void {
  const now = edge === 'start_us' ? room.player.timeUs : room.player.frames.nudge(room.player.timeUs, 1);
  const marks = { ...room.marks, [edge]: now };
  const crossed = marks.start_us !== null && marks.end_us !== null && marks.start_us >= marks.end_us;
  room.marks = crossed ? { start_us: null, end_us: null, [edge]: now } : marks;
  room.say((edge === 'start_us' ? t.review.act.markIn : t.review.act.markOut)(clock(now)));
}
