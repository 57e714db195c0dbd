/** The shape of a look in the image: a line from the head, in a wedge as wide as the look is uncertain. */
import type { Box, GazeLine } from '../../lib/types';

/** A look across the image reaches so many heads far. */
const REACH_HEADS = 3.2;
const ARC_STEPS = 8;

export interface GazeShape {
  from: [x: number, y: number];
  to: [x: number, y: number];
  /** Corners of the wedge, as SVG's `points`. */
  wedge: string;
  byEyes: boolean;
}

/** In pixels of the image. A look towards the camera is short, as an arrow on a wall would be. */
export function gazeShape(box: Box, [right, down, spreadDeg, byEyes]: GazeLine, widthPx: number, heightPx: number): GazeShape {
  const from: [number, number] = [(box[0] + box[2] / 2) * widthPx, (box[1] + box[3] / 2) * heightPx];
  const reach = Math.max(box[2] * widthPx, box[3] * heightPx) * REACH_HEADS * Math.hypot(right, down);
  const angle = Math.atan2(down, right);
  const at = (turn: number): [number, number] => [from[0] + reach * Math.cos(angle + turn), from[1] + reach * Math.sin(angle + turn)];
  const spread = (spreadDeg * Math.PI) / 180;
  const arc = Array.from({ length: ARC_STEPS + 1 }, (_, step) => at(spread * ((2 * step) / ARC_STEPS - 1)));
  return { from, to: at(0), wedge: [from, ...arc].map((point) => point.map((each) => each.toFixed(1)).join(',')).join(' '), byEyes };
}
