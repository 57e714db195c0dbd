/** A small shape for each kind of candidate, drawn in a box of 10 by 10: the kind is never told by colour. */
const SHAPES: Record<string, string> = {
  // Two arrows that meet.
  gaze_contact: 'M0 1l5 4-5 4zM10 1L5 5l5 4z',
  // One arrow that leaves.
  gaze_aversion: 'M0 4h5V1l5 4-5 4V6H0z',
  // One thing below two.
  joint_attention: 'M0 0h4v4H0zM6 0h4v4H6zM3 6h4v4H3z',
  // One arrow that arrives.
  look_to_parent: 'M0 4h5V1l5 4-5 4V6H0zM8 0h2v10H8z',
  // An arrow that leaves, above one that stays.
  parent_waiting: 'M0 1h6V0l4 2-4 2V3H0zM2 6h6v4H2z',
  // Two arrows that meet again below one that left.
  repair: 'M0 0h10v2H0zM0 3l5 3.5L0 10zM10 3L5 6.5 10 10z',
};
/** Shapes that a code set may give to its codes. */
const CODES: Record<string, string> = {
  circle: 'M5 0a5 5 0 1 0 0 10A5 5 0 0 0 5 0z',
  square: 'M0.5 0.5h9v9h-9z',
  triangle: 'M5 0l5 9.5H0z',
  diamond: 'M5 0l5 5-5 5-5-5z',
  star: 'M5 0l1.4 3.4 3.6.4-2.7 2.5.8 3.7L5 8.1 1.9 10l.8-3.7L0 3.8l3.6-.4z',
  cross: 'M3.5 0h3v3.5H10v3H6.5V10h-3V6.5H0v-3h3.5z',
};
const OTHER = 'M1 1h8v8H1z';

export function kindShape(kind: string): string {
  return SHAPES[kind] ?? OTHER;
}

export function codeShape(shape: string): string {
  return CODES[shape] ?? CODES['circle'] ?? OTHER;
}
