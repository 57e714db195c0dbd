/** The parent's own good moments of the whole film: pressed, listed, taken away again. */
import { csrfToken, NoAnswer, postJson } from '../../lib/api';
import { newId } from '../../lib/ids';
import type { OwnMark } from '../../lib/types';
import type { Keeping } from './words.svelte';

export interface OwnProps {
  marks: OwnMark[];
  url: string;
  joinUrl: string;
  /** A worker has joined: the marks are the moments that are shown. */
  joined: boolean;
}

/** Two presses this close are one. */
const NEAR_US = 1_000_000;

export class Own {
  marks = $state.raw<OwnMark[]>([]);
  status = $state<Keeping>('');
  private busy = false;

  constructor(readonly props: OwnProps) {
    this.marks = props.marks;
  }

  async mark(atUs: number): Promise<void> {
    if (this.busy || this.marks.some((each) => Math.abs(each.at_us - atUs) < NEAR_US)) return;
    await this.change(async () => {
      const made = (await postJson(this.props.url, { mark_id: newId(), at_us: Math.round(atUs) })) as OwnMark;
      this.marks = [...this.marks, made].sort((one, two) => one.at_us - two.at_us);
    });
  }

  unmark(mark: OwnMark): Promise<void> {
    return this.change(async () => {
      await postJson(`${this.props.url}/${encodeURIComponent(mark.mark_id)}/remove`, {});
      this.marks = this.marks.filter((each) => each !== mark);
    });
  }

  /** The page comes back with the marks as its moments. */
  join(): void {
    const form = document.createElement('form');
    form.method = 'post';
    form.action = this.props.joinUrl;
    const token = document.createElement('input');
    token.type = 'hidden';
    token.name = 'csrf_token';
    token.value = csrfToken();
    form.append(token);
    document.body.append(form);
    form.submit();
  }

  private async change(send: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.status = 'keeping';
    try {
      await send();
      this.status = 'kept';
    } catch (error) {
      this.status = error instanceof NoAnswer ? 'no_answer' : 'refused';
    } finally {
      this.busy = false;
    }
  }
}
