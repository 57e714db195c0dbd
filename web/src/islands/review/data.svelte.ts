/** What the server knows about the clip under review, and how a person's acts get there. */
import { getJson, inWords, NoAnswer, postJson, Refusal } from '../../lib/api';
import { FrameMap } from '../../lib/frames';
import { isAlreadyIn, Outbox } from '../../lib/outbox';
import type { Act, Clip, FrameTimes, Heads, Review, Waveform } from '../../lib/types';
import { t } from '../../messages/en';

export interface ReviewProps {
  clipId: string;
  clipUrl: string;
  reviewUrl: string;
  eventsUrl: string;
  undoUrl: string;
  redoUrl: string;
  /** Null for a role that makes no films. */
  reelPageUrl: string | null;
  canEdit: boolean;
}

/** `saved`: the server has it; `waiting`: kept here until it answers; `refused`: it said no. */
export type Outcome = 'saved' | 'waiting' | 'refused';

export interface Trouble {
  kind: 'waiting' | 'stuck' | 'told';
  text: string;
}

interface Answer {
  event_id: number;
  review: Review;
}

const FIRST_RETRY_MS = 3000;
const LAST_RETRY_MS = 60_000;
/** Refusals after which the act itself is sound: only the sign-in has to be renewed. */
const SIGN_IN_CODES = new Set(['not_signed_in', 'csrf']);

export class ReviewData {
  clip = $state.raw<Clip | null>(null);
  review = $state.raw<Review | null>(null);
  frames = $state.raw<FrameMap | null>(null);
  heads = $state.raw<Heads | null>(null);
  waveform = $state.raw<Waveform | null>(null);
  trouble = $state.raw<Trouble | null>(null);
  waiting = $state(0);
  busy = $state(false);
  private readonly outbox: Outbox;
  private headsVersion = '';
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private retryMs = FIRST_RETRY_MS;
  /** Acts go one after the other: each names the last event it knew of. */
  private line: Promise<unknown> = Promise.resolve();

  constructor(readonly props: ReviewProps) {
    this.outbox = new Outbox(props.clipId, localStorage);
    this.waiting = this.outbox.list().length;
  }

  /** Reads the clip and its review; throws what the server or the line says. */
  async load(): Promise<void> {
    const [clip, review] = await Promise.all([getJson<Clip>(this.props.clipUrl), getJson<Review>(this.props.reviewUrl)]);
    const pairs = clip.frame_times_url ? await getJson<FrameTimes>(clip.frame_times_url) : [];
    this.frames = pairs.length ? new FrameMap(pairs, clip.duration_us) : FrameMap.even(clip.duration_us, clip.facts.mean_fps);
    this.clip = clip;
    this.take(review);
    if (clip.waveform_url) this.waveform = await getJson<Waveform | null>(clip.waveform_url).catch(() => null);
    if (this.outbox.list().length) void this.flush();
  }

  act(act: Act): Promise<Outcome> {
    return this.inLine(async () => {
      if (this.outbox.list().length) {
        this.keep(act);
        return (await this.sendKept()) ? 'saved' : 'waiting';
      }
      return this.sendFirst(act);
    });
  }

  /** Undo or redo. Without an answer nothing is kept: what it would undo may have changed by then. */
  step(url: string): Promise<Outcome> {
    return this.inLine(async () => {
      try {
        this.take((await postJson<Answer>(url, { expect_last: this.lastEvent })).review);
        this.trouble = null;
        return 'saved';
      } catch (error) {
        if (error instanceof Refusal && error.body.code === 'conflict') await this.reloadReview();
        this.tell(error);
        return 'refused';
      }
    });
  }

  flush(): Promise<boolean> {
    return this.inLine(() => this.sendKept());
  }

  /** After a conflict: send the kept acts on top of what the others did. */
  async sendAnyway(): Promise<void> {
    await this.reloadReview();
    await this.flush();
  }

