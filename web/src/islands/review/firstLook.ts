/** Why there may be nothing to decide about. */
import type { Job, Review } from '../../lib/types';

export type FirstStanding = 'queued' | 'running' | 'failed' | 'cancelled' | 'noFaces' | 'noInfant' | 'noParent' | 'none' | null;

/** Null: there are candidates, or nothing is known of any work. */
export function standingOf(job: Job | null, review: Review | null): FirstStanding {
  if (job?.state === 'queued' || job?.state === 'running') return job.state;
  if (!review?.lanes) return job?.state === 'failed' || job?.state === 'cancelled' ? job.state : null;
  if (review.candidates.length > 0) return null;
  const infant = review.lanes.infant.some((run) => run[2] !== 'unseen');
  const parent = review.lanes.parent.some((run) => run[2] !== 'unseen');
  if (!infant && !parent) return 'noFaces';
  if (!infant) return 'noInfant';
  return parent ? 'none' : 'noParent';
}
