/** Where a person is in the guided tour: kept in this browser for their account, so that it can be left and gone on with. */
import type { Command } from '../commands';
import type { ReviewRoom } from '../room.svelte';
import { readKept, writeKept, type Kept } from './kept';
import { ORDER, STEPS, type TourStep } from './steps';

export class Tour {
  private kept = $state.raw<Kept>({ at: 0, asked: false, onward: false });
  running = $state(false);
  step = $derived.by((): TourStep => ORDER[this.kept.at] ?? 'room');
  number = $derived.by(() => this.kept.at + 1);
  /** A step that was finished earlier does not run away under the eyes of who came back to it. */
  private wasDone = $state(false);

  constructor(
    private readonly room: ReviewRoom,
    private readonly account: string,
  ) {
    const kept = readKept(account);
    this.kept = { ...kept, at: kept.at in ORDER ? kept.at : 0 };
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
    this.keep({ ...this.kept, asked: true, onward: false });
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

  /** Goes on where giving the step's command is all that it asks for. */
  ran(command: Command): void {
    if (this.running && STEPS[this.step].once && STEPS[this.step].command === command) this.move(1);
  }

  private isDone(): boolean {
    return STEPS[this.step].done?.(this.room) ?? false;
  }

  private go(at: number): void {
    // The last step here leads to another page, where the tour goes on.
    this.keep({ at, asked: true, onward: at === ORDER.length - 1 });
    STEPS[this.step].begin?.(this.room);
    this.wasDone = this.isDone();
  }

  private keep(kept: Kept): void {
    this.kept = kept;
    writeKept(this.account, kept);
  }
}
