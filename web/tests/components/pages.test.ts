import { expect, test } from 'vitest';
import PagedNumbers from './PagedNumbers.svelte';
import { mounted, pressed } from './mounted';

const numbers = (page: HTMLElement): string[] => [...page.querySelectorAll('li')].map((item) => item.textContent);
const turns = (page: HTMLElement): HTMLButtonElement[] => [...page.querySelectorAll('button')];

test('what fits on one page has no pages', () => {
  const page = mounted(PagedNumbers, { count: 50 });
  expect(numbers(page)).toHaveLength(50);
  expect(turns(page)).toEqual([]);
});

test('a longer list is turned page by page, and not beyond its ends', () => {
  const page = mounted(PagedNumbers, { count: 120 });
  const [earlier, later] = turns(page) as [HTMLButtonElement, HTMLButtonElement];
  pressed(earlier);
  expect(numbers(page)[0]).toBe('1');
  expect(earlier.getAttribute('aria-disabled')).toBe('true');
  for (const first of ['51', '101', '101']) {
    pressed(later);
    expect(numbers(page)[0]).toBe(first);
  }
  expect(numbers(page)).toHaveLength(20);
  expect(page.querySelector('[role=status]')?.textContent).toBe('101 to 120 of 120');
  expect(later.getAttribute('aria-disabled')).toBe('true');
});

test('the chosen entry is on the page that opens', () => {
  expect(numbers(mounted(PagedNumbers, { count: 120, at: 70 }))).toContain('71');
});
