/** Who is who while a person chooses: nobody is two things, and the pair has one infant and one parent. */
import type { Act, FoundPerson, Part, Review, CameraSetup } from '../../../lib/types';

export type Parts = Readonly<Record<number, Part>>;
export type Question = 'people' | 'setup';

/** What each person is taken for, by number. */
export function partsOf(people: readonly FoundPerson[]): Parts {
  return Object.fromEntries(people.map((each) => [each.number, each.part]));
}

/** With `part` given to one person; whoever had it takes what that person was. */
export function given(parts: Parts, number: number, part: Part): Parts {
  const before = parts[number];
  if (before === undefined || before === part) return parts;
  const had = part === 'other' ? undefined : Object.entries(parts).find(([, each]) => each === part)?.[0];
  return { ...parts, ...(had === undefined ? {} : { [had]: before }), [number]: part };
}

/** The acts that say what was chosen, in the order of saying; none for what stands already. */
export function actsFor(
  people: readonly FoundPerson[],
  parts: Parts,
  kind: CameraSetup | null,
  review: Pick<Review, 'state' | 'who'>,
): Act[] {
  const acts: Act[] = [];
  const touched = people.some((each) => parts[each.number] !== each.part);
  // Who looks at an open question and saves has answered it, also where the guess was right.
  if (people.length > 0 && (touched || asks(review, 'people'))) {
    const named = people.map(({ number, part, seen }) => ({ part: parts[number] ?? part, seen }));
    acts.push({ type: 'people_named', payload: { people: named } });
  }
  if (kind !== review.state.setup) acts.push({ type: 'setup_named', payload: { kind } });
  return acts;
}

/** The acts that take back all that was said. */
export function actsToReset({ state }: Pick<Review, 'state'>): Act[] {
  const acts: Act[] = [];
  if (state.people.length > 0 || state.swapped) acts.push({ type: 'people_named', payload: { people: [] } });
  if (state.setup !== null) acts.push({ type: 'setup_named', payload: { kind: null } });
  return acts;
}

/** Whether a question is open: what was answered a moment ago is not asked again. */
export function asks({ state, who }: Pick<Review, 'state' | 'who'>, question: Question): boolean {
  if (!who?.asks.includes(question)) return false;
  return question === 'setup' ? state.setup === null : who.roles.lost.length > 0 || (state.people.length === 0 && !state.swapped);
}
