/** How a person likes to work, kept in this browser: one value by name, with what holds until somebody changes it. */

export interface Likings {
  /** Seconds shown before and after a moment. */
  before_s: number;
  after_s: number;
  /** Play the next candidate when one is decided. */
  plays_next: boolean;
  order: 'likely' | 'need' | 'time';
  /** Start tags this many seconds earlier when it is pressed while the film plays: a hand comes late. */
  late_s: number;
  /** Draw where each of the two looks. */
  gaze_lines: boolean;
  /** How loud films play, 0..1, and whether they are silent. */
  volume: number;
  muted: boolean;
  /** Width of the list beside the film, in pixels; null: as the window allows. */
  side_px: number | null;
  /** The code sets for clips where nobody has chosen any. */
  packs: string[];
}

const STORED = 'vfeed.likings';
const UNTOLD: Likings = {
  before_s: 2,
  after_s: 1,
  plays_next: true,
  order: 'likely',
  gaze_lines: true,
  late_s: 1,
  volume: 1,
  muted: false,
  side_px: null,
  packs: ['plain'],
};

function read(): Likings {
  try {
    return { ...UNTOLD, ...(JSON.parse(localStorage.getItem(STORED) ?? '{}') as Partial<Likings>) };
  } catch {
    return UNTOLD;
  }
}

export class Prefs {
  now = $state.raw<Likings>(read());

  set(change: Partial<Likings>): void {
    this.now = { ...this.now, ...change };
    localStorage.setItem(STORED, JSON.stringify(this.now));
  }
}
