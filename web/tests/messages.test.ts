import { expect, test, vi } from 'vitest';

vi.mock('../src/lib/words', () => ({ _: (text: string) => `«${text}»`, n_: (text: string) => `«${text}»` }));

/** Every string of a module of messages, functions called with stand-ins. */
function strings(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const standIn = (one: unknown): unknown => (value as (...all: unknown[]) => unknown)(one, one, one, one);
    return [2, 'x', ['x']].flatMap((one) => {
      try {
        return strings(standIn(one), `${path}()`);
      } catch {
        return [];
      }
    });
  }
  if (value && typeof value === 'object') return Object.entries(value).flatMap(([key, held]) => strings(held, `${path}.${key}`));
  return [];
}

const modules = import.meta.glob<Record<string, unknown>>('../src/messages/*.ts', { eager: true });

test('every word that the islands show is looked up in the reader’s language', () => {
  const all = Object.entries(modules).flatMap(([file, held]) => strings(held, file.replace(/^.*\//, '')));
  expect(all.length).toBeGreaterThan(500);
  const bare = all.filter(([, text]) => /\p{L}{2}/u.test(text) && !text.includes('«') && text !== 'Esc');
  expect(bare).toEqual([]);
});
