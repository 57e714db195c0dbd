/** What a person did while no answer came: kept in this browser, in order, until the server has it. */
import type { Act, ReviewState } from './types';

export interface ActStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export class Outbox {
  private readonly key: string;

  constructor(
    clipId: string,
    private readonly store: ActStore,
  ) {
    this.key = `vfeed.outbox.${clipId}`;
  }

  list(): Act[] {
    const text = this.store.getItem(this.key);
    if (!text) return [];
    try {
      const acts: unknown = JSON.parse(text);
      return Array.isArray(acts) ? (acts as Act[]) : [];
    } catch {
      return [];
    }
  }

  add(act: Act): void {
    this.write([...this.list(), act]);
  }

  dropFirst(): void {
    this.write(this.list().slice(1));
  }

  clear(): void {
    this.write([]);
  }

  private write(acts: Act[]): void {
    if (acts.length) this.store.setItem(this.key, JSON.stringify(acts));
    else this.store.removeItem(this.key);
  }
}

function sameSpan(one: { start_us: number; end_us: number } | undefined, two: { start_us: number; end_us: number }): boolean {
  return one !== undefined && one.start_us === two.start_us && one.end_us === two.end_us;
}

/** Whether the state already shows what `act` does: it had arrived, and only the answer was lost. */
export function isAlreadyIn(state: ReviewState, act: Act): boolean {
  switch (act.type) {
    case 'candidate_confirmed':
    case 'candidate_added':
    case 'candidate_adjusted': {
      const decision = state.decisions[act.payload.candidate_id];
      return decision?.state === 'confirmed' && sameSpan(decision, act.payload);
    }
    case 'candidate_rejected':
      return state.decisions[act.payload.candidate_id]?.state === 'rejected';
    case 'candidate_unsure':
      return state.decisions[act.payload.candidate_id]?.state === 'unsure';
    case 'own_eyes_set':
      return state.own_eyes === act.payload.on;
    case 'moment_tagged':
      return state.moments.some((moment) => moment.moment_id === act.payload.moment_id);
    case 'moment_changed': {
      const moment = state.moments.find((each) => each.moment_id === act.payload.moment_id);
      return sameSpan(moment, act.payload) && moment?.strength === act.payload.strength && moment.note === act.payload.note;
    }
    case 'moment_removed':
      return !state.moments.some((moment) => moment.moment_id === act.payload.moment_id);
    case 'gaze_flags_set':
      return state.gaze_flags.meaningful === act.payload.meaningful && state.gaze_flags.reason === act.payload.reason;
    case 'roles_swapped':
      // Two swaps look like none: only the person can say.
      return false;
  }
}
