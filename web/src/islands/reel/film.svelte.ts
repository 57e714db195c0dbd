/** One film of the visit: what is marked in it, and where its images are. */
import { getJson } from '../../lib/api';
import { FrameMap } from '../../lib/frames';
import type { Clip, FrameTimes, Moment, Pack, Review } from '../../lib/types';
import { KeptUncoded } from './keptUncoded.svelte';

export interface FilmUrls {
  clipId: string;
  title: string;
  clipApiUrl: string;
  reviewUrl: string;
  keptUncodedUrl: string;
  eventsUrl: string;
  /** The image at a time of the film, with {at} where its microseconds belong. */
  stillUrl: string;
}

export class ReelFilm {
  clip = $state.raw<Clip | null>(null);
  review = $state.raw<Review | null>(null);
  frames = $state.raw<FrameMap>(new FrameMap([[0, 0]], 0));
  readonly keptUncoded: KeptUncoded;

  moments = $derived.by((): Moment[] => {
    const tagged = (this.review?.state.moments ?? []).filter((moment) => !moment.point);
    return [...tagged, ...this.keptUncoded.moments].sort((a, b) => a.start_us - b.start_us);
  });

  constructor(readonly urls: FilmUrls) {
    this.keptUncoded = new KeptUncoded(urls);
  }

  /** `packs`: the code sets of every film. */
  async load(packs: Promise<Pack[]>): Promise<void> {
    const [clip, review] = await Promise.all([getJson<Clip>(this.urls.clipApiUrl), getJson<Review>(this.urls.reviewUrl)]);
    const pairs = clip.frame_times_url ? await getJson<FrameTimes>(clip.frame_times_url) : [];
    await this.keptUncoded.load(packs, review.state.packs);
    this.frames = pairs.length ? new FrameMap(pairs, clip.duration_us) : FrameMap.even(clip.duration_us, clip.facts.mean_fps);
    this.clip = clip;
    this.review = review;
  }

  find(momentId: string): Moment | null {
    return this.moments.find((moment) => moment.moment_id === momentId) ?? null;
  }

  nameOf(momentId: string): string {
    const keptUncoded = this.keptUncoded.find(momentId);
    if (keptUncoded) return this.keptUncoded.nameOf(keptUncoded);
    const code_ref = this.find(momentId)?.code_ref ?? '';
    return this.review?.strengths.find((each) => each.id === code_ref)?.label ?? code_ref;
  }

  stillAt(timeUs: number): string {
    return this.urls.stillUrl.replace('{at}', String(Math.max(0, Math.round(timeUs))));
  }
}
