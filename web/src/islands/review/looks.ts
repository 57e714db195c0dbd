/** Reading the lanes of looking states. */
import type { GazeRun, GazeState } from '../../lib/types';

/** The state at a time; where nothing is known nobody can see. */
export function stateAt(runs: GazeRun[], timeUs: number): GazeState {
  let low = 0;
  let high = runs.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const run = runs[middle];
    if (!run) break;
    if (timeUs < run[0]) high = middle - 1;
    else if (timeUs >= run[1]) low = middle + 1;
    else return run[2];
  }
  return 'unseen';
}
