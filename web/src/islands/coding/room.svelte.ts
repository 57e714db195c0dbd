/** The coding room: the film, the pass and lane at hand, and what a key does there. */
import { actDisk } from '../../lib/actDisk';
import { getJson } from '../../lib/api';
import { chordOf } from '../../lib/chord';
import { FrameMap } from '../../lib/frames';
import { newId } from '../../lib/ids';
import type { Journal } from '../../lib/journal';
import { Player } from '../../lib/player.svelte';
import type { RecordUrls } from '../../lib/record.svelte';
import type { SealProps } from '../../lib/seal';
import { SECOND_US } from '../../lib/time';
import type { FrameTimes, Waveform } from '../../lib/types';
import { WaveLevels } from '../../lib/wave';
import { codingWords as words } from '../../messages/coding';
import { CodingRecord } from './record.svelte';
import { NOT_CODED, RESERVED, stretchAt, stretchesOf, type CodingState, type Lane, type Scheme, type Step, type Who } from './scheme';

export interface CodingProps extends RecordUrls {
  codingId: string;
  seal: SealProps;
  title: string;
  scheme: Scheme;
  startUs: number;
  endUs: number;
  lengthUs: number;
  filmUrl: string | null;
  soundUrl: string | null;
  timesUrl: string | null;
  waveUrl: string | null;
  journal: Journal<CodingState>;
  endCheckUrl: string;
  handInUrl: string;
  listUrl: string;
}

export interface EndCheck {
  open_passes: Who[];
  not_coded: { lane: string; start_us: number; end_us: number }[];
  short: { lane: string; start_us: number; end_us: number }[];
  unused: { lane: string; code: string }[];
}

/** A code to choose in the lane at hand, with the key that sets it. */
export interface Choice {
  id: string;
  label: string;
  key: string;
}
/** Something that begins at a time in a lane. */
export interface Change {
  atUs: number;
  code: string;
  pointId: string | null;
}

const TAKEN = new Set(['n', 'c', 'x', 'm', 'j', 'k', 'l']);
const USUAL_FPS = 25;

export class Room {
  readonly player = new Player();
  readonly record: CodingRecord;
  laneId = $state('');
  told = $state('');
  check = $state.raw<EndCheck | null>(null);
  wave = $state.raw<WaveLevels | null>(null);
  lanes = $derived.by(() => this.props.scheme.lanes);
  passes = $derived.by(() => [...new Set(this.lanes.map((lane) => lane.who))]);
  lane = $derived.by(() => this.laneNamed(this.laneId));
  who = $derived.by(() => this.lane.who);
  choices = $derived.by(() => choicesOf(this.lane));
  stretches = $derived.by(() => stretchesOf(this.record.state, this.lane, this.props.startUs, this.props.endUs));
  now = $derived.by(() => (this.lane.kind === 'state' ? stretchAt(this.stretches, this.player.timeUs) : undefined));
  changes = $derived.by(() => this.changesOf(this.lane));

  constructor(readonly props: CodingProps) {
    this.record = new CodingRecord(props.codingId, props, props.journal, actDisk<Step>(props.seal));
    this.laneId = props.scheme.lanes[0]?.id ?? '';
    this.player.frames = FrameMap.even(props.lengthUs, USUAL_FPS);
  }

  async begin(): Promise<void> {
    await this.record.begin();
    if (this.props.waveUrl) void this.listen(this.props.waveUrl);
    if (!this.props.timesUrl) return;
    const times = await getJson<FrameTimes>(this.props.timesUrl);
    if (times.length) this.player.frames = new FrameMap(times, this.props.lengthUs);
    if (this.props.startUs) this.player.seek(this.props.startUs);
  }

  /** Fetch how the sound swings; a film without sound has none, and coding goes on without it. */
  private async listen(url: string): Promise<void> {
    const waveform = await getJson<Waveform | null>(url).catch(() => null);
    if (waveform) this.wave = new WaveLevels(waveform);
  }

  laneNamed(id: string): Lane {
    return this.lanes.find((lane) => lane.id === id) ?? (this.lanes[0] as Lane);
  }

  label(lane: Lane, code: string): string {
    return words.reserved[code] ?? lane.codes.find((each) => each.id === code)?.label ?? code;
  }

  chooseLane(id: string): void {
    this.laneId = id;
    this.told = '';
  }

  choosePass(who: Who): void {
    this.chooseLane(this.lanes.find((lane) => lane.who === who)?.id ?? this.laneId);
  }

  /** What is seen changes to this code, at the frame on show. */
  set(code: string): void {
    const atUs = this.player.timeUs;
    if (atUs < this.props.startUs || atUs >= this.props.endUs) {
      this.told = words.outside;
      return;
    }
    this.told = '';
    if (this.lane.kind === 'point') {
      this.record.add({ type: 'pointed', payload: { lane: this.lane.id, point_id: newId(), at_us: atUs, code } });
    } else if (this.now?.code !== code) this.record.add({ type: 'switched', payload: { lane: this.lane.id, at_us: atUs, code } });
  }

