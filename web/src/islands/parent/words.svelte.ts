/** The parent's words about one moment, kept as they are written. */
import { NoAnswer, postJson } from '../../lib/api';

const PAUSE_MS = 1200;
const RETRY_MS = 5000;

/** What became of the words, as the key of its name. */
export type Keeping = '' | 'keeping' | 'kept' | 'not_kept' | 'no_answer' | 'refused';

export class Words {
  text = $state('');
  status = $state<Keeping>('');
  private kept: string;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** One after the other, or an older text could arrive last. */
  private line: Promise<void> = Promise.resolve();

  constructor(
    private readonly url: string,
    private readonly momentId: string,
    text: string,
  ) {
    this.text = text;
    this.kept = text;
  }

  write(text: string): void {
    this.text = text;
    this.status = '';
    this.later(PAUSE_MS);
  }

  /** Now; `leaving` lets it outlive the page. */
  keep(leaving = false): Promise<void> {
    clearTimeout(this.timer);
    this.line = this.line.then(() => this.send(leaving));
    return this.line;
  }

  private later(waitMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.keep(), waitMs);
  }

  private async send(leaving: boolean): Promise<void> {
    const text = this.text;
    if (text === this.kept) {
      this.status = text ? 'kept' : '';
      return;
    }
    this.status = 'keeping';
    try {
      await postJson(this.url, { moment_id: this.momentId, text }, leaving);
      this.kept = text;
      this.status = 'kept';
    } catch (error) {
      this.status = error instanceof NoAnswer ? 'not_kept' : 'refused';
      if (error instanceof NoAnswer) this.later(RETRY_MS);
    }
  }
}
