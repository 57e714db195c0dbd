/** The lanes of the timeline, from top to bottom; names, drawing and hits all use these places. */

export type LaneName = 'candidates' | 'moments' | 'notes' | 'infant' | 'parent' | 'sound';

export interface Lane {
  name: LaneName;
  top: number;
  height: number;
}

export const RULER_PX = 20;
const HEIGHTS: Record<LaneName, number> = { candidates: 28, moments: 26, notes: 18, infant: 20, parent: 20, sound: 26 };

export const LANES: Lane[] = [];
let top = RULER_PX;
for (const name of Object.keys(HEIGHTS) as LaneName[]) {
  LANES.push({ name, top, height: HEIGHTS[name] });
  top += HEIGHTS[name];
}
export const BOARD_PX = top;

export function lane(name: LaneName): Lane {
  return LANES.find((each) => each.name === name) as Lane;
}

export function laneAt(y: number): LaneName | null {
  return LANES.find((each) => y >= each.top && y < each.top + each.height)?.name ?? null;
}

/** Narrower than this nothing can be seen or hit. */
export const NARROWEST_PX = 6;
