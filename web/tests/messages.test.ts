import { expect, test, vi } from 'vitest';
import catalogue from '../../vfeed/server/translations/messages.pot?raw';

const asked = vi.hoisted(() => new Set<string>());
vi.mock('../src/lib/words', () => {
  const look = (text: string): string => {
    asked.add(text);
    return `«${text}»`;
  };
  return { _: look, n_: look };
});

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

test('every word that is looked up is one that the catalogues know', () => {
  const known = new Set(
    catalogue.split(/\n\n/).map((entry) => {
      const id = /\nmsgid ((?:".*"\n?)+)/.exec(`\n${entry}\n`)?.[1] ?? '""';
      return id
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as string)
        .join('');
    }),
  );
  expect([...asked].filter((text) => !known.has(text))).toEqual([]);
});
