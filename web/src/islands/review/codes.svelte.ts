/** The codes that moments can be tagged with: every pack, which are in use for this clip, and the key of each code. */
import { getJson } from '../../lib/api';
import type { Code, Pack, WordingHint } from '../../lib/types';
import { codeKeys, type LetterRules } from './codeKeys';

/** What of the room the codes depend on. */
export interface CodeSource {
  /** Chosen for this clip; null while nobody has. */
  chosen: () => string[] | null;
  /** The person's own liking. */
  liked: () => string[];
  /** What the person's keys leave to the codes. */
  letters: () => LetterRules;
  /** Codes that the clip's tags carry, also those that are offered no longer. */
  carried: () => Code[];
}

export class CodeBook {
  packs = $state.raw<Pack[]>([]);
  wording = $state.raw<WordingHint[]>([]);
  private readonly source: CodeSource;

  constructor(source: CodeSource) {
    this.source = source;
  }

  /** The packs in use, in the order of all; the first of all when none of the chosen is left. */
  active = $derived.by((): Pack[] => {
    const wanted = new Set(this.source.chosen() ?? this.source.liked());
    const found = this.packs.filter((pack) => wanted.has(pack.id));
    return found.length ? found : this.packs.slice(0, 1);
  });
  codes = $derived.by(() => this.active.flatMap(codesOf));
  keys = $derived.by(() => codeKeys(this.codes, this.source.letters()));
  private byId = $derived.by(() => new Map([...this.source.carried(), ...this.packs.flatMap(codesOf)].map((code) => [code.id, code])));

  async load(url: string): Promise<void> {
    const read = await getJson<{ packs: Pack[]; wording: WordingHint[] }>(url);
    this.packs = read.packs;
    this.wording = read.wording;
  }

  code(id: string): Code | null {
    return this.byId.get(id) ?? null;
  }

  label(id: string): string {
    return this.code(id)?.label ?? id;
  }
}

export function codesOf(pack: Pack): Code[] {
  return pack.code_sets.flatMap((set) => set.codes);
}
