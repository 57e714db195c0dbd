/** Parts of the room that are not on show at first: fetched when nothing else is going on, or as soon as they are wanted. */
const FETCH = {
  TagPanel: () => import('./TagPanel.svelte'),
  MomentPanel: () => import('./MomentPanel.svelte'),
  EveryList: () => import('./EveryList.svelte'),
  DecideBar: () => import('./DecideBar.svelte'),
  PlayNote: () => import('./PlayNote.svelte'),
  Clash: () => import('./Clash.svelte'),
  ViewSheet: () => import('./ViewSheet.svelte'),
  TalkLine: () => import('./TalkLine.svelte'),
  TalkPanel: () => import('./TalkPanel.svelte'),
  Running: () => import('./Running.svelte'),
  HeadsOverlay: () => import('./HeadsOverlay.svelte'),
  FaceView: () => import('./FaceView.svelte'),
  GazeOverlay: () => import('./GazeOverlay.svelte'),
  NoVideo: () => import('./NoVideo.svelte'),
  FirstLook: () => import('./FirstLook.svelte'),
  WhoQuestion: () => import('./who/WhoQuestion.svelte'),
  TourPanel: () => import('./tour/TourPanel.svelte'),
};
type Name = keyof typeof FETCH;
type Parts = { [Each in Name]: Awaited<ReturnType<(typeof FETCH)[Each]>>['default'] };

export class Later {
  /** What is here by now. */
  parts = $state.raw<Partial<Parts>>({});

  /** Without an answer it is asked for again the next time. */
  async fetch(name: Name): Promise<void> {
    if (this.parts[name]) return;
    try {
      const found = (await FETCH[name]()).default;
      this.parts = { ...this.parts, [name]: found };
    } catch {
      // The line is broken: whatever is here goes on working.
    }
  }

  /** When the browser has nothing else to do; returns what lets go of that. */
  inTime(): () => void {
    const all = (): void => (Object.keys(FETCH) as Name[]).forEach((name) => void this.fetch(name));
    if (!('requestIdleCallback' in window)) {
      const timer = setTimeout(all, 200);
      return () => clearTimeout(timer);
    }
    const handle = requestIdleCallback(all, { timeout: 2000 });
    return () => cancelIdleCallback(handle);
  }
}
