/** What the server knows about the clip under review, and how a person's acts get there. */
import { actDisk } from '../../lib/actDisk';
import { getIfChanged, getJson, inWords, NoAnswer, postJson, Refusal } from '../../lib/api';
import { FrameMap } from '../../lib/frames';
import { withAnswer } from '../../lib/journal';
import { isAlreadyIn, REVIEW_PARTS, subjectIn, withAct } from '../../lib/optimistic';
import type { ActStore, Kept } from '../../lib/outbox';
import type { SealProps } from '../../lib/seal';
import type { Act, Clip, FrameTimes, GazeLines, Heads, Offer, Review, ReviewAnswer, ReviewState, Waveform } from '../../lib/types';
import { t } from '../../messages/en';
import { OtherWindows } from './otherWindows';
import { Waiting } from './waiting.svelte';

export interface ReviewProps {
  /** The name of whoever is signed in. */
  account: string;
  seal: SealProps;
  clipId: string;
  clipUrl: string;
  reviewUrl: string;
  offerUrl: string;
  peopleUrl: string;
  /** Null for a role that may not read it. */
  historyUrl: string | null;
  /** What colleagues say to each other; null for a role that may not read it. */
  commentsUrl: string | null;
  codesUrl: string;
  /** The code sets that a film begins with while nobody has chosen: those of the family's programme. */
  usualPacks: string[];
  /** Null for a role that makes no code sets. */
  codesPageUrl: string | null;
  /** The image of a still, with {id} where its id belongs. */
  stillUrl: string;
  turnUrl: string | null;
  eventsUrl: string;
  undoUrl: string;
  redoUrl: string;
  /** Null for a role that makes no films. */
  reelPageUrl: string | null;
  /** One of the sample films, on which the tour is offered. */
  isSample: boolean;
  /** What the parent marked when they looked through the film first; nothing machine-made is among it. */
  parentsOwn: OwnMark[];
  /** The key card to print. */
  keysUrl: string;
  canEdit: boolean;
  jobsUrl: string;
  /** Whether this role may start and stop work on the clip. */
  canWork: boolean;
}

/** A stretch of the film that the parent likes, with what they say of it. */
export interface OwnMark {
  start_us: number;
  end_us: number;
  words: string;
}

/** `saved`: the server has it; `waiting`: kept here until it answers; `refused`: it said no. */
export type Outcome = 'saved' | 'waiting' | 'refused';

/** `here`: it was never sent; `there`: it had just arrived, and the server took it back; `refused`: the server did not. */
export type TakenBack = 'here' | 'there' | 'refused';

/** `clash`: two people, or two windows, changed the same thing; the person at this one chooses. */
export type Trouble = { kind: 'waiting' | 'told'; text: string } | { kind: 'clash'; kept: Kept };

const FIRST_RETRY_MS = 3000;
const LAST_RETRY_MS = 30_000;
/** Somebody else may be faster again and again; then the person is asked. */
const MOST_OVERTAKEN = 5;
/** Refusals after which the act itself is sound: only the sign-in has to be renewed. */
const SIGN_IN_CODES = new Set(['not_signed_in', 'csrf']);

export class ReviewData {
  clip = $state.raw<Clip | null>(null);
  frames = $state.raw<FrameMap | null>(null);
  heads = $state.raw<Heads | null>(null);
  gaze = $state.raw<GazeLines | null>(null);
  waveform = $state.raw<Waveform | null>(null);
  trouble = $state.raw<Trouble | null>(null);
  private known = $state.raw<Review | null>(null);
  /** The review with the person's own acts in it, whether the server has them or not. */
  review = $derived.by((): Review | null => this.known && { ...this.known, state: this.withPending(this.known.state) });
  private readonly kept: Waiting;
  private readonly windows: OtherWindows;
  private headsVersion = '';
  private offerTag: string | null = null;
  private offersAsked = 0;
  private offerIsOld = false;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private retryMs = FIRST_RETRY_MS;
  private overtaken = 0;
  /** Acts go one after the other: each names the last event it knew of. */
  private line: Promise<unknown> = Promise.resolve();

  constructor(
    readonly props: ReviewProps,
    store: ActStore = actDisk(props.seal),
  ) {
    this.kept = new Waiting(props.clipId, store);
    this.windows = new OtherWindows(props.clipId, () => void this.inLine(() => this.reloadReview()));
  }

