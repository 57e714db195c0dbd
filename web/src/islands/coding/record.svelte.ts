/** What a coder does: shown at once, kept on this computer's disk, and sent one step after the other. */
import { getJson, inWords, NoAnswer, postJson, Refusal } from '../../lib/api';
import { withAnswer, type Answer, type Journal } from '../../lib/journal';
import type { ActStore, Kept } from '../../lib/outbox';
import type { RecordUrls } from '../../lib/record.svelte';
import { codingWords as words } from '../../messages/coding';
import { CODING_PARTS, withStep, type CodingState, type Step } from './scheme';

const RETRY_MS = 5000;
/** What the server says of a film that is this coder's no more: nothing of it stays here. */
const GONE = new Set(['consent_missing', 'not_found']);

export class CodingRecord {
  journal = $state.raw() as Journal<CodingState>;
  status = $state(words.idle);
  /** Whether the status says that something was not taken. */
  refused = $state(false);
  /** Why nothing more can be coded here, '' while it can. */
  shut = $state('');
  private waiting = $state.raw<Kept<Step>[]>([]);
  /** What is coded, with what the server does not have yet. */
  state: CodingState = $derived.by(() => this.waiting.reduce((state: CodingState, kept) => withStep(state, kept.act), this.journal.state));
  /** One after the other, or an older step could arrive last. */
  private line: Promise<void> = Promise.resolve();

  constructor(
    private readonly codingId: string,
    private readonly urls: RecordUrls,
    journal: Journal<CodingState>,
    private readonly disk: ActStore<Step>,
  ) {
    this.journal = journal;
  }

  /** Takes up what an earlier window left unsent. */
  async begin(): Promise<void> {
    this.waiting = await this.disk.all(this.codingId);
    if (this.waiting.length) await this.inLine(() => this.sendAll(true));
  }

  add(step: Step): void {
    if (this.shut || same(withStep(this.state, step), this.state)) return;
    // On show before it lies on the disk; the number is the disk's own as soon as it is there.
    const shown: Kept<Step> = { id: -1, act: step, seen: null };
    this.waiting = [...this.waiting, shown];
    void this.inLine(async () => {
      const kept = await this.disk.add(this.codingId, step, null);
      this.waiting = this.waiting.map((each) => (each === shown ? kept : each));
      await this.sendAll(false);
    });
  }

  takeBack(redo = false): Promise<void> {
    return this.inLine(async () => {
      await this.sendAll(false);
      try {
        this.take(await postJson<Answer>(redo ? this.urls.redoUrl : this.urls.undoUrl, { expect_last: this.journal.last_event_id }));
      } catch (error) {
        // Another window of this coder went on: what was done there is on show before any of it is taken back.
        if (error instanceof Refusal && error.status === 409) this.journal = await getJson<Journal<CodingState>>(this.urls.stateUrl);
        throw error;
      }
    });
  }

  /** Everything is on the server when this is done. */
  async settle(): Promise<boolean> {
    await this.inLine(() => this.sendAll(false));
    return !this.waiting.length;
  }

  /** What the server tells of this coding; null where it does not, and then why is on show. */
  async ask<T>(url: string): Promise<T | null> {
    let found: T | null = null;
    await this.inLine(async () => {
      found = await getJson<T>(url);
    });
    return found;
  }

  private inLine(work: () => Promise<void>): Promise<void> {
    this.line = this.line.then(work).catch((error: unknown) => this.failed(error));
    return this.line;
  }

  /** `unsure`: an answer may have been lost, so that the server may have the first step already. */
  private async sendAll(unsure: boolean): Promise<void> {
    let doubtful = unsure;
    for (let kept = this.next(); kept; kept = this.next()) {
      if (doubtful) {
        this.journal = await getJson<Journal<CodingState>>(this.urls.stateUrl);
        doubtful = false;
        if (same(withStep(this.journal.state, kept.act), this.journal.state)) {
          await this.drop(kept);
          continue;
        }
      }
      this.status = words.keeping;
      try {
        const answer = await postJson<Answer>(this.urls.eventsUrl, kept.act);
        const known = withAnswer(this.journal, answer, CODING_PARTS);
        await this.drop(kept, known);
        if (!known) this.journal = await getJson<Journal<CodingState>>(this.urls.stateUrl);
      } catch (error) {
        if (error instanceof NoAnswer) throw error;
        await this.refuse(kept);
        throw error;
      }
      this.status = words.kept;
      this.refused = false;
    }
  }

  /** A step that was refused goes. Where the coding cannot be read either nothing goes on: what is unsent stays for later, unless the film is gone. */
  private async refuse(kept: Kept<Step>): Promise<void> {
    try {
      await this.drop(kept, await getJson<Journal<CodingState>>(this.urls.stateUrl));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await this.close(error);
    }
  }

  private async close(why: Refusal): Promise<void> {
    this.shut = inWords(why);
    if (GONE.has(why.body.code)) for (const each of this.waiting) await this.drop(each);
  }

  private next(): Kept<Step> | undefined {
    return this.waiting.find((each) => each.id >= 0);
  }

  /** The step leaves the list in the same moment in which the journal has it, or it would be shown twice. */
  private async drop(kept: Kept<Step>, journal: Journal<CodingState> | null = null): Promise<void> {
    await this.disk.drop(kept.id);
    this.waiting = this.waiting.filter((each) => each !== kept);
    if (journal) this.journal = journal;
  }

  private take(answer: Answer): void {
    const known = withAnswer(this.journal, answer, CODING_PARTS);
    if (known) this.journal = known;
    else void getJson<Journal<CodingState>>(this.urls.stateUrl).then((journal) => void (this.journal = journal));
  }

  private failed(error: unknown): void {
    this.status = error instanceof NoAnswer ? words.waiting : inWords(error);
    this.refused = !(error instanceof NoAnswer);
    if (error instanceof Refusal && error.body.code === 'consent_missing') void this.close(error);
    if (error instanceof NoAnswer) setTimeout(() => void this.inLine(() => this.sendAll(true)), RETRY_MS);
  }
}

function same(one: CodingState, two: CodingState): boolean {
  return JSON.stringify(one) === JSON.stringify(two);
}
