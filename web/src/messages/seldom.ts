/** Words of the review room that are seldom on show: fetched with what shows them. */
import type { CameraSetup } from '../lib/types';
import { _ } from '../lib/words';

export const seldom = {
  clash: {
    heading: _('This was changed in another window, or by somebody else, at the same time.'),
    theirs: (words: string) => _('It now stands as: %(words)s.', { words }),
    mine: (words: string) => _('You: %(words)s.', { words }),
    useMine: _('Use mine'),
    useTheirs: _('Leave it as it is'),
    undecided: _('not decided'),
    gone: _('removed'),
    runs: (start: string) => _('begun at %(start)s', { start }),
    decided: { confirmed: _('kept'), rejected: _('not this'), unsure: _('unsure') },
    span: (start: string, end: string) => _('%(start)s to %(end)s', { start, end }),
  },
  codes: {
    title: _('Code sets for this film'),
    hint: _('What moments can be tagged with. Tags that are there already stay as they are.'),
    none: _('Please choose at least one.'),
    owner: (name: string) => _('Owner: %(name)s.', { name }),
    use: _('Use these'),
    own: _('Make or change code sets of your own'),
    notInUse: _('Not in use for this film'),
  },
  list: {
    caption: _('Everything on the timeline, in the order of time'),
    lasts: _('Lasts'),
    what: _('What'),
    stands: _('State or note'),
  },
  find: {
    text: _('Search in names, notes and captions'),
    placeholder: _('Search'),
    all: _('Show all'),
    kind: _('Any kind'),
    state: _('Any decision'),
    part: _('Any part'),
    code: _('Any code'),
    count: (found: number, all: number) => _('%(found)s of %(all)s', { found, all }),
  },
  history: {
    all: _('Everything that was done with this film'),
    none: _('Nothing yet.'),
    takenBack: _('taken back'),
    earlier: _('Earlier steps'),
  },
  setups: {
    one_view: _('Both in one view'),
    split_screen: _('Split screen of two cameras'),
    picture_in_picture: _('A small picture in the large one'),
    parent_at_camera: _('Only the infant in view, parent at the camera'),
  } as Record<CameraSetup, string>,
  whoSaid: {
    setup: (setup: string) => _('Set up: %(setup)s', { setup: setup.toLowerCase() }),
    setupLeft: _('The set-up is left to the computer'),
    people: _('Saved who is who'),
    peopleLeft: _('Who is who is left to the computer'),
  },
  flags: {
    title: _('Offer looks no longer'),
    why: _(
      'Where someone looks means little for some pairs, for example with a visual impairment or other habits of looking. Everything else goes on working.',
    ),
    reason: _('Reason'),
    reasonHint: _('Kept with the film, for colleagues.'),
    save: _('Switch off'),
  },
  view: {
    before: _('Seconds before'),
    after: _('Seconds after'),
    around: _('Played around a moment'),
    shows: _('The picture shows'),
    noFaces: _('No faces were found in this film.'),
    light: _('Light, in per cent of the film as it was made'),
    corrections: { brightness: _('Brightness'), contrast: _('Contrast') },
    asFilmed: _('As filmed'),
    turn: _('Does the film lie on its side? Turn it'),
    onlyHere: _('Changes what you see here, never the film.'),
  },
};
