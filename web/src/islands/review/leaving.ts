/** On the way to another page: what was just done is sent first, because that page reads from the server. */
import type { ReviewData } from './data.svelte';

/** Then it goes on from the disk, the next time this clip is opened. */
const WAIT_MS = 4000;

function linkOf(event: MouseEvent): HTMLAnchorElement | null {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const isElsewhere = link === null || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin;
  return isElsewhere || link.pathname === location.pathname ? null : link;
}

/** Holds every link of the page back until the acts that wait are sent; only a clash keeps the person here. */
export function sendBeforeLeaving(data: ReviewData): () => void {
  async function onClick(event: MouseEvent): Promise<void> {
    const withModifier = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0;
    const link = linkOf(event);
    if (!link || withModifier || event.defaultPrevented || !data.waiting) return;
    event.preventDefault();
    await Promise.race([data.flush(), new Promise((resolve) => setTimeout(resolve, WAIT_MS))]);
    if (data.trouble?.kind !== 'clash') location.assign(link.href);
  }
  const listener = (event: MouseEvent): void => void onClick(event);
  document.addEventListener('click', listener);
  return () => document.removeEventListener('click', listener);
}
