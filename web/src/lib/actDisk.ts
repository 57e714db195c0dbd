/** The outbox's place on the disk: IndexedDB, asked to be safe before it answers. */
import type { ActStore, Kept } from './outbox';
import type { Act } from './types';

const NAME = 'vfeed';
const ACTS = 'acts';
const BY_CLIP = 'clip';

interface Row<Done> extends Kept<Done> {
  clip: string;
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(ACTS, { keyPath: 'id', autoIncrement: true }).createIndex(BY_CLIP, 'clip');
  };
  return answered(request);
}

export function actDisk<Done = Act>(): ActStore<Done> {
  const database = open();

  async function write<T>(work: (acts: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    // Strict: done means on the disk, not in a buffer that dies with the browser.
    const turn = (await database).transaction(ACTS, 'readwrite', { durability: 'strict' });
    const safe = new Promise<void>((resolve, reject) => {
      turn.oncomplete = () => resolve();
      turn.onabort = () => reject(turn.error ?? new Error('IndexedDB'));
    });
    const result = await answered(work(turn.objectStore(ACTS)));
    await safe;
    return result;
  }

  return {
    async all(clipId) {
      const acts = (await database).transaction(ACTS).objectStore(ACTS);
      const rows = (await answered(acts.index(BY_CLIP).getAll(clipId))) as Row<Done>[];
      return rows.map(({ id, act, seen }) => ({ id, act, seen })).sort((a, b) => a.id - b.id);
    },
    async add(clipId, act, seen) {
      const id = await write((acts) => acts.add({ clip: clipId, act, seen }));
      return { id: Number(id), act, seen };
    },
    async change(kept) {
      const old = (await answered((await database).transaction(ACTS).objectStore(ACTS).get(kept.id))) as Row<Done> | undefined;
      if (old) await write((acts) => acts.put({ ...old, act: kept.act, seen: kept.seen }));
    },
    async drop(id) {
      await write((acts) => acts.delete(id));
    },
  };
}
