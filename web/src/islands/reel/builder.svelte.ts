/** The film in the making: which moments, in which order, how long each. */
import { getJson, inWords, postJson } from '../../lib/api';
import { FrameMap } from '../../lib/frames';
import { Player } from '../../lib/player.svelte';
import { chosenIn, reelIn } from '../../lib/reelAddress';
import type { Clip, FrameTimes, Moment, ReelMoment, Review, Span } from '../../lib/types';
import { seconds } from '../../lib/time';
import { t } from '../../messages/en';
import { isOutside, Pauses } from './pauses.svelte';
import { Untagged, type UntaggedUrls } from './untagged.svelte';

export interface ReelProps extends UntaggedUrls {
  clipId: string;
  clipApiUrl: string;
  reviewUrl: string;
  reelsUrl: string;
  suggestionUrl: string;
  /** The page of a film, with {id} where its id belongs. */
  reelPageUrl: string;
  /** The picture at a time of the film, with {at} where its microseconds belong. */
  pictureUrl: string;
  maxMoments: number;
  maxMomentUs: number;
  maxPauses: number;
  /** Open questions to choose from; the parent's room has them in every language. */
  questions: string[];
}

/** A little of what came before, for whoever sees it for the first time. */
const LEAD_US = 2_000_000;
/** Shorter ones are over before somebody has seen what it is about. */
export const SHORT_US = 2_000_000;
const OPPOSITE = 'gaze_aversion';

/** How early a piece may begin to have its lead: never inside what was refused, or what turns away. */
export function leadStart(span: Span, review: Review): number {
  const { decisions } = review.state;
  const inTheWay = review.candidates.filter(({ id, kind }) => decisions[id]?.state === 'rejected' || (kind === OPPOSITE && decisions[id]?.state !== 'confirmed'));
  const ends = inTheWay.filter((each) => each.start_us < span.start_us).map((each) => Math.min(each.end_us, span.start_us));
  return Math.max(0, span.start_us - LEAD_US, ...ends);
}

export class ReelBuilder {
  clip = $state.raw<Clip | null>(null);
  review = $state.raw<Review | null>(null);
  pieces = $state.raw<ReelMoment[]>([]);
  title = $state('');
  /** The piece that plays; null when nothing or something else does. */
  playingId = $state<string | null>(null);
  problem = $state<string | null>(null);
  making = $state(false);
  /** What was chosen before a suggestion took its place; null: nothing to put back. */
  before = $state.raw<ReelMoment[] | null>(null);
  readonly player = new Player();
  readonly pauses = new Pauses(this);
  readonly untagged: Untagged;
  /** The saved film that is changed here; null: a new one. */
  private reelId: string | null = null;

  moments = $derived.by((): Moment[] => {
    const tagged = (this.review?.state.moments ?? []).filter((moment) => !moment.point);
    return [...tagged, ...this.untagged.moments].sort((a, b) => a.start_us - b.start_us);
  });
  totalUs = $derived.by(() => this.pieces.reduce((sum, piece) => sum + piece.end_us - piece.start_us, 0));

  constructor(readonly props: ReelProps) {
    this.untagged = new Untagged(props);
  }

  async load(): Promise<void> {
    const [clip, review] = await Promise.all([getJson<Clip>(this.props.clipApiUrl), getJson<Review>(this.props.reviewUrl)]);
    const pairs = clip.frame_times_url ? await getJson<FrameTimes>(clip.frame_times_url) : [];
    await this.untagged.load(review.state.packs);
    this.player.frames = pairs.length ? new FrameMap(pairs, clip.duration_us) : FrameMap.even(clip.duration_us, clip.facts.mean_fps);
    this.clip = clip;
    this.review = review;
    const saved = review.state.reels.find((reel) => reel.reel_id === reelIn(location.search));
    if (saved) {
      this.reelId = saved.reel_id;
      this.title = saved.title;
      this.pieces = saved.moments;
    }
    for (const id of chosenIn(location.search)) this.toggle(id, true);
  }

