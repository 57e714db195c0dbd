"""One blueprint per concern; each view reads, checks, acts and answers."""

from vfeed.server.views import (
    accounts,
    audit,
    clips,
    clips_api,
    codes,
    codes_api,
    consents,
    families,
    home,
    media,
    parent,
    reels,
    review_api,
    tus,
    uploads,
)

BLUEPRINTS = (
    home.blueprint,
    accounts.blueprint,
    families.blueprint,
    consents.blueprint,
    uploads.blueprint,
    tus.blueprint,
    clips.blueprint,
    clips_api.blueprint,
    clips_api.jobs_blueprint,
    review_api.blueprint,
    codes_api.blueprint,
    codes.blueprint,
    media.blueprint,
    reels.blueprint,
    parent.blueprint,
    audit.blueprint,
)
