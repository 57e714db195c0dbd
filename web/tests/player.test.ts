import { beforeEach, expect, test, vi } from 'vitest';
import { FrameMap } from '../src/lib/frames';
import { Player } from '../src/lib/player.svelte';

const GAP_US = 40_000;

/** The part of a video element that a player uses; `show` is what a browser does when it puts up a frame. */
class FakeVideo extends EventTarget {
  currentTime = 0;
  playbackRate = 1;
  seeking = false;
  private onFrame: VideoFrameRequestCallback | null = null;

  requestVideoFrameCallback(callback: VideoFrameRequestCallback): number {
    this.onFrame = callback;
    return 1;
  }
  cancelVideoFrameCallback(): void {
    this.onFrame = null;
  }
  play(): Promise<void> {
    this.dispatchEvent(new Event('play'));
    return Promise.resolve();
  }
  pause(): void {
    this.dispatchEvent(new Event('pause'));
  }
  show(frame: number): void {
    this.onFrame?.(0, { mediaTime: (frame * GAP_US) / 1e6 } as VideoFrameCallbackMetadata);
  }
}

let video: FakeVideo;
let player: Player;
const frameOnCall = (): number => Math.floor((video.currentTime * 1e6) / GAP_US);

beforeEach(() => {
  video = new FakeVideo();
  player = new Player();
  player.frames = FrameMap.even(1_000_000, 25);
  player.attach(video as unknown as HTMLVideoElement);
});

test('the time shown is that of the frame on show', () => {
  video.show(7);
  expect(player.timeUs).toBe(7 * GAP_US);
});

test('ten quick steps are ten frames, before the picture has caught up', () => {
  for (let count = 0; count < 10; count += 1) player.step(1);
  expect(frameOnCall()).toBe(10);
  player.step(-1);
  expect(frameOnCall()).toBe(9);
});

test('a step stops the film', async () => {
  await player.play();
  player.step(1);
  expect(player.playing).toBe(false);
});

test('a loop goes back after its last frame and never shows the one after', async () => {
  player.loop = { start_us: 5 * GAP_US, end_us: 8 * GAP_US };
  await player.play();
  video.show(6);
  expect(video.currentTime).toBe(0);
  video.show(7);
  expect(frameOnCall()).toBe(5);
  expect(player.playing).toBe(true);
});

test('a part that is played to its end stops there and says so once', async () => {
  const reached = vi.fn();
  player.playSpan({ start_us: 2 * GAP_US, end_us: 4 * GAP_US }, reached);
  expect(frameOnCall()).toBe(2);
  video.show(2);
  expect(reached).not.toHaveBeenCalled();
  video.show(3);
  video.show(3);
  expect(reached).toHaveBeenCalledTimes(1);
  expect(player.playing).toBe(false);
});

test('frames that a browser shows while it seeks do not move the time', () => {
  player.seek(10 * GAP_US);
  video.seeking = true;
  video.show(3);
  expect(player.timeUs).toBe(10 * GAP_US);
});

test('a frame that is told of late, when the next one was asked for, is not named', () => {
  player.seek(11 * GAP_US);
  player.step(-1);
  video.show(11);
  expect(player.timeUs).toBe(10 * GAP_US);
  expect(player.settled).toBe(false);
  video.show(10);
  expect(player.settled).toBe(true);
});

test('speed stays within the speeds on offer', () => {
  for (let count = 0; count < 9; count += 1) player.stepRate(-1);
  expect(video.playbackRate).toBe(0.1);
  for (let count = 0; count < 9; count += 1) player.stepRate(1);
  expect(video.playbackRate).toBe(4);
});

test('the shuttle runs faster with each press and the chosen speed comes back with a stop', () => {
  player.setRate(0.5);
  const speeds = [1, 2, 3, 4].map(() => {
    player.shuttleOn(1);
    return video.playbackRate;
  });
  expect(speeds).toEqual([0.5, 1, 2, 2]);
  player.pause();
  expect([player.playing, player.shuttle, video.playbackRate]).toEqual([false, 0, 0.5]);
});

test('the shuttle backwards shows earlier frames at its speed and stops at the first', () => {
  vi.useFakeTimers();
  player.seek(20 * GAP_US);
  player.shuttleOn(-1);
  vi.advanceTimersByTime(200);
  expect(frameOnCall()).toBe(15);
  player.shuttleOn(-1);
  vi.advanceTimersByTime(200);
  expect(frameOnCall()).toBe(5);
  vi.advanceTimersByTime(2000);
  expect([frameOnCall(), player.moving]).toEqual([0, false]);
  vi.useRealTimers();
});

test('pressing the other way turns the shuttle round, never faster', () => {
  player.shuttleOn(1);
  player.shuttleOn(1);
  player.shuttleOn(-1);
  expect(player.shuttle).toBe(-1);
  player.shuttleOn(1);
  expect([player.shuttle, player.playing]).toEqual([1, true]);
  player.pause();
});

test('a browser that takes its time to tell of the frame it was sent to does not send the time back', () => {
  vi.useFakeTimers();
  vi.stubGlobal('document', { hidden: false });
  video.show(0);
  player.seek(10 * GAP_US);
  video.seeking = true;
  video.show(0);
  video.seeking = false;
  video.dispatchEvent(new Event('seeked'));
  vi.advanceTimersByTime(1000);
  expect(player.timeUs).toBe(10 * GAP_US);
  video.show(11);
  expect([player.settled, player.timeUs]).toEqual([true, 11 * GAP_US]);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('when a browser draws another frame than it was sent to, that frame is named', () => {
  vi.useFakeTimers();
  vi.stubGlobal('document', { hidden: false });
  player.seek(10 * GAP_US);
  video.seeking = true;
  video.show(9);
  video.seeking = false;
  expect([player.settled, player.timeUs]).toEqual([false, 10 * GAP_US]);
  video.dispatchEvent(new Event('seeked'));
  vi.advanceTimersByTime(300);
  expect([player.settled, player.timeUs]).toEqual([true, 9 * GAP_US]);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('what begins in the play stops at its end, and goes on from there when it is played again', () => {
  player.toggle(10 * GAP_US);
  video.show(8);
  expect(player.playing).toBe(true);
  video.show(9);
  expect([player.playing, player.timeUs]).toEqual([false, 9 * GAP_US]);
  player.toggle(10 * GAP_US);
  video.show(12);
  expect(player.playing).toBe(true);
});

test('a film that comes later is sent to where the player stands', () => {
  const early = new Player();
  early.frames = player.frames;
  early.seek(5 * GAP_US);
  early.attach(video as unknown as HTMLVideoElement);
  expect(frameOnCall()).toBe(5);
});
