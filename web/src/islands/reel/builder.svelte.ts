/** The film in the making: which moments, in which order, how long each. */
import { flushSync } from 'svelte';
import { getJson, inWords, postJson } from '../../lib/api';
import { Player } from '../../lib/player.svelte';
import { chosenIn, reelIn } from '../../lib/reelAddress';
import type { Moment, Pack, ReelMoment, Review, Span } from '../../lib/types';
import { seconds } from '../../lib/time';
import { reelWords } from '../../messages/reel';
import { ReelFilm, type FilmUrls } from './film.svelte';
import { isOutside, Pauses } from './pauses.svelte';

export interface ReelProps {
  /** The film whose page this is, then the others of its visit. */
  films: FilmUrls[];
  reelsUrl: string;
  suggestionUrl: string;
  codesUrl: string;
  /** The page of a reel, with {clip} and {id} where the ids of its film and its own belong. */
  reelPageUrl: string;
  maxMoments: number;
  maxMomentUs: number;
  maxPauses: number;
  /** Open questions to choose from; the parent's room has them in every language. */
  questions: string[];
  /** What a new film is called until somebody writes another title. */
  title: string;
}

/** A moment in the making, and the film that it is of. */
export type Piece = ReelMoment & { clip_id: string };

/** A little of what came before, for whoever sees it for the first time. */
const LEAD_US = 2_000_000;
/** Shorter ones are over before somebody has seen what it is about. */
export const SHORT_US = 2_000_000;
const OPPOSITE = 'gaze_aversion';

/** How early a piece may begin to have its lead: never inside what was refused, or what turns away. */
export function leadStart(span: Span, review: Review): number {
  const { decisions } = review.state;
  const inTheWay = review.candidates.filter(
    ({ id, kind }) => decisions[id]?.state === 'rejected' || (kind === OPPOSITE && decisions[id]?.state !== 'confirmed'),
  );
  const ends = inTheWay.filter((each) => each.start_us < span.start_us).map((each) => Math.min(each.end_us, span.start_us));
  return Math.max(0, span.start_us - LEAD_US, ...ends);
}

export class ReelBuilder {
  readonly films: ReelFilm[];
  /** The film whose frames are on show. */
  onShow = $state.raw<ReelFilm | null>(null);
  isLoaded = $state(false);
  pieces = $state.raw<Piece[]>([]);
  title = $state('');
  /** The piece that plays; null when nothing or something else does. */
  playingId = $state<string | null>(null);
  problem = $state<string | null>(null);
  making = $state(false);
  /** What was chosen before a suggestion took its place; null: nothing to put back. */
  before = $state.raw<Piece[] | null>(null);
  readonly player = new Player();
  readonly pauses = new Pauses(this);
  /** The saved reel that is changed here; null: a new one. */
  private reelId: string | null = null;

  totalUs = $derived.by(() => this.pieces.reduce((sum, piece) => sum + piece.end_us - piece.start_us, 0));

  constructor(readonly props: ReelProps) {
    this.films = props.films.map((each) => new ReelFilm(each));
  }

  /** How many moments there are to choose from. */
  get offered(): number {
    return this.films.reduce((sum, film) => sum + film.moments.length, 0);
  }

  async load(): Promise<void> {
    const packs = getJson<{ packs: Pack[] }>(this.props.codesUrl).then((read) => read.packs);
    await Promise.all([packs, ...this.films.map((film) => film.load(packs))]);
    const [own] = this.films;
    if (own) this.show(own);
    this.title = this.props.title;
    const saved = own?.review?.state.reels.find((reel) => reel.reel_id === reelIn(location.search));
    if (saved) {
      this.reelId = saved.reel_id;
      this.title = saved.title;
      this.pieces = this.saved(saved.reel_id, saved.order ?? []);
    }
    for (const id of chosenIn(location.search)) this.toggle(id, true);
    this.isLoaded = true;
  }

  /** The pieces of a saved reel in their order, as far as their films are here. */
  private saved(reelId: string, order: readonly { clip_id: string; moment_id: string }[]): Piece[] {
    const parts = this.films.flatMap((film) => {
      const part = film.review?.state.reels.find((reel) => reel.reel_id === reelId);
      return (part?.moments ?? []).map((moment): Piece => ({ ...moment, clip_id: film.urls.clipId }));
    });
    if (order.length === 0) return parts.filter((piece) => piece.clip_id === this.films[0]?.urls.clipId);
    return order.flatMap((named) => parts.find((piece) => piece.clip_id === named.clip_id && piece.moment_id === named.moment_id) ?? []);
  }

  /** The film that a piece is of. */
  filmOf(piece: Piece): ReelFilm | null {
    return this.films.find((film) => film.urls.clipId === piece.clip_id) ?? null;
  }

  nameOf(momentId: string): string {
    return this.filmWith(momentId)?.nameOf(momentId) ?? '';
  }

  private filmWith(momentId: string): ReelFilm | null {
    return this.films.find((film) => film.find(momentId) !== null) ?? null;
  }

  /** Shows another film's frames; its times are the player's from now on. */
  show(film: ReelFilm): void {
    if (film === this.onShow) return;
    this.player.pause();
    this.onShow = film;
    this.player.frames = film.frames;
    // The element has the other film before it is asked for a frame of it.
    flushSync();
  }

  has(momentId: string): boolean {
    return this.pieces.some((piece) => piece.moment_id === momentId);
  }

  get isFull(): boolean {
    return this.pieces.length >= this.props.maxMoments;
  }

