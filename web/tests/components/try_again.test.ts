import { flushSync } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import ClipProgress from '../../src/islands/ClipProgress.svelte';
import FirstLook from '../../src/islands/review/FirstLook.svelte';
import NoVideo from '../../src/islands/review/NoVideo.svelte';
import type { Job } from '../../src/lib/types';
import { mounted } from './mounted';

const failed = (kind: Job['kind'], permanent: boolean): Job => ({
  id: 'j',
  kind,
  reel_id: null,
  state: 'failed',
  progress: 0.4,
  stage: '',
  eta_s: null,
  error: { code: permanent ? 'clip_no_frames' : 'disk_full', message: 'It failed.', hint: '', permanent },
  words: '',
});
const named = (page: HTMLElement): string[] => [...page.querySelectorAll('button')].map((button) => button.textContent.trim());

/** As much of the review room as these two read. */
const room = (job: Job): never =>
  ({
    work: { newest: () => job, stopping: [] },
    keys: { shown: () => 'm' },
    canEdit: true,
    data: { props: { canWork: true, clipId: 'c' }, clip: { sound_url: '/sound' }, review: { lanes: null, candidates: [] } },
  }) as never;

afterEach(() => vi.unstubAllGlobals());

test.each([
  [true, []],
  [false, ['Try again']],
])('work on a film, refused for good: %s, on its page', async (permanent, offered) => {
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json([failed('prepare', permanent)])));
  const page = mounted(ClipProgress, { jobsUrl: '/jobs' });
  await vi.waitFor(() => {
    flushSync();
    expect(page.querySelector('[role=alert]')?.textContent).toContain('It failed.');
  });
  expect(named(page)).toEqual(offered);
});

test.each([true, false])('the first look, refused for good: %s', (permanent) => {
  const page = mounted(FirstLook, { room: room(failed('analyse', permanent)) });
  expect(page.textContent).toContain('It failed.');
  expect(named(page).includes('Try again')).toBe(!permanent);
});

test.each([true, false])('a video that could not be made, refused for good: %s', (permanent) => {
  const page = mounted(NoVideo, { room: room(failed('prepare', permanent)), soundFailed: false, onagain: null });
  expect(page.textContent).toContain('It failed.');
  expect(named(page)).toHaveLength(permanent ? 0 : 1);
});
