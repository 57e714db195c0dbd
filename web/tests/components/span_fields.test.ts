import { expect, test, vi } from 'vitest';
import SpanFields from '../../src/lib/SpanFields.svelte';
import { FrameMap } from '../../src/lib/frames';
import { entered, mounted, pressed } from './mounted';

const FRAMES = FrameMap.even(10_000_000, 25);
const SPAN = { start_us: 2_000_000, end_us: 5_000_000 };

function fields(page: HTMLElement): HTMLInputElement[] {
  return [...page.querySelectorAll('input')];
}

test('a time that is typed is handed on, and one that fits is no fault', () => {
  const onmove = vi.fn(() => true);
  const page = mounted(SpanFields, { span: SPAN, frames: FRAMES, onmove });
  const [start, end] = fields(page) as [HTMLInputElement, HTMLInputElement];
  expect([start.value, end.value]).toEqual(['0:02.00', '0:05.00']);
  entered(end, '0:06.5');
  expect(onmove).toHaveBeenCalledExactlyOnceWith('end_us', 6_500_000);
  expect(page.querySelector('[role=alert]')).toBeNull();
});

test.each(['soon', '1:00'])('“%s” is refused at its field, and the field shows what holds', (typed) => {
  const onmove = vi.fn(() => true);
  const page = mounted(SpanFields, { span: SPAN, frames: FRAMES, onmove });
  const [start, end] = fields(page) as [HTMLInputElement, HTMLInputElement];
  entered(start, typed);
  expect(onmove).not.toHaveBeenCalled();
  expect(start.value).toBe('0:02.00');
  expect([start.getAttribute('aria-invalid'), end.getAttribute('aria-invalid')]).toEqual(['true', 'false']);
  expect(start.getAttribute('aria-describedby')).toBe(page.querySelector('[role=alert]')?.id);
});

test('a time that the room refuses is said, until one fits', () => {
  const onmove = vi.fn((_edge: string, timeUs: number) => timeUs < 5_000_000);
  const page = mounted(SpanFields, { span: SPAN, frames: FRAMES, onmove });
  const [start] = fields(page) as [HTMLInputElement];
  entered(start, '0:07');
  expect(page.querySelector('[role=alert]')).not.toBeNull();
  entered(start, '0:03');
  expect(page.querySelector('[role=alert]')).toBeNull();
});

test('the buttons move an edge by a frame', () => {
  const onmove = vi.fn(() => true);
  const page = mounted(SpanFields, { span: SPAN, frames: FRAMES, onmove });
  for (const button of page.querySelectorAll('button')) pressed(button);
  expect(onmove.mock.calls).toEqual([
    ['start_us', 1_960_000],
    ['start_us', 2_040_000],
    ['end_us', 4_960_000],
    ['end_us', 5_040_000],
  ]);
});

test('a point has one field', () => {
  expect(fields(mounted(SpanFields, { span: SPAN, frames: FRAMES, onmove: () => true, point: true }))).toHaveLength(1);
});
