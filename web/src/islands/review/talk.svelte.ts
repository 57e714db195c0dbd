/** What colleagues say to each other about the film: read when the room stands, kept by the server alone. */
import { getJson, inWords, postJson } from '../../lib/api';
import type { ColleagueComment, Thread } from '../../lib/types';
import type { ReviewRoom } from './room.svelte';

export class Talk {
  thread = $state.raw<Thread | null>(null);
  /** What is being written, and where the film was when it began; it stays while another list is on show. */
  text = $state('');
  atUs = $state<number | null>(null);
  refused = $state('');
  failed = $state(false);
  busy = $state(false);
  /** Whether the thread was on show since the room was opened. */
  wasRead = $state(false);

  constructor(private readonly url: string) {
    void this.load();
  }

  /** A colleague's word at the end of the thread that was not on show yet: nobody has answered it. */
  get news(): ColleagueComment | null {
    const last = this.thread?.comments.at(-1);
    return last && !last.mine && !this.wasRead ? last : null;
  }

  async load(): Promise<void> {
    this.failed = false;
    try {
      this.thread = await getJson<Thread>(this.url);
    } catch {
      this.failed = true;
    }
  }

  /** Whether it was taken; what the server or the line says else. */
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

const talks = new WeakMap<ReviewRoom, Talk>();

/** The thread of a room's film; null for those who may not read it. */
export function talkOf(room: ReviewRoom): Talk | null {
  const url = room.data.props.commentsUrl;
  if (!url) return null;
  const known = talks.get(room) ?? new Talk(url);
  talks.set(room, known);
  return known;
}