  takeOut(change: Change): void {
    this.record.add(
      change.pointId
        ? { type: 'point_removed', payload: { point_id: change.pointId } }
        : { type: 'switch_removed', payload: { lane: this.lane.id, at_us: change.atUs } },
    );
  }

  takeOutLast(): void {
    const last = this.changes.findLast((change) => change.atUs <= this.player.timeUs);
    if (last) this.takeOut(last);
  }

  moveNearest(): void {
    const now = this.player.timeUs;
    const nearest = this.changes.toSorted((one, two) => Math.abs(one.atUs - now) - Math.abs(two.atUs - now))[0];
    if (!nearest || nearest.atUs === now || now < this.props.startUs || now >= this.props.endUs) return;
    if (nearest.pointId) {
      this.record.add({ type: 'pointed', payload: { lane: this.lane.id, point_id: nearest.pointId, at_us: now, code: nearest.code } });
    } else this.record.add({ type: 'switch_moved', payload: { lane: this.lane.id, at_us: nearest.atUs, to_us: now } });
  }

  jump(direction: 1 | -1): void {
    const now = this.player.timeUs;
    const to = direction > 0 ? this.changes.find((each) => each.atUs > now) : this.changes.findLast((each) => each.atUs < now);
    if (to) this.goTo(to.atUs);
  }

  goTo(timeUs: number): void {
    this.player.pause();
    this.player.seek(timeUs);
  }

  endPass(who: Who): void {
    const ended = this.record.state.ended.includes(who);
    this.record.add({ type: ended ? 'pass_taken_up' : 'pass_ended', payload: { who } });
    const next = this.passes[this.passes.indexOf(who) + 1];
    if (!ended && next) {
      this.choosePass(next);
      this.goTo(this.props.startUs);
    }
  }

  async openCheck(): Promise<void> {
    this.player.pause();
    if (await this.record.settle()) this.check = await this.record.ask<EndCheck>(this.props.endCheckUrl);
  }

  /** Runs what a key stands for; false where it stands for nothing. */
  press(event: KeyboardEvent): boolean {
    const chord = chordOf(event);
    const run = chord === null ? undefined : this.commands()[chord];
    run?.();
    return run !== undefined;
  }

  private commands(): Record<string, () => void> {
    const codes = Object.fromEntries(this.choices.map((choice) => [choice.key, (): void => this.set(choice.id)]));
    return {
      ...codes,
      Space: () => this.player.toggle(),
      k: () => this.player.toggle(),
      j: () => this.player.shuttleOn(-1),
      l: () => this.player.shuttleOn(1),
      ArrowLeft: () => this.player.step(-1),
      ArrowRight: () => this.player.step(1),
      'Shift+ArrowLeft': () => this.goTo(this.player.timeUs - SECOND_US),
      'Shift+ArrowRight': () => this.goTo(this.player.timeUs + SECOND_US),
      ArrowUp: () => this.nextLane(-1),
      ArrowDown: () => this.nextLane(1),
      ',': () => this.jump(-1),
      '.': () => this.jump(1),
      '+': () => this.player.stepRate(1),
      '-': () => this.player.stepRate(-1),
      m: () => this.moveNearest(),
      Backspace: () => this.takeOutLast(),
      'Ctrl+z': () => void this.record.takeBack(),
      'Ctrl+y': () => void this.record.takeBack(true),
      'Ctrl+Shift+z': () => void this.record.takeBack(true),
    };
  }

  private nextLane(by: 1 | -1): void {
    const at = this.lanes.findIndex((lane) => lane.id === this.laneId) + by;
    const lane = this.lanes[at];
    if (lane) this.chooseLane(lane.id);
  }

  private changesOf(lane: Lane): Change[] {
    if (lane.kind === 'point') {
      const own = this.record.state.points.filter((point) => point.lane === lane.id);
      return own.map((point) => ({ atUs: point.at_us, code: point.code, pointId: point.point_id }));
    }
    return (this.record.state.switches[lane.id] ?? []).map(([atUs, code]) => ({ atUs, code, pointId: null }));
  }
}

/** The scheme's own letter where it is free, else a digit in the order of the codes. */
export function choicesOf(lane: Lane): Choice[] {
  const taken = new Set(TAKEN);
  const own = lane.codes.map((code, index) => {
    const key = code.key && !taken.has(code.key) ? code.key : index < 9 ? String(index + 1) : '';
    taken.add(key);
    return { id: code.id, label: code.label, key };
  });
  if (lane.kind === 'point') return own;
  return [...own, ...RESERVED.map(({ id, key }) => ({ id, label: words.reserved[id] ?? id, key }))];
}

export { NOT_CODED };
