/** What stands beside the button of a passkey. */
import { _ } from '../lib/words';

export const passkeyWords = { stopped: _('No passkey was used: it was stopped, or this device has none for here.') };
