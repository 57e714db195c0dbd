/** Passkeys: a new one on the page of one's sign-ins, and signing in with one. Without them the pages work as they are. */
import { postJson, Refusal } from './api';
import type { GoOn, PasskeyIn, PasskeyQuestion, PasskeySignIn, PasswordIn, RecoveryCodes } from './types';
import { passkeyWords } from '../messages/passkeys';

function canPasskeys(): boolean {
  return typeof PublicKeyCredential !== 'undefined' && 'parseCreationOptionsFromJSON' in PublicKeyCredential;
}

/** Browsers bind passkeys to a name; an address of numbers has none. */
function isNumbers(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.startsWith('[');
}

function said(cause: unknown): string {
  return cause instanceof Refusal ? `${cause.body.message} ${cause.body.hint}` : passkeyWords.stopped;
}

function asJson(credential: Credential | null): Record<string, unknown> {
  if (!(credential instanceof PublicKeyCredential)) throw new Error('no credential');
  return credential.toJSON() as unknown as Record<string, unknown>;
}

async function create(form: HTMLFormElement): Promise<string[]> {
  const fields = new FormData(form);
  const asked: PasswordIn = { password: String(fields.get('password')) };
  const options = await postJson<PasskeyQuestion>('/api/passkeys/begin', asked);
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as unknown as PublicKeyCredentialCreationOptionsJSON);
  const credential = asJson(await navigator.credentials.create({ publicKey }));
  const made: PasskeyIn = { name: String(fields.get('name')), credential };
  return (await postJson<RecoveryCodes>('/api/passkeys', made)).codes;
}

async function signIn(next: string): Promise<string> {
  const options = await postJson<PasskeyQuestion>('/api/passkeys/ask', {});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as unknown as PublicKeyCredentialRequestOptionsJSON);
  const credential = asJson(await navigator.credentials.get({ publicKey }));
  const sent: PasskeySignIn = { credential, next };
  return (await postJson<GoOn>('/api/passkeys/sign-in', sent)).url;
}

function bindNew(section: HTMLElement): void {
  const form = section.querySelector('form');
  const words = section.querySelector('[role=status]');
  const codes = section.querySelector<HTMLElement>('[data-passkey-codes]');
  if (!form || !words || !codes) return;
  section.hidden = false;
  if (isNumbers(location.hostname)) {
    section.querySelector<HTMLElement>('[data-passkey-numbers]')?.removeAttribute('hidden');
    form.hidden = true;
    return;
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    words.textContent = '';
    void create(form).then(
      (made) => {
        if (!made.length) return location.reload();
        const list = codes.querySelector('pre');
        if (list) list.textContent = made.join('\n');
        form.hidden = true;
        codes.hidden = false;
      },
      (cause: unknown) => (words.textContent = said(cause)),
    );
  });
}

function bindSignIn(part: HTMLElement): void {
  const button = part.querySelector('button');
  const words = part.querySelector('[role=status]');
  if (!button || !words || isNumbers(location.hostname)) return;
  part.hidden = false;
  button.addEventListener('click', () => {
    words.textContent = '';
    void signIn(part.dataset['next'] ?? '').then(
      (url) => location.assign(url),
      (cause: unknown) => (words.textContent = said(cause)),
    );
  });
}

/** Makes the page's parts about passkeys work, in browsers that know them. */
export function bindPasskeys(): void {
  if (!canPasskeys()) return;
  document.querySelectorAll<HTMLElement>('[data-passkey-new]').forEach(bindNew);
  document.querySelectorAll<HTMLElement>('[data-passkey-sign-in]').forEach(bindSignIn);
}
