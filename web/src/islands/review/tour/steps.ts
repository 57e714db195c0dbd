/** The steps of the guided tour: what each is about, and when it is done. */
import type { Command } from '../commands';
import type { ReviewRoom } from '../room.svelte';

export type TourStep = 'room' | 'play' | 'take' | 'look' | 'keep' | 'strength' | 'end';

interface StepFacts {
  /** What is ringed on the screen: the button of a command, or whatever a selector finds. */
  ring?: string;
  /** The command whose key the words name. */
  command?: Command;
  /** Done by the person's own hand; without it they say when they have read it. */
  done?: (room: ReviewRoom) => boolean;
  /** Done as soon as its command was given, by button or key. */
  once?: boolean;
  /** Prepares the room when the step comes up. */
  begin?: (room: ReviewRoom) => void;
}

const button = (command: Command): string => `[data-does="${command}"]`;
/** On a tablet what decides stands in the bar below the list. */
const inItem = (command: Command): string => `:is(.item.selected, .deciding) ${button(command)}`;

export const STEPS: Record<TourStep, StepFacts> = {
  room: {},
  play: { ring: button('play-pause'), command: 'play-pause', done: (room) => room.player.moving },
  take: {
    ring: button('next-candidate'),
    command: 'next-candidate',
    done: (room) => room.selected !== null,
    begin: (room) => room.select(null),
  },
  look: { ring: inItem('play-around'), command: 'play-around', once: true, begin: showSelected },
  keep: { ring: inItem('keep-and-tag'), command: 'keep-and-tag', done: (room) => room.momentDraft !== null, begin: showSelected },
  strength: { ring: '.panel form', done: (room) => room.momentDraft === null && room.moments.length > 0 },
  end: { ring: '.masthead .button--primary', command: 'undo' },
};

export const ORDER = Object.keys(STEPS) as TourStep[];

/** Steps of the pages after the room: of those the tour knows only that one is there. */
export const ONWARD = ['choose', 'show', 'record'] as const;
export type OnwardStep = (typeof ONWARD)[number];

function showSelected(room: ReviewRoom): void {
  room.tab = 'candidates';
}
