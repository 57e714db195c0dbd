/** Canvases as sharp as the screen, in the page's colours. */

export interface Surface {
  pen: CanvasRenderingContext2D;
  widthPx: number;
  heightPx: number;
}

/** The canvas at a size in CSS pixels; null where the browser draws none. */
export function fitted(canvas: HTMLCanvasElement, widthPx: number, heightPx: number): Surface | null {
  const pen = canvas.getContext('2d');
  if (!pen) return null;
  const sharp = Math.max(1, window.devicePixelRatio);
  const [width, height] = [Math.round(widthPx * sharp), Math.round(heightPx * sharp)];
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  pen.setTransform(sharp, 0, 0, sharp, 0, 0);
  return { pen, widthPx, heightPx };
}

/** Calls `change` now and whenever the page's colours may have changed; returns what stops it. */
export function onScheme(change: () => void): () => void {
  const queries = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) => window.matchMedia(query));
  for (const query of queries) query.addEventListener('change', change);
  change();
  return () => {
    for (const query of queries) query.removeEventListener('change', change);
  };
}
