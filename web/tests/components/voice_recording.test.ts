/** What is said aloud is recorded for three minutes at most, and kept when they are over. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Voice } from '../../src/islands/parent/voice.svelte';

const THREE_MINUTES_MS = 180_000;

class Recorder {
  state = 'inactive';
  mimeType = 'audio/webm;codecs=opus';
  ondataavailable: ((event: { data: Blob }) => void) | null = null;
  onstop: (() => void) | null = null;

  constructor(readonly stream: { getTracks: () => { stop: () => void }[] }) {}

  start(): void {
    this.state = 'recording';
  }

  stop(): void {
    this.state = 'inactive';
    this.ondataavailable?.({ data: new Blob(['sound']) });
    this.onstop?.();
  }
}

const microphoneOff = vi.fn();
const sent: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  microphoneOff.mockClear();
  sent.length = 0;
  vi.stubGlobal('MediaRecorder', Recorder);
  vi.stubGlobal('navigator', {
    mediaDevices: { getUserMedia: () => Promise.resolve({ getTracks: () => [{ stop: microphoneOff }] }) },
  });
  vi.stubGlobal('fetch', (url: string) => {
    sent.push(url);
    return Promise.resolve(Response.json({ voiceId: 'v', url: '/voice/v' }));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('goes on until three minutes are over, then ends by itself and is kept', async () => {
  const voice = new Voice('/voices/m1', []);
  await voice.start();
  await vi.advanceTimersByTimeAsync(THREE_MINUTES_MS - 1);
  expect([voice.recording, sent.length, microphoneOff.mock.calls.length]).toEqual([true, 0, 0]);
  await vi.advanceTimersByTimeAsync(1);
  expect([voice.recording, sent, microphoneOff.mock.calls.length]).toEqual([false, ['/voices/m1'], 1]);
  await vi.waitFor(() => expect(voice.status).toBe('kept'));
  expect(voice.notes.map((each) => each.voiceId)).toEqual(['v']);
});

it('counts each recording by itself', async () => {
  const voice = new Voice('/voices/m1', []);
  await voice.start();
  await vi.advanceTimersByTimeAsync(THREE_MINUTES_MS - 1000);
  voice.finish();
  await voice.start();
  await vi.advanceTimersByTimeAsync(THREE_MINUTES_MS - 1);
  expect(voice.recording).toBe(true);
});
