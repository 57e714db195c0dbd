/**
 * Keeps the keyboard where a person works: when the thing in focus goes away, the focus moves to `landing` in the same
 * panel, or to the panel, and not to the top of the page. Use as `{@attach keepFocus(landing)}`.
 */
export function keepFocus(landing: string): (panel: HTMLElement) => () => void {
  return (panel) => {
    let inside = false;
    const onFocus = (event: FocusEvent): void => void (inside = panel.contains(event.target as Node));
    const onPointer = (event: PointerEvent): void => void (inside &&= panel.contains(event.target as Node));
    const observer = new MutationObserver(() => {
      if (!inside || document.activeElement !== document.body) return;
      (panel.querySelector<HTMLElement>(landing) ?? panel).focus({ preventScroll: true });
    });
    document.addEventListener('focusin', onFocus);
    document.addEventListener('pointerdown', onPointer);
    observer.observe(panel, { childList: true, subtree: true });
    return () => {
      observer.disconnect();
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('pointerdown', onPointer);
    };
  };
}
