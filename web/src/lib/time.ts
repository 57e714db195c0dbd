/** Times as people read them. */
import { t } from '../messages/en';

export const SECOND_US = 1_000_000;

/** "1:05.2" for 65,240,000 us: cut, never rounded up; hours only when there are any. */
export function clock(timeUs: number, decimals: 0 | 1 | 2 = 1): string {
  const perSecond = 10 ** decimals;
  const parts = Math.floor((Math.max(0, timeUs) * perSecond) / SECOND_US);
  const seconds = Math.floor(parts / perSecond);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const padded = String(seconds % 60).padStart(2, '0');
  const fraction = decimals ? `.${String(parts % perSecond).padStart(decimals, '0')}` : '';
  return hours ? `${hours}:${String(minutes).padStart(2, '0')}:${padded}${fraction}` : `${minutes}:${padded}${fraction}`;
}

/** "2.4 s" */
export function seconds(durationUs: number): string {
  return t.time.seconds((durationUs / SECOND_US).toFixed(1));
}

/** "about 2 minutes left"; null when nobody knows. */
export function timeLeft(etaS: number | null): string | null {
  if (etaS === null || !Number.isFinite(etaS) || etaS < 0) return null;
  if (etaS < 10) return t.time.fewSecondsLeft;
  if (etaS < 60) return t.time.underMinuteLeft;
  const minutes = Math.round(etaS / 60);
  if (minutes < 60) return t.time.minutesLeft(minutes);
  return t.time.hoursLeft(Math.floor(minutes / 60), minutes % 60);
}

/** "12.4 MB" with the units of a file manager. */
export function fileSize(bytes: number): string {
  const units = ['kB', 'MB', 'GB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(value < 10 && unit > 0 ? 1 : 0).replace('.0', '')} ${units[unit] ?? 'GB'}`;
}

/** Whole microseconds from "1:05.2", "65.2" or "1:02:03"; null when it is no time. */
export function fromClock(text: string): number | null {
  const parts = text.trim().replace(',', '.').split(':');
  if (parts.length > 3 || !parts.every((part, index) => (index < parts.length - 1 ? /^\d+$/ : /^\d+(\.\d*)?$/).test(part))) return null;
  return Math.round(parts.reduce((total, part) => total * 60 + Number(part), 0) * SECOND_US);
}
