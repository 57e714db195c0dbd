/**
 * Seals what waits on this computer's disk (AES-256-GCM). The key comes with the page, for whoever is signed in, and stays
 * in memory as one that cannot be read back: a browser's profile on the disk holds nothing that can be read.
 */

/** The key of an account, in base64, and the public name by which what it sealed is known again. */
export interface SealProps {
  id: string;
  key: string;
}

export interface Sealed {
  nonce: Uint8Array<ArrayBuffer>;
  bytes: ArrayBuffer;
}

const NONCE_BYTES = 12;

/** False where a browser has no cryptography, which is on pages over plain HTTP from another machine. */
export const canSeal = (): boolean => typeof crypto !== 'undefined' && 'subtle' in crypto;

export class Seal {
  readonly id: string;
  private readonly key: Promise<CryptoKey>;

  constructor({ id, key }: SealProps) {
    this.id = id;
    const bytes = Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0));
    this.key = crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  }

  /** Bound to what it is `about`: it opens nowhere else. */
  async close(value: unknown, about: string): Promise<Sealed> {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const bytes = await crypto.subtle.encrypt(how(nonce, about), await this.key, encoded(JSON.stringify(value)));
    return { nonce, bytes };
  }

  /** Null for what another key sealed, what is about something else, and what is damaged. */
  async open<T>({ nonce, bytes }: Sealed, about: string): Promise<T | null> {
    try {
      const open = await crypto.subtle.decrypt(how(nonce, about), await this.key, bytes);
      return JSON.parse(new TextDecoder().decode(open)) as T;
    } catch {
      return null;
    }
  }
}

function encoded(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function how(iv: Uint8Array<ArrayBuffer>, about: string): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: encoded(about) };
}
