import type { ActStore, Kept } from '../src/lib/outbox';

/** The browser's disk, in memory. */
export function memoryStore(): ActStore {
  const rows: (Kept & { clip: string })[] = [];
  let last = 0;
  return {
    all: (clip) => Promise.resolve(rows.filter((row) => row.clip === clip).map(({ id, act, seen }) => ({ id, act, seen }))),
    add: (clip, act, seen) => {
      last += 1;
      rows.push({ clip, id: last, act, seen });
      return Promise.resolve({ id: last, act, seen });
    },
    change: (kept) => {
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
