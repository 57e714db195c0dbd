/** Where an account is in the guided tour, kept in this browser: the room and the pages after it read it. */

export interface Kept {
  at: number;
  /** Nobody is asked twice. */
  asked: boolean;
  /** The tour goes on after the room, over the film of moments to the record. */
  onward: boolean;
}

const place = (account: string): string => `vfeed.tour.${account}`;

export function readKept(account: string): Kept {
  try {
    const { at, asked, onward } = JSON.parse(localStorage.getItem(place(account)) ?? '{}') as Partial<Kept>;
    return { at: typeof at === 'number' ? at : 0, asked: asked === true, onward: onward === true };
  } catch {
    // Nothing that could be read: the tour begins at its beginning.
    return { at: 0, asked: false, onward: false };
  }
}

export function writeKept(account: string, kept: Kept): void {
  localStorage.setItem(place(account), JSON.stringify(kept));
}
