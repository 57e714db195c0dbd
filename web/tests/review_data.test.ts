import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ReviewData } from '../src/islands/review/data.svelte';
import type { Act, Offer, Review } from '../src/lib/types';
import type { ActStore } from '../src/lib/outbox';
import { memoryActs } from '../src/lib/memoryDisk';
import { candidate, decision, review, reviewState } from './review_fixture';

const PROPS = {
  account: 'pat',
  seal: { id: '', key: '' },
  keysUrl: '/keys',
  isSample: false,
  parentsOwn: [],
  jobsUrl: '/api/clips/clip/jobs',
  canWork: true,
  clipId: 'clip',
  clipUrl: '/api/clips/clip',
  reviewUrl: '/api/clips/clip/review',
  offerUrl: '/api/clips/clip/offer',
  peopleUrl: '/people',
  historyUrl: null,
  commentsUrl: null,
  codesUrl: '/api/codes',
  usualPacks: [],
  codesPageUrl: '/codes',
  stillUrl: '/media/clip/taken/{id}',
  turnUrl: null,
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

const CLIP = { duration_us: 10_000_000, facts: { mean_fps: 25 }, frame_times_url: null, waveform_url: null };
const REJECT: Act = { ...KEEP, type: 'candidate_rejected' } as Act;

type Reply = () => Response;
let posts: { url: string; body: { type?: string; expect_last: number | null } }[];
let replies: Reply[];
/** The server answers when this is done. */
let slow: Promise<void>;
let onServer: Review;
let offers: (() => Promise<Offer>)[];
let disk: ActStore;
/** A page that has read the review. */
const opened = (): ReviewData => new ReviewData(PROPS, disk);

const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });
const refuse =
  (code: string, status: number): Reply =>
  () =>
    json({ error: { code, message: code, hint: '' } }, status);
/** An act is taken; whoever has missed something before it reads it all. */
const accept =
  (lastEvent: number, changed: Record<string, unknown> = {}, offerChanged = false): Reply =>
  () => {
    onServer = { ...onServer, last_event_id: lastEvent };
    return json({ event_id: lastEvent, changed, undo: null, redo: null, offer_changed: offerChanged, strengths: [] });
  };
const noAnswer: Reply = () => {
  throw new TypeError('Failed to fetch');
};

function fetchStub(url: string, init: RequestInit = {}): Promise<Response> {
  if (url === PROPS.offerUrl) return (offers.shift() as () => Promise<Offer>)().then((offer) => json(offer));
  if (init.method !== 'POST') return Promise.resolve(json(url === PROPS.clipUrl ? CLIP : onServer));
  posts.push({ url, body: JSON.parse(String(init.body)) as { expect_last: number | null } });
  const reply = replies.shift();
  if (!reply) throw new Error('one request more than expected');
  return slow.then(reply);
}

