/** Menus that are `<details data-menu>`: Escape and a press elsewhere close them, and the key does nothing else then. */

const openMenus = (): HTMLDetailsElement[] => [...document.querySelectorAll<HTMLDetailsElement>('details[data-menu][open]')];

export function bindMenus(): void {
  window.addEventListener(
    'keydown',
    (event) => {
      const menu = event.key === 'Escape' ? openMenus().at(-1) : undefined;
      if (!menu) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const hadFocus = menu.contains(document.activeElement);
      menu.open = false;
      if (hadFocus) menu.querySelector('summary')?.focus();
    },
    true,
  );
  document.addEventListener('pointerdown', (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target as Node)) menu.open = false;
  });
}
