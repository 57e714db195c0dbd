/**
 * What a person did and the server does not have yet. Every act is written here before it is sent, sealed, on the disk of
 * this computer, so that neither a closed window nor a killed browser nor a lost connection loses it.
 */
import type { Act } from './types';

export interface Kept<Done = Act> {
  id: number;
  act: Done;
  /** What the act changes, as the person saw it when they acted (see `subjectIn`); null when it was not known. */
  seen: string | null;
}

export interface ActStore<Done = Act> {
  all(clipId: string): Promise<Kept<Done>[]>;
  /** Resolves when the act is safe. */
  add(clipId: string, act: Done, seen: string | null): Promise<Kept<Done>>;
  change(clipId: string, kept: Kept<Done>): Promise<void>;
  drop(id: number): Promise<void>;
}
