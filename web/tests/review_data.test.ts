import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ReviewData } from '../src/islands/review/data.svelte';
import type { Act, Review } from '../src/lib/types';
import { memoryStore } from './memory_store';
import { decision, review, reviewState } from './review_fixture';

const PROPS = {
  clipId: 'clip',
  clipUrl: '/api/clips/clip',
  reviewUrl: '/api/clips/clip/review',
  eventsUrl: '/api/clips/clip/events',
  undoUrl: '/api/clips/clip/undo',
  redoUrl: '/api/clips/clip/redo',
  reelPageUrl: '/clips/clip/reels/new',
  canEdit: true,
};
const KEEP: Act = {
  type: 'candidate_confirmed',
  payload: { candidate_id: 'c', kind: 'gaze_contact', start_us: 1_000_000, end_us: 2_000_000 },
};

type Reply = () => Response;
let posts: { url: string; body: { type?: string; expect_last: number | null } }[];
let replies: Reply[];
let onServer: Review;

const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });
const refuse = (code: string, status: number): Reply => () => json({ error: { code, message: code, hint: '' } }, status);
const accept = (lastEvent: number): Reply => () => json({ event_id: lastEvent, review: review({ last_event_id: lastEvent }) });
const noAnswer: Reply = () => {
  throw new TypeError('Failed to fetch');
};

function fetchStub(url: string, init: RequestInit = {}): Promise<Response> {
  if (init.method !== 'POST') return Promise.resolve(json(onServer));
  posts.push({ url, body: JSON.parse(String(init.body)) as { expect_last: number | null } });
  const reply = replies.shift();
  if (!reply) throw new Error('one request more than expected');
  return new Promise((resolve) => resolve(reply()));
}

beforeEach(() => {
  vi.useFakeTimers();
  posts = [];
  replies = [];
  onServer = review();
  vi.stubGlobal('localStorage', memoryStore());
  vi.stubGlobal('document', { querySelector: () => ({ content: 'token' }) });
  vi.stubGlobal('fetch', vi.fn(fetchStub));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('each act names the last event that the page knew of', async () => {
  replies = [accept(1), accept(2)];
  const data = new ReviewData(PROPS);
  expect(await Promise.all([data.act(KEEP), data.act(KEEP)])).toEqual(['saved', 'saved']);
  expect(posts.map((post) => post.body.expect_last)).toEqual([null, 1]);
});

test('the page token goes with every change', async () => {
  replies = [accept(1)];
  await new ReviewData(PROPS).act(KEEP);
  const init = vi.mocked(fetch).mock.calls[0]?.[1];
  expect(init?.headers).toMatchObject({ 'X-CSRFToken': 'token' });
});

describe('without an answer', () => {
  test('the act is kept, said to be unsaved, and sent again by itself', async () => {
    replies = [noAnswer, accept(1)];
    const data = new ReviewData(PROPS);
    expect(await data.act(KEEP)).toBe('waiting');
    expect(data.trouble?.kind).toBe('waiting');
    expect(data.waiting).toBe(1);
    await vi.advanceTimersByTimeAsync(3000);
    expect(data.waiting).toBe(0);
    expect(data.trouble).toBeNull();
    expect(posts).toHaveLength(2);
  });

  test('acts arrive in the order in which they were done', async () => {
    replies = [noAnswer, noAnswer, accept(1), accept(2)];
    const data = new ReviewData(PROPS);
    await data.act(KEEP);
    await data.act({ type: 'moment_removed', payload: { moment_id: 'm' } });
    await data.flush();
    expect(posts.slice(2).map((post) => post.body.type)).toEqual(['candidate_confirmed', 'moment_removed']);
  });

  test('a new page still has the act', async () => {
    replies = [noAnswer];
    const data = new ReviewData(PROPS);
    await data.act(KEEP);
    data.stop();
    expect(new ReviewData(PROPS).waiting).toBe(1);
  });

  test('undo is not kept for later', async () => {
    replies = [noAnswer];
    const data = new ReviewData(PROPS);
    expect(await data.step(PROPS.undoUrl)).toBe('refused');
    expect(data.waiting).toBe(0);
    expect(data.trouble?.kind).toBe('told');
  });

  test('a renewed sign-in is waited for, not the line', async () => {
    replies = [refuse('not_signed_in', 401)];
    const data = new ReviewData(PROPS);
    expect(await data.act(KEEP)).toBe('waiting');
    await vi.advanceTimersByTimeAsync(120_000);
    expect(posts).toHaveLength(1);
    expect(data.waiting).toBe(1);
  });
});

describe('when somebody else was faster', () => {
  test('the latest is shown and the person is told', async () => {
    replies = [refuse('conflict', 409)];
    onServer = review({ last_event_id: 7 });
    const data = new ReviewData(PROPS);
    expect(await data.act(KEEP)).toBe('refused');
    expect(data.review?.last_event_id).toBe(7);
    expect(data.trouble?.kind).toBe('told');
  });

  test('an act that had arrived, its answer lost, counts as saved', async () => {
    replies = [noAnswer, refuse('conflict', 409)];
    onServer = review({ last_event_id: 1, state: reviewState({ decisions: { c: decision('confirmed', 1_000_000) } }) });
    const data = new ReviewData(PROPS);
    await data.act(KEEP);
    expect(await data.flush()).toBe(true);
    expect(data.waiting).toBe(0);
    expect(data.trouble).toBeNull();
  });

  test('a kept act waits for the person, who may save it after all', async () => {
    replies = [noAnswer, refuse('conflict', 409), accept(8)];
    onServer = review({ last_event_id: 7 });
    const data = new ReviewData(PROPS);
    await data.act(KEEP);
    await data.flush();
    expect(data.trouble?.kind).toBe('stuck');
    await data.sendAnyway();
    expect(posts.at(-1)?.body.expect_last).toBe(7);
    expect(data.waiting).toBe(0);
  });

  test('or leave it out', async () => {
    replies = [noAnswer, refuse('conflict', 409)];
    const data = new ReviewData(PROPS);
    await data.act(KEEP);
    await data.flush();
    data.discardFirst();
    expect([data.waiting, data.trouble]).toEqual([0, null]);
  });
});

test('a refusal is shown with its fix and nothing is kept', async () => {
  replies = [() => json({ error: { code: 'invalid_input', message: 'It does not fit.', hint: 'Make it shorter.' } }, 422)];
  const data = new ReviewData(PROPS);
  expect(await data.act(KEEP)).toBe('refused');
  expect(data.trouble?.text).toBe('It does not fit. Make it shorter.');
  expect(data.waiting).toBe(0);
});
