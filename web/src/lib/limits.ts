/** A field that takes so many characters takes a longer text whole or not at all, and says so: a browser alone would cut it.
 *
 * What does not go in is still where it was copied from, and what stood in the field stands.
 */
import { tooLong } from '../messages/limits';

type Field = HTMLInputElement | HTMLTextAreaElement;

/** How many characters the field would have with what is put in; 0 where nothing is. */
export function wouldHave(field: Field, event: InputEvent): number {
  if (!event.inputType.startsWith('insert')) return 0;
  // Enter in a field of one line puts nothing in: it sends the form.
  const brk = field instanceof HTMLTextAreaElement && event.inputType === 'insertLineBreak' ? '\n' : '';
  const put = event.data || event.dataTransfer?.getData('text/plain') || brk;
  if (!put) return 0;
  const selected = (field.selectionEnd ?? 0) - (field.selectionStart ?? 0);
  return field.value.length - selected + put.replaceAll('\r\n', '\n').length;
}

function noteOf(field: Field): HTMLElement | null {
  return field.parentElement?.querySelector<HTMLElement>(':scope > [data-limit]') ?? null;
}

function check(event: InputEvent): void {
  const field = event.target;
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) || field.maxLength < 0) return;
  const count = wouldHave(field, event);
  noteOf(field)?.remove();
  // A word that an input method is still putting together cannot be held back.
  if (count <= field.maxLength || event.isComposing) return;
  event.preventDefault();
  const note = document.createElement('span');
  note.className = 'field-error';
  note.dataset['limit'] = '';
  note.setAttribute('role', 'alert');
  note.textContent = tooLong(field.maxLength, count);
  field.before(note);
  note.scrollIntoView({ block: 'nearest' });
}

export function bindLimits(): void {
  document.addEventListener('beforeinput', check);
}
