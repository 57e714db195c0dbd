/** The letter of each code, pressed with Shift: the person's own, else the one its pack wishes, else the next free one of its label, else any. */
import type { Code } from '../../lib/types';

export const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];

/** What a person's keys leave to the codes. */
export interface LetterRules {
  /** From code to the letter that the person gave it; empty for none. */
  own: Record<string, string>;
  /** Letters whose press with Shift means a command. */
  taken: ReadonlySet<string>;
}

/** From code to letter; when all letters are taken the rest have none. */
export function codeKeys(codes: Code[], { own, taken }: LetterRules): Map<string, string> {
  const keys = new Map<string, string>();
  const gone = new Set(taken);
  const give = (code: Code, letter: string | undefined): void => {
    if (!letter || gone.has(letter)) return;
    gone.add(letter);
    keys.set(code.id, letter);
  };
  for (const code of codes) give(code, own[code.id]);
  for (const code of codes) if (own[code.id] === undefined) give(code, code.key);
  for (const code of codes) {
    if (keys.has(code.id) || own[code.id] === '') continue;
    const wished = [...code.label.toLowerCase(), ...LETTERS];
    give(
      code,
      wished.find((letter) => LETTERS.includes(letter) && !gone.has(letter)),
    );
  }
  return keys;
}
