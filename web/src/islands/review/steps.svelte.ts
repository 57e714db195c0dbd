/** Undo and redo, with names: what waits here is taken back here, else the server takes back its last step. */
import type { Act } from '../../lib/types';
import { t } from '../../messages/en';
import { actWords } from './actWords';
import type { ReviewRoom } from './room.svelte';

/** A step that was undone: the act when it never left this window; without one the server has it. */
interface Undone {
  act: Act | null;
}

export class Steps {
  /** Undone steps, to be done again from the last one on. What the server undid in another visit lies below them. */
  private undone = $state.raw<Undone[]>([]);

  undoLabel = $derived.by(() => {
    const waiting = this.room.data.pending.at(-1);
    return waiting ? actWords(waiting.act, this.room.all) : (this.room.data.review?.undo?.label ?? null);
  });
  redoLabel = $derived.by(() => {
    const act = this.undone.at(-1)?.act;
    return act ? actWords(act, this.room.all) : (this.room.data.review?.redo?.label ?? null);
  });

  constructor(private readonly room: ReviewRoom) {}

  /** A new act: what was taken back before it cannot be done again. */
  forget(): void {
    this.undone = [];
  }

  async undo(): Promise<void> {
    const { data } = this.room;
    const label = this.undoLabel ?? '';
    // At once, so that whatever is pressed next finds it taken back.
    const kept = data.takeBackKept();
    const step: Undone = { act: kept?.act ?? null };
    this.undone = [...this.undone, step];
    const where = kept ? await kept.done : await this.there(data.props.undoUrl);
    if (where === 'refused') this.sayTrouble();
    else this.room.say(t.review.act.undone(label));
    if (where !== 'here') this.undone = this.undone.flatMap((each) => (each !== step ? [each] : where === 'there' ? [{ act: null }] : []));
  }

  async redo(): Promise<void> {
    const { data } = this.room;
    const label = this.redoLabel ?? '';
    const last = this.undone.at(-1);
    this.undone = this.undone.slice(0, -1);
    if (last?.act) void data.act(last.act);
    else if ((await this.there(data.props.redoUrl)) === 'refused') {
      this.sayTrouble();
      return;
    }
    this.room.say(t.review.act.redone(label));
  }

  private async there(url: string): Promise<'there' | 'refused'> {
    return (await this.room.data.step(url)) === 'saved' ? 'there' : 'refused';
  }

  private sayTrouble(): void {
    const { trouble } = this.room.data;
    if (trouble?.kind === 'told') this.room.say(trouble.text);
  }
}
