/** The words of the review room while there is little to see yet, or something did not work. */
import { _ } from '../lib/words';

export const firstLook = {
  queued: _('The film waits for its turn to be looked through.'),
  running: (share: number, left: string | null) =>
    left
      ? _('vfeed is looking for faces and glances: %(share)s %%, %(left)s.', { share, left })
      : _('vfeed is looking for faces and glances: %(share)s %%.', { share }),
  meanwhile: _('You need not wait: watch, set marks and tag already now. What it finds appears here by itself.'),
  stop: _('Stop this'),
  stopping: _('Stopping'),
  failed: _('The film could not be looked through.'),
  cancelled: _('Looking through the film was stopped.'),
  retry: _('Try again'),
  goOn: _('Go on without'),
  goneOn: _('You work without the computer’s candidates. Everything else is as usual.'),
  lookAfterAll: _('Look for candidates after all'),
  again: _('Try once more'),
  noFaces: _('No face could be seen in this film, so nothing is offered.'),
  noInfant: _('The infant’s face could not be seen in this film, so nothing is offered.'),
  noParent: _('The parent’s face could not be seen in this film.'),
  noFaceWhy: _(
    'Faces may be too small, too dark, or turned from the camera. “What the camera could see”, below the film, says more and helps with the next one.',
  ),
  whatCamera: _('What the camera could see'),
  noneFound: _('Both faces were seen, and nothing stood out that the computer would offer.'),
  ownEyes: (key: string | null) =>
    key
      ? _('Your own eyes count: press %(key)s or “They look here” when they look at each other, or tag any moment.', { key })
      : _('Your own eyes count: press “They look here” when they look at each other, or tag any moment.'),
  noVideo: _('The picture of this film cannot be shown.'),
  copyFailed: _('The copy of the pictures could not be made, the sound could.'),
  browserFailed: _('This browser could not decode the pictures.'),
  nothingPlays: _(
    'Neither picture nor sound can be played here. Load the page again; if that does not help, tell whoever looks after vfeed.',
  ),
  soundOnly: _('You can listen, move along the sound below, and tag moments.'),
  videoAgain: _('Try the picture again'),
  makingAgain: _('The picture is being made again.'),
};
