/** This computer's disk, as IndexedDB: what is written is safe before it is answered, and sealed before it is written. */
import type { Sealed } from './seal';

const NAME = 'vfeed';
/** 2: everything is sealed; what version 1 held is dropped. */
const VERSION = 2;
export const ACTS = 'sealed_acts';
export const DRAFTS = 'sealed_drafts';
export const BY_OWNER = 'owner';
/** What another account left unsent goes after so long. */
const FOREIGN_MS = 60 * 24 * 3600 * 1000;

/** Whose it is: the name of the key that sealed it, and what it belongs to. */
export interface Row {
  owner: string;
  at: number;
  sealed: Sealed;
}

export function ownerOf(sealId: string, about: string): string {
  return `${sealId} ${about}`;
}

export function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
}

export class Disk {
  private readonly database: Promise<IDBDatabase>;
  /** Sealing takes its time: without a line, what was written first could arrive last. */
  private line: Promise<unknown> = Promise.resolve();

  constructor(private readonly sealId: string) {
    this.database = open();
    void this.forget(ACTS)
      .then(() => this.forget(DRAFTS))
      .catch(() => undefined);
  }

  async read<T>(store: string, ask: (rows: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return answered(ask((await this.database).transaction(store).objectStore(store)));
  }

  /** One piece of work after the other, reading included. */
  inLine<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.line.then(work);
    this.line = turn.catch(() => undefined);
    return turn;
  }

  async write<T>(store: string, work: (rows: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    // Strict: done means on the disk, not in a buffer that dies with the browser.
    const turn = (await this.database).transaction(store, 'readwrite', { durability: 'strict' });
    const safe = new Promise<void>((resolve, reject) => {
      turn.oncomplete = () => resolve();
      turn.onabort = () => reject(turn.error ?? new Error('IndexedDB'));
    });
    const result = await answered(work(turn.objectStore(store)));
    await safe;
    return result;
  }

  private async forget(store: string): Promise<void> {
    const rows = (await this.database).transaction(store, 'readwrite').objectStore(store);
    const request = rows.openCursor();
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return;
      const { owner, at } = cursor.value as Row;
      if (!owner.startsWith(`${this.sealId} `) && at < Date.now() - FOREIGN_MS) cursor.delete();
      cursor.continue();
    };
  }
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    const database = request.result;
    for (const name of Array.from(database.objectStoreNames)) database.deleteObjectStore(name);
    database.createObjectStore(ACTS, { keyPath: 'id', autoIncrement: true }).createIndex(BY_OWNER, 'owner');
    database.createObjectStore(DRAFTS, { keyPath: 'owner' });
  };
  return answered(request);
}
