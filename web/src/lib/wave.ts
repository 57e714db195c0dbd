/** The sound's swing over any part of the film, quickly: peaks of peaks, each level four times as coarse. */
import { SECOND_US } from './time';
import type { Waveform } from './types';

/** Quieter films are drawn larger, but the hiss of an empty room is not drawn as if it were speech. */
const QUIETEST_SCALE = 12;
const COARSER = 4;

interface Level {
  bucketUs: number;
  low: Int8Array;
  high: Int8Array;
}

export class WaveLevels {
  /** The swing that fills the lane: the loudest of the whole film. */
  readonly loudest: number;
  private readonly levels: Level[];

  constructor(waveform: Waveform) {
    const finest: Level = {
      bucketUs: SECOND_US / waveform.per_second,
      low: Int8Array.from(waveform.peaks, (peak) => peak[0]),
      high: Int8Array.from(waveform.peaks, (peak) => peak[1]),
    };
    this.levels = [finest];
    for (let level = finest; level.low.length > COARSER;) {
      level = coarser(level);
      this.levels.push(level);
    }
    this.loudest = waveform.peaks.reduce((most, [low, high]) => Math.max(most, -low, high), QUIETEST_SCALE);
  }

  /** The lowest and highest swing in a part of the film; silence where the sound has ended. */
  between(startUs: number, endUs: number): [low: number, high: number] {
    const level = this.levels.findLast((each) => each.bucketUs <= endUs - startUs) ?? this.levels[0];
    let low = 0;
    let high = 0;
    if (!level) return [low, high];
    const first = Math.max(0, Math.floor(startUs / level.bucketUs));
    const last = Math.max(first + 1, Math.ceil(endUs / level.bucketUs));
    for (let index = first; index < Math.min(last, level.low.length); index += 1) {
      low = Math.min(low, level.low[index] ?? 0);
      high = Math.max(high, level.high[index] ?? 0);
    }
    return [low, high];
  }
}

function coarser({ bucketUs, low, high }: Level): Level {
  const count = Math.ceil(low.length / COARSER);
  const next: Level = { bucketUs: bucketUs * COARSER, low: new Int8Array(count), high: new Int8Array(count) };
  for (let index = 0; index < low.length; index += 1) {
    const into = Math.floor(index / COARSER);
    next.low[into] = Math.min(next.low[into] ?? 0, low[index] ?? 0);
    next.high[into] = Math.max(next.high[into] ?? 0, high[index] ?? 0);
  }
  return next;
}
