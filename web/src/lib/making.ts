import { postJson } from './api';

/**
 * For images that the server makes when a page asks for it: where one is not there yet (202), it is asked for once, by a
 * POST to its own address, and shown then; until then its place stays empty. Use as `{@attach making}`.
 */
export function making(image: HTMLImageElement): void {
  let asked = '';
  /** The picture, or its words where there is none. */
  const show = (): void => void (image.ariaBusy = null);
  /** Unless meanwhile another picture has taken the place. */
  const load = (): void => void (image.src === asked && (image.src = asked));
  image.onload = show;
  image.onerror = () => {
    if (asked === image.src) return show();
    asked = image.src;
    image.ariaBusy = 'true';
    postJson(asked, null).then(load, show);
  };
}
