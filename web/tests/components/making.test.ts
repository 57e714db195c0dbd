import { afterEach, expect, test, vi } from 'vitest';
import { making } from '../../src/lib/making';

afterEach(() => vi.unstubAllGlobals());

function picture(): HTMLImageElement {
  const image = document.createElement('img');
  image.src = 'https://vfeed.test/media/c/facepair/one';
  making(image);
  return image;
}

/** What the server is sent, and how it answers. */
function server(status: number): string[] {
  const sent: string[] = [];
  vi.stubGlobal('fetch', async (address: string, how: RequestInit) => {
    sent.push(`${how.method} ${address}`);
    return new Response(null, { status });
  });
  return sent;
}

const fails = (image: HTMLImageElement): boolean => image.dispatchEvent(new Event('error'));

test('a picture that is not made yet is asked for, and its place stays empty until it is there', async () => {
  const sent = server(204);
  const image = picture();
  const asked = vi.spyOn(image, 'src', 'set');
  fails(image);
  expect(image.ariaBusy).toBe('true');
  await vi.waitFor(() => expect(asked).toHaveBeenCalledWith('https://vfeed.test/media/c/facepair/one'));
  expect(image.ariaBusy).toBe('true');
  image.dispatchEvent(new Event('load'));
  expect(image.ariaBusy).toBeNull();
  expect(sent).toEqual(['POST https://vfeed.test/media/c/facepair/one']);
});

test('one that cannot be made is asked for once', async () => {
  const sent = server(404);
  const image = picture();
  fails(image);
  await vi.waitFor(() => expect(image.ariaBusy).toBeNull());
  fails(image);
  expect(sent).toHaveLength(1);
});

test('another picture in the same place is asked for, too', async () => {
  const sent = server(404);
  const image = picture();
  fails(image);
  await vi.waitFor(() => expect(image.ariaBusy).toBeNull());
  image.src = 'https://vfeed.test/media/c/facepair/two';
  fails(image);
  expect(sent).toHaveLength(2);
});
