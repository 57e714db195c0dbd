/** Words for who is who in a film, and for how it is set up. */
import type { Part } from '../lib/types';
import { _ } from '../lib/words';

export const whoWords = {
  title: _('Who is who'),
  loading: _('Looking up who was seen'),
  nobody: _('Nobody’s face was found in this film.'),
  people: _('People in the film'),
  peopleHint: _('With several carers, choose as parent the one whose moments with the infant you want to see.'),
  found: (sure: string) => _('Found by size and place: %(sure)s. Nothing is kept to know a face again.', { sure }),
  said: _('As it was said here.'),
  person: (number: number) => _('Person %(number)s', { number }),
  faceAlt: (number: number) => _('Person %(number)s, where their face is clearest', { number }),
  seen: (share: number) => (share < 1 ? _('seen for a moment') : _('seen %(share)s %% of the time', { share })),
  parts: { infant: _('Infant'), parent: _('Parent or carer'), other: _('Somebody else') } as Record<Part, string>,
  otherHint: _('“Somebody else” also stands for a doll, a picture, or no face at all.'),
  atCamera: _('The parent is at the camera, so nobody in view is the parent.'),
  nowIs: (number: number, part: string) => _('Person %(number)s is now: %(part)s.', { number, part }),
  setup: _('How the film is set up'),
  automatic: _('As it looks'),
  looksLike: (setup: string, sure: string) => _('It looks like: %(setup)s (%(sure)s).', { setup: setup.toLowerCase(), sure }),
  unknownSetup: _('Known after the next analysis.'),
  save: _('Save'),
  reset: _('Leave both to the computer'),
  ask: {
    label: _('A question about this film'),
    people: _('Who is the infant and who the parent is not certain here.'),
    others: _('More than two people were seen. Please check who is who.'),
    lost: (part: string) => _('The %(part)s that was named is not found again. Please say anew who is who.', { part }),
    choose: _('Who is who'),
    setup: (setup: string) => _('It looks like this: %(setup)s. Is that so?', { setup: setup.toLowerCase() }),
    yes: _('Yes'),
    no: _('No, choose'),
    outdated: _(
      'What was said of the people does not show yet: this film was analysed by an earlier version. Please have it analysed again.',
    ),
  },
};
