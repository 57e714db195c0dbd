import { expect, test } from 'vitest';
import { EVERYTHING, isWanted, type Entry, type Wanted } from '../src/islands/review/finding.svelte';

const entry = (more: Partial<Entry>): Entry => ({
  id: 'e',
  kind: 'moment',
  start_us: 0,
  end_us: 1,
  what: '',
  stands: '',
  text: '',
  code: null,
  part: null,
  state: null,
  ...more,
});
const MOMENT = entry({ text: 'Eye to eye A long wärm look', code: 'eye_to_eye', part: 'both' });
const CANDIDATE = entry({ kind: 'candidate', text: 'Gaze contact 3 kept', state: 'kept' });

test.each<[Partial<Wanted>, boolean, boolean]>([
  [{}, true, true],
  [{ text: '  ' }, true, true],
  [{ text: 'warm EYE' }, true, false],
  [{ text: 'contact 3' }, false, true],
  [{ text: 'nowhere' }, false, false],
  [{ kind: 'candidate' }, false, true],
  [{ code: 'eye_to_eye' }, true, false],
  [{ part: 'both' }, true, false],
  [{ part: 'child' }, false, false],
  [{ state: 'kept' }, false, true],
  [{ state: 'open' }, false, false],
  [{ text: 'look', part: 'both', kind: 'moment' }, true, false],
])('%o', (wanted, moment, candidate) => {
  const all = { ...EVERYTHING, ...wanted };
  expect([isWanted(MOMENT, all), isWanted(CANDIDATE, all)]).toEqual([moment, candidate]);
});
