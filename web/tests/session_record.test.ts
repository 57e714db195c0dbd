import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SessionRecord, type SessionProps, type SessionState } from '../src/islands/session/record.svelte';
import type { Journal } from '../src/lib/journal';
import { memoryDrafts } from '../src/lib/memoryDisk';
import type { Drafts } from '../src/lib/record.svelte';

const START: SessionState = {
  held_on: '2026-03-02',
  next_on: null,
  helping_question: 'What helps?',
  working_point: '',
  went_well: '',
  reels: [],
  touched: { held_on: 0, next_on: 0, helping_question: 0, working_point: 0, went_well: 0, reels: 0 },
};
const BEGUN: Journal<SessionState> = { last_event_id: 1, state: START, undo: null, redo: null };
const PROPS: SessionProps = {
  sessionId: 's',
  seal: { id: '', key: '' },
  journal: BEGUN,
  reels: [],
  hasLog: true,
  stateUrl: '/state',
  eventsUrl: '/events',
  undoUrl: '/undo',
  redoUrl: '/redo',
};

function drafts(): Drafts & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return { kept, ...memoryDrafts(kept) };
}

/** A server that keeps one part; `answers` false: the line is dead. */
class Server {
  journal = BEGUN;
  answers = true;
  delayMs = 0;
  sent: unknown[] = [];

  fetch = async (url: string, init?: RequestInit): Promise<Response> => {
    if (this.delayMs) await new Promise((done) => setTimeout(done, this.delayMs));
    if (!this.answers) return Promise.reject(new TypeError('dead'));
    if (url === '/state') return Promise.resolve(Response.json(this.journal));
    const { payload, expect: seen } = JSON.parse(String(init?.body)) as {
      payload: { name: 'working_point'; text: string };
      expect: number;
    };
    this.sent.push(payload);
    if (seen !== this.state.touched.working_point) {
      return Promise.resolve(Response.json({ error: { code: 'conflict', message: 'Somebody was quicker.', hint: '' } }, { status: 409 }));
    }
    const id = this.set('working_point', payload.text);
    const changed = { working_point: payload.text, touched: { working_point: id } };
    return Promise.resolve(Response.json({ event_id: id, changed, undo: null, redo: null }));
  };

  get state(): SessionState {
    return this.journal.state;
  }

  set(name: 'working_point' | 'went_well', text: string): number {
    const id = this.journal.last_event_id + 1;
    const state = { ...this.state, [name]: text, touched: { ...this.state.touched, [name]: id } };
    this.journal = { ...this.journal, last_event_id: id, state };
    return id;
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
    record.write(record.part('working_point'), 'I wait');
    expect(disk.kept.size).toBe(1);
    await vi.advanceTimersByTimeAsync(1300);
    expect(server.state.working_point).toBe('I wait');
    expect(disk.kept.size).toBe(0);
    expect(record.status).toBe('Kept.');
  });

  it('goes on writing while an earlier text is on its way', async () => {
    const record = new SessionRecord(PROPS, drafts());
    const part = record.part('working_point');
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
    record.write(record.part('working_point'), 'kept here');
    await vi.advanceTimersByTimeAsync(1300);
    expect(record.status).toContain('safe on this computer');
    const later = new SessionRecord(PROPS, disk);
    await later.restored;
    expect(later.part('working_point').value).toBe('kept here');
    server.answers = true;
    await vi.advanceTimersByTimeAsync(6000);
    expect(server.state.working_point).toBe('kept here');
    expect(disk.kept.size).toBe(0);
  });

  it('shows what somebody else wrote, and keeps the one that is chosen', async () => {
    const record = new SessionRecord(PROPS, drafts());
    const part = record.part('working_point');
    server.set('working_point', 'theirs');
    record.write(part, 'mine');
    await vi.advanceTimersByTimeAsync(1300);
    expect(part.theirs).toBe('theirs');
    expect(part.value).toBe('mine');
    expect(server.state.working_point).toBe('theirs');
    await record.keepMine(part);
    expect(server.state.working_point).toBe('mine');
    server.set('working_point', 'theirs again');
    record.write(part, 'mine again');
    await vi.advanceTimersByTimeAsync(1300);
    record.takeTheirs(part);
    expect(part.value).toBe('theirs again');
    await record.keepAll();
    expect(server.state.working_point).toBe('theirs again');
  });

  it('reads along what somebody else wrote at another place', async () => {
    const record = new SessionRecord(PROPS, drafts());
    server.set('went_well', 'calm');
    record.write(record.part('working_point'), 'I wait');
    await vi.advanceTimersByTimeAsync(1300);
    expect(record.part('went_well').value).toBe('calm');
    expect(record.part('working_point').theirs).toBeNull();
    expect(record.journal.last_event_id).toBe(3);
  });
});
