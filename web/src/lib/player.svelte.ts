/** A film that is steered by clip time and frame by frame, and that names the frame which is drawn. */
import { untrack } from 'svelte';
import { FrameMap } from './frames';
import { SECOND_US } from './time';
import type { Span } from './types';

export const RATES = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4] as const;
/** How fast the shuttle runs at its first, second and third press. */
const SHUTTLE = [1, 2, 4] as const;
/** How often the shuttle asks for an earlier frame when it runs backwards: no browser plays backwards itself. */
const BACKWARDS_MS = 20;
/** A browser that was sent to a frame has drawn it, or another one, by then. */
const SETTLE_MS = 250;

export class Player {
  /** Clip time of the frame on show; while a new frame loads, of the frame that was asked for. */
  timeUs = $state(0);
  /** Index of the frame that the browser has drawn last, by its own report. */
  drawn = $state(0);
  playing = $state(false);
  rate = $state(1);
  /** Speed of the shuttle: below 0 backwards, 0 while it does not run. */
  shuttle = $state(0);
  /** Plays this over and over. */
  loop = $state.raw<Span | null>(null);
  frames = $state.raw<FrameMap>(new FrameMap([[0, 0]], 0));
  /** Whether the frame is the one that `timeUs` names. */
  settled = $derived.by(() => this.frames.frameAt(this.timeUs) === this.drawn);
  moving = $derived.by(() => this.playing || this.shuttle < 0);
  /** The film on the page; null while it is not there. */
  video = $state.raw<HTMLVideoElement | null>(null);
  /** What plays: that film, or its sound alone. */
  private media = $state.raw<HTMLMediaElement | null>(null);
  /** Called once when playback reaches `until`. */
  private onReached: (() => void) | null = null;
  private untilUs: number | null = null;
  /** The frame that the browser was sent to and has not told of yet. */
  private asked: number | null = null;
  /** Whether it told of a frame that it drew since: until it does, what it drew before says nothing. */
  private told = true;
  private backwards: ReturnType<typeof setInterval> | undefined;

  get playsOn(): HTMLMediaElement | null {
    return this.media;
  }

  /** Use as `{@attach player.attach}` on a video element, or on an audio element where there is no video. */
  attach = (media: HTMLMediaElement): (() => void) => {
    this.media = media;
    media.playbackRate = this.rate;
    untrack(() => this.timeUs && this.goToFrame(this.frames.frameAt(this.timeUs)));
    const detach = 'requestVideoFrameCallback' in media ? this.followFrames(media as HTMLVideoElement) : this.followSound(media);
    const on: [string, () => void][] = [
      ['play', () => void (this.playing = true)],
      ['pause', () => this.paused()],
      ['ended', () => this.reachedEnd()],
    ];
    for (const [name, listener] of on) media.addEventListener(name, listener);
    return () => {
      detach();
      this.stopBackwards();
      for (const [name, listener] of on) media.removeEventListener(name, listener);
      if (this.media === media) this.media = null;
      this.playing = false;
    };
  };

  /** A busy browser may have drawn a frame more than it told of: the one that is named is gone to. */
  private paused(): void {
    this.playing = false;
    if (this.video && !this.video.seeking && !this.video.ended) this.goToFrame(this.frames.frameAt(this.timeUs));
  }

  /** Without video the time is that of the sound, looked at as often as the screen is drawn. */
  private followSound(sound: HTMLMediaElement): () => void {
    const look = (): void => {
      this.drawn = this.frames.frameAt(Math.round(sound.currentTime * SECOND_US));
      if (!sound.seeking) this.showFrame(this.drawn);
    };
    let handle = requestAnimationFrame(function again() {
      if (!sound.paused) look();
      handle = requestAnimationFrame(again);
    });
    sound.addEventListener('seeked', look);
    return () => {
      cancelAnimationFrame(handle);
      sound.removeEventListener('seeked', look);
    };
  }

  private followFrames(video: HTMLVideoElement): () => void {
    this.video = video;
    let handle = 0;
    let settling: ReturnType<typeof setTimeout> | undefined;
    let live = true;
    const onFrame = (_now: number, facts: VideoFrameCallbackMetadata): void => {
      if (!live) return;
      const before = this.drawn;
      this.drawn = this.frames.frameOfProxy(facts.mediaTime * SECOND_US);
      if (!video.seeking || this.drawn !== before) this.told = true;
      if (this.drawn === this.asked) this.asked = null;
      // A paused film that is on its way to a frame may still be told of the one before.
      if (!video.seeking && (this.playing || this.asked === null)) this.showFrame(this.drawn);
      handle = video.requestVideoFrameCallback(onFrame);
    };
    // Whatever was asked for, the time named in the end is that of the frame.
    const onSeeked = (): void => {
      clearTimeout(settling);
      settling = setTimeout(() => {
        if (!live || video.seeking || document.hidden) return;
        this.asked = null;
        // A busy browser tells of it later: it is named then.
        if (this.told) this.showFrame(this.drawn);
      }, SETTLE_MS);
    };
    handle = video.requestVideoFrameCallback(onFrame);
    video.addEventListener('seeked', onSeeked);
    return () => {
      live = false;
      clearTimeout(settling);
      video.cancelVideoFrameCallback(handle);
      video.removeEventListener('seeked', onSeeked);
      if (this.video === video) this.video = null;
    };
  }

