import { describe, expect, it } from 'vitest';
import { Together, type Film } from '../src/islands/story/together.svelte';

class FakeFilm implements Film {
  paused = true;
  playbackRate = 1;
  duration = 60;
  constructor(
    public currentTime: number,
    private readonly refuses = false,
  ) {}
  play(): Promise<void> {
    if (this.refuses) return Promise.reject(new Error('refused'));
    this.paused = false;
    return Promise.resolve();
  }
  pause(): void {
    this.paused = true;
  }
}

function pair(refuses = false): { together: Together; films: FakeFilm[] } {
  const together = new Together();
  const films = [new FakeFilm(12), new FakeFilm(30, refuses)];
  together.films = films;
  return { together, films };
}

describe('two films together', () => {
  it('play and pause as one, each from where it was set', async () => {
    const { together, films } = pair();
    await together.play();
    expect(films.map((film) => film.paused)).toEqual([false, false]);
    expect(films.map((film) => film.currentTime)).toEqual([12, 30]);
    films[0]?.pause();
    together.stopped();
    expect(films.map((film) => film.paused)).toEqual([true, true]);
    expect(together.playing).toBe(false);
  });

  it('go back to where they were started together', async () => {
    const { together, films } = pair();
    await together.play();
    for (const film of films) film.currentTime += 4;
    await together.again();
    expect(films.map((film) => film.currentTime)).toEqual([12, 30]);
    expect(together.playing).toBe(true);
  });

  it('go back only as far as both can, and stay together', () => {
    const { together, films } = pair();
    together.back(20);
    expect(films.map((film) => film.currentTime)).toEqual([0, 18]);
  });

  it('never let one run alone when the other is refused', async () => {
    const { together, films } = pair(true);
    await together.play();
    expect(films.map((film) => film.paused)).toEqual([true, true]);
    expect(together.playing).toBe(false);
  });

  it('keep their speed the same', async () => {
    const { together, films } = pair();
    together.setSlow(true);
    await together.play();
    expect(films.map((film) => film.playbackRate)).toEqual([0.5, 0.5]);
  });
});
