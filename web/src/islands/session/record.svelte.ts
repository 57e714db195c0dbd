/** The record of a shared review: every part is kept as it is written, and nothing that was written is lost. */
import { getJson, inWords, NoAnswer, postJson, Refusal } from '../../lib/api';
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
interface Step {
  event_id: number;
  label: string;
}
export interface SessionState extends Record<TextName, string> {
  held_on: string;
  next_on: string | null;
  reels: ReelName[];
  touched: Record<PartName | 'reels', number>;
  last_event_id: number;
  undo: Step | null;
  redo: Step | null;
}
export interface SessionProps {
  sessionId: string;
  state: SessionState;
  reels: ReelChoice[];
  stateUrl: string;
  eventsUrl: string;
  undoUrl: string;
  redoUrl: string;
}
/** Where a part lies until the server has it: on this computer, so that a closed window loses nothing. */
export type Drafts = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const PAUSE_MS = 1200;
const RETRY_MS = 5000;
const DAYS: readonly PartName[] = ['held_on', 'next_on'];
export const PARTS: readonly PartName[] = ['held_on', 'helping_question', 'working_point', 'next_on', 'went_well'];

export class Part {
  value = $state('');
  problem = $state('');
  /** What somebody else wrote here meanwhile; null while nobody did. */
  theirs = $state<string | null>(null);
  kept = '';
  seen = 0;
  timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly name: PartName) {}

  get isOpen(): boolean {
    return this.value !== this.kept;
  }
}

export class SessionRecord {
  state = $state.raw<SessionState>(null as unknown as SessionState);
  status = $state(words.idle);
  readonly parts = Object.fromEntries(PARTS.map((name) => [name, new Part(name)])) as Record<PartName, Part>;
  /** One after the other, or an older text could arrive last. */
  private line: Promise<void> = Promise.resolve();

  constructor(
    private readonly props: SessionProps,
    private readonly drafts: Drafts,
  ) {
    this.take(props.state);
    for (const part of Object.values(this.parts)) this.restore(part);
  }

  write(part: Part, value: string, waitMs = PAUSE_MS): void {
    part.value = value;
    part.problem = '';
    this.draft(part);
    this.later(part, waitMs);
  }

  /** Now; `leaving` lets it outlive the page. */
  keep(part: Part, leaving = false): Promise<void> {
    clearTimeout(part.timer);
    if (part.theirs !== null || !part.isOpen) return this.line;
    return this.inLine(() => this.send(part, leaving));
  }

  keepAll(leaving = false): Promise<void> {
    for (const part of Object.values(this.parts)) void this.keep(part, leaving);
    return this.line;
  }

  isShown(choice: ReelChoice): boolean {
    return this.state.reels.some((reel) => reel.clip_id === choice.clip_id && reel.reel_id === choice.reel_id);
  }

  /** Ticks or unticks a film of moments; the order is that in which they were ticked. */
  tick(choice: ReelChoice, on: boolean): Promise<void> {
    return this.inLine(async () => {
      const others = this.state.reels.filter((reel) => reel.clip_id !== choice.clip_id || reel.reel_id !== choice.reel_id);
      const reels = on ? [...others, { clip_id: choice.clip_id, reel_id: choice.reel_id }] : others;
      await this.post('reels_set', { reels }, this.state.touched.reels, false);
    });
  }

  async takeBack(redo = false): Promise<void> {
    await this.keepAll();
    await this.inLine(async () => this.take(await postJson<SessionState>(redo ? this.props.redoUrl : this.props.undoUrl, {})));
  }

  keepMine(part: Part): Promise<void> {
    part.theirs = null;
    return this.keep(part);
  }

  takeTheirs(part: Part): void {
    part.value = part.kept = part.theirs ?? '';
    part.theirs = null;
    this.drafts.removeItem(this.key(part));
  }

  private draft(part: Part): void {
    if (part.isOpen) this.drafts.setItem(this.key(part), JSON.stringify({ value: part.value, seen: part.seen }));
    else this.drafts.removeItem(this.key(part));
  }

  private restore(part: Part): void {
    const draft = this.drafts.getItem(this.key(part));
    if (draft === null) return;
    const { value, seen } = JSON.parse(draft) as { value: string; seen: number };
    part.value = value;
    if (part.isOpen) {
      part.seen = seen;
      this.later(part, 0);
    } else this.drafts.removeItem(this.key(part));
  }

  private later(part: Part, waitMs: number): void {
    clearTimeout(part.timer);
    part.timer = setTimeout(() => void this.keep(part), waitMs);
  }

  private inLine(work: () => Promise<void>): Promise<void> {
    this.line = this.line.then(work).catch((error: unknown) => void (this.status = inWords(error)));
    return this.line;
  }

  private async send(part: Part, leaving: boolean): Promise<void> {
    const value = part.value;
    if (value === part.kept) return;
    const isDay = DAYS.includes(part.name);
    try {
      const payload = isDay ? { name: part.name, day: value || null } : { name: part.name, text: value };
      part.kept = value;
      await this.post(isDay ? 'day_set' : 'words_set', payload, part.seen, leaving);
      // Also where somebody has gone on writing: their next words follow on these.
      part.seen = this.state.touched[part.name];
      this.draft(part);
    } catch (error) {
      part.kept = valueOf(this.state, part.name);
      await this.afterFailure(part, error);
    }
  }

  private async afterFailure(part: Part, error: unknown): Promise<void> {
    if (error instanceof NoAnswer) {
      this.status = words.waiting;
      this.later(part, RETRY_MS);
    } else if (error instanceof Refusal && error.status === 409) {
      const now = await getJson<SessionState>(this.props.stateUrl);
      this.take(now);
      part.seen = now.touched[part.name];
      part.kept = valueOf(now, part.name);
      if (part.isOpen) part.theirs = part.kept;
      this.status = '';
    } else {
      part.problem = inWords(error);
      this.status = '';
    }
  }

  private async post(type: string, payload: unknown, expect: number, leaving: boolean): Promise<void> {
    this.status = words.keeping;
    this.take(await postJson<SessionState>(this.props.eventsUrl, { type, payload, expect }, leaving));
    this.status = words.kept;
  }

  /** What the server holds now, everywhere but where somebody is writing. */
  private take(state: SessionState): void {
    this.state = state;
    for (const part of Object.values(this.parts)) {
      if (part.isOpen) continue;
      part.value = part.kept = valueOf(state, part.name);
      part.seen = state.touched[part.name];
    }
  }

  private key(part: Part): string {
    return `vfeed.session.${this.props.sessionId}.${part.name}`;
  }
}

function valueOf(state: SessionState, name: PartName): string {
  return state[name] ?? '';
}
