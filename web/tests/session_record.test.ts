import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SessionRecord, type Drafts, type SessionProps, type SessionState } from '../src/islands/session/record.svelte';

const START: SessionState = {
  held_on: '2026-03-02',
  next_on: null,
  helping_question: 'What helps?',
  working_point: '',
  went_well: '',
  reels: [],
  touched: { held_on: 0, next_on: 0, helping_question: 0, working_point: 0, went_well: 0, reels: 0 },
  last_event_id: 1,
  undo: null,
  redo: null,
};
const PROPS: SessionProps = { sessionId: 's', state: START, reels: [], stateUrl: '/state', eventsUrl: '/events', undoUrl: '/undo', redoUrl: '/redo' };

function drafts(): Drafts & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return { kept, getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value), removeItem: (key) => void kept.delete(key) };
}

/** A server that keeps one part; `answers` false: the line is dead. */
class Server {
  state = START;
  answers = true;
  delayMs = 0;
  sent: unknown[] = [];

  fetch = async (url: string, init?: RequestInit): Promise<Response> => {
    if (this.delayMs) await new Promise((done) => setTimeout(done, this.delayMs));
    if (!this.answers) return Promise.reject(new TypeError('dead'));
    if (url === '/state') return Promise.resolve(Response.json(this.state));
    const { payload, expect: seen } = JSON.parse(String(init?.body)) as { payload: { name: 'working_point'; text: string }; expect: number };
    this.sent.push(payload);
    if (seen !== this.state.touched.working_point) {
      return Promise.resolve(Response.json({ error: { code: 'conflict', message: 'Somebody was quicker.', hint: '' } }, { status: 409 }));
    }
    this.set(payload.text);
    return Promise.resolve(Response.json(this.state));
  };

  set(text: string): void {
    const id = this.state.last_event_id + 1;
    this.state = { ...this.state, working_point: text, last_event_id: id, touched: { ...this.state.touched, working_point: id } };
  }
}

let server: Server;
beforeEach(() => {
  server = new Server();
  vi.useFakeTimers();
  vi.stubGlobal('fetch', server.fetch);
  vi.stubGlobal('document', { querySelector: () => null });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the record of a shared review', () => {
  it('keeps what is written after a pause, and then no draft any more', async () => {
    const disk = drafts();
    const record = new SessionRecord(PROPS, disk);
    record.write(record.parts.working_point, 'I wait');
    expect(disk.kept.size).toBe(1);
    await vi.advanceTimersByTimeAsync(1300);
    expect(server.state.working_point).toBe('I wait');
    expect(disk.kept.size).toBe(0);
    expect(record.status).toBe('Kept.');
  });

  it('goes on writing while an earlier text is on its way', async () => {
    const record = new SessionRecord(PROPS, drafts());
    const part = record.parts.working_point;
    record.write(part, 'I wait');
    server.delayMs = 100;
    void record.keep(part);
    await vi.advanceTimersByTimeAsync(50);
    record.write(part, 'I wait until she looks');
    await vi.advanceTimersByTimeAsync(1500);
    expect(server.sent).toHaveLength(2);
    expect(server.state.working_point).toBe('I wait until she looks');
    expect(part.theirs).toBeNull();
  });

  it('sends again when the line is back, and a later page finds the draft', async () => {
    const disk = drafts();
    server.answers = false;
    const record = new SessionRecord(PROPS, disk);
    record.write(record.parts.working_point, 'kept here');
    await vi.advanceTimersByTimeAsync(1300);
    expect(record.status).toContain('safe on this computer');
    const later = new SessionRecord(PROPS, disk);
    expect(later.parts.working_point.value).toBe('kept here');
    server.answers = true;
    await vi.advanceTimersByTimeAsync(6000);
    expect(server.state.working_point).toBe('kept here');
    expect(disk.kept.size).toBe(0);
  });

  it('shows what somebody else wrote, and keeps the one that is chosen', async () => {
    const record = new SessionRecord(PROPS, drafts());
    const part = record.parts.working_point;
    server.set('theirs');
    record.write(part, 'mine');
    await vi.advanceTimersByTimeAsync(1300);
    expect(part.theirs).toBe('theirs');
    expect(part.value).toBe('mine');
    expect(server.state.working_point).toBe('theirs');
    await record.keepMine(part);
    expect(server.state.working_point).toBe('mine');
    server.set('theirs again');
    record.write(part, 'mine again');
    await vi.advanceTimersByTimeAsync(1300);
    record.takeTheirs(part);
    expect(part.value).toBe('theirs again');
    await record.keepAll();
    expect(server.state.working_point).toBe('theirs again');
  });
});
