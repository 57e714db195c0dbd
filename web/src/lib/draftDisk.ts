/** Places that are being filled in, on the disk, sealed for whoever is signed in. */
import { Disk, DRAFTS, ownerOf, type Row } from './disk';
import { memoryDrafts } from './memoryDisk';
import type { Drafts } from './record.svelte';
import { canSeal, Seal, type SealProps } from './seal';

export function draftDisk(props: SealProps): Drafts {
  if (!canSeal()) return memoryDrafts();
  const seal = new Seal(props);
  const disk = new Disk(seal.id);
  return {
    get(key) {
      return disk.inLine(async () => {
        const row = (await disk.read(DRAFTS, (drafts) => drafts.get(ownerOf(seal.id, key)))) as Row | undefined;
        return row ? seal.open<string>(row.sealed, key) : null;
      });
    },
    set(key, value) {
      return disk.inLine(async () => {
        const sealed = await seal.close(value, key);
        await disk.write(DRAFTS, (drafts) => drafts.put({ owner: ownerOf(seal.id, key), at: Date.now(), sealed }));
      });
    },
    remove(key) {
      return disk.inLine(() => disk.write(DRAFTS, (drafts) => drafts.delete(ownerOf(seal.id, key))));
    },
  };
}