  /** Acts that the server does not have yet, oldest first. */
  get pending(): Kept[] {
    return this.kept.acts;
  }

  /** Whether all that waits is on the disk. */
  get onDisk(): boolean {
    return this.kept.onDisk;
  }

  get waiting(): number {
    return this.pending.length;
  }

  /** How things stand on the server, without what still waits here. */
  get stateThere(): ReviewState | null {
    return this.known?.state ?? null;
  }

  /** Reads the clip and its review; throws what the server or the line says. */
  async load(): Promise<void> {
    const [clip, review] = await Promise.all([getJson<Clip>(this.props.clipUrl), getJson<Review>(this.props.reviewUrl)]);
    const pairs = clip.frame_times_url ? await getJson<FrameTimes>(clip.frame_times_url) : [];
    this.frames = pairs.length ? new FrameMap(pairs, clip.duration_us) : FrameMap.even(clip.duration_us, clip.facts.mean_fps);
    await this.kept.read();
    this.clip = clip;
    this.take(review);
    if (clip.waveform_url) this.waveform = await getJson<Waveform | null>(clip.waveform_url).catch(() => null);
    if (this.waiting) void this.flush();
  }

  /** Keeps an act, shows it, and sends it with what was kept before. */
  act(act: Act): Promise<Outcome> {
    const state = this.review?.state;
    const safe = this.kept.add(act, state ? subjectIn(state, act) : null);
    return this.inLine(async () => {
      const kept = await safe;
      await this.sendKept();
      if (this.kept.has(kept)) return 'waiting';
      return this.trouble?.kind === 'told' ? 'refused' : 'saved';
    });
  }

  /** Undo or redo of what the server has. */
  step(url: string): Promise<Outcome> {
    return this.inLine(() => this.stepThere(url));
  }

  /** Takes back the last act that still waits here, on show at once; null when nothing waits. */
  takeBackKept(): { act: Act; done: Promise<TakenBack> } | null {
    const last = this.kept.takeBack();
    if (!last) return null;
    const done = this.inLine(async (): Promise<TakenBack> => {
      if (await this.kept.erase(last)) return 'here';
      return (await this.stepThere(this.props.undoUrl)) === 'saved' ? 'there' : 'refused';
    });
    return { act: last.act, done };
  }

  flush(): Promise<boolean> {
    return this.inLine(() => this.sendKept());
  }

  /** After a clash: the person's own version on top of the other. */
  async useMine(kept: Kept): Promise<void> {
    const seen = this.known ? subjectIn(this.known.state, kept.act) : null;
    await this.kept.change({ ...kept, seen });
    this.trouble = null;
    await this.flush();
  }

  /** After a clash: leave the other version, and this act out. */
  async useTheirs(kept: Kept): Promise<void> {
    await this.inLine(() => this.kept.drop(kept));
    this.trouble = null;
    await this.flush();
  }

  stop(): void {
    clearTimeout(this.retryTimer);
    this.windows.stop();
  }

  private withPending(state: ReviewState): ReviewState {
    return this.pending.reduce((now, kept) => withAct(now, kept.act), state);
  }

  private async stepThere(url: string): Promise<Outcome> {
    try {
      await this.takeAnswer(await postJson<ReviewAnswer>(url, { expect_last: this.lastEvent }));
      this.windows.tell();
      this.trouble = null;
      void this.readOffer();
      return 'saved';
    } catch (error) {
      if (error instanceof Refusal && error.body.code === 'conflict') await this.reloadReview();
      this.tell(error);
      return 'refused';
    }
  }

  private get lastEvent(): number | null {
    return this.known?.last_event_id ?? null;
  }

