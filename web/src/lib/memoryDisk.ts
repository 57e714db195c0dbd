/** The disk's stand-in where nothing can be sealed: what waits is sent, but does not outlive its window. */
import type { ActStore, Kept } from './outbox';
import type { Drafts } from './record.svelte';
import type { Act } from './types';

export function memoryActs<Done = Act>(): ActStore<Done> {
  const rows: (Kept<Done> & { clip: string })[] = [];
  let last = 0;
  return {
    all: (clip) => Promise.resolve(rows.filter((row) => row.clip === clip).map(({ id, act, seen }) => ({ id, act, seen }))),
    add: (clip, act, seen) => {
      last += 1;
      rows.push({ clip, id: last, act, seen });
      return Promise.resolve({ id: last, act, seen });
    },
    change: (_clip, kept) => {
      const row = rows.find((each) => each.id === kept.id);
      if (row) Object.assign(row, kept);
      return Promise.resolve();
    },
    drop: (id) => {
      const index = rows.findIndex((each) => each.id === id);
      if (index >= 0) rows.splice(index, 1);
      return Promise.resolve();
    },
  };
}

export function memoryDrafts(kept = new Map<string, string>()): Drafts {
  return {
    get: (key) => Promise.resolve(kept.get(key) ?? null),
    set: (key, value) => Promise.resolve(void kept.set(key, value)),
    remove: (key) => Promise.resolve(void kept.delete(key)),
  };
}
