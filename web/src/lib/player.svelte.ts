/** A film that is steered by clip time and frame by frame. */
import { FrameMap } from './frames';
import { SECOND_US } from './time';
import type { Span } from './types';

export const RATES = [0.25, 0.5, 1, 1.5, 2] as const;

export class Player {
  /** Clip time of the frame on show. */
  timeUs = $state(0);
  playing = $state(false);
  rate = $state(1);
  /** Plays this over and over. */
  loop = $state.raw<Span | null>(null);
  frames = $state.raw<FrameMap>(new FrameMap([[0, 0]], 0));
  private video: HTMLVideoElement | null = null;
  /** Called once when playback reaches `until`. */
  private onReached: (() => void) | null = null;
  private untilUs: number | null = null;

  /** Use as `{@attach player.attach}` on a video element. */
  attach = (video: HTMLVideoElement): (() => void) => {
    this.video = video;
    video.playbackRate = this.rate;
    let handle = 0;
    let live = true;
    const onFrame = (_now: number, facts: VideoFrameCallbackMetadata): void => {
      if (!live) return;
      this.showFrame(this.frames.frameOfProxy(facts.mediaTime * SECOND_US));
      handle = video.requestVideoFrameCallback(onFrame);
    };
    handle = video.requestVideoFrameCallback(onFrame);
    const onPlay = (): void => void (this.playing = true);
    const onPause = (): void => void (this.playing = false);
    const onEnded = (): void => this.reachedEnd();
    video.addEventListener('play', onPlay);
    video.addEventListener('pause', onPause);
    video.addEventListener('ended', onEnded);
    return () => {
      live = false;
      video.cancelVideoFrameCallback(handle);
      video.removeEventListener('play', onPlay);
      video.removeEventListener('pause', onPause);
      video.removeEventListener('ended', onEnded);
      if (this.video === video) this.video = null;
    };
  };

  async play(): Promise<void> {
    try {
      await this.video?.play();
    } catch {
      // A pause or a new film cut the start short: `playing` already says so.
    }
  }

  pause(): void {
    this.video?.pause();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else {
      this.stopAt(null);
      void this.play();
    }
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
    if (this.video) this.video.playbackRate = rate;
  }

  stepRate(direction: 1 | -1): void {
    const index = RATES.findIndex((rate) => rate === this.rate);
    this.setRate(RATES[Math.min(Math.max(0, index + direction), RATES.length - 1)] ?? 1);
  }

  /** Play from one clip time to another, then pause and call `onReached`. */
  playSpan(span: Span, onReached: (() => void) | null = null): void {
    this.loop = null;
    this.seek(span.start_us);
    this.stopAt(span.end_us, onReached);
    void this.play();
  }

  private stopAt(untilUs: number | null, onReached: (() => void) | null = null): void {
    this.untilUs = untilUs;
    this.onReached = onReached;
  }

  private goToFrame(index: number): void {
    const frame = this.frames.clampFrame(index);
    // Shown at once, so that quick steps add up while the picture still loads.
    this.timeUs = this.frames.clipTime(frame);
    if (this.video) this.video.currentTime = this.frames.seekTarget(frame) / SECOND_US;
  }

  private showFrame(index: number): void {
    if (this.video?.seeking) return;
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