  nameOf(momentId: string): string {
    const untagged = this.untagged.find(momentId);
    if (untagged) return this.untagged.nameOf(untagged);
    const strength = this.moments.find((moment) => moment.moment_id === momentId)?.strength ?? '';
    return this.review?.strengths.find((each) => each.id === strength)?.label ?? strength;
  }

  has(momentId: string): boolean {
    return this.pieces.some((piece) => piece.moment_id === momentId);
  }

  get isFull(): boolean {
    return this.pieces.length >= this.props.maxMoments;
  }

  toggle(momentId: string, wanted: boolean): void {
    const moment = this.moments.find((each) => each.moment_id === momentId);
    if (!wanted) this.pieces = this.pieces.filter((piece) => piece.moment_id !== momentId);
    else if (moment && !this.isFull && !this.has(momentId)) {
      const end_us = Math.min(moment.end_us, moment.start_us + this.props.maxMomentUs);
      this.pieces = [...this.pieces, { moment_id: momentId, start_us: moment.start_us, end_us, slow_again: false, pauses: [] }];
    }
  }

  /** Puts the moments that vfeed would begin with in the place of those chosen; `putBack` undoes it. */
  async suggest(): Promise<void> {
    this.problem = null;
    try {
      const spans = await getJson<(Span & { moment_id: string })[]>(this.props.suggestionUrl);
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
  lead(piece: ReelMoment): void {
    if (this.review) this.trim(piece.moment_id, 'start_us', this.player.frames.nudge(leadStart(piece, this.review), 0));
  }

  /** Whether there is anything before it that may be shown. */
  hasLead(piece: ReelMoment): boolean {
    return this.review !== null && leadStart(piece, this.review) < piece.start_us - LEAD_US / 4;
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
    if (!piece) return false;
    const span: Span = { start_us: piece.start_us, end_us: piece.end_us, [edge]: timeUs };
    const lengthUs = span.end_us - span.start_us;
    if (lengthUs <= 0 || span.start_us < 0 || span.end_us > this.player.frames.durationUs) return false;
    if (lengthUs > this.props.maxMomentUs) {
      this.problem = t.reel.tooLong(seconds(this.props.maxMomentUs));
      return false;
    }
    if (piece.pauses.some((pause) => isOutside(pause.time_us, span))) {
      this.problem = t.reel.pauseInTheWay;
      return false;
    }
    this.change(piece, span);
    this.player.pause();
    this.player.seek(edge === 'start_us' ? timeUs : this.player.frames.nudge(timeUs, -1));
    return true;
  }

  /** Puts other times or pauses in the place of a piece's. */
  change(piece: ReelMoment, to: Partial<ReelMoment>): void {
    this.problem = null;
    this.pieces = this.pieces.map((each) => (each === piece ? { ...piece, ...to } : each));
  }

  /** Plays the pieces from this one on, in their order. */
  playFrom(index: number, onlyThis = false): void {
    const piece = this.pieces[index];
    this.playingId = piece?.moment_id ?? null;
    if (!piece) return;
    this.player.playSpan(piece, () => {
      if (onlyThis) this.playingId = null;
      else this.playFrom(index + 1);
    });
  }

  /** Plays a moment of the list, chosen or not. */
  playMoment(moment: Moment): void {
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
      this.problem = t.reel.needQuestion;
      return;
    }
    this.stopPlaying();
    this.making = true;
    this.problem = null;
    try {
      await this.untagged.tag(this.pieces);
      const body = { reel_id: this.reelId, title: this.title.trim(), moments: this.pieces };
      const answer = await postJson<{ reel_id: string; job_id: string }>(this.props.reelsUrl, body);
      // The film's own page says how far it is, plays it and hands it to the parent.
      location.assign(this.props.reelPageUrl.replace('{id}', answer.reel_id));
    } catch (error) {
      this.problem = inWords(error);
      this.making = false;
    }
  }
}
