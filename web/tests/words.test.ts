import { afterEach, expect, test, vi } from 'vitest';
import { _, language, n_, readCatalogue } from '../src/lib/words';

const put = (language: string, words: object): void => {
  vi.stubGlobal('document', {
    getElementById: (id: string) => (id === 'catalogue' ? { textContent: JSON.stringify({ language, words }) } : null),
  });
  readCatalogue();
};

afterEach(() => {
  vi.unstubAllGlobals();
  readCatalogue();
});

test('English is what is written; values are filled in, and a doubled per cent sign is one', () => {
  expect(_('Stop')).toBe('Stop');
  expect(language()).toBe('en-GB');
  expect(_('seen %(share)s %% of the time', { share: 40 })).toBe('seen 40 % of the time');
  expect(_('100 % as it is')).toBe('100 % as it is');
  expect(n_('%(num)s film', '%(num)s films', 1)).toBe('1 film');
  expect(n_('%(num)s film', '%(num)s films', 3)).toBe('3 films');
});

test('a catalogue of the page is spoken, with its own forms for numbers, and what it lacks stays English', () => {
  put('cy', {
    Stop: 'Stopio',
    'about %(num)s minute left': { one: 'tua %(num)s munud ar ôl', two: 'tua %(num)s funud ar ôl', other: 'tua %(num)s munud ar ôl' },
  });
  expect(_('Stop')).toBe('Stopio');
  expect(_('Start')).toBe('Start');
  expect(language()).toBe('cy');
  expect(n_('about %(num)s minute left', 'about %(num)s minutes left', 2)).toBe('tua 2 funud ar ôl');
  expect(n_('about %(num)s minute left', 'about %(num)s minutes left', 9)).toBe('tua 9 munud ar ôl');
});

test('a value that looks like a place to fill in is left alone', () => {
  expect(_('Undo: %(label)s', { label: '%(time)s %%' })).toBe('Undo: %(time)s %%');
});

test('nothing but the words themselves says which language the reader reads', () => {
  const sources = import.meta.glob<string>('../src/**/*.{svelte,ts}', { query: '?raw', import: 'default', eager: true });
  const saying = Object.entries(sources).flatMap(([file, source]) => (/['"]en(-GB)?['"]/.test(source) ? [file] : []));
  expect(saying).toEqual(['../src/lib/words.ts']);
});
