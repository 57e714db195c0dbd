/** Acts that the server does not have yet: on show at once, then safe on the disk, until they are sent or taken back. */
import type { ActStore, Kept } from '../../lib/outbox';
import type { Act } from '../../lib/types';

/** Acts that are not written down yet have numbers below 0 and come last. */
function inTurn(one: Kept, two: Kept): number {
  return Number(one.id < 0) - Number(two.id < 0) || Math.abs(one.id) - Math.abs(two.id);
}

export class Waiting {
  /** Oldest first. */
  acts = $state.raw<Kept[]>([]);
  private unwritten = 0;
  /** The number on the disk of what was first on show under a number below 0. */
  private readonly written = new Map<number, number>();
  /** Taken back here: neither shown nor sent any more. */
  private readonly leaving = new Set<number>();

  constructor(
    private readonly clipId: string,
    private readonly disk: ActStore,
  ) {}

  /** Whether all that waits is on the disk: a browser that is killed now loses nothing. */
  get onDisk(): boolean {
    return this.acts.every((each) => each.id > 0);
  }

  has(kept: Kept): boolean {
    return this.acts.some((each) => each.id === kept.id);
  }

  /** Shows an act at once; resolves when it is safe. `seen` as in `Kept`. */
  async add(act: Act, seen: string | null): Promise<Kept> {
    this.unwritten += 1;
    const shown: Kept = { id: -this.unwritten, act, seen };
    this.acts = [...this.acts, shown];
    const kept = await this.disk.add(this.clipId, act, seen);
    this.written.set(shown.id, kept.id);
    if (this.leaving.has(shown.id)) this.leaving.add(kept.id);
    const rest = this.acts.filter((each) => each !== shown && each.id !== kept.id);
    this.acts = this.leaving.has(kept.id) ? rest : [...rest, kept].sort(inTurn);
    return kept;
  }

  /** Reads what the disk has, also what a window left behind that was closed. */
  async read(): Promise<void> {
    const before = this.acts;
    const listed = (await this.disk.all(this.clipId)).filter((each) => !this.leaving.has(each.id));
    // Written down while the list was read: the list may not have it yet, and it is never off show in between.
    const isNew = (each: Kept): boolean => !before.includes(each) && !listed.some(({ id }) => id === each.id);
    this.acts = [...listed, ...this.acts.filter((each) => each.id < 0 || isNew(each))];
  }

  /** Takes the last act off show; it stays on the disk until `erase`. Null when nothing waits. */
  takeBack(): Kept | null {
    const last = this.acts.at(-1) ?? null;
    if (last) {
      this.leaving.add(last.id);
      this.hide(last);
    }
    return last;
  }

  /** Erases what was taken back; false when it is not here any more, because it was sent meanwhile. */
  async erase(taken: Kept): Promise<boolean> {
    const id = this.written.get(taken.id) ?? taken.id;
    const kept = (await this.disk.all(this.clipId)).find((each) => each.id === id);
    if (kept) await this.disk.drop(id);
    return kept !== undefined;
  }

  async change(kept: Kept): Promise<void> {
    await this.disk.change(this.clipId, kept);
    this.acts = this.acts.map((each) => (each.id === kept.id ? kept : each));
  }

  /** The server has it: off show, in one step with the server's answer. */
  hide(kept: Kept): void {
    this.acts = this.acts.filter((each) => each.id !== kept.id);
  }

  async drop(kept: Kept): Promise<void> {
    await this.disk.drop(kept.id);
    this.hide(kept);
  }
}
