import { expect, test } from 'vitest';
import { standingOf } from '../src/islands/review/firstLook';
import type { Job, GazeRun, Review } from '../src/lib/types';

const job = (state: Job['state']): Job => ({
  id: 'j',
  kind: 'analyse',
  reel_id: null,
  state,
  progress: 0,
  stage: '',
  eta_s: null,
  error: null,
  words: '',
});
const seen: GazeRun[] = [[0, 1, 'object', 1]];
const unseen: GazeRun[] = [[0, 1, 'unseen', 1]];
const found = (infant: GazeRun[], parent: GazeRun[], candidates: unknown[] = []): Review =>
  ({ lanes: { infant, parent }, candidates }) as unknown as Review;
const nothing = { lanes: null, candidates: [] } as unknown as Review;

test.each([
  ['waits', job('queued'), nothing, 'queued'],
  ['looks', job('running'), nothing, 'running'],
  ['looks anew at a film with findings', job('running'), found(seen, seen, [1]), 'running'],
  ['failed', job('failed'), nothing, 'failed'],
  ['failed the second time, with earlier findings', job('failed'), found(seen, seen, [1]), null],
  ['was stopped', job('cancelled'), nothing, 'cancelled'],
  ['saw nobody', job('done'), found(unseen, []), 'noFaces'],
  ['saw no infant', job('done'), found(unseen, seen), 'noInfant'],
  ['saw no parent', job('done'), found(seen, unseen), 'noParent'],
  ['saw both and found nothing', job('done'), found(seen, seen), 'none'],
  ['found something', null, found(seen, seen, [1]), null],
])('the analysis %s', (_name, latest, review, standing) => {
  expect(standingOf(latest, review)).toBe(standing);
});
