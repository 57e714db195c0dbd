/** One film on its way in: sent in parts that are never sent twice, then checked by the server. */
import { defaultOptions, Upload, type DetailedError, type HttpResponse } from 'tus-js-client';
import { csrfToken, inWords, mayPass, NoAnswer, postJson, readRefusal, Refusal } from '../../lib/api';
import type { ErrorBody, TakenIn } from '../../lib/types';
import { uploadWords } from '../../messages/upload';

export interface UploadProps {
  endpoint: string;
  finishUrl: string;
  renameUrl: string;
  visitId: string;
  visitTitle: string;
  /** What films of this family are called already. */
  taken?: string[];
  /** Set on the page of a shared review: the film is of the review itself. */
  sessionId?: string;
  familyUrl: string;
  chunkBytes: number;
  maxBytes: number;
  maxMinutes: number;
}

export type UploadState = keyof typeof uploadWords.states;
type Problem = Pick<ErrorBody, 'message' | 'hint'>;

const FIRST_RETRY_MS = 2000;
const LAST_RETRY_MS = 30_000;
/** How much the newest measurement weighs in the speed that the time left is reckoned from. */
const SPEED_WEIGHT = 0.2;

function stemOf(name: string): string {
  return name.replace(/\.[^.]+$/, '') || name;
}

const MOST_LETTERS = 200;

/** What a camera calls a file says nothing to anybody: the visit's name is a better beginning. So it is than a name that does not fit. */
const CAMERA_NAME = /^(img|vid|mov|mvi|dsc|dscn|pxl|gopr|mah|wp|video|film|clip)?[-_ ]?\d[\d_\-. ()]*$/i;

export function nameFor(file: string, visit: string, taken: readonly string[] = []): string {
  const stem = stemOf(file);
  const name = CAMERA_NAME.test(stem) || stem.length > MOST_LETTERS ? visit : stem;
  // Two films of one visit must be told apart in every list.
  let number = 1;
  const numbered = (): string => (number > 1 ? `${name.slice(0, MOST_LETTERS - 4)} ${number}` : name);
  while (taken.includes(numbered())) number += 1;
  return numbered();
}

function isRefusedForGood(response: HttpResponse | null): boolean {
  const status = response?.getStatus() ?? 0;
  // 409 and 423 mean that an earlier part is still being written; 507 that the disk is full.
  return (status >= 400 && status < 500 && status !== 409 && status !== 423) || status === 507;
}

