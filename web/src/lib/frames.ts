/** The frames of the proxy that plays here, each with its true time in the clip. */
import { SECOND_US } from './time';
import type { FrameTimes } from './types';

const INSIDE_US = 1000;

/** Index of the last value at or before `value`; 0 when `value` comes before all. */
export function lastAtOrBefore(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] ?? Infinity) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

export class FrameMap {
  private readonly proxyUs: Float64Array;
  private readonly clipUs: Float64Array;

  /** `pairs` as the server sends them, sorted by time; at least one. */
  constructor(
    pairs: FrameTimes,
    readonly durationUs: number,
  ) {
    this.proxyUs = Float64Array.from(pairs, (pair) => pair[0]);
    this.clipUs = Float64Array.from(pairs, (pair) => pair[1]);
  }

  /** A stand-in for a film without a map: frames at an even pace. */
  static even(durationUs: number, fps: number): FrameMap {
    const gap = SECOND_US / (fps > 0 ? fps : 25);
    const count = Math.max(1, Math.floor(durationUs / gap));
    const pairs = Array.from({ length: count }, (_, index): [number, number] => {
      const time = Math.round(index * gap);
      return [time, time];
    });
    return new FrameMap(pairs, durationUs);
  }

  get count(): number {
    return this.clipUs.length;
  }

  /** The frame on show at a clip time. */
  frameAt(clipUs: number): number {
    return lastAtOrBefore(this.clipUs, clipUs);
  }

  /** The frame whose proxy time is nearest: a player reports times with rounding of its own. */
  frameOfProxy(proxyUs: number): number {
    const index = lastAtOrBefore(this.proxyUs, proxyUs);
    const here = Math.abs((this.proxyUs[index] ?? 0) - proxyUs);
    const next = Math.abs((this.proxyUs[index + 1] ?? Infinity) - proxyUs);
    return next < here ? index + 1 : index;
  }

  clampFrame(index: number): number {
    return Math.min(Math.max(0, index), this.count - 1);
  }

  clipTime(index: number): number {
    return this.clipUs[this.clampFrame(index)] ?? 0;
  }

  /**
   * Where to send the player to show frame `index`: just inside it, so that rounding cannot pick the frame before. Not
   * its middle: with reordered frames a file may say that a frame lasts shorter than it does, and then browsers show the next.
   */
  seekTarget(index: number): number {
    const frame = this.clampFrame(index);
    const start = this.proxyUs[frame] ?? 0;
    const end = this.proxyUs[frame + 1];
    return start + Math.min(INSIDE_US, end === undefined ? INSIDE_US : (end - start) / 2);
  }

  /** The clip time `frames` frames after (or before) the frame on show at `clipUs`. */
  nudge(clipUs: number, frames: number): number {
    const target = this.frameAt(clipUs) + frames;
    return target >= this.count ? this.durationUs : this.clipTime(target);
  }
}
