/** Where a face is, steadily enough to be looked at large: boxes jump from frame to frame, an image must not. */
import { lastAtOrBefore } from '../../lib/frames';
import type { Box, Heads, Person } from '../../lib/types';

/** Boxes so near in time are taken together. */
const STEADY_US = 500_000;
/** How much around a head is shown, as a share of its box. */
const AROUND = 2.2;

export interface Square {
  x: number;
  y: number;
  side: number;
}

/** The square around a person's head, in pixels of the image; null while the head cannot be seen. */
export function headSquare(heads: Heads, person: Person, timeUs: number, widthPx: number, heightPx: number): Square | null {
  const boxes = near(heads, person, timeUs);
  if (boxes.length === 0) return null;
  const mean = (of: (box: Box) => number): number => boxes.reduce((sum, box) => sum + of(box), 0) / boxes.length;
  const side = Math.max(mean((box) => box[2]) * widthPx, mean((box) => box[3]) * heightPx) * AROUND;
  const [x, y] = [mean((box) => box[0] + box[2] / 2) * widthPx, mean((box) => box[1] + box[3] / 2) * heightPx];
  return { x: x - side / 2, y: y - side / 2, side };
}

function near(heads: Heads, person: Person, timeUs: number): Box[] {
  const found: Box[] = [];
  const last = lastAtOrBefore(heads.time_us, timeUs + STEADY_US);
  for (let index = last; index >= 0 && (heads.time_us[index] ?? 0) >= timeUs - STEADY_US; index -= 1) {
    const box = heads[person][index];
    if (box && Math.abs((heads.time_us[index] ?? 0) - timeUs) <= STEADY_US) found.push(box);
  }
  return found;
}

/** Both people as they sit in the film from left to right, so that who looks at whom stays true side by side. */
export function leftFirst(heads: Heads): Person[] {
  const place = (person: Person): number => {
    const seen = heads[person].filter((box) => box !== null);
    return seen.reduce((sum, box) => sum + box[0] + box[2] / 2, 0) / Math.max(1, seen.length);
  };
  return place('infant') <= place('parent') ? ['infant', 'parent'] : ['parent', 'infant'];
}
