/** A coding as the room holds it: lanes of states by the times at which they change, points, and ended passes. */
import { withChanges, type KeyedParts } from '../../lib/journal';

export type Who = 'infant' | 'parent' | 'both';

export interface SchemeCode {
  id: string;
  label: string;
  key: string;
}
export interface Lane {
  id: string;
  who: Who;
  title: string;
  kind: 'state' | 'point';
  codes: SchemeCode[];
}
export interface Scheme {
  title: string;
  lanes: Lane[];
}
export interface PointMark {
  lane: string;
  point_id: string;
  at_us: number;
  code: string;
}
export interface CodingState {
  /** Time and code of each change, in order of time. */
  switches: Record<string, [number, string][]>;
  points: PointMark[];
  ended: Who[];
  handed_in: boolean;
}

export type Step =
  | { type: 'switched'; payload: { lane: string; at_us: number; code: string } }
  | { type: 'switch_removed'; payload: { lane: string; at_us: number } }
  | { type: 'switch_moved'; payload: { lane: string; at_us: number; to_us: number } }
  | { type: 'pointed'; payload: PointMark }
  | { type: 'point_removed'; payload: { point_id: string } }
  | { type: 'pass_ended' | 'pass_taken_up'; payload: { who: Who } };

export interface Stretch {
  startUs: number;
  endUs: number;
  code: string;
  running: boolean;
}

export const NOT_CODED = 'not_coded';
export const RESERVED = [
  { id: 'none', key: 'n' },
  { id: 'cannot_see', key: 'c' },
  { id: NOT_CODED, key: 'x' },
] as const;
export const CODING_PARTS: KeyedParts = { switches: { id: null } };

/** The state after a step. The fixtures in tests/journals hold it to the fold of the server. */
export function withStep(state: CodingState, step: Step): CodingState {
  switch (step.type) {
    case 'switched': {
      const { lane, at_us, code } = step.payload;
      return withSwitches(state, lane, [...without(state, lane, at_us), [at_us, code]]);
    }
    case 'switch_removed':
      return withSwitches(state, step.payload.lane, without(state, step.payload.lane, step.payload.at_us));
    case 'switch_moved': {
      const { lane, at_us, to_us } = step.payload;
      const code = (state.switches[lane] ?? []).find(([at]) => at === at_us)?.[1] ?? NOT_CODED;
      const others = without(state, lane, at_us).filter(([at]) => at !== to_us);
      return withSwitches(state, lane, [...others, [to_us, code]]);
    }
    case 'pointed': {
      const points = state.points.filter((each) => each.point_id !== step.payload.point_id);
      const inOrder = (one: PointMark, two: PointMark): number => one.at_us - two.at_us || (one.point_id < two.point_id ? -1 : 1);
      return { ...state, points: [...points, step.payload].sort(inOrder) };
    }
    case 'point_removed':
      return { ...state, points: state.points.filter((each) => each.point_id !== step.payload.point_id) };
    case 'pass_ended':
      return { ...state, ended: [...new Set([...state.ended, step.payload.who])].sort() };
    case 'pass_taken_up':
      return { ...state, ended: state.ended.filter((who) => who !== step.payload.who) };
  }
}

function without(state: CodingState, lane: string, atUs: number): [number, string][] {
  return (state.switches[lane] ?? []).filter(([at]) => at !== atUs);
}

function withSwitches(state: CodingState, lane: string, switches: [number, string][]): CodingState {
  return withChanges(state, { switches: { [lane]: switches.sort(([one], [two]) => one - two) } }, CODING_PARTS);
}

/** A lane as stretches without a gap, from the beginning of what is coded to its end. */
export function stretchesOf(state: CodingState, lane: Lane, startUs: number, endUs: number): Stretch[] {
  const changes = [...(state.switches[lane.id] ?? [])];
  if (!changes.length || (changes[0]?.[0] ?? 0) > startUs) changes.unshift([startUs, NOT_CODED]);
  return changes.map(([at, code], index) => {
    const next = changes[index + 1];
    const running = !next && code !== NOT_CODED && !state.ended.includes(lane.who);
    return { startUs: at, endUs: next?.[0] ?? endUs, code, running };
  });
}

/** The stretch at a time. */
export function stretchAt(stretches: Stretch[], timeUs: number): Stretch | undefined {
  return stretches.findLast((each) => each.startUs <= timeUs) ?? stretches[0];
}
