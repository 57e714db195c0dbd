/** The work on one clip, looked at again and again while some of it is under way. */
import { inWords, postJson } from './api';
import { poll } from './poll';
import type { Job } from './types';

export function isActive(job: Job): boolean {
  return job.state === 'queued' || job.state === 'running';
}

export class JobWatch {
  jobs = $state.raw<Job[]>([]);
  noAnswer = $state(false);
  problem = $state<string | null>(null);
  stopping = $state.raw<string[]>([]);
  /** Jobs that were under way while this page looked on. */
  readonly seenActive = new Set<string>();
  private stopPolling: () => void = () => undefined;

  /** `onEnd` is told each job that ended while this page looked on; `onRest` that nothing is under way. */
  constructor(
    private readonly url: string,
    private readonly onEnd: (job: Job) => void = () => undefined,
    private readonly onRest: (jobs: Job[]) => void = () => undefined,
  ) {}

  start(): void {
    this.stop();
    this.stopPolling = poll<Job[]>(
      this.url,
      (latest) => this.take(latest),
      () => (this.noAnswer = true),
    );
  }

  stop(): void {
    this.stopPolling();
  }

  newest(kind: Job['kind']): Job | null {
    return this.jobs.findLast((job) => job.kind === kind) ?? null;
  }

  async ask(job: Job, what: 'cancel' | 'retry'): Promise<void> {
    this.problem = null;
    if (what === 'cancel') this.stopping = [...this.stopping, job.id];
    try {
      await postJson(`/api/jobs/${job.id}/${what}`, {});
      this.start();
    } catch (error) {
      this.problem = inWords(error);
    }
    if (what === 'retry') this.stopping = this.stopping.filter((id) => id !== job.id);
  }

  /** Whether to go on asking. */
  private take(latest: Job[]): boolean {
    const before = new Map(this.jobs.map((job) => [job.id, job]));
    for (const job of latest.filter(isActive)) this.seenActive.add(job.id);
    this.jobs = latest;
    this.noAnswer = false;
    for (const job of latest) {
      const was = before.get(job.id);
      if (was && isActive(was) && !isActive(job)) this.onEnd(job);
    }
    if (latest.some(isActive)) return true;
    this.onRest(latest);
    return false;
  }
}