  async play(): Promise<void> {
    this.stopBackwards();
    try {
      await this.media?.play();
    } catch {
      // A pause or a new film cut the start short: `playing` already says so.
    }
  }

  pause(): void {
    this.stopBackwards();
    this.endShuttle();
    this.media?.pause();
  }

  /** Plays or pauses; what begins before `untilUs` stops there. */
  toggle(untilUs: number | null = null): void {
    if (this.moving) this.pause();
    else {
      this.stopAt(untilUs !== null && this.frames.nudge(this.timeUs, 1) < untilUs ? untilUs : null);
      void this.play();
    }
  }

  /** One press of J (backwards) or L (on): the other way round first, then faster with each press. */
  shuttleOn(direction: 1 | -1): void {
    this.stopAt(null);
    const going = this.shuttle || (this.playing ? 1 : 0);
    const same = Math.sign(going) === direction;
    const faster = SHUTTLE.find((each) => each > Math.abs(going)) ?? Math.abs(going);
    const speed = same ? faster : SHUTTLE[0];
    if (direction > 0) {
      this.stopBackwards();
      this.shuttle = speed;
      this.setPlaybackRate(this.rate * speed);
      void this.play();
    } else this.runBackwards(speed);
  }

  /** Go to a clip time; the frame on show then is the one at that time. */
  seek(clipUs: number): void {
    this.goToFrame(this.frames.frameAt(Math.min(Math.max(0, clipUs), this.frames.durationUs)));
  }

  /** Frame by frame, which always pauses first. */
  step(count: number): void {
    this.pause();
    this.goToFrame(this.frames.frameAt(this.timeUs) + count);
  }

  setRate(rate: number): void {
    this.rate = rate;
    this.setPlaybackRate(rate);
  }

  stepRate(direction: 1 | -1): void {
    const index = RATES.findIndex((rate) => rate === this.rate);
    this.setRate(RATES[Math.min(Math.max(0, index + direction), RATES.length - 1)] ?? 1);
  }

  /** Play from one clip time to another, then pause and call `onReached`. */
  playSpan(span: Span, onReached: (() => void) | null = null): void {
    this.loop = null;
    this.endShuttle();
    this.seek(span.start_us);
    this.stopAt(span.end_us, onReached);
    void this.play();
  }

  private setPlaybackRate(rate: number): void {
    if (this.media) this.media.playbackRate = Math.min(rate, RATES[RATES.length - 1] ?? 1);
  }

  private endShuttle(): void {
    this.shuttle = 0;
    this.setPlaybackRate(this.rate);
  }

  private runBackwards(speed: number): void {
    this.pause();
    this.shuttle = -speed;
    const from = this.timeUs;
    const began = performance.now();
    this.backwards = setInterval(() => {
      if (this.media?.seeking) return;
      const target = from - (performance.now() - began) * 1000 * speed * this.rate;
      this.seek(target);
      if (target <= 0) this.pause();
    }, BACKWARDS_MS);
  }

  private stopBackwards(): void {
    clearInterval(this.backwards);
    this.backwards = undefined;
    if (this.shuttle < 0) this.shuttle = 0;
  }

  private stopAt(untilUs: number | null, onReached: (() => void) | null = null): void {
    this.untilUs = untilUs;
    this.onReached = onReached;
  }

  private goToFrame(index: number): void {
    const frame = this.frames.clampFrame(index);
    // Named at once, so that quick steps add up while the frame still loads.
    this.timeUs = this.frames.clipTime(frame);
    this.asked = frame;
    this.told = false;
    if (this.media) this.media.currentTime = this.frames.seekTarget(frame) / SECOND_US;
  }

  private showFrame(index: number): void {
    if (this.media?.seeking) return;
    const now = this.frames.clipTime(index);
    this.timeUs = now;
    if (!this.playing) return;
    const lastShown = this.frames.nudge(now, 1);
    if (this.loop && (lastShown >= this.loop.end_us || now < this.loop.start_us)) this.seek(this.loop.start_us);
    else if (this.untilUs !== null && lastShown >= this.untilUs) this.reachedEnd();
  }

  private reachedEnd(): void {
    if (this.loop) {
      this.seek(this.loop.start_us);
      void this.play();
      return;
    }
    const next = this.onReached;
    this.stopAt(null);
    this.pause();
    next?.();
  }
}
