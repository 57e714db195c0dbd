/** Draws the timeline's lanes on a canvas: only what is in view, and of what shares a pixel only the first. */
import { clock, SECOND_US } from '../../lib/time';
import type { Code, Lanes, GazeRun, Moment, Person, PlayBounds, MomentOpened, Span, Still } from '../../lib/types';
import type { Offered, Standing } from './candidates';
import type { Ink, Fill } from './ink';
import { codeShape, kindShape } from './kinds';
import type { OwnMark } from './data.svelte';
import { NARROWEST_PX, RULER_PX, type Lane, type LaneName, type Lanes as Places } from './lanes';
import { length, ticks, toPx } from './viewport';
import type { WaveLevels } from '../../lib/wave';

export interface Scene {
  view: Span;
  widthPx: number;
  places: Places;
  /** The row of each candidate, as `places` has rows. */
  rowOf: (candidate: Offered) => number;
  candidates: Offered[];
  /** Times of a candidate, with what a person is moving just now. */
  spanOf: (candidate: Offered) => Span;
  selectedId: string | null;
  moments: Moment[];
  momentDraft: Span | null;
  codeOf: (id: string) => Code | null;
  /** What the parent marked when they looked first: in a lane of its own, never among the candidates. */
  own: OwnMark[];
  /** What has begun and not ended, drawn up to the frame on show. */
  running: MomentOpened[];
  stills: Still[];
  nowUs: number;
  lanes: Lanes | null;
  wave: WaveLevels | null;
  marks: (number | null)[];
  play: PlayBounds;
  words: { notLooked: string };
}

type Pen = CanvasRenderingContext2D;
const DASHES: Record<Standing, number[]> = { open: [], unsure: [6, 3], kept: [], changed: [], dropped: [3, 3] };
const SIGNS: Record<Standing, string> = { open: '', unsure: '?', kept: '✓', changed: '✓', dropped: '×' };
const SHAPES = new Map<string, Path2D>();
const VEIL = 0.8;
const DASH_PX = 4;
const DASH_EVERY_PX = 8;
const PEOPLE: Person[] = ['infant', 'parent'];

export function drawBoard(pen: Pen, scene: Scene, ink: Ink, fills: Record<string, Fill>): void {
  pen.clearRect(0, 0, scene.widthPx, scene.places.heightPx);
  pen.font = `12px ${ink.font}`;
  pen.textBaseline = 'alphabetic';
  drawRuler(pen, scene, ink);
  for (const each of visible(scene.candidates, scene, scene.spanOf)) drawCandidate(pen, each, scene, ink);
  for (const each of visible(scene.moments, scene)) drawMoment(pen, each, scene, ink);
  for (const each of scene.running) drawRunning(pen, each, scene, ink);
  for (const each of visible(scene.own, scene)) drawOwn(pen, each, scene, ink);
  for (const each of scene.stills) drawStill(pen, each, scene, ink);
  if (scene.momentDraft) drawDraft(pen, scene.momentDraft, scene, ink);
  for (const person of PEOPLE) drawLooks(pen, person, scene, ink, fills);
  drawWave(pen, scene, ink);
  drawOutside(pen, scene, RULER_PX, scene.places.heightPx, ink);
  scene.marks.forEach((mark, index) => mark !== null && drawMark(pen, mark, index === 0 ? 1 : -1, scene, ink));
}

/** What is in view, less what would be drawn on the same pixel as the one before it. */
export function visible<T extends Span>(all: T[], scene: Pick<Scene, 'view' | 'widthPx'>, spanOf: (each: T) => Span = (each) => each): T[] {
  const { view, widthPx } = scene;
  const pixelUs = length(view) / Math.max(widthPx, 1);
  let last = -Infinity;
  return all.filter((each) => {
    const span = spanOf(each);
    if (span.end_us <= view.start_us || span.start_us >= view.end_us) return false;
    const column = Math.floor(span.start_us / pixelUs);
    const hidden = column === last && span.end_us - span.start_us < pixelUs;
    last = column;
    return !hidden;
  });
}

