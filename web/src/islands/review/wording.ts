/** A gentle look at a person's words: the first that tells what somebody lacks, with what could be said instead. */
import type { WordingHint } from '../../lib/types';

export interface Remark {
  /** As the person wrote it. */
  word: string;
  instead: string;
}

export function remarkOn(text: string, hints: WordingHint[]): Remark | null {
  const plain = text.replaceAll('’', "'");
  for (const { words, instead } of hints) {
    for (const word of words) {
      const found = pattern(word).exec(plain);
      if (found) return { word: found[0], instead };
    }
  }
  return null;
}

function pattern(word: string): RegExp {
  const any = word.endsWith('*');
  const stem = (any ? word.slice(0, -1) : word).split(' ').join('\\s+');
  return new RegExp(`(?<![\\p{L}'])${stem}${any ? "[\\p{L}']*" : ''}(?![\\p{L}'])`, 'iu');
}
