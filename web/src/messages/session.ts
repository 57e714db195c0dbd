/** The words of a shared review's page. */
import { _ } from '../lib/words';

export const sessionWords = {
  heldOn: _('Day of the review'),
  reels: _('What you looked at together'),
  question: _('Helping question'),
  workingPoint: _('Working point, in the parent’s words'),
  workingPointHint: _('What the parent wants to try next, as they say it.'),
  nextOn: _('Next date'),
  wentWell: _('What went well, for your own log'),
  wentWellHint: _('For your own work: never shown to the parent, never in their copy.'),
  idle: _('Everything is kept as you write.'),
  keeping: _('Keeping …'),
  kept: _('Kept.'),
  waiting: _('No answer. What you wrote is safe on this computer and is sent when the line is back.'),
  overtaken: _('Somebody else wrote here meanwhile:'),
  theirsEmpty: _('(nothing)'),
  keepMine: _('Keep mine'),
  takeTheirs: _('Take theirs'),
};
