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

/** Shows the rows of a list that hold what is typed. */
function narrow(part: HTMLElement): void {
  const rows = document.querySelectorAll<HTMLElement>(`#${part.dataset['narrows'] ?? ''} tbody tr`);
  const status = part.querySelector<HTMLElement>('[role=status]');
  const wanted = (part.querySelector('input')?.value ?? '').trim().toLocaleLowerCase();
  for (const row of rows) row.hidden = !(row.querySelector('th')?.textContent ?? '').toLocaleLowerCase().includes(wanted);
  const left = [...rows].filter((row) => !row.hidden).length;
  if (status) status.textContent = left ? '' : (status.dataset['none'] ?? '');
}

/** What is typed as a password, to be read by whoever types it. */
function show(label: HTMLElement): void {
  const field = document.getElementById(label.dataset['shows'] ?? '') as HTMLInputElement | null;
  const ticked = label.querySelector('input')?.checked ?? false;
  if (field) field.type = ticked ? 'text' : 'password';
}

export function bindActs(): void {
  for (const part of document.querySelectorAll<HTMLElement>('[data-narrows]')) {
    part.hidden = false;
    part.addEventListener('input', () => narrow(part));
  }
  for (const label of document.querySelectorAll<HTMLElement>('[data-shows]')) {
    label.hidden = false;
    label.addEventListener('change', () => show(label));
  }
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