export class UploadItem {
  state = $state<UploadState>('waiting');
  sentBytes = $state(0);
  etaS = $state<number | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** Whether a film that was refused may be taken when it is sent again; else another file must be chosen. */
  mayPass = $state(false);
  clipUrl = $state<string | null>(null);
  /** What the film is called here; it can be changed before, while and after it is sent. */
  title = $state('');
  private kept = '';
  private clipId = '';
  private keeping = Promise.resolve();
  private readonly upload: Upload;
  private speed = 0;
  private lastSample: { at: number; bytes: number } | null = null;
  private retryMs = FIRST_RETRY_MS;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly file: File,
    private readonly props: UploadProps,
    private readonly onChange: (item: UploadItem) => void,
    beside: readonly string[] = [],
  ) {
    this.title = this.kept = nameFor(file.name, props.visitTitle, [...(props.taken ?? []), ...beside]);
    this.upload = new Upload(file, {
      endpoint: props.endpoint,
      chunkSize: props.chunkBytes,
      metadata: {
        filename: file.name,
        title: this.kept,
        visit_id: props.visitId,
        ...(props.sessionId ? { session_id: props.sessionId } : {}),
      },
      fingerprint: () => Promise.resolve(['vfeed', props.visitId, file.name, file.size, file.lastModified].join('-')),
      // Lost connections are told to the person and tried again here, for as long as it takes.
      retryDelays: null,
      onBeforeRequest: (request) => request.setHeader('X-CSRFToken', csrfToken()),
      onProgress: (sent) => this.measure(sent),
      onError: (error) => this.fail(error as DetailedError),
      onSuccess: () => void this.finish(),
    });
    if (file.size === 0) this.refuse({ message: uploadWords.emptyFile, hint: uploadWords.emptyHint });
    // The server would say the same, after an hour of sending.
    else if (file.size > props.maxBytes)
      this.refuse({ message: uploadWords.tooLarge(`${Math.round(props.maxBytes / 1e9)} GB`), hint: uploadWords.tooLargeHint });
  }

  get name(): string {
    return this.file.name;
  }

  /** Sends, or goes on where an earlier try stopped, in this page or in one before it. */
  async start(): Promise<void> {
    this.problem = null;
    this.lastSample = null;
    this.set('sending');
    if (!this.upload.url) {
      const earlier = (await this.upload.findPreviousUploads())[0];
      if (earlier) this.upload.resumeFromPreviousUpload(earlier);
    }
    // Paused while the earlier tries were looked up.
    if (this.state === 'sending') this.upload.start();
  }

  async pause(): Promise<void> {
    clearTimeout(this.retryTimer);
    this.set('paused');
    await this.upload.abort(false);
  }

  carryOn(): void {
    clearTimeout(this.retryTimer);
    this.set('waiting');
  }

  /** Stops and has the server forget what it got. */
  async cancel(): Promise<void> {
    clearTimeout(this.retryTimer);
    await this.upload.abort(true).catch(() => undefined);
    await this.forgetResume();
  }

  /** The connection is back. */
  wake(): void {
    if (this.state !== 'lost') return;
    clearTimeout(this.retryTimer);
    void this.start();
  }

  get hasNewTitle(): boolean {
    const title = this.title.trim();
    return this.clipId !== '' && title !== '' && title !== this.kept;
  }

  /** Has the server call the film what the field says, once it is there; an empty field keeps the name before. */
  keepTitle(): Promise<void> {
    this.keeping = this.keeping.then(() => this.sendTitle());
    return this.keeping;
  }

  private async sendTitle(): Promise<void> {
    const title = this.title.trim();
    if (!this.clipId || title === this.kept) return;
    if (!title) {
      this.title = this.kept;
      return;
    }
    try {
      const answer = await postJson<{ title: string }>(this.props.renameUrl.replace('{id}', this.clipId), { title }, true);
      this.kept = answer.title;
      // What was typed while the answer was on its way stays.
      if (this.title.trim() === title) this.title = answer.title;
      this.problem = null;
    } catch (error) {
      this.problem = error instanceof Refusal ? error.body : { message: inWords(error), hint: '' };
    }
  }

  private measure(sent: number): void {
    this.sentBytes = sent;
    this.retryMs = FIRST_RETRY_MS;
    const now = performance.now();
    if (!this.lastSample) {
      this.lastSample = { at: now, bytes: sent };
      return;
    }
    const elapsed = (now - this.lastSample.at) / 1000;
    if (elapsed < 0.5) return;
    const current = (sent - this.lastSample.bytes) / elapsed;
    this.speed = this.speed ? this.speed * (1 - SPEED_WEIGHT) + current * SPEED_WEIGHT : current;
    this.lastSample = { at: now, bytes: sent };
    this.etaS = this.speed > 0 ? (this.file.size - sent) / this.speed : null;
  }

  private fail(error: DetailedError): void {
    if (this.state === 'paused') return;
    const response = error.originalResponse ?? null;
    if (response && isRefusedForGood(response)) this.refuseFor(readRefusal(response.getStatus(), response.getBody()));
    else this.waitForLine(() => void this.start());
  }

  private waitForLine(again: () => void): void {
    this.etaS = null;
    this.set('lost');
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(again, this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
  }

  private async finish(): Promise<void> {
    this.sentBytes = this.file.size;
    this.etaS = null;
    this.set('checking');
    const id = this.upload.url?.split('/').filter(Boolean).at(-1) ?? '';
    try {
      const answer = await postJson<TakenIn>(this.props.finishUrl.replace('{id}', id), {});
      this.clipUrl = answer.clip.url;
      this.clipId = answer.clip.id;
      this.set('done');
      await this.keepTitle();
    } catch (error) {
      if (error instanceof NoAnswer) {
        this.waitForLine(() => void this.start());
        return;
      }
      if (error instanceof Refusal && error.body.code === 'clip_known') {
        this.clipUrl = error.clipUrl;
        this.set('known');
      } else this.refuseFor(error);
    }
    await this.forgetResume();
  }

  private refuseFor(error: unknown): void {
    if (error instanceof Refusal) this.refuse(error.body, mayPass(error.body));
    else this.refuse({ message: inWords(error), hint: '' }, true);
  }

  private refuse(problem: Problem, again = false): void {
    this.problem = problem;
    this.mayPass = again;
    this.etaS = null;
    this.set('refused');
  }

  private async forgetResume(): Promise<void> {
    const { urlStorage } = defaultOptions;
    for (const earlier of await this.upload.findPreviousUploads()) await urlStorage.removeUpload(earlier.urlStorageKey);
  }

  private set(state: UploadState): void {
    this.state = state;
    this.onChange(this);
  }
}
