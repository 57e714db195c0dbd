/** The second half of a double click counts only on what the first half pressed, and sends no form a second time.
 *
 * Many people double-click every button. Where the first press changes the page, something else comes to lie under the
 * pointer, such as "Not this" of the next candidate: nobody meant to press that. A form that is sent twice makes two
 * links to take home, of which the first has a passphrase that nobody saw.
 */

const PRESSABLE = 'a[href], button, summary, [role="button"], [role="tab"], [role="menuitem"]';

interface Press {
  /** 1 for a single press, 2 for the second of a double click; 0 by the keyboard. */
  detail: number;
  target: EventTarget | null;
}

/** Tells of each press, in their order, whether it is to do nothing: what it fell on came later, or sends a form. */
export function pressWatch<T>(
  pressable: (target: EventTarget | null) => T | null,
  sends: (pressed: T) => boolean,
): (press: Press) => boolean {
  let first: T | null = null;
  return ({ detail, target }) => {
    const pressed = pressable(target);
    if (detail <= 1) first = pressed;
    return detail > 1 && pressed !== null && (pressed !== first || sends(pressed));
  };
}

const sendsForm = (pressed: Element): boolean => pressed instanceof HTMLButtonElement && pressed.type === 'submit' && pressed.form !== null;

export function bindPresses(): void {
  const strayed = pressWatch((target) => (target instanceof Element ? target.closest(PRESSABLE) : null), sendsForm);
  document.addEventListener(
    'click',
    (event) => {
      if (!strayed(event)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
}
