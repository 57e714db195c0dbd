/** Asks again and again, gently: quicker while something moves, slower while nothing does, not while nobody looks. */
import { getIfChanged } from './api';

const QUICK_MS = 1000;
const SLOW_MS = 8000;
const GROWTH = 1.5;

/**
 * Reads `url` until `onValue` answers false. A change makes the next look quick; no change or no answer slows it down.
 * Returns what stops it.
 */
export function poll<T>(url: string, onValue: (value: T) => boolean, onTrouble: (error: unknown) => void): () => void {
  let tag: string | null = null;
  let wait = QUICK_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  async function look(): Promise<void> {
    timer = undefined;
    try {
      const answer = await getIfChanged<T>(url, tag);
      if (stopped) return;
      wait = answer ? QUICK_MS : Math.min(wait * GROWTH, SLOW_MS);
      if (answer) {
        tag = answer.tag;
        if (!onValue(answer.value)) stop();
      }
    } catch (error) {
      if (stopped) return;
      wait = Math.min(wait * GROWTH, SLOW_MS);
      onTrouble(error);
    }
    plan();
  }

  function plan(): void {
    if (!stopped && !document.hidden && timer === undefined) timer = setTimeout(() => void look(), wait);
  }

  function onVisible(): void {
    wait = QUICK_MS;
    plan();
  }

  function stop(): void {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', onVisible);
  }

  document.addEventListener('visibilitychange', onVisible);
  void look();
  return stop;
}
