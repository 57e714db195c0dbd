/** Two fingers on the timeline: they pinch to zoom and drag to pan, both at once, as on a map. */
import type { Span } from '../../lib/types';
import { placed, SHORTEST_VIEW_US, toTime } from './viewport';

interface Held {
  /** Where the fingers are, in pixels from the left edge. */
  places: Map<number, number>;
  /** The times that lay under the two when the second came down. */
  times: [number, number] | null;
}

export class Fingers {
  private readonly held: Held = { places: new Map(), times: null };

  get count(): number {
    return this.held.places.size;
  }

  down(id: number, x: number, view: Span, widthPx: number): void {
    this.held.places.set(id, x);
    this.hold(view, widthPx);
  }

  up(id: number, view: Span, widthPx: number): void {
    this.held.places.delete(id);
    this.hold(view, widthPx);
  }

  /** The part to show so that both times stay under their fingers; null while fewer than two are down. */
  move(id: number, x: number, widthPx: number, durationUs: number): Span | null {
    if (!this.held.places.has(id)) return null;
    this.held.places.set(id, x);
    const [one, two] = [...this.held.places.values()].sort((a, b) => a - b);
    const { times } = this.held;
    if (one === undefined || two === undefined || !times) return null;
    const perPx = (times[1] - times[0]) / Math.max(1, two - one);
    const wanted = Math.min(Math.max(perPx * widthPx, Math.min(SHORTEST_VIEW_US, durationUs)), durationUs);
    const middle = (times[0] + times[1]) / 2;
    return placed(middle - (wanted * (one + two)) / 2 / widthPx, wanted, durationUs);
  }

  private hold(view: Span, widthPx: number): void {
    const [one, two] = [...this.held.places.values()].sort((a, b) => a - b);
    this.held.times = one === undefined || two === undefined ? null : [toTime(one, view, widthPx), toTime(two, view, widthPx)];
  }
}
