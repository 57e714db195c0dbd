/** Loudness in decibels below the loudest that a file can hold. */
import { watching } from '../../messages/watching';
import type { WaveLevels } from '../../lib/wave';

/** A peak is kept in eight bits: what is quieter than one step of 127 is nothing. */
export const QUIETEST_DB = -42;
/** As long as an ear takes a sound together. */
const WINDOW_US = 120_000;
const FULL = 127;
const QUIET_BELOW_DB = -30;
const LOUD_FROM_DB = -8;

export function decibels(wave: Pick<WaveLevels, 'between'>, timeUs: number): number {
  const [low, high] = wave.between(Math.max(0, timeUs - WINDOW_US / 2), timeUs + WINDOW_US / 2);
  const peak = Math.max(-low, high);
  return peak <= 0 ? QUIETEST_DB : Math.min(0, Math.max(QUIETEST_DB, 20 * Math.log10(peak / FULL)));
}

/** How high the meter stands, 0 to 1. */
export function shareOf(db: number): number {
  return 1 - db / QUIETEST_DB;
}

export function levelWords(db: number): keyof typeof watching.levels {
  if (db <= QUIETEST_DB) return 'silent';
  if (db < QUIET_BELOW_DB) return 'quiet';
  return db < LOUD_FROM_DB ? 'clear' : 'loud';
}
