import { describe, expect, it } from 'vitest';
import { Seal } from '../src/lib/seal';

const KEY = (letter: string): string => btoa(letter.repeat(32));
const ANNE = { id: 'a', key: KEY('a') };
const BEN = { id: 'b', key: KEY('b') };
const NOTE = { note: 'she waits – 看' };

describe('what is sealed', () => {
  it('opens again with the key of whoever sealed it', async () => {
    const sealed = await new Seal(ANNE).close(NOTE, 'clip 1');
    expect(await new Seal(ANNE).open(sealed, 'clip 1')).toEqual(NOTE);
  });

  it('opens neither for another account, nor at another place, nor changed', async () => {
    const seal = new Seal(ANNE);
    const sealed = await seal.close(NOTE, 'clip 1');
    expect(await new Seal(BEN).open(sealed, 'clip 1')).toBeNull();
    expect(await seal.open(sealed, 'clip 2')).toBeNull();
    const bytes = sealed.bytes.slice();
    new Uint8Array(bytes)[0]! ^= 1;
    expect(await seal.open({ ...sealed, bytes }, 'clip 1')).toBeNull();
  });

  it('shows nothing of itself, and the same words never look the same twice', async () => {
    const seal = new Seal(ANNE);
    const [one, two] = [await seal.close('she waits', 'x'), await seal.close('she waits', 'x')];
    const letters = (bytes: ArrayBuffer): string => String.fromCharCode(...new Uint8Array(bytes));
    expect(letters(one.bytes)).not.toContain('waits');
    expect(letters(one.bytes)).not.toBe(letters(two.bytes));
    expect(one.nonce).not.toEqual(two.nonce);
  });

  it('keeps its key where no page can read it back', async () => {
    const key = await (new Seal(ANNE) as unknown as { key: Promise<CryptoKey> }).key;
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
  });
});
