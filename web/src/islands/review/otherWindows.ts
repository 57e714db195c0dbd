/** Other windows and other people on the same clip: who sends, and when to look again. */

/** How often a window that is looked at asks whether somebody else changed something. */
const LOOK_AGAIN_MS = 20_000;

export class OtherWindows {
  private readonly channel: BroadcastChannel | null;
  private readonly timer: ReturnType<typeof setInterval> | undefined;
  private readonly name: string;

  /** `look` reads the review anew. */
  constructor(
    clipId: string,
    private readonly look: () => void,
  ) {
    this.name = `vfeed.review.${clipId}`;
    this.channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(this.name);
    if (this.channel) this.channel.onmessage = look;
    if (typeof window === 'undefined') return;
    document.addEventListener('visibilitychange', this.onVisible);
    this.timer = setInterval(this.onVisible, LOOK_AGAIN_MS);
  }

  /** Something has changed on the server. */
  tell(): void {
    this.channel?.postMessage('changed');
  }

  /** Runs `work` while no other window of this browser does; at once where the browser cannot tell. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const locks = typeof navigator === 'undefined' ? undefined : (navigator.locks as LockManager | undefined);
    return locks ? (locks.request(this.name, work) as Promise<T>) : work();
  }

  stop(): void {
    this.channel?.close();
    clearInterval(this.timer);
    if (typeof window !== 'undefined') document.removeEventListener('visibilitychange', this.onVisible);
  }

  private readonly onVisible = (): void => {
    if (!document.hidden) this.look();
  };
}
