/** What is said about places of a film, and the line to where it is kept: by the server alone. */
import { inWords, postJson } from './api';
import type { Thread } from './types';

export class ThreadClient {
  thread = $state.raw<Thread | null>(null);
  refused = $state('');
  busy = $state(false);

  constructor(
    protected readonly url: string,
    thread: Thread | null = null,
  ) {
    this.thread = thread;
  }

  /** Whether it was taken; `refused` says what the server or the line says else. */
  async send(to: '' | '/undo' | '/redo', body: unknown): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.refused = '';
    try {
      this.thread = await postJson<Thread>(this.url + to, body);
      return true;
    } catch (error) {
      this.refused = inWords(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
