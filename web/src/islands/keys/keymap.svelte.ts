/** A person's own keys: a layout, what they changed in it, and whether single keys work at all (WCAG 2.1.4). */
import { keyWords } from '../../messages/keys';
import { isFree, isSingleKey } from '../../lib/chord';
import { ALL_COMMANDS, COMMANDS, type Command } from '../review/commands';
import { ALL_LAYOUTS, LAYOUTS, type Layout } from './layouts';

export interface OwnKeys {
  layout: Layout;
  single: boolean;
  /** Only what the person changed; an empty list: no key. */
  own: Partial<Record<Command, string[]>>;
  /** Letters that the person gave to codes, by the code's id; empty: no letter. */
  letters: Record<string, string>;
}

const UNTOLD: OwnKeys = { layout: 'both', single: true, own: {}, letters: {} };

/** A key as it is printed: "Ctrl Z". */
export function keyName(chord: string): string {
  const at = chord.length > 1 ? chord.lastIndexOf('+', chord.length - 2) : -1;
  const base = chord.slice(at + 1);
  const modifiers = at > 0 ? chord.slice(0, at).split('+') : [];
  return [...modifiers, keyWords.names[base] ?? base.toUpperCase()].join(' ');
}

/** What was kept, less what this version does not know. */
export function readOwnKeys(text: string | null): OwnKeys {
  try {
    const kept = JSON.parse(text ?? '{}') as Partial<OwnKeys>;
    const own: OwnKeys['own'] = {};
    for (const command of ALL_COMMANDS) {
      const keys = kept.own?.[command];
      if (Array.isArray(keys)) own[command] = keys.filter((key) => typeof key === 'string' && isFree(key));
    }
    const letters = Object.entries(kept.letters ?? {}).filter(
      (each): each is [string, string] => typeof each[1] === 'string' && /^[a-z]?$/.test(each[1]),
    );
    return {
      layout: ALL_LAYOUTS.find((each) => each === kept.layout) ?? 'both',
      single: kept.single !== false,
      own,
      letters: Object.fromEntries(letters),
    };
  } catch {
    return UNTOLD;
  }
}

/** Each command's keys: the person's own first, then the layout's, then the usual ones; no key means two things. */
export function resolved({ layout, own }: OwnKeys): Record<Command, string[]> {
  const taken = new Set<string>();
  const keys = {} as Record<Command, string[]>;
  const give = (command: Command, wanted: string[]): void => {
    keys[command] = wanted.filter((key) => !taken.has(key));
    for (const key of keys[command]) taken.add(key);
  };
  for (const source of [own, LAYOUTS[layout]]) {
    for (const command of ALL_COMMANDS) {
      const wanted = source[command];
      if (wanted && !keys[command]) give(command, wanted);
    }
  }
  for (const command of ALL_COMMANDS) if (!keys[command]) give(command, COMMANDS[command].keys);
  return keys;
}

export class KeyMap {
  now = $state.raw<OwnKeys>(UNTOLD);
  keys = $derived.by(() => resolved(this.now));
  private readonly byKey = $derived.by(
    () => new Map(ALL_COMMANDS.flatMap((command) => this.keys[command].map((key): [string, Command] => [key, command]))),
  );
  /** Letters whose press with Shift means a command. */
  shiftLetters = $derived.by(
    () => new Set(ALL_COMMANDS.flatMap((command) => this.keys[command].flatMap((key) => /^Shift\+([a-z])$/.exec(key)?.[1] ?? []))),
  );
  private before = $state.raw<OwnKeys | null>(null);
  private readonly stored: string;

  /** `account` keeps the keys of people apart who share this browser. */
  constructor(account: string) {
    this.stored = `vfeed.keys.${account}`;
    this.now = readOwnKeys(localStorage.getItem(this.stored));
  }

  get canUndo(): boolean {
    return this.before !== null;
  }

  get changed(): boolean {
    return Object.keys(this.now.own).length > 0 || Object.keys(this.now.letters).length > 0;
  }

  /** What a pressed key means; null for nothing, also while single keys are off. */
  meaning(chord: string): Command | null {
    return !this.now.single && isSingleKey(chord) ? null : (this.byKey.get(chord) ?? null);
  }

  /** Which command a key belongs to, whether it works just now or not. */
  owner(chord: string): Command | null {
    return this.byKey.get(chord) ?? null;
  }

  /** The key to show beside a command; null when it has none, or none that works now. */
  shown(command: Command): string | null {
    const key = this.keys[command].find((each) => this.now.single || !isSingleKey(each));
    return key === undefined ? null : keyName(key);
  }

  isOwn(command: Command): boolean {
    return this.now.own[command] !== undefined;
  }

  setSingle(single: boolean): void {
    this.keep({ ...this.now, single });
  }

  setLayout(layout: Layout): void {
    this.keep({ ...this.now, layout });
  }

  /** Gives a key to a command in the place of its first one, and takes it from the one that had it. */
  give(command: Command, chord: string): void {
    const other = this.owner(chord);
    const rest = this.keys[command].slice(1).filter((key) => key !== chord);
    const own = { ...this.now.own, [command]: [chord, ...rest] };
    if (other && other !== command) own[other] = this.keys[other].filter((key) => key !== chord);
    this.keep({ ...this.now, own });
  }

  /** Gives a letter to a code, and takes it from the one that was given it before; an empty one takes the code's letter away. */
  giveLetter(code: string, letter: string): void {
    const others = Object.entries(this.now.letters).filter(([id, each]) => id !== code && !(letter && each === letter));
    this.keep({ ...this.now, letters: { ...Object.fromEntries(others), [code]: letter } });
  }

  usual(command: Command): void {
    const own = { ...this.now.own };
    delete own[command];
    this.keep({ ...this.now, own });
  }

  allUsual(): void {
    this.keep({ ...this.now, own: {}, letters: {} });
  }

  undo(): void {
    const { before } = this;
    if (!before) return;
    this.keep(before);
    this.before = null;
  }

  /** Another window changed the keys. */
  reload(): void {
    this.now = readOwnKeys(localStorage.getItem(this.stored));
    this.before = null;
  }

  private keep(next: OwnKeys): void {
    this.before = this.now;
    this.now = next;
    localStorage.setItem(this.stored, JSON.stringify(next));
  }
}
