/** The outbox's place on the disk, sealed for whoever is signed in. */
import { ACTS, BY_OWNER, Disk, ownerOf, type Row } from './disk';
import { memoryActs } from './memoryDisk';
import type { ActStore, Kept } from './outbox';
import { canSeal, Seal, type SealProps } from './seal';
import type { Act } from './types';

interface ActRow extends Row {
  id: number;
}

type Content<Done> = Omit<Kept<Done>, 'id'>;

export function actDisk<Done = Act>(props: SealProps): ActStore<Done> {
  // Readable on the disk is worse than gone with the window.
  if (!canSeal()) return memoryActs<Done>();
  const seal = new Seal(props);
  const disk = new Disk(seal.id);

  return {
    async all(clipId) {
      const owner = ownerOf(seal.id, clipId);
      const rows = (await disk.read(ACTS, (acts) => acts.index(BY_OWNER).getAll(owner))) as ActRow[];
      const opened = await Promise.all(
        rows.map(async ({ id, sealed }) => {
          const content = await seal.open<Content<Done>>(sealed, clipId);
          return content && { id, ...content };
        }),
      );
      return opened.filter((each) => each !== null).sort((one, two) => one.id - two.id);
    },
    add(clipId, act, seen) {
      return disk.inLine(async () => {
        const sealed = await seal.close({ act, seen }, clipId);
        const id = await disk.write(ACTS, (acts) => acts.add({ owner: ownerOf(seal.id, clipId), at: Date.now(), sealed }));
        return { id: Number(id), act, seen };
      });
    },
    change(clipId, { id, act, seen }) {
      return disk.inLine(async () => {
        if (!(await disk.read(ACTS, (acts) => acts.getKey(id)))) return;
        const sealed = await seal.close({ act, seen }, clipId);
        await disk.write(ACTS, (acts) => acts.put({ id, owner: ownerOf(seal.id, clipId), at: Date.now(), sealed }));
      });
    },
    drop(id) {
      return disk.inLine(() => disk.write(ACTS, (acts) => acts.delete(id)));
    },
  };
}
