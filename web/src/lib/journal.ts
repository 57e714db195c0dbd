/** Journals: what people did is kept as events on the server; here is the state after them, patched by each answer. */

/** What undo or redo would act on. */
export interface Step {
  event_id: number;
  label: string;
}

/** A journal as it stands. */
export interface Journal<State> {
  last_event_id: number;
  state: State;
  undo: Step | null;
  redo: Step | null;
}

/** What one more event has changed. Of a part that is a list or an object, only entries that differ; null: gone. */
export interface Answer {
  event_id: number;
  changed: Record<string, unknown>;
  undo: Step | null;
  redo: Step | null;
}

/** How the entries of a part are told apart and ordered: `id` names the field of a list, null is an object by key. */
export interface Keyed {
  id: string | null;
  order?: readonly string[];
}
export type KeyedParts = Readonly<Record<string, Keyed>>;

type Entries = Record<string, unknown>;

/** The journal after an answer; null when events in between are not known here, and everything has to be read anew. */
export function withAnswer<Known extends Journal<object>>(known: Known, answer: Answer, keyed: KeyedParts): Known | null {
  if (answer.event_id !== known.last_event_id + 1) return null;
  const state = withChanges(known.state, answer.changed, keyed);
  return { ...known, last_event_id: answer.event_id, state, undo: answer.undo, redo: answer.redo };
}

export function withChanges<State extends object>(state: State, changed: Record<string, unknown>, keyed: KeyedParts): State {
  const next = { ...state } as Record<string, unknown>;
  for (const [name, change] of Object.entries(changed)) {
    const part = keyed[name];
    next[name] = part ? merged(next[name], change as Entries, part) : change;
  }
  return next as State;
}

function merged(before: unknown, change: Entries, { id, order = [] }: Keyed): unknown {
  if (id === null) return Object.fromEntries(Object.entries({ ...(before as Entries), ...change }).filter(([, value]) => value !== null));
  const kept = new Map((before as Entries[]).map((each) => [String(each[id]), each]));
  for (const [key, value] of Object.entries(change)) {
    if (value === null) kept.delete(key);
    else kept.set(key, value as Entries);
  }
  return inOrder([...kept.values()], order);
}

/** Sorted by these fields, one after the other; without any the order stays. */
export function inOrder<T extends object>(entries: T[], order: readonly string[]): T[] {
  if (!order.length) return entries;
  return entries.sort((one, two) => {
    for (const name of order) {
      const [left, right] = [(one as Entries)[name] as string | number, (two as Entries)[name] as string | number];
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  });
}