  toggle(momentId: string, wanted: boolean): void {
    const film = this.filmWith(momentId);
    const moment = film?.find(momentId);
    if (!wanted) this.pieces = this.pieces.filter((piece) => piece.moment_id !== momentId);
    else if (film && moment && !this.isFull && !this.has(momentId)) {
      const end_us = Math.min(moment.end_us, moment.start_us + this.props.maxMomentUs);
      this.pieces = [
        ...this.pieces,
        { clip_id: film.urls.clipId, moment_id: momentId, start_us: moment.start_us, end_us, slow_again: false, pauses: [] },
      ];
    }
  }

  /** Puts the moments that vfeed would begin with in the place of those chosen; `putBack` undoes it. */
  async suggest(): Promise<void> {
    this.problem = null;
    try {
      const spans = await getJson<(Span & { clip_id: string; moment_id: string })[]>(this.props.suggestionUrl);
      this.stopPlaying();
      this.before = this.pieces;
      this.pieces = spans.map((span) => ({ ...span, slow_again: false, pauses: [] }));
    } catch (error) {
      this.problem = inWords(error);
    }
  }

  putBack(): void {
    if (this.before) this.pieces = this.before;
    this.before = null;
  }

  /** Begins a piece a little earlier, since a person asked for it. */
  lead(piece: Piece): void {
    const film = this.filmOf(piece);
    if (film?.review) this.trim(piece.moment_id, 'start_us', film.frames.nudge(leadStart(piece, film.review), 0));
  }

  /** Whether there is anything before it that may be shown. */
  hasLead(piece: Piece): boolean {
    const review = this.filmOf(piece)?.review;
    return !!review && leadStart(piece, review) < piece.start_us - LEAD_US / 4;
  }

  /** Whether the moment is longer than a film shows of one, so that only a part of it is taken. */
  isPart(piece: Piece): boolean {
    const moment = this.filmOf(piece)?.find(piece.moment_id);
    return !!moment && moment.end_us - moment.start_us > this.props.maxMomentUs;
  }

  move(momentId: string, by: 1 | -1): void {
    const from = this.pieces.findIndex((piece) => piece.moment_id === momentId);
    const to = from + by;
    const moved = this.pieces[from];
    if (!moved || to < 0 || to >= this.pieces.length) return;
    const rest = this.pieces.filter((piece) => piece !== moved);
    this.pieces = [...rest.slice(0, to), moved, ...rest.slice(to)];
  }

  /** Moves one edge of a piece; false, and nothing changed, when it does not fit. */
  trim(momentId: string, edge: 'start_us' | 'end_us', timeUs: number): boolean {
    const piece = this.pieces.find((each) => each.moment_id === momentId);
    const film = piece && this.filmOf(piece);
    if (!film) return false;
    const span: Span = { start_us: piece.start_us, end_us: piece.end_us, [edge]: timeUs };
    const lengthUs = span.end_us - span.start_us;
    if (lengthUs <= 0 || span.start_us < 0 || span.end_us > film.frames.durationUs) return false;
    if (lengthUs > this.props.maxMomentUs) {
      this.problem = reelWords.tooLong(seconds(this.props.maxMomentUs));
      return false;
    }
    if (piece.pauses.some((pause) => isOutside(pause.time_us, span))) {
      this.problem = reelWords.pauseInTheWay;
      return false;
    }
    this.change(piece, span);
    this.seek(piece, edge === 'start_us' ? timeUs : film.frames.nudge(timeUs, -1));
    return true;
  }

  /** Stands at a time of a piece's film. */
  seek(piece: Piece, timeUs: number): void {
    const film = this.filmOf(piece);
    this.player.pause();
    if (film) this.show(film);
    this.player.seek(timeUs);
  }

  /** Where a piece's own film stands; null while another is on show. */
  timeIn(piece: Piece): number | null {
    return this.onShow !== null && this.onShow === this.filmOf(piece) ? this.player.timeUs : null;
  }

  /** Puts other times or pauses in the place of a piece's. */
  change(piece: Piece, to: Partial<ReelMoment>): void {
    this.problem = null;
    this.pieces = this.pieces.map((each) => (each === piece ? { ...piece, ...to } : each));
  }

  /** Plays the pieces from this one on, in their order. */
  playFrom(index: number, onlyThis = false): void {
    const piece = this.pieces[index];
    this.playingId = piece?.moment_id ?? null;
    const film = piece && this.filmOf(piece);
    if (!film) return;
    this.show(film);
    this.player.playSpan(piece, () => {
      if (onlyThis) this.playingId = null;
      else this.playFrom(index + 1);
    });
  }

  /** Plays a moment of the list, chosen or not. */
  playMoment(film: ReelFilm, moment: Moment): void {
    this.show(film);
    this.playingId = moment.moment_id;
    this.player.playSpan(moment, () => (this.playingId = null));
  }

  stopPlaying(): void {
    this.playingId = null;
    this.player.pause();
  }

  async make(): Promise<void> {
    if (this.making) return;
    if (this.pauses.anyWithoutQuestion) {
      this.problem = reelWords.needQuestion;
      return;
    }
    this.stopPlaying();
    this.making = true;
    this.problem = null;
    try {
      for (const film of this.films) await film.keptUncoded.tag(this.pieces);
      const body = { reel_id: this.reelId, title: this.title.trim(), moments: this.pieces };
      const answer = await postJson<{ reel_id: string; clip_id: string; job_id: string }>(this.props.reelsUrl, body);
      // The film's own page says how far it is, plays it and hands it to the parent.
      location.assign(this.props.reelPageUrl.replace('{clip}', answer.clip_id).replace('{id}', answer.reel_id));
    } catch (error) {
      this.problem = inWords(error);
      this.making = false;
    }
  }
}