  discardFirst(): void {
    this.outbox.dropFirst();
    this.count();
    this.trouble = null;
    if (this.waiting) void this.flush();
  }

  stop(): void {
    clearTimeout(this.retryTimer);
  }

  private get lastEvent(): number | null {
    return this.review?.last_event_id ?? null;
  }

  private inLine<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.line.then(async () => {
      this.busy = true;
      try {
        return await work();
      } finally {
        this.busy = false;
      }
    });
    this.line = turn.catch(() => undefined);
    return turn;
  }

  private post(act: Act): Promise<Answer> {
    return postJson<Answer>(this.props.eventsUrl, { type: act.type, payload: act.payload, expect_last: this.lastEvent });
  }

  private async sendFirst(act: Act): Promise<Outcome> {
    try {
      this.take((await this.post(act)).review);
      this.trouble = null;
      return 'saved';
    } catch (error) {
      if (error instanceof NoAnswer || (error instanceof Refusal && SIGN_IN_CODES.has(error.body.code))) {
        this.keep(act);
        this.waitAndRetry(error);
        return 'waiting';
      }
      if (error instanceof Refusal && error.body.code === 'conflict') {
        await this.reloadReview();
        if (this.review && isAlreadyIn(this.review.state, act)) return 'saved';
      }
      this.tell(error);
      return 'refused';
    }
  }

  /** Sends the kept acts in order; true when none is left. */
  private async sendKept(): Promise<boolean> {
    for (let act = this.outbox.list()[0]; act; act = this.outbox.list()[0]) {
      try {
        this.take((await this.post(act)).review);
      } catch (error) {
        if (!(await this.settle(act, error))) return false;
      }
      this.outbox.dropFirst();
      this.count();
    }
    this.retryMs = FIRST_RETRY_MS;
    if (this.trouble?.kind !== 'told') this.trouble = null;
    return true;
  }

  /** Whether a kept act that was not taken may be dropped. */
  private async settle(act: Act, error: unknown): Promise<boolean> {
    if (error instanceof Refusal && error.body.code === 'conflict') {
      await this.reloadReview();
      if (this.review && isAlreadyIn(this.review.state, act)) return true;
      this.trouble = { kind: 'stuck', text: t.review.stuck };
      return false;
    }
    if (error instanceof Refusal && !SIGN_IN_CODES.has(error.body.code)) {
      this.tell(error);
      return true;
    }
    this.waitAndRetry(error);
    return false;
  }

  private waitAndRetry(error: unknown): void {
    const signedOut = error instanceof Refusal;
    this.trouble = { kind: 'waiting', text: signedOut ? t.review.signedOut : t.review.unsent(this.waiting) };
    clearTimeout(this.retryTimer);
    if (signedOut) return;
    this.retryTimer = setTimeout(() => void this.flush(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
  }

  private keep(act: Act): void {
    this.outbox.add(act);
    this.count();
  }

  private count(): void {
    this.waiting = this.outbox.list().length;
  }

  private tell(error: unknown): void {
    const conflict = error instanceof Refusal && error.body.code === 'conflict';
    this.trouble = { kind: 'told', text: conflict ? t.review.conflict : inWords(error) };
  }

  /** Reads the review anew; without an answer what is on show stays. */
  private async reloadReview(): Promise<void> {
    const review = await getJson<Review>(this.props.reviewUrl).catch(() => null);
    if (review) this.take(review);
  }

  private take(review: Review): void {
    this.review = review;
    // A swap changes whose head is whose behind the same address.
    const version = `${review.heads_url ?? ''} ${review.state.swapped}`;
    if (version === this.headsVersion) return;
    this.headsVersion = version;
    void this.readHeads(review.heads_url, version);
  }

  private async readHeads(url: string | null, version: string): Promise<void> {
    const heads = url ? await getJson<Heads>(url).catch(() => null) : null;
    if (version === this.headsVersion) this.heads = heads;
  }
}
