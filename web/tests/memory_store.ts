import type { ActStore } from '../src/lib/outbox';

/** The browser's store, in memory. */
export function memoryStore(): ActStore {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}
