/** A small shape for each kind of candidate, drawn in a box of 10 by 10: the kind is never told by colour. */
const SHAPES: Record<string, string> = {
  // Two arrows that meet.
  gaze_contact: 'M0 1l5 4-5 4zM10 1L5 5l5 4z',
  // One arrow that leaves.
  gaze_aversion: 'M0 4h5V1l5 4-5 4V6H0z',
  // One thing below two.
  joint_attention: 'M0 0h4v4H0zM6 0h4v4H6zM3 6h4v4H3z',
};
const OTHER = 'M1 1h8v8H1z';

export function kindShape(kind: string): string {
  return SHAPES[kind] ?? OTHER;
}
