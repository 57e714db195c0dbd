"""The form that opens what a family took home."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import (
    StringField,
)

from vfeed.server.web.forms import Form, at_most, needed, strip


class PassphraseForm(Form):
    """The passphrase of what a parent took home."""

    passphrase = StringField(
        _("Passphrase"),
        [needed(_("Enter the passphrase.")), at_most(200)],
        filters=[strip],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
