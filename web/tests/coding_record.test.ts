import { afterEach, describe, expect, it, vi } from 'vitest';
import { CodingRecord } from '../src/islands/coding/record.svelte';
import type { CodingState, Step } from '../src/islands/coding/scheme';
import type { Journal } from '../src/lib/journal';
import { memoryActs } from '../src/lib/memoryDisk';

const BEGUN: Journal<CodingState> = {
  last_event_id: 1,
  state: { switches: { looks: [] }, points: [], ended: [], handed_in: false },
  undo: null,
  redo: null,
};
const URLS = { stateUrl: '/state', eventsUrl: '/events', undoUrl: '/undo', redoUrl: '/redo' };
const STEP: Step = { type: 'switched', payload: { lane: 'looks', at_us: 0, code: 'partner' } };

/** A server that refuses every step, and reading too unless it is `open`. */
function refusing(status: number, code: string, open = false): void {
  vi.stubGlobal('document', { querySelector: () => ({ content: 'token' }) });
  vi.stubGlobal('fetch', (url: string) =>
    Promise.resolve(
      open && url === '/state' ? Response.json(BEGUN) : Response.json({ error: { code, message: 'No.', hint: 'Ask.' } }, { status }),
    ),
  );
}

async function told(): Promise<{ record: CodingRecord; left: number }> {
  const disk = memoryActs<Step>();
  const record = new CodingRecord('c', URLS, BEGUN, disk);
  record.add(STEP);
  await record.settle();
  return { record, left: (await disk.all('c')).length };
}

describe('a coding that the server refuses', () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    [403, 'consent_missing', 0],
    [404, 'not_found', 0],
    [409, 'conflict', 1],
    [401, 'not_signed_in', 1],
  ])('is shut at %i %s, and what is unsent stays unless the film is gone', async (status, code, left) => {
    refusing(status, code);
    const found = await told();
    expect(found.record.shut).toBe('No. Ask.');
    expect(found.left).toBe(left);
    found.record.add({ ...STEP, payload: { lane: 'looks', at_us: 5, code: 'away' } });
    expect(found.record.state.switches.looks?.some(([at]) => at === 5)).toBeFalsy();
  });

  it('goes on where one step alone does not fit, and says so', async () => {
    refusing(422, 'invalid_input', true);
    const { record, left } = await told();
    expect([record.shut, record.refused, left]).toEqual(['', true, 0]);
    expect(record.state.switches.looks).toEqual([]);
  });

  it.each([
    [409, 'conflict', ''],
    [403, 'consent_missing', 'No. Ask.'],
  ])('says why nothing is told of it at %i %s', async (status, code, shut) => {
    refusing(status, code);
    const record = new CodingRecord('c', URLS, BEGUN, memoryActs<Step>());
    expect(await record.ask('/end-check')).toBeNull();
    expect([record.status, record.refused, record.shut]).toEqual(['No. Ask.', true, shut]);
  });

  it('shows what another window did before a step of it is taken back', async () => {
    const later: Journal<CodingState> = { ...BEGUN, last_event_id: 2, state: { ...BEGUN.state, switches: { looks: [[0, 'away']] } } };
    const sent: string[] = [];
    vi.stubGlobal('document', { querySelector: () => ({ content: 'token' }) });
    vi.stubGlobal('fetch', (url: string, asked?: RequestInit) => {
      if (url === '/state') return Promise.resolve(Response.json(later));
      sent.push(String(asked?.body));
      return Promise.resolve(Response.json({ error: { code: 'conflict', message: 'No.', hint: 'Ask.' } }, { status: 409 }));
    });
    const record = new CodingRecord('c', URLS, BEGUN, memoryActs<Step>());
    await record.takeBack();
    expect([record.status, record.refused, record.shut, sent]).toEqual(['No. Ask.', true, '', ['{"expect_last":1}']]);
    expect(record.state.switches.looks).toEqual([[0, 'away']]);
  });

  it('is shut by a step back, too, once the consent has ended', async () => {
    refusing(403, 'consent_missing');
    const record = new CodingRecord('c', URLS, BEGUN, memoryActs<Step>());
    await record.takeBack();
    expect(record.shut).toBe('No. Ask.');
  });
});
