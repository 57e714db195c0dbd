/** A sheet: every place is kept as it is filled in, and nothing that was filled in is lost. */
import { getJson, inWords, NoAnswer, postJson, Refusal } from '../../lib/api';
import { sheetWords as words } from '../../messages/sheet';

export type Value = string | number;
export interface Named {
  id: string;
  label: string;
}
export interface Item extends Named {
  filling: 'choice' | 'counter' | 'entry' | 'text';
  about: string;
  group: string;
}
export interface Form {
  answers: Named[];
  marks: Named[];
  items: Item[];
}
interface Step {
  event_id: number;
  label: string;
}
export interface SheetState {
  values: Record<string, Value>;
  touched: Record<string, number>;
  last_event_id: number;
  undo: Step | null;
  redo: Step | null;
}
export interface SheetProps {
  sheetId: string;
  form: Form;
  state: SheetState;
  stateUrl: string;
  eventsUrl: string;
  undoUrl: string;
  redoUrl: string;
}
/** Where a place lies until the server has it: on this computer, so that a closed window loses nothing. */
export type Drafts = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const RETRY_MS = 5000;
export const TYPING_MS = 1200;
export const MOST = 999;

export class Place {
  value = $state<Value>('');
  problem = $state('');
  /** What somebody else filled in here meanwhile; null while nobody did. */
  theirs = $state<Value | null>(null);
  kept: Value = '';
  seen = 0;
  timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly name: string) {}

  get isChanged(): boolean {
    return this.value !== this.kept;
  }
}

export class SheetRecord {
  state = $state.raw<SheetState>(null as unknown as SheetState);
  status = $state(words.idle);
  readonly places: Record<string, Place>;
  /** One after the other, or an older answer could arrive last. */
  private line: Promise<void> = Promise.resolve();

  constructor(
    private readonly props: SheetProps,
    private readonly drafts: Drafts,
  ) {
    this.places = Object.fromEntries(Object.keys(props.state.values).map((name) => [name, new Place(name)]));
    this.take(props.state);
    for (const place of Object.values(this.places)) this.restore(place);
  }

  place(name: string): Place {
    return this.places[name] as Place;
  }

  set(place: Place, value: Value, waitMs = 0): void {
    place.value = value;
    place.problem = '';
    if (place.isChanged) this.drafts.setItem(this.key(place), JSON.stringify({ value, seen: place.seen }));
    else this.drafts.removeItem(this.key(place));
    this.later(place, waitMs);
  }

  /** One more or one less of what is counted there. */
  count(place: Place, by: 1 | -1): void {
    this.set(place, Math.min(MOST, Math.max(0, Number(place.value) + by)));
  }

  /** Now; `leaving` lets it outlive the page. */
  keep(place: Place, leaving = false): Promise<void> {
    clearTimeout(place.timer);
    if (place.theirs !== null || !place.isChanged) return this.line;
    return this.inLine(() => this.send(place, leaving));
  }

  keepAll(leaving = false): Promise<void> {
    for (const place of Object.values(this.places)) void this.keep(place, leaving);
    return this.line;
  }

  async takeBack(redo = false): Promise<void> {
    await this.keepAll();
    await this.inLine(async () => this.take(await postJson<SheetState>(redo ? this.props.redoUrl : this.props.undoUrl, {})));
  }

  keepMine(place: Place): Promise<void> {
    place.theirs = null;
    return this.keep(place);
  }

  takeTheirs(place: Place): void {
    place.value = place.kept = place.theirs ?? '';
    place.theirs = null;
    this.drafts.removeItem(this.key(place));
  }

  private restore(place: Place): void {
    const draft = this.drafts.getItem(this.key(place));
    if (draft === null) return;
    const { value, seen } = JSON.parse(draft) as { value: Value; seen: number };
    place.value = value;
    if (place.isChanged) {
      place.seen = seen;
      this.later(place, 0);
    } else this.drafts.removeItem(this.key(place));
  }

  private later(place: Place, waitMs: number): void {
    clearTimeout(place.timer);
    place.timer = setTimeout(() => void this.keep(place), waitMs);
  }

  private inLine(work: () => Promise<void>): Promise<void> {
    this.line = this.line.then(work).catch((error: unknown) => void (this.status = inWords(error)));
    return this.line;
  }

  private async send(place: Place, leaving: boolean): Promise<void> {
    const value = place.value;
    if (value === place.kept) return;
    const [item, mark] = place.name.split('.');
    try {
      place.kept = value;
      this.status = words.keeping;
      const step = mark === undefined ? { type: 'answered', payload: { item, text: value } } : { type: 'counted', payload: { item, mark, count: value } };
      this.take(await postJson<SheetState>(this.props.eventsUrl, { ...step, expect: place.seen }, leaving));
      // Also where somebody has gone on filling in: what comes next follows on this.
      place.seen = this.state.touched[place.name] ?? 0;
      if (!place.isChanged) this.drafts.removeItem(this.key(place));
      this.status = words.kept;
    } catch (error) {
      place.kept = this.state.values[place.name] ?? '';
      await this.afterFailure(place, error);
    }
  }

  private async afterFailure(place: Place, error: unknown): Promise<void> {
    if (error instanceof NoAnswer) {
      this.status = words.waiting;
      this.later(place, RETRY_MS);
    } else if (error instanceof Refusal && error.status === 409) {
      const now = await getJson<SheetState>(this.props.stateUrl);
      this.take(now);
      place.seen = now.touched[place.name] ?? 0;
      place.kept = now.values[place.name] ?? '';
      if (place.isChanged) place.theirs = place.kept;
      this.status = '';
    } else {
      place.problem = inWords(error);
      this.status = '';
    }
  }

  /** What the server holds now, everywhere but where somebody is filling in. */
  private take(state: SheetState): void {
    this.state = state;
    for (const place of Object.values(this.places)) {
      if (place.isChanged) continue;
      place.value = place.kept = state.values[place.name] ?? '';
      place.seen = state.touched[place.name] ?? 0;
    }
  }

  private key(place: Place): string {
    return `vfeed.sheet.${this.props.sheetId}.${place.name}`;
  }
}
