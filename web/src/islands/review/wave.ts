/** The waveform of the part on show as one filled path. */
import { SECOND_US } from '../../lib/time';
import type { Span, Waveform } from '../../lib/types';
import { length } from './viewport';

/** Quieter films are drawn larger, but the hiss of an empty room is not drawn as if it were speech. */
const QUIETEST_SCALE = 12;

/** The swing that fills the lane: the loudest of the whole film. */
export function fullScale(waveform: Waveform): number {
  return waveform.peaks.reduce((most, [low, high]) => Math.max(most, -low, high), QUIETEST_SCALE);
}

/** One column each pixel; each shows the loudest swing of the time it stands for. */
export function wavePath(waveform: Waveform, view: Span, widthPx: number, heightPx: number, scale: number): string {
  const middle = heightPx / 2;
  const columns = Math.max(1, Math.floor(widthPx));
  const perColumn = length(view) / columns;
  let path = '';
  for (let column = 0; column < columns; column += 1) {
    const startUs = view.start_us + column * perColumn;
    const first = Math.floor((startUs / SECOND_US) * waveform.per_second);
    const last = Math.max(first + 1, Math.ceil(((startUs + perColumn) / SECOND_US) * waveform.per_second));
    let low = 0;
    let high = 0;
    for (const [bottom, top] of waveform.peaks.slice(first, last)) {
      low = Math.min(low, bottom);
      high = Math.max(high, top);
    }
    const top = middle - (high / scale) * middle;
    const size = Math.max(0.5, ((high - low) / scale) * middle);
    path += `M${column} ${top.toFixed(1)}h1v${size.toFixed(1)}h-1z`;
  }
  return path;
}
