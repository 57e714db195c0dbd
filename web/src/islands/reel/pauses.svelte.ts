/** Where the film in the making will stop by itself for a question. */
import type { Moment, PausePoint, Span } from '../../lib/types';
import type { Piece, ReelBuilder } from './builder.svelte';

/** As many as the server takes of a comment. */
export const MOST_LETTERS = 300;

export function isOutside(timeUs: number, span: Span): boolean {
  return timeUs < span.start_us || timeUs >= span.end_us;
}

export class Pauses {
  /** The pause that was taken out last, until something else is done with pauses. */
  removed = $state.raw<{ momentId: string; pause: PausePoint } | null>(null);

  constructor(private readonly builder: ReelBuilder) {}

  get anyWithoutQuestion(): boolean {
    return this.builder.pieces.some((piece) => piece.pauses.some((pause) => !pause.still && !pause.question.trim()));
  }

  hasRoom(piece: Piece): boolean {
    return piece.pauses.length < this.builder.props.maxPauses;
  }

  /** At the frame on show when the piece has begun there and not ended, or else in the piece's middle. */
  add(piece: Piece, still = false): void {
    if (!this.hasRoom(piece)) return;
    const shownUs = this.builder.timeIn(piece);
    const isHere = shownUs !== null && shownUs > piece.start_us && !isOutside(shownUs, piece);
    const nowUs = !isHere ? Math.round((piece.start_us + piece.end_us) / 2) : shownUs;
    const time_us = this.free(piece, this.nudged(piece, nowUs, 0));
    if (time_us === null) return;
    this.put(piece, [...piece.pauses, { time_us, question: still ? '' : (this.builder.props.questions[0] ?? ''), still, comment: '' }]);
    this.show(piece, time_us);
  }

  /** Points that were tagged within the piece and have no pause yet: a comment script that was begun in the review room. */
  marks(piece: Piece): Moment[] {
    const points = (this.builder.filmOf(piece)?.review?.state.moments ?? []).filter(
      (moment) => moment.point && !isOutside(moment.start_us, piece),
    );
    return points.filter((point) => piece.pauses.every((pause) => pause.time_us !== point.start_us));
  }

  /** The frame stands at each of them, with its note as what the worker wants to say there. */
  addMarks(piece: Piece): void {
    const room = this.builder.props.maxPauses - piece.pauses.length;
    const marks = this.marks(piece).slice(0, room);
    const made = marks.map(({ start_us, note }) => ({
      time_us: start_us,
      question: '',
      still: true,
      comment: note.slice(0, MOST_LETTERS),
    }));
    if (made.length) this.put(piece, [...piece.pauses, ...made]);
  }

  comment(piece: Piece, pause: PausePoint, comment: string): void {
    this.put(
      piece,
      piece.pauses.map((each) => (each === pause ? { ...pause, comment } : each)),
    );
  }

  /** A frame earlier or later; false, and nothing changed, when another pause or the edge is there. */
  nudge(piece: Piece, pause: PausePoint, by: number): boolean {
    return this.moveTo(piece, pause, this.nudged(piece, pause.time_us, by));
  }

  moveTo(piece: Piece, pause: PausePoint, time_us: number): boolean {
    if (isOutside(time_us, piece) || piece.pauses.some((each) => each !== pause && each.time_us === time_us)) return false;
    this.put(
      piece,
      piece.pauses.map((each) => (each === pause ? { ...pause, time_us } : each)),
    );
    this.show(piece, time_us);
    return true;
  }

  ask(piece: Piece, pause: PausePoint, question: string): void {
    this.put(
      piece,
      piece.pauses.map((each) => (each === pause ? { ...pause, question } : each)),
    );
  }

  remove(piece: Piece, pause: PausePoint): void {
    this.put(
      piece,
      piece.pauses.filter((each) => each !== pause),
    );
    this.removed = { momentId: piece.moment_id, pause };
  }

  /** Puts back what was taken out last, where it still fits. */
  putBack(): void {
    const piece = this.builder.pieces.find((each) => each.moment_id === this.removed?.momentId);
    const pause = this.removed?.pause;
    if (piece && pause && this.hasRoom(piece) && !isOutside(pause.time_us, piece)) this.put(piece, [...piece.pauses, pause]);
    this.removed = null;
  }

  private put(piece: Piece, pauses: PausePoint[]): void {
    this.builder.change(piece, { pauses: pauses.sort((a, b) => a.time_us - b.time_us) });
    this.removed = null;
  }

  /** The first free frame from this time on; null when there is none. */
  private free(piece: Piece, fromUs: number): number | null {
    let timeUs = fromUs;
    while (piece.pauses.some((each) => each.time_us === timeUs)) {
      const next = this.nudged(piece, timeUs, 1);
      if (next === timeUs) return null;
      timeUs = next;
    }
    return isOutside(timeUs, piece) ? null : timeUs;
  }

  private show(piece: Piece, timeUs: number): void {
    this.builder.stopPlaying();
    this.builder.seek(piece, timeUs);
  }

  /** The time of the frame so many frames on, in the piece's own film. */
  nudged(piece: Piece, timeUs: number, by: number): number {
    return this.builder.filmOf(piece)?.frames.nudge(timeUs, by) ?? timeUs;
  }
}