function place(span: Span, scene: Scene): { x: number; width: number } {
  const x = toPx(span.start_us, scene.view, scene.widthPx);
  return { x, width: Math.max(NARROWEST_PX, toPx(span.end_us, scene.view, scene.widthPx) - x) };
}

function drawRuler(pen: Pen, { view, widthPx, places }: Scene, ink: Ink): void {
  const tenths = length(view) < 8 * SECOND_US;
  for (const tick of ticks(view, widthPx)) {
    const x = Math.round(toPx(tick, view, widthPx)) + 0.5;
    pen.fillStyle = ink.line;
    pen.fillRect(x, RULER_PX - 5, 1, places.heightPx - RULER_PX + 5);
    pen.fillStyle = ink.soft;
    pen.fillText(clock(tick, tenths ? 1 : 0), x + 3, 13);
  }
}

/** Where a lane lies; one that is not there has no height, and nothing that is in it is asked to be drawn. */
function lane(name: LaneName, scene: Scene): Lane {
  return scene.places.of(name) ?? { name, top: 0, height: 0 };
}

function box(pen: Pen, x: number, width: number, { top, height }: Lane): void {
  pen.beginPath();
  pen.roundRect(x, top + 2, width, height - 4, 4);
}

function drawCandidate(pen: Pen, candidate: Offered, scene: Scene, ink: Ink): void {
  const { x, width } = place(scene.spanOf(candidate), scene);
  const { standing } = candidate;
  const kept = standing === 'kept' || standing === 'changed';
  const colour = kept ? ink.confirmed : standing === 'dropped' ? ink.strong : ink.candidate;
  const here = scene.places.row(scene.rowOf(candidate)) ?? lane('candidates', scene);
  box(pen, x, width, here);
  pen.fillStyle = kept ? ink.goodWash : ink.surface;
  pen.fill();
  const selected = candidate.id === scene.selectedId;
  pen.strokeStyle = selected ? ink.ink : colour;
  pen.lineWidth = selected || kept ? 3 : standing === 'dropped' ? 1 : 2;
  pen.setLineDash(selected ? [] : DASHES[standing]);
  pen.stroke();
  pen.setLineDash([]);
  const middle = here.top + here.height / 2;
  pen.fillStyle = colour;
  if (width > 14) {
    pen.save();
    pen.translate(x + 3, middle - 5);
    pen.fill(shape(candidate.kind));
    pen.restore();
  }
  if (width > 32 && SIGNS[standing]) pen.fillText(SIGNS[standing], x + width - 14, middle + 4);
}

function shape(kind: string): Path2D {
  const known = SHAPES.get(kind) ?? new Path2D(kindShape(kind));
  SHAPES.set(kind, known);
  return known;
}

function drawMoment(pen: Pen, moment: Moment, scene: Scene, ink: Ink): void {
  const { x, width } = place(moment, scene);
  const code = scene.codeOf(moment.code_ref);
  const colour = (!ink.forced && code?.colour) || ink.accent;
  if (moment.point) drawPoint(pen, x, code?.shape ?? '', colour, scene);
  else {
    box(pen, x, width, lane('moments', scene));
    pen.fillStyle = colour;
    pen.fill();
    pen.strokeStyle = ink.ink;
    pen.lineWidth = 0.75;
    pen.stroke();
    if (moment.anchors) drawSteps(pen, moment.anchors, scene, ink);
    else if (code?.shape && width > 14) drawShape(pen, x + 3, code.shape, ink.accentInk, scene);
    if (code && !moment.anchors && width > 70) drawName(pen, code.label, x, width, scene, ink);
  }
  if (!moment.note) return;
  const { top, height } = lane('notes', scene);
  pen.fillStyle = ink.soft;
  pen.fillRect(x, top + 2, 2, height - 4);
  if (width > 60) {
    pen.save();
    pen.beginPath();
    pen.rect(x, top, width, height);
    pen.clip();
    pen.fillText(moment.note, x + 6, top + 13);
    pen.restore();
  }
}

