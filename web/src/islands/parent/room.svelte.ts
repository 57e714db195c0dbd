/** The parent's room: opening words, the moments one by one, and a Stop that ends at once. */
import { untrack } from 'svelte';
import { SECOND_US } from '../../lib/time';
import { Own, type OwnProps } from './own.svelte';
import type { Language, Said } from './phrases';
import { type ShownMark, Talk } from './talk.svelte';
import { type ShownVoice, Voice } from './voice.svelte';
import { Words } from './words.svelte';

export interface ShownPause {
  /** In the time of this film, not of the clip. */
  atUs: number;
  question: Said[];
}

export interface ShownMoment {
  momentId: string;
  /** The film that it is in, and where it lies in that. */
  filmUrl: string;
  startUs: number;
  endUs: number;
  stillUrl: string;
  words: string;
  wordsUrl: string;
  pauses: ShownPause[];
  /** Shown once more by itself, slowly. */
  slowAgain: boolean;
  talk: ShownMark[];
  talkUrl: string;
  voices: ShownVoice[];
  /** Null where nobody has agreed to recordings. */
  voiceUrl: string | null;
  /** What the worker saw in it, for the parent: told when the parent has spoken. */
  noticed: Said[] | null;
}

export interface RoomProps {
  title: string;
  languages: Language[];
  moments: ShownMoment[];
  /** What parent and worker wanted to find out; empty: nothing was agreed. */
  wanted: string;
  /** The parent's own next step as it is kept, and where it is kept. */
  nextStep: string;
  nextUrl: string;
  /** The parent looks first: the whole film, or what they marked in it. */
  own?: OwnProps;
  stopUrl: string;
  finishUrl: string;
}

export type Phase = 'welcome' | 'watching' | 'ending' | 'stopped';

export const SLOW = 0.5;
const STEP_US = 200_000;
/** A frame this far from where the film stands is from before a jump. */
const STALE_S = 0.5;
/** A moment ends a frame or two before its end, so that the next one does not flash up. */
const LAST_FRAME_US = 60_000;
/** A little inside, so that rounding does not show the frame before. */
const INSIDE_US = 1000;

export class ParentRoom {
  phase = $state<Phase>('welcome');
  paused = $state(true);
  timeUs = $state(0);
  slow = $state(false);
  /** The frame alone, as large as the screen. */
  still = $state(false);
  isFull = $state(false);
  /** Asked at the pause where the film stands, until somebody goes on. Empty: nothing is asked there; null: no pause. */
  question = $state.raw<Said[] | null>(null);
  /** The moment on show. It changes when somebody goes on, not in the middle of what a parent is saying. */
  index = $state(0);
  readonly words: Words[];
  readonly next: Words;
  readonly talk: Talk[];
  readonly own: Own | null;
  /** One for each moment; null where nothing may be recorded. */
  readonly voices: (Voice | null)[];
  current = $derived.by((): ShownMoment | undefined => this.props.moments[this.index]);
  filmUrl = $derived.by(() => this.current?.filmUrl ?? '');
  hasNext = $derived.by(() => this.props.moments[this.index + 1] !== undefined);
  isAtEnd = $derived.by(() => this.current !== undefined && this.timeUs >= this.current.endUs - 2 * LAST_FRAME_US);
  /** Whether the sentence of the moment on show has been asked for. */
  told = $state(false);
  private video: HTMLVideoElement | null = null;
  /** The film that the video on the page has. */
  private shown = '';
  /** To play as soon as the next moment's own film is on the page. */
  private goesOn = false;
  /** Pauses of the moment that are still to come. */
  private due: ShownPause[] = [];
  /** The moment on show is shown once more, slowly, by itself. */
  repeating = $state(false);

  constructor(readonly props: RoomProps) {
    this.own = props.own ? new Own(props.own) : null;
    // Of the whole film nobody says anything yet: what is said belongs to a mark.
    const said = this.own && !this.own.props.joined ? [] : props.moments;
    this.words = said.map((moment) => new Words(moment.wordsUrl, moment.momentId, moment.words));
    this.next = new Words(props.nextUrl, '', props.nextStep);
    this.talk = this.own ? [] : props.moments.map((moment) => new Talk(moment.talkUrl, moment.momentId, moment.talk));
    if (this.own?.props.joined) this.phase = 'watching';
    this.voices = props.moments.map((each) => (each.voiceUrl ? new Voice(each.voiceUrl, each.voices) : null));
    this.due = [...(props.moments[0]?.pauses ?? [])];
  }

  /** What the big button does, as the key of its name. */
  get playKey(): 'play' | 'pause' | 'go_on' | 'next' | 'finish' {
    if (!this.paused) return 'pause';
    if (this.question && !this.isAtEnd) return 'go_on';
    if (!this.isAtEnd) return 'play';
    return this.hasNext ? 'next' : 'finish';
  }

