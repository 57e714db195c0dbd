/** Talks to the server: JSON in and out, the page's token on every change, one error for every refusal. */
import { t } from '../messages/en';
import type { ErrorBody } from './types';

/** The server answered, and the answer is no. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: ErrorBody,
    readonly clipUrl: string | null = null,
  ) {
    super(body.message);
  }
}

/** No answer came: the connection is down or the server is. */
export class NoAnswer extends Error {}

const ANSWER_MS = 30_000;
/** A request that outlives its page is refused from 64 KiB on; a letter can take three bytes. */
const MOST_KEPT_ALIVE = 20_000;

export interface Tagged<T> {
  value: T;
  tag: string | null;
}

export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
}

/** Whether trying again may help: not where the file itself is refused, which is the same file every time. */
export function mayPass(error: Pick<ErrorBody, 'permanent'> | null): boolean {
  return !error?.permanent;
}

function isErrorBody(value: unknown): value is ErrorBody {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value;
}

/** Reads the one error shape out of a response's text; plain words when it holds something else. */
export function readRefusal(status: number, text: string): Refusal {
  try {
    const parsed = JSON.parse(text) as { error?: unknown; clip_url?: string };
    if (isErrorBody(parsed.error)) return new Refusal(status, parsed.error, parsed.clip_url ?? null);
  } catch {
    // A proxy or a crash answered with a page: the plain words below say enough.
  }
  return new Refusal(status, { code: 'internal', message: t.errors.unreadable(status), hint: t.errors.tryAgain, permanent: false });
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { credentials: 'same-origin', ...init });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new NoAnswer(t.errors.noAnswer, { cause });
  }
}

async function orRefuse(response: Response): Promise<Response> {
  // 502 to 504 come from a proxy whose server is restarting: the same as no answer.
  if (response.status >= 502 && response.status <= 504) throw new NoAnswer(t.errors.noAnswer);
  if (!response.ok) throw readRefusal(response.status, await response.text());
  return response;
}

export async function getJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  const response = await orRefuse(await send(url, signal ? { signal } : {}));
  return (await response.json()) as T;
}

/** Reads `url` unless it still has `tag`; null when nothing changed. */
export async function getIfChanged<T>(url: string, tag: string | null): Promise<Tagged<T> | null> {
  const response = await send(url, { headers: tag ? { 'If-None-Match': tag } : {}, cache: 'no-store' });
  if (response.status === 304) return null;
  await orRefuse(response);
  return { value: (await response.json()) as T, tag: response.headers.get('ETag') };
}

/** Sends a change. `keepalive` lets it outlive the page, unless it is longer than browsers allow. */
export async function postJson<T>(url: string, body: unknown, keepalive = false): Promise<T> {
  const sent = JSON.stringify(body);
  const response = await orRefuse(
    await send(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrfToken() },
      body: sent,
      keepalive: keepalive && sent.length < MOST_KEPT_ALIVE,
      // A line that is half dead answers nothing for minutes: the act is kept and tried again instead.
      signal: AbortSignal.timeout(ANSWER_MS),
    }),
  );
  const text = await response.text();
  return (text ? JSON.parse(text) : null) as T;
}

/** Sends a recording as it is. */
export async function postSound<T>(url: string, sound: Blob): Promise<T> {
  const headers = { 'Content-Type': sound.type || 'application/octet-stream', 'X-CSRFToken': csrfToken() };
  const response = await orRefuse(await send(url, { method: 'POST', headers, body: sound, signal: AbortSignal.timeout(ANSWER_MS) }));
  return (await response.json()) as T;
}

/** What to tell a person about something that failed. */
export function inWords(error: unknown): string {
  if (error instanceof Refusal) return [error.body.message, error.body.hint].filter(Boolean).join(' ');
  if (error instanceof NoAnswer) return t.errors.noAnswer;
  return t.errors.unexpected;
}
