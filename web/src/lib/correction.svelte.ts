/** How a dark or pale film is shown here: kept for the clip in this browser, and never done to the film itself. */

export interface Correction {
  brightness: number;
  contrast: number;
}

/** In per cents of the film as it was made. */
export const LIMITS = { brightness: { min: 50, max: 300 }, contrast: { min: 50, max: 250 } } as const;
const AS_FILMED: Correction = { brightness: 100, contrast: 100 };

export class ImageCorrection {
  now = $state.raw<Correction>(AS_FILMED);
  filter = $derived.by(() => (this.changed ? `brightness(${this.now.brightness}%) contrast(${this.now.contrast}%)` : 'none'));
  changed = $derived.by(() => this.now.brightness !== 100 || this.now.contrast !== 100);
  private readonly key: string;

  constructor(clipId: string) {
    this.key = `vfeed.picture.${clipId}`;
    try {
      this.now = { ...AS_FILMED, ...(JSON.parse(localStorage.getItem(this.key) ?? '{}') as Partial<Correction>) };
    } catch {
      this.now = AS_FILMED;
    }
  }

  set(name: keyof Correction, percent: number): void {
    if (!Number.isFinite(percent)) return;
    const { min, max } = LIMITS[name];
    this.now = { ...this.now, [name]: Math.min(Math.max(min, percent), max) };
    localStorage.setItem(this.key, JSON.stringify(this.now));
  }

  reset(): void {
    this.now = AS_FILMED;
    localStorage.removeItem(this.key);
  }
}
