/** The colours and patterns that the timeline is drawn with, read from the page's style so that dark and forced colours hold. */

const COLOURS = {
  ink: '--ink',
  soft: '--ink-soft',
  line: '--line',
  strong: '--line-strong',
  surface: '--surface',
  sunken: '--sunken',
  accent: '--accent',
  accentInk: '--accent-ink',
  wash: '--accent-wash',
  candidate: '--candidate',
  confirmed: '--confirmed',
  goodWash: '--good-wash',
  stop: '--stop',
  partner: '--state-partner',
  object: '--state-object',
  away: '--state-away',
  font: '--font',
} as const;

export type Ink = Record<keyof typeof COLOURS, string> & {
  /** The page's colours are forced: none of a code set's own. */
  forced: boolean;
};

export function readInk(element: Element): Ink {
  const style = getComputedStyle(element);
  const read = Object.entries(COLOURS).map(([name, property]) => [name, style.getPropertyValue(property).trim()]);
  return { ...Object.fromEntries(read), forced: window.matchMedia('(forced-colors: active)').matches } as Ink;
}

export type Fill = string | CanvasPattern;

/** One fill for each looking state, told apart without colour: full, dots, stripes, empty. */
export function lookFills(pen: CanvasRenderingContext2D, ink: Ink): Record<string, Fill> {
  return { partner: ink.partner, object: dots(pen, ink), away: stripes(pen, ink), unseen: ink.surface };
}

function tile(pen: CanvasRenderingContext2D, size: number, draw: (small: CanvasRenderingContext2D) => void): CanvasPattern | null {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const small = canvas.getContext('2d');
  if (!small) return null;
  draw(small);
  return pen.createPattern(canvas, 'repeat');
}

function dots(pen: CanvasRenderingContext2D, ink: Ink): Fill {
  const pattern = tile(pen, 8, (small) => {
    small.fillStyle = ink.surface;
    small.fillRect(0, 0, 8, 8);
    small.fillStyle = ink.object;
    for (const at of [2, 6]) {
      small.beginPath();
      small.arc(at, at, 1.9, 0, Math.PI * 2);
      small.fill();
    }
  });
  return pattern ?? ink.object;
}

function stripes(pen: CanvasRenderingContext2D, ink: Ink): Fill {
  const pattern = tile(pen, 8, (small) => {
    small.fillStyle = ink.surface;
    small.fillRect(0, 0, 8, 8);
    small.strokeStyle = ink.away;
    small.lineWidth = 3;
    small.beginPath();
    for (const shift of [-8, 0, 8]) {
      small.moveTo(shift - 2, 10);
      small.lineTo(shift + 10, -2);
    }
    small.stroke();
  });
  return pattern ?? ink.away;
}
