import { csrfToken } from './api';

/**
 * For images that the server makes when a page asks for it: where one is not there yet (202), it is asked for once, by a
 * POST to its own address, and shown then; until then its place stays empty. Use as `{@attach making}`.
 */
export function making(image: HTMLImageElement): () => void {
  let asked = '';

  async function make(): Promise<void> {
    const address = image.src;
    if (asked === address) {
      show();
      return;
    }
    asked = address;
    image.ariaBusy = 'true';
    try {
      const headers = { 'X-CSRFToken': csrfToken() };
      const answer = await fetch(address, { method: 'POST', credentials: 'same-origin', headers });
      // Meanwhile another picture may have taken the place.
      if (answer.ok && image.src === address) image.src = address;
      else show();
    } catch {
      show();
    }
  }

  /** What is there: the picture, or its words where there is none. */
  function show(): void {
    image.ariaBusy = null;
  }

  const onError = (): void => void make();
  image.addEventListener('error', onError);
  image.addEventListener('load', show);
  return () => {
    image.removeEventListener('error', onError);
    image.removeEventListener('load', show);
  };
}
