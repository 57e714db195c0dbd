import { describe, expect, test } from 'vitest';
import { isAlreadyIn, Outbox } from '../src/lib/outbox';
import type { Act, Moment } from '../src/lib/types';
import { decision, reviewState } from './review_fixture';
import { memoryStore } from './memory_store';

const swap: Act = { type: 'roles_swapped', payload: {} };
const moment: Moment = { moment_id: 'm', start_us: 0, end_us: 10, strength: 'attentive', note: '' };
const span = { candidate_id: 'c', kind: 'gaze_contact', start_us: 1_000_000, end_us: 2_000_000 };

test('acts are kept in order and survive a new page', () => {
  const store = memoryStore();
  const outbox = new Outbox('clip', store);
  outbox.add({ type: 'moment_tagged', payload: moment });
  outbox.add(swap);
  const later = new Outbox('clip', store);
  expect(later.list().map((act) => act.type)).toEqual(['moment_tagged', 'roles_swapped']);
  later.dropFirst();
  expect(later.list()).toEqual([swap]);
  expect(new Outbox('another clip', store).list()).toEqual([]);
});

test('nothing is left behind once everything was sent', () => {
  const store = memoryStore();
  const outbox = new Outbox('clip', store);
  outbox.add(swap);
  outbox.dropFirst();
  expect(store.getItem('vfeed.outbox.clip')).toBeNull();
});

test('what another program wrote there is not taken for acts', () => {
  const store = memoryStore();
  store.setItem('vfeed.outbox.clip', '{not json');
  expect(new Outbox('clip', store).list()).toEqual([]);
});

describe('an act whose answer was lost is recognised', () => {
  test.each<[string, Act, boolean]>([
    ['confirmed with the same times', { type: 'candidate_confirmed', payload: span }, true],
    ['confirmed with other times', { type: 'candidate_adjusted', payload: { ...span, end_us: 3 } }, false],
    ['rejected', { type: 'candidate_rejected', payload: span }, false],
    ['a moment that is there', { type: 'moment_tagged', payload: moment }, true],
    ['a change that is not there', { type: 'moment_changed', payload: { ...moment, note: 'new' } }, false],
    ['a removal that has not happened', { type: 'moment_removed', payload: { moment_id: 'm' } }, false],
    ['a removal that has', { type: 'moment_removed', payload: { moment_id: 'other' } }, true],
    ['a swap, which cannot be told', swap, false],
  ])('%s', (_name, act, expected) => {
    const state = reviewState({ decisions: { c: decision('confirmed', 1_000_000) }, moments: [moment] });
    expect(isAlreadyIn(state, act)).toBe(expected);
  });
});
