/** What is on the timeline, in one list that can be searched: candidates, moments, what runs, and stills. */
import type { Code, Span } from '../../lib/types';
import { t } from '../../messages/en';
import { isLeft, type Offered } from './candidates';
import type { ReviewRoom } from './room.svelte';

export type EntryKind = keyof typeof t.find.kinds;
export type EntryState = keyof typeof t.find.states;

export interface Entry extends Span {
  id: string;
  kind: EntryKind;
  what: string;
  /** State, note or caption, as it is shown. */
  stands: string;
  /** All that a search looks at. */
  text: string;
  code: string | null;
  part: Code['part'] | null;
  /** How a candidate was decided; null for what needs no deciding. */
  state: EntryState | null;
}

/** What is looked for; an empty value lets everything pass. */
export interface Wanted {
  text: string;
  kind: EntryKind | '';
  code: string;
  part: Code['part'] | '';
  state: EntryState | '';
}

export const EVERYTHING: Wanted = { text: '', kind: '', code: '', part: '', state: '' };

/** Letters alone count: "Näher" is found by "naher". */
export function plain(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** Every word that was typed must be there, in any order. */
export function isWanted(entry: Entry, wanted: Wanted): boolean {
  const { kind, code, part, state } = wanted;
  if ((kind && entry.kind !== kind) || (code && entry.code !== code)) return false;
  if ((part && entry.part !== part) || (state && entry.state !== state)) return false;
  const text = plain(entry.text);
  return plain(wanted.text)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function stateOf(candidate: Offered): EntryState {
  if (isLeft(candidate)) return 'open';
  return candidate.standing === 'dropped' ? 'dropped' : 'kept';
}

export class Finding {
  wanted = $state.raw<Wanted>(EVERYTHING);
  /** The search field takes the focus when it next can. */
  asked = $state(false);

  entries = $derived.by((): Entry[] =>
    [...this.candidates(), ...this.moments(), ...this.stills()].sort((a, b) => a.start_us - b.start_us || a.end_us - b.end_us),
  );
  found = $derived.by(() => (this.isNarrowed ? this.entries.filter((entry) => isWanted(entry, this.wanted)) : this.entries));

  constructor(private readonly room: ReviewRoom) {}

  get isNarrowed(): boolean {
    return Object.values(this.wanted).some((value) => String(value).trim() !== '');
  }

  want(change: Partial<Wanted>): void {
    this.wanted = { ...this.wanted, ...change };
  }

  /** The codes that tags of this clip carry. */
  get codes(): { id: string; label: string }[] {
    const ids = new Set(this.entries.flatMap((entry) => (entry.code ? [entry.code] : [])));
    return [...ids].map((id) => ({ id, label: this.room.codes.label(id) })).sort((a, b) => a.label.localeCompare(b.label));
  }

  private candidates(): Entry[] {
    return this.room.onShow.map((each) => {
      const stands = t.review.decision[each.standing];
      const { start_us, end_us } = this.room.spanOf(each);
      const text = `${each.name} ${stands} ${each.reason}`;
      return {
        id: each.id,
        kind: 'candidate',
        start_us,
        end_us,
        what: each.name,
        stands,
        text,
        code: null,
        part: null,
        state: stateOf(each),
      };
    });
  }

  private moments(): Entry[] {
    const tags = this.room.moments.map((each): Entry => {
      const text = [each.note, each.parent_words].filter(Boolean).join(' ');
      return this.tag(each.moment_id, each, each.code_ref, each.note || t.review.tagged, text);
    });
    const running = this.room.tagging.running.map((each) =>
      this.tag(each.moment_id, { start_us: each.start_us, end_us: each.start_us }, each.code_ref, t.find.runs, ''),
    );
    return [...tags, ...running];
  }

  private tag(id: string, { start_us, end_us }: Span, code: string, stands: string, words: string): Entry {
    const known = this.room.codes.code(code);
    const what = this.room.codes.label(code);
    const text = `${what} ${words} ${known ? t.moment.parts[known.part] : ''}`;
    return { id, kind: 'moment', start_us, end_us, what, stands, text, code, part: known?.part ?? null, state: null };
  }

  private stills(): Entry[] {
    return this.room.tagging.stills.map((each) => ({
      id: each.still_id,
      kind: 'still',
      start_us: each.at_us,
      end_us: each.at_us,
      what: t.find.still,
      stands: each.caption || t.stills.none,
      text: `${t.find.still} ${each.caption}`,
      code: null,
      part: null,
      state: null,
    }));
  }
}
