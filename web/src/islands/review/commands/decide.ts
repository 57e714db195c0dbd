/** Going through the candidates: one word for each, or its times moved first. */
import { clock } from '../../../lib/time';
import { t } from '../../../messages/en';
import { passes, type Offered } from '../candidates';
import { membersOf, nextOpen } from '../cards';
import type { Commands } from '../commands';
import type { Edge, ReviewRoom } from '../room.svelte';

const aboutOne = (room: ReviewRoom): boolean => room.canEdit && room.selected !== null;
const anyOnShow = (room: ReviewRoom): boolean => room.onShow.length > 0;

export const DECIDE = {
  'previous-candidate': { keys: ['p'], icon: 'up', can: anyOnShow, run: before },
  'next-candidate': { keys: ['n'], icon: 'down', can: anyOnShow, run: (room) => goOn(room, room.selectedId) },
  keep: { keys: ['y', '1'], icon: 'keep', can: aboutOne, run: (room) => decide(room, 'candidate_confirmed', t.review.act.kept) },
  'keep-and-tag': { keys: ['9'], icon: 'tag', can: aboutOne, run: keepAndTag },
  'not-this': { keys: ['x', '2'], icon: 'drop', can: aboutOne, run: (room) => decide(room, 'candidate_rejected', t.review.act.dropped) },
  adjust: { keys: ['a', '3'], icon: 'adjust', can: aboutOne, isOn: (room) => room.draft !== null, run: toggleAdjust },
  unsure: { keys: ['m', '4'], icon: 'unsure', can: aboutOne, run: (room) => decide(room, 'candidate_unsure', t.review.act.unsure) },
  'start-earlier': { keys: ['d'], icon: 'frameBack', can: aboutOne, run: (room) => nudge(room, 'start_us', -1) },
  'start-later': { keys: ['f'], icon: 'frameForward', can: aboutOne, run: (room) => nudge(room, 'start_us', 1) },
  'end-earlier': { keys: ['g'], icon: 'frameBack', can: aboutOne, run: (room) => nudge(room, 'end_us', -1) },
  'end-later': { keys: ['h'], icon: 'frameForward', can: aboutOne, run: (room) => nudge(room, 'end_us', 1) },
  'save-times': { keys: ['Enter'], icon: 'keep', can: (room) => aboutOne(room) && room.draft !== null, run: saveTimes },
} satisfies Commands;

type Decided = 'candidate_confirmed' | 'candidate_rejected' | 'candidate_unsure';

function decide(room: ReviewRoom, type: Decided, done: string): void {
  const candidate = room.selected;
  if (!candidate) return;
  settle(room, candidate, type, done);
  room.say(`${done}. ${t.review.act.left(room.tally.left)}`);
  goOn(room, candidate.id);
}

/** Keeps the candidate and opens the form of its moment, at the times that were kept. */
function keepAndTag(room: ReviewRoom): void {
  const candidate = room.selected;
  if (!candidate) return;
  const { start_us, end_us } = room.spanOf(candidate);
  const moved = start_us !== candidate.start_us || end_us !== candidate.end_us;
  if (moved || !passes(candidate, 'kept')) settle(room, candidate, 'candidate_confirmed', t.review.act.kept);
  room.tagSpan({ start_us, end_us }, candidate.kind);
  room.tagged = candidate.id;
}

function settle(room: ReviewRoom, candidate: Offered, type: Decided, done: string): void {
  const { start_us, end_us } = room.draft ?? candidate;
  const moved = start_us !== candidate.start_us || end_us !== candidate.end_us;
  const changed = type === 'candidate_confirmed' && moved;
  const payload = { candidate_id: candidate.id, kind: candidate.kind, start_us, end_us };
  void room.act({ type: changed ? 'candidate_adjusted' : type, payload }, done);
  room.draft = null;
}

/** Selects a candidate and, when the person likes that, plays it. */
function comeTo(room: ReviewRoom, candidate: Offered): void {
  const loops = room.player.loop !== null;
  room.select(candidate.id);
  if (room.prefs.now.plays_next && !loops) room.playAround(candidate);
}

/** Brings up the next undecided one after a candidate: whatever was done with that one, and wherever it stands in the list. */
export function goOn(room: ReviewRoom, id: string | null): void {
  room.tab = 'candidates';
  const next = nextOpen(room.queue, id);
  if (next) comeTo(room, next.main);
  else {
    room.player.pause();
    room.say(t.review.act.left(room.tally.left));
  }
}

/** The one before it in the list, decided or not. */
function before(room: ReviewRoom): void {
  room.tab = 'candidates';
  const list = room.listed;
  const here = list.findIndex((card) => membersOf(card).some((each) => each.id === room.selectedId));
  const card = here < 0 ? list.at(-1) : list[Math.max(0, here - 1)];
  if (card) comeTo(room, card.main);
}

function toggleAdjust(room: ReviewRoom): void {
  const candidate = room.selected;
  room.draft = room.draft || !candidate ? null : { start_us: candidate.start_us, end_us: candidate.end_us };
  // What runs cannot be measured.
  if (room.draft) room.player.pause();
}

function nudge(room: ReviewRoom, edge: Edge, frames: number): void {
  room.draft ??= room.selected && { start_us: room.selected.start_us, end_us: room.selected.end_us };
  if (!room.draft) return;
  const time = room.player.frames.nudge(room.draft[edge], frames);
  if (!room.moveEdge(edge, time)) return;
  // The last frame inside the span is the one before its end.
  room.player.pause();
  room.player.seek(edge === 'start_us' ? time : room.player.frames.nudge(time, -1));
  room.say(clock(time));
}

function saveTimes(room: ReviewRoom): void {
  const candidate = room.selected;
  if (!candidate || !room.draft) return;
  const payload = { candidate_id: candidate.id, kind: candidate.kind, ...room.draft };
  void room.act({ type: 'candidate_adjusted', payload }, t.review.act.adjusted);
  room.draft = null;
  goOn(room, candidate.id);
}
