/** What the parent says aloud about a moment: recorded as sound alone, listened to, deleted. */
import { NoAnswer, postJson, postSound } from '../../lib/api';
import type { VoiceKept } from '../../lib/types';
import type { Keeping } from './words.svelte';

export type ShownVoice = VoiceKept;

/** Longer talk is kept in parts: what was said is safe before anything can go wrong with it. */
const MOST_MS = 180_000;
const BITS_PER_SECOND = 32_000;

export class Voice {
  notes = $state.raw<ShownVoice[]>([]);
  recording = $state(false);
  status = $state<Keeping | 'voice_failed' | 'voice_gone'>('');
  private recorder: MediaRecorder | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private starting = false;

  constructor(
    private readonly url: string,
    notes: ShownVoice[],
  ) {
    this.notes = notes;
  }

  /** Asks for the microphone and records until `finish`. */
  async start(): Promise<void> {
    if (this.recording || this.starting) return;
    this.starting = true;
    this.status = '';
    try {
      this.listen(await navigator.mediaDevices.getUserMedia({ audio: true }));
    } catch {
      this.status = 'voice_failed';
    } finally {
      this.starting = false;
    }
  }

  /** The end of a recording; it is kept. */
  finish(): void {
    if (this.recorder?.state === 'recording') this.recorder.stop();
  }

  /** The microphone is off at once, and what it heard is forgotten. */
  drop(): void {
    if (!this.recorder) return;
    this.recorder.ondataavailable = null;
    this.recorder.onstop = null;
    this.close();
  }

  async remove(voiceId: string): Promise<void> {
    this.status = 'keeping';
    try {
      await postJson(`${this.url.slice(0, this.url.lastIndexOf('/'))}/${encodeURIComponent(voiceId)}/remove`, {});
      this.notes = this.notes.filter((each) => each.voiceId !== voiceId);
      this.status = 'voice_gone';
    } catch (error) {
      this.status = error instanceof NoAnswer ? 'no_answer' : 'refused';
    }
  }

  private listen(stream: MediaStream): void {
    const recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS_PER_SECOND });
    const parts: Blob[] = [];
    recorder.ondataavailable = (event) => void parts.push(event.data);
    recorder.onstop = () => {
      this.close();
      void this.send(new Blob(parts, { type: recorder.mimeType.split(';')[0] ?? '' }));
    };
    this.recorder = recorder;
    this.recording = true;
    recorder.start();
    this.timer = setTimeout(() => this.finish(), MOST_MS);
  }

  private close(): void {
    clearTimeout(this.timer);
    for (const track of this.recorder?.stream.getTracks() ?? []) track.stop();
    this.recorder = null;
    this.recording = false;
  }

  private async send(sound: Blob): Promise<void> {
    this.status = 'keeping';
    try {
      this.notes = [...this.notes, await postSound<ShownVoice>(this.url, sound)];
      this.status = 'kept';
    } catch (error) {
      this.status = error instanceof NoAnswer ? 'no_answer' : 'refused';
    }
  }
}