  /** Use as `{@attach room.attach}` on the video. */
  attach = (video: HTMLVideoElement): (() => void) => {
    this.video = video;
    // Once, for a new element: what changes later must not attach it anew.
    untrack(() => {
      this.shown = this.filmUrl;
      video.playbackRate = this.slow ? SLOW : 1;
      if (this.timeUs) this.seek(this.timeUs);
      if (this.goesOn) this.play();
      this.goesOn = false;
    });
    let handle = 0;
    const onFrame = (_now: number, facts: VideoFrameCallbackMetadata): void => {
      // A frame may be told of after the jump that followed it.
      if (Math.abs(facts.mediaTime - video.currentTime) < STALE_S) this.onTime(facts.mediaTime * SECOND_US);
      handle = video.requestVideoFrameCallback(onFrame);
    };
    handle = video.requestVideoFrameCallback(onFrame);
    const on: [string, () => void][] = [
      ['play', () => void (this.paused = false)],
      ['pause', () => void (this.paused = true)],
      // No frames are told of while the window is covered; this goes on.
      ['timeupdate', () => this.onTime(video.currentTime * SECOND_US)],
    ];
    for (const [name, listener] of on) video.addEventListener(name, listener);
    return () => {
      video.cancelVideoFrameCallback(handle);
      for (const [name, listener] of on) video.removeEventListener(name, listener);
      if (this.video === video) this.video = null;
      this.paused = true;
    };
  };

  start(): void {
    this.phase = 'watching';
    void fillScreen();
  }

  /** The film is gone from the screen before anything is asked of anybody. */
  stop(): void {
    this.video?.pause();
    for (const each of this.voices) each?.drop();
    this.keepAll();
    this.still = false;
    this.phase = 'stopped';
  }

  /** After the last moment: what comes next is the parent's. */
  end(): void {
    for (const each of this.voices) each?.drop();
    this.keepAll();
    this.still = false;
    this.phase = 'ending';
  }

  async finish(): Promise<void> {
    await this.next.keep();
    await leaveScreen();
    location.assign(this.props.finishUrl);
  }

  lookAgain(): void {
    if (this.phase === 'ending') this.goTo(0);
    this.phase = 'watching';
  }

  toggle(): void {
    if (!this.video) return;
    if (!this.paused) {
      this.video.pause();
      return;
    }
    if (this.isAtEnd && !this.hasNext) {
      this.end();
      return;
    }
    if (this.isAtEnd) this.goTo(this.index + 1);
    // In another film it begins as soon as that is on the page.
    this.goesOn = this.shown !== this.filmUrl;
    if (!this.goesOn) this.play();
  }

  pause(): void {
    this.video?.pause();
  }

  /** Records the parent, with the film still: its own sound would be in the recording. */
  speak(): void {
    this.pause();
    void this.voices[this.index]?.start();
  }

  again(): void {
    this.goTo(this.index);
    this.play();
  }

  goTo(index: number): void {
    const moment = this.props.moments[index];
    if (!moment) return;
    this.voices[this.index]?.finish();
    this.goesOn = !this.paused && moment.filmUrl !== this.shown;
    if (this.index !== index) this.told = false;
    this.index = index;
    this.question = null;
    this.due = [...moment.pauses];
    this.repeat(false);
    this.seek(moment.startUs);
  }

  /** From a time of the film on, standing until somebody plays. */
  lookFrom(timeUs: number): void {
    this.pause();
    this.seek(timeUs);
  }

  setSlow(): void {
    this.slow = !(this.slow || this.repeating);
    this.repeat(false);
  }

  private repeat(on: boolean): void {
    this.repeating = on;
    if (this.video) this.video.playbackRate = this.slow || on ? SLOW : 1;
  }

  /** A little back or on, within the moment. */
  step(direction: 1 | -1): void {
    const moment = this.current;
    if (!this.video || !moment) return;
    this.video.pause();
    const wanted = this.timeUs + direction * STEP_US;
    this.seek(Math.min(Math.max(moment.startUs, wanted), moment.endUs - LAST_FRAME_US));
    this.due = moment.pauses.filter((pause) => pause.atUs > this.timeUs);
  }

  holdStill(): void {
    this.video?.pause();
    this.still = !this.still;
  }

  /** The page goes away: words are kept, a microphone that is on is off. */
  leave(): void {
    for (const each of this.voices) each?.drop();
    this.keepAll();
  }

  /** What is to be seen once more begins again by itself, slowly and without its pauses; then the film stands. */
  private atEnd(moment: ShownMoment): void {
    if (moment.slowAgain && !this.repeating) {
      this.repeat(true);
      this.due = [];
      this.seek(moment.startUs);
    } else {
      this.repeat(false);
      this.video?.pause();
    }
  }

  private keepAll(): void {
    for (const each of [...this.words, this.next]) void each.keep(true);
  }

  private play(): void {
    this.voices[this.index]?.finish();
    this.question = null;
    this.still = false;
    // A pause cut the start short: `paused` says so already.
    void this.video?.play().catch(() => undefined);
  }

  private seek(timeUs: number): void {
    this.timeUs = timeUs;
    if (this.video) this.video.currentTime = (timeUs + INSIDE_US) / SECOND_US;
  }

  /** Each moment is shown by itself, and stops where there is something to talk about. */
  private onTime(timeUs: number): void {
    if (this.video?.seeking) return;
    this.timeUs = timeUs;
    // The element's own word: its events come later.
    if (!this.video || this.video.paused) return;
    const pause = this.due[0];
    if (pause && timeUs >= pause.atUs - INSIDE_US) {
      this.video.pause();
      this.due = this.due.slice(1);
      this.question = pause.question;
      // The browser may have drawn a frame too many.
      this.seek(pause.atUs);
    } else if (this.current && timeUs >= this.current.endUs - LAST_FRAME_US) this.atEnd(this.current);
  }
}

/** Some browsers refuse, and a phone's may not offer it: the room fills its window in any case. */
export async function fillScreen(): Promise<void> {
  if (!document.fullscreenEnabled || document.fullscreenElement) return;
  await document.documentElement.requestFullscreen().catch(() => undefined);
}

export async function leaveScreen(): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen().catch(() => undefined);
}
