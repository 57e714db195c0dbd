/** The films that a person chose: sent one after the other, so that the first is here soonest. */
import { defaultOptions, Upload, type PreviousUpload } from 'tus-js-client';
import { csrfToken } from '../../lib/api';
import { uploadWords } from '../../messages/upload';
import { UploadItem, type UploadProps } from './item.svelte';

export class UploadQueue {
  items = $state.raw<UploadItem[]>([]);
  /** Begun in an earlier page and not chosen again yet. */
  earlier = $state.raw<PreviousUpload[]>([]);
  spoken = $state('');

  constructor(private readonly props: UploadProps) {}

  get underWay(): boolean {
    return this.items.some((item) => ['sending', 'checking', 'lost', 'waiting'].includes(item.state));
  }

  /** Whether a film that is here is called otherwise in its field than by the server so far. */
  get hasNewTitles(): boolean {
    return this.items.some((item) => item.hasNewTitle);
  }

  async keepTitles(): Promise<void> {
    await Promise.all(this.items.map((item) => item.keepTitle()));
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      const beside = this.items.map((item) => item.title);
      this.items = [...this.items, new UploadItem(file, this.props, (item) => this.changed(item), beside)];
    }
    this.startNext();
    void this.lookUpEarlier();
  }

  async remove(item: UploadItem): Promise<void> {
    this.items = this.items.filter((each) => each !== item);
    if (!['done', 'known', 'refused'].includes(item.state)) await item.cancel();
    this.startNext();
    await this.lookUpEarlier();
  }

  async forget(earlier: PreviousUpload): Promise<void> {
    const headers = { 'X-CSRFToken': csrfToken() };
    if (earlier.uploadUrl) await Upload.terminate(earlier.uploadUrl, { headers, retryDelays: null }).catch(() => undefined);
    await defaultOptions.urlStorage.removeUpload(earlier.urlStorageKey);
    await this.lookUpEarlier();
  }

  async lookUpEarlier(): Promise<void> {
    const all = await defaultOptions.urlStorage.findAllUploads();
    const here = new Set(this.items.map((item) => `${item.name} ${item.file.size}`));
    this.earlier = all.filter(
      (each) => each.metadata['visit_id'] === this.props.visitId && !here.has(`${each.metadata['filename']} ${each.size}`),
    );
  }

  wake(): void {
    for (const item of this.items) item.wake();
  }

  private changed(item: UploadItem): void {
    const known = this.items.includes(item);
    if (known && item.state !== 'waiting') this.spoken = uploadWords.spoken(item.name, uploadWords.states[item.state]);
    if (known) this.startNext();
  }

  private startNext(): void {
    if (this.items.some((item) => ['sending', 'checking', 'lost'].includes(item.state))) return;
    void this.items.find((item) => item.state === 'waiting')?.start();
  }
}
