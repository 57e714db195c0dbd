/** What islands on one page tell each other, as events on the window. */

/** The clip's work is done and there is something new to read. Whoever reads it anew calls `preventDefault`. */
export const CLIP_READY = 'vfeed:clip-ready';

/** True when another island took it up. */
export function announceClipReady(clipId: string): boolean {
  return !window.dispatchEvent(new CustomEvent(CLIP_READY, { detail: { clipId }, cancelable: true }));
}
