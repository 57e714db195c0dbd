/** The chain of initiative and reception: six steps in their order, each of which may be missing. */
import type { Anchors, Span } from '../../lib/types';

export const STEPS = 6;
export const NO_STEPS: Anchors = Array.from({ length: STEPS }, () => null);

/** Which step comes next: the one after the last that is set; null when the sixth is. */
export function nextStep(anchors: Anchors): number | null {
  const last = anchors.findLastIndex((time) => time !== null);
  return last + 1 < STEPS ? last + 1 : null;
}

/** The chain with a step set or taken out; null when the steps would not come one after the other, or none is left. */
export function withStep(anchors: Anchors, step: number, timeUs: number | null): Anchors | null {
  const changed = anchors.map((time, index) => (index === step ? timeUs : time));
  const times = changed.filter((time) => time !== null);
  const ordered = times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0));
  return ordered && times.length > 0 ? changed : null;
}

/** The step that is on at a time: the last that has begun. */
export function stepAt(anchors: Anchors, timeUs: number): number | null {
  const at = anchors.findLastIndex((time) => time !== null && time <= timeUs);
  return at < 0 ? null : at;
}

/** Whether every step that is set lies in a span. */
export function holds(span: Span, anchors: Anchors | null): boolean {
  return (anchors ?? []).every((time) => time === null || (time >= span.start_us && time < span.end_us));
}
