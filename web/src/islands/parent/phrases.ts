/** What the room says, in the parent's language and, beside it, in the one of whoever needs a second. */
import { getContext, setContext } from 'svelte';

export interface Language {
  lang: string;
  dir: 'ltr' | 'rtl';
  words: Record<string, string>;
}

/** One text in one language. */
export interface Said {
  text: string;
  lang: string;
  dir: 'ltr' | 'rtl';
}

export class Phrases {
  constructor(readonly languages: readonly Language[]) {}

  /** In every language on show, the parent's first. */
  all(key: string): Said[] {
    return this.languages.map(({ lang, dir, words }) => ({ lang, dir, text: words[key] ?? key }));
  }

  /** In the parent's language alone: for what is heard rather than read. */
  one(key: string): string {
    return this.languages[0]?.words[key] ?? key;
  }

  get isPair(): boolean {
    return this.languages.length > 1;
  }
}

const KEY = Symbol('phrases');

export function offerPhrases(phrases: Phrases): Phrases {
  return setContext(KEY, phrases);
}

export function usePhrases(): Phrases {
  return getContext<Phrases>(KEY);
}
