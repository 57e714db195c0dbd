/** Which part of the film the timeline shows, and where a time lies in it. */
import { SECOND_US } from '../../lib/time';
import type { Span } from '../../lib/types';

export const SHORTEST_VIEW_US = 2 * SECOND_US;
const STEPS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600];
const TICK_GAP_PX = 80;

export function whole(durationUs: number): Span {
  return { start_us: 0, end_us: Math.max(durationUs, 1) };
}

export function length(view: Span): number {
  return view.end_us - view.start_us;
}

/** Zooms by `factor` (below 1: closer) and keeps `anchorUs` where it is, inside a film of `durationUs`. */
export function zoomed(view: Span, factor: number, anchorUs: number, durationUs: number): Span {
  const wanted = Math.min(Math.max(length(view) * factor, Math.min(SHORTEST_VIEW_US, durationUs)), durationUs);
  const share = (anchorUs - view.start_us) / length(view);
  return placed(anchorUs - share * wanted, wanted, durationUs);
}

/** The view moved so that `timeUs` is in it, and not moved when it already is. */
export function following(view: Span, timeUs: number, durationUs: number): Span {
  if (timeUs >= view.start_us && timeUs < view.end_us) return view;
  return placed(timeUs - length(view) / 10, length(view), durationUs);
}

export function placed(startUs: number, lengthUs: number, durationUs: number): Span {
  const start = Math.round(Math.min(Math.max(0, startUs), durationUs - lengthUs));
  return { start_us: start, end_us: start + Math.round(lengthUs) };
}

export function toPx(timeUs: number, view: Span, widthPx: number): number {
  return ((timeUs - view.start_us) / length(view)) * widthPx;
}

export function toTime(xPx: number, view: Span, widthPx: number): number {
  return Math.round(view.start_us + (xPx / Math.max(widthPx, 1)) * length(view));
}

/** Round times for the ruler, no closer together than a label is wide. */
export function ticks(view: Span, widthPx: number): number[] {
  const wanted = (length(view) / SECOND_US / Math.max(widthPx, 1)) * TICK_GAP_PX;
  const step = (STEPS_S.find((each) => each >= wanted) ?? 1800) * SECOND_US;
  const first = Math.ceil(view.start_us / step);
  const count = Math.max(0, Math.floor((view.end_us - first * step) / step) + 1);
  return Array.from({ length: count }, (_, index) => (first + index) * step);
}
