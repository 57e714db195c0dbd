/** The lanes of the timeline, from top to bottom, as far as there is something to show; names, drawing and hits use these places. */
import type { Span } from '../../lib/types';

export type LaneName = 'candidates' | 'moments' | 'notes' | 'own' | 'infant' | 'parent' | 'sound';

export interface Lane {
  name: LaneName;
  top: number;
  height: number;
}

export const RULER_PX = 20;
const HEIGHTS: Record<LaneName, number> = { candidates: 28, moments: 26, notes: 18, own: 18, infant: 20, parent: 20, sound: 26 };
/** What lies over each other in time lies below each other on the lane, in rows of this height. */
const ROW_PX = 20;
const MOST_ROWS = 3;

export class Lanes {
  readonly all: Lane[] = [];
  readonly heightPx: number;

  /** `rows`: of the candidates' lane. */
  constructor(
    has: readonly LaneName[],
    readonly rows = 1,
  ) {
    let top = RULER_PX;
    for (const name of Object.keys(HEIGHTS) as LaneName[]) {
      if (!has.includes(name)) continue;
      const height = HEIGHTS[name] + (name === 'candidates' ? (rows - 1) * ROW_PX : 0);
      this.all.push({ name, top, height });
      top += height;
    }
    this.heightPx = top;
  }

  of(name: LaneName): Lane | null {
    return this.all.find((each) => each.name === name) ?? null;
  }

  at(y: number): LaneName | null {
    return this.all.find((each) => y >= each.top && y < each.top + each.height)?.name ?? null;
  }

  /** The part of the candidates' lane that a row has. */
  row(row: number): Lane | null {
    const lane = this.of('candidates');
    return lane && { ...lane, top: lane.top + row * ROW_PX, height: lane.height - (this.rows - 1) * ROW_PX };
  }

  /** The row at a height; the first where there is but one. */
  rowAt(y: number): number {
    const lane = this.of('candidates');
    return lane ? Math.min(this.rows - 1, Math.max(0, Math.floor((y - lane.top) / ROW_PX))) : 0;
  }
}

/** For each span, in the order of their starts, the first row that is free at its start; what finds none shares the last. */
export function inRows(spans: readonly Span[]): number[] {
  const ends: number[] = [];
  return spans.map(({ start_us, end_us }) => {
    const free = ends.findIndex((end) => end <= start_us);
    const row = free >= 0 ? free : Math.min(ends.length, MOST_ROWS - 1);
    ends[row] = Math.max(ends[row] ?? 0, end_us);
    return row;
  });
}

/** Narrower than this nothing can be seen or hit. */
export const NARROWEST_PX = 6;