function drawName(pen: Pen, name: string, x: number, width: number, scene: Scene, ink: Ink): void {
  const { top, height } = lane('moments', scene);
  pen.save();
  pen.beginPath();
  pen.rect(x, top, width - 4, height);
  pen.clip();
  pen.fillStyle = ink.accentInk;
  pen.fillText(name, x + 17, top + height / 2 + 4);
  pen.restore();
}

function drawShape(pen: Pen, x: number, name: string, colour: string, scene: Scene): void {
  const key = `code ${name}`;
  const path = SHAPES.get(key) ?? new Path2D(codeShape(name));
  SHAPES.set(key, path);
  pen.save();
  pen.translate(x, lane('moments', scene).top + lane('moments', scene).height / 2 - 5);
  pen.fillStyle = colour;
  pen.fill(path);
  pen.restore();
}

/** One frame: a line with the code's shape in the middle. */
function drawPoint(pen: Pen, x: number, name: string, colour: string, scene: Scene): void {
  const { top, height } = lane('moments', scene);
  pen.fillStyle = colour;
  pen.fillRect(x - 0.75, top + 1, 1.5, height - 2);
  drawShape(pen, x - 5, name || 'diamond', colour, scene);
}

/** The steps of a chain, numbered where there is room. */
function drawSteps(pen: Pen, anchors: (number | null)[], scene: Scene, ink: Ink): void {
  const { top, height } = lane('moments', scene);
  let last = -Infinity;
  pen.fillStyle = ink.accentInk;
  anchors.forEach((time, step) => {
    if (time === null) return;
    const x = toPx(time, scene.view, scene.widthPx);
    pen.fillRect(x, top + 3, 1.5, height - 6);
    if (x - last > 12) pen.fillText(String(step + 1), x + 3, top + height / 2 + 4);
    last = x;
  });
}

/** From its start to the frame on show, dashed and open at the end. */
function drawRunning(pen: Pen, moment: MomentOpened, scene: Scene, ink: Ink): void {
  const { x, width } = place({ start_us: moment.start_us, end_us: Math.max(scene.nowUs, moment.start_us) }, scene);
  const { top, height } = lane('moments', scene);
  pen.fillStyle = ink.wash;
  pen.fillRect(x, top + 2, width, height - 4);
  pen.strokeStyle = ink.accent;
  pen.lineWidth = 2;
  pen.setLineDash([5, 3]);
  pen.beginPath();
  pen.moveTo(x + width, top + 3);
  pen.lineTo(x, top + 3);
  pen.lineTo(x, top + height - 3);
  pen.lineTo(x + width, top + height - 3);
  pen.stroke();
  pen.setLineDash([]);
  if (moment.anchors) drawSteps(pen, moment.anchors, scene, { ...ink, accentInk: ink.ink });
}

/** What the parent likes: outlined, with their words where there is room. */
function drawOwn(pen: Pen, own: OwnMark, scene: Scene, ink: Ink): void {
  const here = lane('own', scene);
  if (!here.height) return;
  const { x, width } = place(own, scene);
  box(pen, x, width, here);
  pen.fillStyle = ink.goodWash;
  pen.fill();
  pen.strokeStyle = ink.ink;
  pen.lineWidth = 1.25;
  pen.stroke();
  if (!own.words || width < 60) return;
  pen.save();
  pen.beginPath();
  pen.rect(x, here.top, width - 4, here.height);
  pen.clip();
  pen.fillStyle = ink.ink;
  pen.fillText(own.words, x + 6, here.top + 13);
  pen.restore();
}

