/** The parent's own marks: "I want to talk about this", one in each moment. */
import { NoAnswer, postJson } from '../../lib/api';
import { newId } from '../../lib/ids';
import type { Keeping } from './words.svelte';

export interface ShownMark {
  markId: string;
  /** In the time of this film, not of the clip. */
  atUs: number;
}

export class Talk {
  marks = $state.raw<ShownMark[]>([]);
  status = $state<Keeping>('');
  private busy = false;

  constructor(
    private readonly url: string,
    private readonly momentId: string,
    marks: ShownMark[],
  ) {
    this.marks = marks;
  }

  mark(atUs: number): Promise<void> {
    const made = { markId: newId(), atUs: Math.round(atUs) };
    const body = { mark_id: made.markId, moment_id: this.momentId, at_us: made.atUs };
    return this.change([...this.marks, made], () => postJson(this.url, body));
  }

  /** Takes all marks of the moment away: the parent sees it as one. */
  unmark(): Promise<void> {
    const gone = this.marks;
    return this.change([], async () => {
      for (const each of gone) await postJson(`${this.url}/${encodeURIComponent(each.markId)}/remove`, {});
    });
  }

  /** Shown at once, and taken back when it could not be kept. */
  private async change(to: ShownMark[], send: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    const before = this.marks;
    this.busy = true;
    this.marks = to;
    this.status = '';
    try {
      await send();
    } catch (error) {
      this.marks = before;
      this.status = error instanceof NoAnswer ? 'no_answer' : 'refused';
    } finally {
      this.busy = false;
    }
  }
}
