/** What colleagues say to each other about the film: read when the room stands, kept by the server alone. */
import { getJson } from '../../lib/api';
import { ThreadClient } from '../../lib/thread.svelte';
import type { Comment, Thread } from '../../lib/types';
import type { ReviewRoom } from './room.svelte';

export class Talk extends ThreadClient {
  /** What is being written, and where the film was when it began; it stays while another list is on show. */
  text = $state('');
  atUs = $state<number | null>(null);
  failed = $state(false);
  /** Whether the thread was on show since the room was opened. */
  wasRead = $state(false);

  constructor(url: string) {
    super(url);
    void this.load();
  }

  /** A colleague's word at the end of the thread that was not on show yet: nobody has answered it. */
  get news(): Comment | null {
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