beforeEach(() => {
  vi.useFakeTimers();
  slow = Promise.resolve();
  posts = [];
  replies = [];
  onServer = review();
  offers = [];
  disk = memoryActs();
  vi.stubGlobal('document', { querySelector: () => ({ content: 'token' }) });
  vi.stubGlobal('fetch', vi.fn(fetchStub));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('each act names the last event that the page knew of', async () => {
  replies = [accept(1), accept(2)];
  const data = opened();
  expect(await Promise.all([data.act(KEEP), data.act(KEEP)])).toEqual(['saved', 'saved']);
  expect(posts.map((post) => post.body.expect_last)).toEqual([null, 1]);
});

test('what an act changes is patched in, and the offer is read by itself', async () => {
  const after = decision('confirmed', 1_000_000, { event_id: 1 });
  replies = [accept(1, { decisions: { c: after } }, true)];
  const offer = { candidates: [candidate('new', 5)], lanes: null, who: null };
  let answer: (offer: Offer) => void = () => undefined;
  offers = [() => new Promise<Offer>((done) => (answer = done))];
  const data = opened();
  await data.load();
  await data.act(KEEP);
  expect(data.stateThere?.decisions).toEqual({ c: after });
  expect(data.review?.candidates).toEqual([]);
  answer(offer);
  await vi.advanceTimersByTimeAsync(0);
  expect(data.review?.candidates).toEqual(offer.candidates);
  expect(data.review?.last_event_id).toBe(1);
});

test('an offer that comes late does not cover a later one', async () => {
  replies = [accept(1, {}, true), accept(2, {}, true)];
  const late: Offer = { candidates: [candidate('late', 5)], lanes: null, who: null };
  const newest: Offer = { candidates: [candidate('newest', 5)], lanes: null, who: null };
  let answer: (offer: Offer) => void = () => undefined;
  offers = [() => new Promise<Offer>((done) => (answer = done)), () => Promise.resolve(newest)];
  const data = opened();
  await data.load();
  await data.act(KEEP);
  await data.act(REJECT);
  await vi.advanceTimersByTimeAsync(0);
  answer(late);
  await vi.advanceTimersByTimeAsync(0);
  expect(data.review?.candidates).toEqual(newest.candidates);
});

test('the page token goes with every change', async () => {
  replies = [accept(1)];
  await opened().act(KEEP);
  const init = vi.mocked(fetch).mock.calls[0]?.[1];
  expect(init?.headers).toMatchObject({ 'X-CSRFToken': 'token' });
});

describe('without an answer', () => {
  test('the act is kept, said to be unsaved, and sent again by itself', async () => {
    replies = [noAnswer, accept(1)];
    const data = opened();
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
    const data = opened();
    await data.act(KEEP);
    await data.act({ type: 'own_eyes_set', payload: { on: true } });
    await data.flush();
    expect(posts.slice(2).map((post) => post.body.type)).toEqual(['candidate_confirmed', 'own_eyes_set']);
  });

  test('a new page still has the act', async () => {
    replies = [noAnswer];
    const data = opened();
    await data.act(KEEP);
    data.stop();
    replies = [noAnswer];
    const next = await loaded();
    expect(next.waiting).toBe(1);
    next.stop();
  });

  test('undo is not kept for later', async () => {
    replies = [noAnswer];
    const data = opened();
    expect(await data.step(PROPS.undoUrl)).toBe('refused');
    expect([data.waiting, data.trouble?.kind]).toEqual([0, 'told']);
  });

  test('a renewed sign-in is waited for, not the line', async () => {
    replies = [refuse('not_signed_in', 401)];
    const data = opened();
    expect(await data.act(KEEP)).toBe('waiting');
    await vi.advanceTimersByTimeAsync(120_000);
    expect(posts).toHaveLength(1);
    expect(data.waiting).toBe(1);
  });
});

async function loaded(): Promise<ReviewData> {
  const data = opened();
  await data.load();
  return data;
}

test('what a person does is on show before the server answers', async () => {
  const data = await loaded();
  replies = [accept(1)];
  const done = data.act(KEEP);
  expect(data.review?.state.decisions['c']?.state).toBe('confirmed');
  await done;
});

test('what the server refuses is no longer on show', async () => {
  const data = await loaded();
  replies = [refuse('invalid_input', 422)];
  expect(await data.act(KEEP)).toBe('refused');
  expect(data.review?.state.decisions).toEqual({});
});

test('an act that waits can be taken back before it was ever sent', async () => {
  const data = await loaded();
  replies = [noAnswer];
  await data.act(KEEP);
  const back = data.takeBackKept();
  expect([back?.act, data.waiting, data.review?.state.decisions]).toEqual([KEEP, 0, {}]);
  expect(await back?.done).toBe('here');
  expect(await disk.all('clip')).toEqual([]);
});

test('what is taken back and what is done next are not mixed up, however fast', async () => {
  const data = await loaded();
  replies = [noAnswer, accept(1)];
  void data.act(KEEP);
  const back = data.takeBackKept();
  const done = data.act(REJECT);
  expect(back?.act).toEqual(KEEP);
  await Promise.all([back?.done, done]);
  await vi.runOnlyPendingTimersAsync();
  expect(posts.at(-1)?.body.type).toBe('candidate_rejected');
  expect(await disk.all('clip')).toEqual([]);
});

test('an act that was under way when it was taken back is taken back there', async () => {
  const data = await loaded();
  let arrives: (() => void) | null = null;
  replies = [accept(1), accept(2)];
  slow = new Promise((resolve) => (arrives = resolve));
  const done = data.act(KEEP);
  await vi.waitFor(() => expect(posts).toHaveLength(1));
  const back = data.takeBackKept();
  arrives!();
  expect(await back?.done).toBe('there');
  await done;
  expect(posts.map((post) => post.url)).toEqual([PROPS.eventsUrl, PROPS.undoUrl]);
});

test('what is written down while the disk is read stays on show', async () => {
  const data = await loaded();
  const all = disk.all.bind(disk);
  let second: Promise<unknown> | null = null;
  disk.all = async (clipId) => {
    const listed = await all(clipId);
    if (second) return listed;
    second = data.act(REJECT);
    await vi.waitFor(() => expect(data.onDisk).toBe(true));
    return listed;
  };
  const seen: number[] = [];
  replies = [
    () => {
      seen.push(data.waiting);
      return accept(1)();
    },
    accept(2),
  ];
  await data.act(KEEP);
  await second;
  expect(seen).toEqual([2]);
});

test('an act that had arrived before the page was killed is not sent twice', async () => {
  replies = [noAnswer];
  await (await loaded()).act(KEEP);
  onServer = review({ last_event_id: 1, state: reviewState({ decisions: { c: decision('confirmed', 1_000_000) } }) });
  const data = await loaded();
  expect(await data.flush()).toBe(true);
  expect(posts).toHaveLength(1);
});

describe('when somebody else was faster', () => {
  const theirs = { c: decision('rejected', 1_000_000) };
  const elsewhere = { d: decision('rejected', 1_000_000) };

  test('with another thing, the act goes on top of theirs', async () => {
    const data = await loaded();
    replies = [refuse('conflict', 409), accept(8)];
    onServer = review({ last_event_id: 7, state: reviewState({ decisions: elsewhere }) });
    expect(await data.act(KEEP)).toBe('saved');
    expect(posts.map((post) => post.body.expect_last)).toEqual([0, 7]);
  });

  test('with the same thing, both are shown and nothing is lost', async () => {
    const data = await loaded();
    replies = [refuse('conflict', 409)];
    onServer = review({ last_event_id: 7, state: reviewState({ decisions: theirs }) });
    expect(await data.act(KEEP)).toBe('waiting');
    expect(data.trouble?.kind).toBe('clash');
    expect(data.stateThere?.decisions['c']?.state).toBe('rejected');
    expect(data.waiting).toBe(1);
  });

  test('the person may save theirs after all', async () => {
    const data = await loaded();
    replies = [refuse('conflict', 409), accept(8)];
    onServer = review({ last_event_id: 7, state: reviewState({ decisions: theirs }) });
    await data.act(KEEP);
    if (data.trouble?.kind === 'clash') await data.useMine(data.trouble.kept);
    expect(posts.at(-1)?.body.expect_last).toBe(7);
    expect([data.waiting, data.trouble]).toEqual([0, null]);
  });

  test('or leave it as it is', async () => {
    const data = await loaded();
    replies = [refuse('conflict', 409)];
    onServer = review({ last_event_id: 7, state: reviewState({ decisions: theirs }) });
    await data.act(KEEP);
    if (data.trouble?.kind === 'clash') await data.useTheirs(data.trouble.kept);
    expect([data.waiting, data.trouble]).toEqual([0, null]);
    expect(data.review?.state.decisions['c']?.state).toBe('rejected');
  });

  test('who did the same is not asked', async () => {
    const data = await loaded();
    replies = [refuse('conflict', 409)];
    onServer = review({ last_event_id: 7, state: reviewState({ decisions: theirs }) });
    expect(await data.act(REJECT)).toBe('saved');
    expect(data.trouble).toBeNull();
  });
});

test('a refusal is shown with its fix and nothing is kept', async () => {
  replies = [() => json({ error: { code: 'invalid_input', message: 'It does not fit.', hint: 'Make it shorter.' } }, 422)];
  const data = opened();
  expect(await data.act(KEEP)).toBe('refused');
  expect(data.trouble).toEqual({ kind: 'told', text: 'It does not fit. Make it shorter.' });
  expect(data.waiting).toBe(0);
});
