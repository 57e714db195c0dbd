/** A record of places that are kept as they are filled in: nothing is lost, and nobody's words are written over. */
import { getJson, inWords, NoAnswer, postJson, Refusal } from './api';
import { withAnswer, type Answer, type Journal, type KeyedParts } from './journal';

/** Where a place lies until the server has it: on this computer, so that a closed window loses nothing. */
export interface Drafts {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
  remove(key: string): Promise<void>;
}

export interface RecordUrls {
  stateUrl: string;
  eventsUrl: string;
  undoUrl: string;
  redoUrl: string;
}

/** What the journal of a record tells beside its places: the event that set each of them last. */
interface Touched {
  touched: Record<string, number>;
}

/** What a kind of record is made of. */
export interface RecordKind<State, Value> {
  /** The drafts of one record lie under this name. */
  key: string;
  names: readonly string[];
  keyed: KeyedParts;
  valueOf: (state: State, name: string) => Value;
  /** The event that sets a place. */
  event: (name: string, value: Value) => { type: string; payload: unknown };
  words: { idle: string; keeping: string; kept: string; waiting: string };
}

const RETRY_MS = 5000;

export class Place<Value = string> {
  value = $state() as Value;
  problem = $state('');
  /** What somebody else filled in here meanwhile; null while nobody did. */
  theirs = $state<Value | null>(null);
  kept: Value;
  seen = 0;
  timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly name: string,
    value: Value,
  ) {
    this.value = this.kept = value;
  }

  get isOpen(): boolean {
    return this.value !== this.kept;
  }
}

export class JournalRecord<State extends Touched, Value> {
  journal = $state.raw() as Journal<State>;
  status = $state('');
  /** Done once what an earlier window left unsent is on show. */
  readonly restored: Promise<unknown>;
  private readonly places: Map<string, Place<Value>>;
  /** One after the other, or an older value could arrive last. */
  private line: Promise<void> = Promise.resolve();

  constructor(
    private readonly kind: RecordKind<State, Value>,
    private readonly urls: RecordUrls,
    journal: Journal<State>,
    private readonly drafts: Drafts,
  ) {
    this.status = kind.words.idle;
    this.places = new Map(kind.names.map((name) => [name, new Place(name, kind.valueOf(journal.state, name))]));
    this.take(journal);
    this.restored = Promise.all(Array.from(this.places.values(), (place) => this.restore(place)));
  }

  get state(): State {
    return this.journal.state;
  }

  place(name: string): Place<Value> {
    return this.places.get(name) as Place<Value>;
  }

  /** Shows it at once; the server has it after a pause. */
  write(place: Place<Value>, value: Value, waitMs: number): void {
    place.value = value;
    place.problem = '';
    this.draft(place);
    this.later(place, waitMs);
  }

  /** Now; `leaving` lets it outlive the page. */
  keep(place: Place<Value>, leaving = false): Promise<void> {
    clearTimeout(place.timer);
    if (place.theirs !== null || !place.isOpen) return this.line;
    return this.inLine(() => this.send(place, leaving));
  }

  keepAll(leaving = false): Promise<void> {
    for (const place of this.places.values()) void this.keep(place, leaving);
    return this.line;
  }

  async takeBack(redo = false): Promise<void> {
    await this.keepAll();
    await this.inLine(() => this.post(redo ? this.urls.redoUrl : this.urls.undoUrl, {}));
  }

  keepMine(place: Place<Value>): Promise<void> {
    place.theirs = null;
    return this.keep(place);
  }

  takeTheirs(place: Place<Value>): void {
    place.value = place.kept = place.theirs ?? this.kind.valueOf(this.state, place.name);
    place.theirs = null;
    this.draft(place);
  }

  /** An event that sets no place, while it is its turn in the line. */
  protected async addNow(type: string, payload: unknown, expect: number): Promise<void> {
    this.status = this.kind.words.keeping;
    await this.post(this.urls.eventsUrl, { type, payload, expect });
    this.status = this.kind.words.kept;
  }

  protected inLine(work: () => Promise<void>): Promise<void> {
    this.line = this.line.then(work).catch((error: unknown) => void (this.status = inWords(error)));
    return this.line;
  }

  private draft(place: Place<Value>): void {
    const key = this.draftKey(place);
    const draft = place.isOpen ? this.drafts.set(key, JSON.stringify({ value: place.value, seen: place.seen })) : this.drafts.remove(key);
    draft.catch((error: unknown) => void (this.status = inWords(error)));
  }

  private async restore(place: Place<Value>): Promise<void> {
    const draft = await this.drafts.get(this.draftKey(place));
    // What is written meanwhile goes before what was left.
    if (draft === null || place.isOpen) return;
    const { value, seen } = JSON.parse(draft) as { value: Value; seen: number };
    place.value = value;
    if (place.isOpen) {
      place.seen = seen;
      this.later(place, 0);
    } else this.draft(place);
  }

  private later(place: Place<Value>, waitMs: number): void {
    clearTimeout(place.timer);
    place.timer = setTimeout(() => void this.keep(place), waitMs);
  }

  private async send(place: Place<Value>, leaving: boolean): Promise<void> {
    const value = place.value;
    if (value === place.kept) return;
    try {
      place.kept = value;
      this.status = this.kind.words.keeping;
      await this.post(this.urls.eventsUrl, { ...this.kind.event(place.name, value), expect: place.seen }, leaving);
      // Also where somebody has gone on writing: what comes next follows on this.
      place.seen = this.state.touched[place.name] ?? 0;
      this.draft(place);
      this.status = this.kind.words.kept;
    } catch (error) {
      place.kept = this.kind.valueOf(this.state, place.name);
      await this.afterFailure(place, error);
    }
  }

  private async afterFailure(place: Place<Value>, error: unknown): Promise<void> {
    if (error instanceof NoAnswer) {
      this.status = this.kind.words.waiting;
      this.later(place, RETRY_MS);
    } else if (error instanceof Refusal && error.status === 409) {
      this.take(await getJson<Journal<State>>(this.urls.stateUrl));
      place.seen = this.state.touched[place.name] ?? 0;
      place.kept = this.kind.valueOf(this.state, place.name);
      if (place.isOpen) place.theirs = place.kept;
      this.status = '';
    } else {
      place.problem = inWords(error);
      this.status = '';
    }
  }

  private async post(url: string, body: unknown, leaving = false): Promise<void> {
    const answer = await postJson<Answer>(url, body, leaving);
    // Somebody else wrote at another place meanwhile: that is read along.
    this.take(withAnswer(this.journal, answer, this.kind.keyed) ?? (await getJson<Journal<State>>(this.urls.stateUrl)));
  }

  /** What the server holds now, everywhere but where somebody is writing. */
  private take(journal: Journal<State>): void {
    this.journal = journal;
    for (const place of this.places.values()) {
      if (place.isOpen) continue;
      place.value = place.kept = this.kind.valueOf(journal.state, place.name);
      place.seen = journal.state.touched[place.name] ?? 0;
    }
  }

  private draftKey(place: Place<Value>): string {
    return `${this.kind.key}.${place.name}`;
  }
}
