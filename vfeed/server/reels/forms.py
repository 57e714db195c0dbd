"""The forms of a reel."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import (
    StringField,
)

from vfeed.server.web.forms import Form, at_most, needed, strip


class WhyForm(Form):
    """Why something leaves vfeed as a file that anybody can open."""

    reason = StringField(_("Why, and for whom?"), [needed(_("Write a reason.")), at_most(500)], filters=[strip])


class ReelForm(Form):
    """A reel, made without JavaScript."""

    title = StringField(_("Title"), [needed(_("Enter a title.")), at_most(120)], filters=[strip])
