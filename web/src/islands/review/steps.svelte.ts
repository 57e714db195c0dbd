/** Undo and redo, with names: what waits here is taken back here, else the server takes back its last step. */
import type { Act } from '../../lib/types';
import { t } from '../../messages/en';
import { actWords } from './actWords';
import type { Outcome } from './data.svelte';
import type { ReviewRoom } from './room.svelte';

export class Steps {
  /** Acts taken back before they were sent, to be done again. */
  private takenBack = $state.raw<Act[]>([]);

  undoLabel = $derived.by(() => {
    const waiting = this.room.data.pending.at(-1);
    return waiting ? actWords(waiting.act, this.room.all) : (this.room.state?.undo_event?.label ?? null);
  });
  redoLabel = $derived.by(() => {
    const back = this.takenBack.at(-1);
    return back ? actWords(back, this.room.all) : (this.room.state?.redo_event?.label ?? null);
  });

  constructor(private readonly room: ReviewRoom) {}

  /** A new act: what was taken back before it cannot be done again. */
  forget(): void {
    this.takenBack = [];
  }

  async undo(): Promise<void> {
    const { data } = this.room;
    const label = this.undoLabel ?? '';
    // At once, so that whatever is pressed next finds it taken back.
    const kept = data.takeBackKept();
    if (kept) this.takenBack = [...this.takenBack, kept.act];
    if (await this.failed(kept?.done ?? data.step(data.props.undoUrl))) return;
    this.room.say(t.review.act.undone(label));
  }

  async redo(): Promise<void> {
    const { data } = this.room;
    const label = this.redoLabel ?? '';
    const back = this.takenBack.at(-1);
    if (back) {
      this.takenBack = this.takenBack.slice(0, -1);
      void data.act(back);
    } else if (await this.failed(data.step(data.props.redoUrl))) return;
    this.room.say(t.review.act.redone(label));
  }

  private async failed(step: Promise<Outcome>): Promise<boolean> {
    const { data } = this.room;
    const outcome = await step;
    if (outcome !== 'saved' && data.trouble?.kind === 'told') this.room.say(data.trouble.text);
    return outcome !== 'saved';
  }
}
