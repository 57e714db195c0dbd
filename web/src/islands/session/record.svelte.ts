/** The record of a shared review. */
import type { Journal, KeyedParts } from '../../lib/journal';
import { JournalRecord, type Drafts, type Place, type RecordUrls } from '../../lib/record.svelte';
import type { SealProps } from '../../lib/seal';
import type { RecordState } from '../../lib/types';
import { sessionWords as words } from '../../messages/session';

export type TextName = 'helping_question' | 'working_point' | 'went_well';
export type DayName = 'held_on' | 'next_on';
export type PartName = TextName | DayName;
interface ReelName {
  clip_id: string;
  reel_id: string;
}
export interface ReelChoice extends ReelName {
  key: string;
  title: string;
  about: string;
}
export type SessionState = RecordState;
export interface SessionProps extends RecordUrls {
  sessionId: string;
  seal: SealProps;
  journal: Journal<SessionState>;
  reels: ReelChoice[];
  /** Whether the log is this person's own: a colleague neither reads nor writes it. */
  hasLog: boolean;
}

export const SESSION_PARTS: KeyedParts = { touched: { id: null } };
const PAUSE_MS = 1200;
const DAYS: readonly string[] = ['held_on', 'next_on'];
const PARTS: readonly PartName[] = ['held_on', 'helping_question', 'working_point', 'next_on', 'went_well'];

export class SessionRecord extends JournalRecord<SessionState, string> {
  constructor(props: SessionProps, drafts: Drafts) {
    const kind = {
      key: `vfeed.session.${props.sessionId}`,
      names: PARTS,
      keyed: SESSION_PARTS,
      valueOf: (state: SessionState, name: string) => state[name as PartName] ?? '',
      event: (name: string, value: string) =>
        DAYS.includes(name)
          ? { type: 'day_set', payload: { name, day: value || null } }
          : { type: 'words_set', payload: { name, text: value } },
      words,
    };
    super(kind, props, props.journal, drafts);
  }

  part(name: PartName): Place {
    return this.place(name);
  }

  override write(part: Place, value: string, waitMs = PAUSE_MS): void {
    super.write(part, value, waitMs);
  }

  isShown(choice: ReelChoice): boolean {
    return this.state.reels.some((reel) => isSame(reel, choice));
  }

  /** Ticks or unticks a film of moments; the order is that in which they were ticked. */
  tick(choice: ReelChoice, on: boolean): Promise<void> {
    return this.inLine(async () => {
      const others = this.state.reels.filter((reel) => !isSame(reel, choice));
      const reels = on ? [...others, { clip_id: choice.clip_id, reel_id: choice.reel_id }] : others;
      await this.addNow('reels_set', { reels }, this.state.touched.reels ?? 0);
    });
  }
}

function isSame(one: ReelName, two: ReelName): boolean {
  return one.clip_id === two.clip_id && one.reel_id === two.reel_id;
}
