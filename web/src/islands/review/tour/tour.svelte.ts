/** Where a person is in the guided tour: kept in this browser for their account, so that it can be left and gone on with. */
import type { ReviewRoom } from '../room.svelte';
import { ORDER, STEPS, type TourStep } from './steps';

interface Kept {
  at: number;
  /** Nobody is asked twice. */
  asked: boolean;
}

export class Tour {
  private kept = $state.raw<Kept>({ at: 0, asked: false });
  running = $state(false);
  step = $derived.by((): TourStep => ORDER[this.kept.at] ?? 'room');
  number = $derived.by(() => this.kept.at + 1);
  /** A step that was finished earlier does not run away under the eyes of who came back to it. */
  private wasDone = $state(false);
  private readonly stored: string;

  constructor(private readonly room: ReviewRoom, account: string) {
    this.stored = `vfeed.tour.${account}`;
    try {
      const { at, asked } = JSON.parse(localStorage.getItem(this.stored) ?? '{}') as Partial<Kept>;
      this.kept = { at: typeof at === 'number' && at in ORDER ? at : 0, asked: asked === true };
    } catch {
      // Nothing that could be read: the tour begins at its beginning.
    }
  }

  /** On the sample film a person who has not met the tour is asked once. */
  get offers(): boolean {
    return !this.running && !this.kept.asked && this.room.data.props.isSample && this.room.canEdit;
  }

  get begun(): boolean {
    return this.kept.at > 0 && this.step !== 'end';
  }

  start(fromTheBeginning = false): void {
    const at = fromTheBeginning || this.step === 'end' ? 0 : this.kept.at;
    this.running = true;
    this.go(at);
  }

  leave(): void {
    this.running = false;
    this.keep({ ...this.kept, asked: true });
  }

  move(by: 1 | -1): void {
    this.go(Math.min(Math.max(0, this.kept.at + by), ORDER.length - 1));
  }

  /** Goes on when a person has done what the step asks for; called whenever something changed. */
  follow(): void {
    const done = this.isDone();
    if (this.running && done && !this.wasDone) this.move(1);
    else this.wasDone = done;
  }

  private isDone(): boolean {
    return STEPS[this.step].done?.(this.room) ?? false;
  }

  private go(at: number): void {
    this.keep({ at, asked: true });
    STEPS[this.step].begin?.(this.room);
    this.wasDone = this.isDone();
  }

  private keep(kept: Kept): void {
    this.kept = kept;
    localStorage.setItem(this.stored, JSON.stringify(kept));
  }
}