/** A small frame in the lane of the notes. */
function drawStill(pen: Pen, still: Still, scene: Scene, ink: Ink): void {
  if (still.at_us < scene.view.start_us || still.at_us >= scene.view.end_us) return;
  const { top, height } = lane('notes', scene);
  const x = toPx(still.at_us, scene.view, scene.widthPx);
  pen.fillStyle = ink.surface;
  pen.fillRect(x - 6, top + 3, 12, height - 6);
  pen.strokeStyle = ink.ink;
  pen.lineWidth = 1.5;
  pen.strokeRect(x - 6, top + 3, 12, height - 6);
  pen.beginPath();
  pen.arc(x, top + height / 2, 2.5, 0, Math.PI * 2);
  pen.stroke();
}

function drawDraft(pen: Pen, span: Span, scene: Scene, ink: Ink): void {
  const { x, width } = place(span, scene);
  box(pen, x, width, lane('moments', scene));
  pen.fillStyle = ink.wash;
  pen.fill();
  pen.strokeStyle = ink.accent;
  pen.lineWidth = 2;
  pen.setLineDash([5, 3]);
  pen.stroke();
  pen.setLineDash([]);
}

function drawLooks(pen: Pen, person: Person, scene: Scene, ink: Ink, fills: Record<string, Fill>): void {
  const { top, height } = lane(person, scene);
  if (!height) return;
  pen.fillStyle = ink.sunken;
  pen.fillRect(0, top + 2, scene.widthPx, height - 4);
  if (!scene.lanes) {
    if (person === 'infant') label(pen, scene.words.notLooked, top + height - 5, ink);
    return;
  }
  for (const run of runsIn(scene.lanes[person], scene.view)) {
    const x = toPx(run[0], scene.view, scene.widthPx);
    const width = Math.max(1, toPx(run[1], scene.view, scene.widthPx) - x);
    pen.fillStyle = fills[run[2]] ?? ink.surface;
    pen.fillRect(x, top + 2, width, height - 4);
    pen.fillStyle = ink.strong;
    if (width > 3) {
      pen.fillRect(x, top + 2, 1, height - 4);
      pen.fillRect(x, top + 2, width, 1);
      pen.fillRect(x, top + height - 3, width, 1);
    }
    if (run[2] === 'unseen') for (const dash of dashes(x, width, scene.widthPx)) pen.fillRect(dash, top + height / 2 - 1, DASH_PX, 2);
  }
}

/** Where the dashes of a run begin, of those that can be seen: closely looked at, a run is far longer than the board. */
export function dashes(x: number, width: number, widthPx: number): number[] {
  const first = Math.max(0, Math.ceil((-DASH_PX - (x + 3)) / DASH_EVERY_PX));
  const count = Math.ceil((Math.min(x + width - 3, widthPx) - (x + 3)) / DASH_EVERY_PX);
  return Array.from({ length: Math.max(0, count - first) }, (_, index) => x + 3 + (first + index) * DASH_EVERY_PX);
}

/** The runs in view; runs are in the order of time and do not overlap. */
export function runsIn(runs: GazeRun[], view: Span): GazeRun[] {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((runs[middle]?.[1] ?? 0) <= view.start_us) low = middle + 1;
    else high = middle;
  }
  const end = runs.findIndex((run, index) => index >= low && run[0] >= view.end_us);
  return runs.slice(low, end < 0 ? undefined : end);
}

function drawWave(pen: Pen, scene: Scene, ink: Ink): void {
  const { view, widthPx, wave } = scene;
  const { top, height } = lane('sound', scene);
  if (!wave || !height) return;
  const middle = top + height / 2;
  const half = height / 2;
  const columnUs = length(view) / widthPx;
  pen.fillStyle = ink.soft;
  for (let column = 0; column < widthPx; column += 1) {
    const startUs = view.start_us + column * columnUs;
    const [low, high] = wave.between(startUs, startUs + columnUs);
    pen.fillRect(column, middle - (high / wave.loudest) * half, 1, Math.max(0.5, ((high - low) / wave.loudest) * half));
  }
}

