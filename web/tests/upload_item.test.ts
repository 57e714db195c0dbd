import { expect, test, vi } from 'vitest';
import type * as api from '../src/lib/api';
import { UploadItem, type UploadProps } from '../src/islands/upload/item.svelte';

const { post } = vi.hoisted(() => ({ post: vi.fn<(url: string, body: { title: string }) => Promise<{ title: string }>>() }));
vi.mock('../src/lib/api', async (original) => ({ ...(await original<typeof api>()), postJson: post }));

const PROPS: UploadProps = {
  endpoint: '/api/uploads',
  finishUrl: '/api/uploads/{id}/finish',
  renameUrl: '/api/clips/{id}/title',
  visitId: 'visit',
  visitTitle: 'First visit',
  familyUrl: '/families/one',
  chunkBytes: 1000,
  maxBytes: 1000,
  maxMinutes: 60,
};

test('films that a camera named are told apart, beside each other and beside those that are here', () => {
  const props = { ...PROPS, taken: ['First visit'] };
  const beside: string[] = [];
  for (const name of ['IMG_4022.mp4', 'IMG_4023.mp4', 'At the table.mp4', 'At the table.mov'])
    beside.push(new UploadItem(new File(['film'], name), props, () => undefined, beside).title);
  expect(beside).toEqual(['First visit 2', 'First visit 3', 'At the table', 'At the table 2']);
  expect(new UploadItem(new File(['film'], `${'x'.repeat(201)}.mp4`), PROPS, () => undefined).title).toBe('First visit');
});

test('a name that is typed while the one before is being kept stays, and is kept next', async () => {
  const item = new UploadItem(new File(['film'], 'IMG_4022.mp4'), PROPS, () => undefined);
  Object.assign(item, { clipId: 'clip' });
  let answer: (kept: { title: string }) => void = () => undefined;
  post.mockImplementationOnce(() => new Promise((done) => (answer = done)));
  post.mockImplementationOnce((_url, body) => Promise.resolve(body));
  item.title = 'At the table';
  const first = item.keepTitle();
  await vi.waitFor(() => expect(post).toHaveBeenCalledTimes(1));
  item.title = 'At the table, evening';
  answer({ title: 'At the table' });
  await first;
  expect(item.title).toBe('At the table, evening');
  await item.keepTitle();
  expect(post.mock.calls.map(([, body]) => body.title)).toEqual(['At the table', 'At the table, evening']);
});
