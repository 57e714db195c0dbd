/** A part of a page that is asked for again while something is under way; when it is done the page is shown anew. */

const EVERY_MS = 2_000;

export function bindWaits(): void {
  for (const part of document.querySelectorAll<HTMLElement>('[data-waits][data-open]')) {
    const timer = window.setInterval(() => void ask(), EVERY_MS);

    async function ask(): Promise<void> {
      const answer = await fetch(part.dataset['waits'] ?? '', { credentials: 'same-origin' }).catch(() => null);
      // No answer: the next one is asked for all the same.
      if (!answer?.ok) return;
      const html = await answer.text();
      if (html.includes('<progress')) {
        if (!part.contains(document.activeElement)) part.innerHTML = html;
      } else {
        window.clearInterval(timer);
        location.reload();
      }
    }
  }
}
