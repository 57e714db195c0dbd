/** Kept candidates that nobody has tagged yet: chosen like moments, and tagged when the film is made of them. */
import { getJson, postJson } from '../../lib/api';
import { seconds } from '../../lib/time';
import type { Act, Code, Moment, Pack, ReelMoment } from '../../lib/types';
import { reelWords } from '../../messages/reel';

export interface UntaggedUrls {
  keptUncodedUrl: string;
  eventsUrl: string;
}

export class KeptUncoded {
  moments = $state.raw<Moment[]>([]);
  /** What a strength can be called: stretches of time alone, as a film shows them. */
  codes = $state.raw<Code[]>([]);

  constructor(private readonly urls: UntaggedUrls) {}

  /** `known`: every code set; `chosen`: those of this clip, null while nobody has chosen any. */
  async load(known: Promise<Pack[]>, chosen: string[] | null): Promise<void> {
    const [moments, packs] = await Promise.all([getJson<Moment[]>(this.urls.keptUncodedUrl), known]);
    const fitting = new Set(moments.map((moment) => moment.code_ref));
    const inUse = packs.filter((pack, index) => chosen?.includes(pack.id) ?? index === 0);
    const all = packs.flatMap((pack) => pack.code_sets.flatMap((set) => set.codes));
    const offered = inUse.flatMap((pack) => pack.code_sets.flatMap((set) => set.codes)).filter((code) => code.timing === 'interval');
    this.codes = [...new Set([...all.filter((code) => fitting.has(code.id)), ...offered])];
    this.moments = moments;
  }

  find(momentId: string): Moment | null {
    return this.moments.find((moment) => moment.moment_id === momentId) ?? null;
  }

  /** Says what strength is seen in it. */
  name(momentId: string, code_ref: string): void {
    this.moments = this.moments.map((moment) => (moment.moment_id === momentId ? { ...moment, code_ref } : moment));
  }

  nameOf(moment: Moment): string {
    return this.codes.find((code) => code.id === moment.code_ref)?.label ?? moment.code_ref;
  }

  /** What is said of one in the list: how long it is, and that it is not tagged yet. */
  wordsOf(moment: Moment): string {
    return `${seconds(moment.end_us - moment.start_us)}. ${reelWords.keptUncoded}`;
  }

  /** Tags those that the film is made of, with the length that they have in it. */
  async tag(pieces: ReelMoment[]): Promise<void> {
    for (const { moment_id, start_us, end_us } of pieces) {
      const moment = this.find(moment_id);
      if (!moment) continue;
      const act: Act = { type: 'moment_tagged', payload: { ...moment, start_us, end_us } };
      await postJson(this.urls.eventsUrl, { ...act, expect_last: null });
    }
  }
}
