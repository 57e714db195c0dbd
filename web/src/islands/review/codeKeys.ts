/** The letter of each code: the one its pack wishes when it is free, else the next free one of its label, else any. */
import type { Code } from '../../lib/types';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** From code to letter; when all letters are taken the rest have none. */
export function codeKeys(codes: Code[]): Map<string, string> {
  const keys = new Map<string, string>();
  const taken = new Set<string>();
  const give = (code: Code, letter: string | undefined): void => {
    if (!letter || taken.has(letter)) return;
    taken.add(letter);
    keys.set(code.id, letter);
  };
  for (const code of codes) give(code, code.key);
  for (const code of codes) {
    if (keys.has(code.id)) continue;
    const wished = [...code.label.toLowerCase(), ...LETTERS];
    give(code, wished.find((letter) => LETTERS.includes(letter) && !taken.has(letter)));
  }
  return keys;
}
