/** The second half of a double click counts only on what the first half pressed.
 *
 * Many people double-click every button. Where the first press changes the page, something else comes to lie under the
 * pointer, such as "Not this" of the next candidate: nobody meant to press that.
 */

const PRESSABLE = 'a[href], button, summary, [role="button"], [role="tab"], [role="menuitem"]';

interface Press {
  /** 1 for a single press, 2 for the second of a double click; 0 by the keyboard. */
  detail: number;
  target: EventTarget | null;
}

/** Tells of each press, in their order, whether it fell on something that was not there when the first one was made. */
export function pressWatch(pressable: (target: EventTarget | null) => unknown): (press: Press) => boolean {
  let first: unknown = null;
  return ({ detail, target }) => {
    const pressed = pressable(target);
    if (detail <= 1) first = pressed;
    return detail > 1 && Boolean(pressed) && pressed !== first;
  };
}

export function bindPresses(): void {
  const strayed = pressWatch((target) => (target instanceof Element ? target.closest(PRESSABLE) : null));
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
