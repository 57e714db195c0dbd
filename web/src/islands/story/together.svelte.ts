/** Two films that play, pause and go back together, each from where it was set. */

export type Film = Pick<HTMLVideoElement, 'currentTime' | 'duration' | 'paused' | 'playbackRate' | 'play' | 'pause'>;

const SLOW = 0.5;

export class Together {
  playing = $state(false);
  slow = $state(false);
  films: Film[] = [];
  /** Where each stood when they were last started together. */
  private from: number[] = [];

  async play(): Promise<void> {
    this.from = this.films.map((film) => film.currentTime);
    await this.go();
  }

  pause(): void {
    this.playing = false;
    for (const film of this.films) film.pause();
  }

  /** Both to where they were last started together, and on from there. */
  async again(): Promise<void> {
    this.pause();
    this.films.forEach((film, index) => (film.currentTime = this.from[index] ?? 0));
    await this.go();
  }

  /** As far back as both can go, so that they stay together. */
  back(seconds: number): void {
    const step = Math.min(seconds, ...this.films.map((film) => film.currentTime));
    for (const film of this.films) film.currentTime -= step;
  }

  setSlow(slow: boolean): void {
    this.slow = slow;
    for (const film of this.films) film.playbackRate = slow ? SLOW : 1;
  }

  /** One film was paused or came to its end: the other waits for it. */
  stopped(): void {
    if (this.playing) this.pause();
  }

  private async go(): Promise<void> {
    this.setSlow(this.slow);
    this.playing = true;
    try {
      await Promise.all(this.films.map((film) => film.play()));
    } catch {
      // The browser refused one, or a pause cut the start short: neither runs alone.
      this.pause();
    }
  }
}
