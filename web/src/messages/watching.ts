/** The words beside the picture: the sound meter and the lines of looks. */
import { _ } from '../lib/words';

export const watching = {
  meter: _('Loudness'),
  levels: { silent: _('silent'), quiet: _('quiet'), clear: _('clearly heard'), loud: _('loud') },
  gazeWhy: _(
    'A full line: from the eyes. A broken one: from the head alone. The look is within the wedge about two times in three; no wedge, nothing is claimed.',
  ),
};