  private inLine<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.line.then(work);
    this.line = turn.catch(() => undefined);
    return turn;
  }

  /** Sends what is kept, in order, one window at a time; true when nothing is left. */
  private sendKept(): Promise<boolean> {
    return this.windows.alone(async () => {
      await this.kept.read();
      for (let kept = this.pending[0]; kept && kept.id > 0; kept = this.pending[0]) {
        if (!(await this.send(kept))) return false;
      }
      this.retryMs = FIRST_RETRY_MS;
      this.overtaken = 0;
      if (this.trouble?.kind === 'waiting') this.trouble = null;
      void this.readOffer();
      return true;
    });
  }

  /** Whether to go on with what is kept. */
  private async send(kept: Kept): Promise<boolean> {
    const { type, payload } = kept.act;
    // It had arrived before this page was opened.
    if (this.known && isAlreadyIn(this.known.state, kept)) {
      await this.kept.drop(kept);
      return true;
    }
    try {
      const answer = await postJson<ReviewAnswer>(this.props.eventsUrl, { type, payload, expect_last: this.lastEvent }, true);
      await this.takeAnswer(answer, kept);
      await this.kept.drop(kept);
      this.windows.tell();
      return true;
    } catch (error) {
      return this.settle(kept, error);
    }
  }

  /** After an act was not taken: whether to go on with what is kept. */
  private async settle(kept: Kept, error: unknown): Promise<boolean> {
    if (error instanceof NoAnswer) return this.waitAndRetry(false);
    if (error instanceof Refusal && SIGN_IN_CODES.has(error.body.code)) return this.waitAndRetry(true);
    if (error instanceof Refusal && error.body.code === 'conflict') return this.afterOvertaking(kept);
    this.tell(error);
    await this.kept.drop(kept);
    return true;
  }

  /** Somebody else was quicker. Unless they changed the very same thing, the act goes on top of theirs. */
  private async afterOvertaking(kept: Kept): Promise<boolean> {
    await this.reloadReview();
    if (!this.known) return this.waitAndRetry(false);
    if (isAlreadyIn(this.known.state, kept)) {
      await this.kept.drop(kept);
      return true;
    }
    this.overtaken += 1;
    if (kept.seen === subjectIn(this.known.state, kept.act) && this.overtaken <= MOST_OVERTAKEN) return true;
    this.trouble = { kind: 'clash', kept };
    return false;
  }

  private waitAndRetry(signedOut: boolean): boolean {
    this.trouble = { kind: 'waiting', text: signedOut ? t.review.signedOut : t.review.unsent(this.waiting) };
    clearTimeout(this.retryTimer);
    if (signedOut) return false;
    this.retryTimer = setTimeout(() => void this.flush(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
    return false;
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

  /** The review after an act: patched by what has changed, or read anew where events in between are not known here. */
  private async takeAnswer(answer: ReviewAnswer, sent?: Kept): Promise<void> {
    const patched = this.known && withAnswer(this.known, answer, REVIEW_PARTS);
    const review = patched
      ? { ...patched, strengths: this.withCodes(answer) }
      : await getJson<Review>(this.props.reviewUrl).catch(() => null);
    if (review) this.take(review, sent);
    if (patched && answer.offer_changed) this.offerIsOld = true;
  }

  private withCodes({ strengths }: ReviewAnswer): Review['strengths'] {
    const known = this.known?.strengths ?? [];
    const fresh = strengths.filter((code) => !known.some((each) => each.id === code.id));
    return fresh.length ? [...known, ...fresh] : known;
  }

  /** What the analysis offers in the light of the last act, once nothing waits to be sent before it. */
  private async readOffer(): Promise<void> {
    if (!this.offerIsOld) return;
    this.offerIsOld = false;
    const turn = ++this.offersAsked;
    const read = await getIfChanged<Offer>(this.props.offerUrl, this.offerTag).catch(() => void (this.offerIsOld = true));
    if (!read || turn !== this.offersAsked || !this.known) return;
    this.offerTag = read.tag;
    this.known = { ...this.known, ...read.value };
  }

  private take(review: Review, sent?: Kept): void {
    // In one step with the new state, so that nothing flickers.
    if (sent) this.kept.hide(sent);
    // The offer came with it: what was asked for before is older, and its tag is that of another one.
    if (review.candidates !== this.known?.candidates) {
      this.offersAsked += 1;
      this.offerTag = null;
    }
    this.known = review;
    // What is said of the people changes whose head is whose behind the same address.
    const { swapped, people, setup } = review.state;
    const version = JSON.stringify([review.heads_url, swapped, people, setup]);
    if (version === this.headsVersion) return;
    this.headsVersion = version;
    void this.readHeads(review, version);
  }

  private async readHeads({ heads_url, gaze_url }: Review, version: string): Promise<void> {
    const [heads, gaze] = await Promise.all([
      heads_url ? getJson<Heads>(heads_url).catch(() => null) : null,
      gaze_url ? getJson<GazeLines>(gaze_url).catch(() => null) : null,
    ]);
    if (version !== this.headsVersion) return;
    this.heads = heads;
    this.gaze = gaze?.time_us.length ? gaze : null;
  }
}