function drawMark(pen: Pen, timeUs: number, direction: 1 | -1, { view, widthPx, places }: Scene, ink: Ink): void {
  const x = toPx(timeUs, view, widthPx);
  pen.fillStyle = ink.stop;
  pen.fillRect(x - 0.75, RULER_PX, 1.5, places.heightPx - RULER_PX);
  pen.beginPath();
  pen.moveTo(x, RULER_PX);
  pen.lineTo(x + 9 * direction, RULER_PX);
  pen.lineTo(x, RULER_PX + 9);
  pen.fill();
}

/** What is not the play lies under a veil. */
function drawOutside(
  pen: Pen,
  { play, view, widthPx }: Pick<Scene, 'play' | 'view' | 'widthPx'>,
  top: number,
  bottom: number,
  ink: Ink,
): void {
  const veil = (from: number, to: number): void => {
    pen.fillStyle = ink.sunken;
    pen.globalAlpha = VEIL;
    pen.fillRect(from, top, Math.max(0, to - from), bottom - top);
    pen.globalAlpha = 1;
  };
  if (play.start_us !== null) veil(0, toPx(play.start_us, view, widthPx));
  if (play.end_us !== null) veil(toPx(play.end_us, view, widthPx), widthPx);
}

function label(pen: Pen, text: string, y: number, ink: Ink): void {
  pen.fillStyle = ink.soft;
  pen.fillText(text, 6, y);
}

/** What lies under a point of a lane, or `slackPx` beside it: the shortest one, since it may lie on a longer one. */
export function hit<T extends Span>(
  all: T[],
  x: number,
  scene: Pick<Scene, 'view' | 'widthPx'>,
  spanOf: (each: T) => Span = (each) => each,
  slackPx = 0,
): T | null {
  let best: T | null = null;
  let shortest = Infinity;
  for (const each of all) {
    const span = spanOf(each);
    const from = toPx(span.start_us, scene.view, scene.widthPx);
    const to = Math.max(from + NARROWEST_PX, toPx(span.end_us, scene.view, scene.widthPx));
    const long = span.end_us - span.start_us;
    if (x >= from - slackPx && x <= to + slackPx && long < shortest) [best, shortest] = [each, long];
  }
  return best;
}

/** The whole film in a strip: candidates above, moments below. */
export function drawOverview(
  pen: Pen,
  scene: Pick<Scene, 'widthPx' | 'candidates' | 'spanOf' | 'moments' | 'play'>,
  durationUs: number,
  heightPx: number,
  ink: Ink,
): void {
  const { widthPx } = scene;
  const whole = { view: { start_us: 0, end_us: Math.max(1, durationUs) }, widthPx };
  pen.clearRect(0, 0, widthPx, heightPx);
  const half = heightPx / 2;
  const bar = (span: Span, y: number, height: number): void => {
    const x = toPx(span.start_us, whole.view, widthPx);
    pen.fillRect(x, y, Math.max(2, toPx(span.end_us, whole.view, widthPx) - x), height);
  };
  for (const each of visible(scene.candidates, whole, scene.spanOf)) {
    const kept = each.standing === 'kept' || each.standing === 'changed';
    pen.fillStyle = kept ? ink.confirmed : each.standing === 'dropped' ? ink.strong : ink.candidate;
    // Kept ones fill their row, open ones half of it, refused ones leave a thread: told apart without colour.
    const height = kept ? half - 3 : each.standing === 'dropped' ? 2 : (half - 3) / 2;
    bar(scene.spanOf(each), half - 1 - height, height);
  }
  pen.fillStyle = ink.accent;
  for (const each of visible(scene.moments, whole)) bar(each, half + 2, half - 4);
  drawOutside(pen, { ...whole, play: scene.play }, 0, heightPx, ink);
}
