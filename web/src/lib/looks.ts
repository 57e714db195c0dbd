/** A form that looks at what was chosen before it is sent: the server answers with a part of the page, and keeps nothing. */
import { csrfToken } from './api';

const WAIT_MS = 250;

/** Puts what the server says in place, without taking the focus from where somebody is. */
function put(place: HTMLElement, html: string): void {
  const focused = document.activeElement?.id ?? '';
  place.innerHTML = html;
  if (focused && place.querySelector(`#${CSS.escape(focused)}`)) document.getElementById(focused)?.focus();
}

function bindForm(form: HTMLFormElement): void {
  const place = form.querySelector<HTMLElement>('[data-looked]');
  const url = form.dataset['looks'];
  if (!place || !url) return;
  let asked = 0;
  let timer = 0;

  async function look(): Promise<void> {
    const number = ++asked;
    place?.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(url ?? '', {
        method: 'POST',
        body: new FormData(form),
        credentials: 'same-origin',
        headers: { 'X-CSRFToken': csrfToken(), Accept: 'text/html' },
      });
      const html = await answer.text();
      if (number !== asked || !place) return;
      // Anything but a part of the page is a page of its own: signed out, or too large.
      if (/^\s*<!doctype/i.test(html)) document.location.reload();
      else put(place, html);
    } finally {
      if (number === asked) place?.removeAttribute('aria-busy');
    }
  }

  const holdsFile = (): boolean => Boolean(form.querySelector<HTMLInputElement>('input[type=file]')?.files?.length);

  form.addEventListener('change', (event) => {
    const target = event.target as HTMLElement;
    if (target.matches('input[type=radio]')) return;
    if (target.matches('input[type=file]')) put(place, '');
    clearTimeout(timer);
    if (holdsFile()) timer = window.setTimeout(() => void look(), WAIT_MS);
  });
  // Somebody may have been quicker than this script.
  if (holdsFile()) void look();

  form.addEventListener('click', (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>('[data-seek]');
    const film = button && document.getElementById(button.dataset['seek'] ?? '');
    if (film instanceof HTMLVideoElement) film.currentTime = Number(button?.dataset['seconds']);
  });
}

/** Of what was chosen only these files leave the computer: a folder holds more than is asked for. */
export function bindFolders(): void {
  for (const part of document.querySelectorAll<HTMLElement>('[data-folder]')) part.hidden = false;
  for (const input of document.querySelectorAll<HTMLInputElement>('input[webkitdirectory][data-only]')) {
    const only = (input.dataset['only'] ?? '').split(' ');
    input.addEventListener('change', () => {
      const kept = new DataTransfer();
      for (const file of input.files ?? []) if (only.includes(file.name)) kept.items.add(file);
      input.files = kept.files;
    });
  }
}

export function bindLooks(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-looks]')) bindForm(form);
}
