/**
 * The reader's language: words are written in English (UK) in `messages/` and looked up in the catalogue that the
 * server puts into the page (`#catalogue`; English has none). The same .po file holds the server's words and these.
 */

type Values = Record<string, string | number>;
/** English words to the reader's; several forms of one sentence by the plural category of its number. */
type Catalogue = { language: string; words: Record<string, string | Record<string, string>> };

let catalogue = inPage();
let plural = new Intl.PluralRules(catalogue.language);

function inPage(): Catalogue {
  const held = typeof document === 'undefined' ? null : document.getElementById('catalogue');
  return held?.textContent ? JSON.parse(held.textContent) : { language: 'en-GB', words: {} };
}

/** Read the catalogue of the page again: for tests, which have one page for many languages. */
export function readCatalogue(): void {
  catalogue = inPage();
  plural = new Intl.PluralRules(catalogue.language);
}

/** The language of these words, which need not be that of the page: a parent's screen is in the parent's. */
export function language(): string {
  return catalogue.language;
}

/** The text in the reader's language, with `%(name)s` filled in; `%%` stands for a per cent sign where values are given. */
export function _(text: string, values?: Values): string {
  const found = catalogue.words[text];
  return filled(typeof found === 'string' ? found : text, values);
}

/** The text for one or for several, with `%(num)s` filled in. */
export function n_(one: string, several: string, num: number, values: Values = {}): string {
  const found = catalogue.words[one];
  const text = typeof found === 'object' ? (found[plural.select(num)] ?? found.other ?? several) : num === 1 ? one : several;
  return filled(text, { num, ...values });
}

function filled(text: string, values?: Values): string {
  return values ? text.replace(/%\((\w+)\)s|%%/g, (whole, name: string) => (name ? String(values[name] ?? whole) : '%')) : text;
}
