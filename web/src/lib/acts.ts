/** Buttons of plain pages that need a script: they are there only with it. */

function select(element: HTMLElement): void {
  getSelection()?.selectAllChildren(element);
}

async function copy(button: HTMLElement): Promise<void> {
  const source = document.getElementById(button.dataset['copy'] ?? '');
  if (!source) return;
  const before = (button.dataset['words'] ??= button.textContent ?? '');
  const said = button.dataset['said'] ?? before;
  try {
    await navigator.clipboard.writeText(source.textContent ?? '');
    button.textContent = said;
  } catch {
    // Without HTTPS a page may not write to the clipboard: what is selected is copied by hand.
    select(source);
  }
}

export function bindActs(): void {
  for (const button of document.querySelectorAll<HTMLElement>('[data-copy]')) {
    button.hidden = false;
    button.setAttribute('aria-live', 'polite');
    button.addEventListener('click', () => void copy(button));
  }
  for (const button of document.querySelectorAll<HTMLElement>('[data-print]')) {
    button.hidden = false;
    button.addEventListener('click', () => print());
  }
}
