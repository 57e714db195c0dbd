"""One blueprint per concern; each view reads, checks, acts and answers."""

from vfeed.server.accounts import oidc_pages as oidc
from vfeed.server.accounts import pages as accounts
from vfeed.server.accounts import second_step
from vfeed.server.audit import pages as audit
from vfeed.server.audit import trail_pages as trails
from vfeed.server.clips import api as clips_api
from vfeed.server.clips import media, tus
from vfeed.server.clips import pages as clips
from vfeed.server.clips import upload as uploads
from vfeed.server.codes import api as codes_api
from vfeed.server.codes import checklists
from vfeed.server.codes import pages as codes
from vfeed.server.coding import api as coding_api
from vfeed.server.coding import pages as coding
from vfeed.server.families import carers, consents, correcting, erasing
from vfeed.server.families import clock_pages as clocks
from vfeed.server.families import evidence_pages as evidence
from vfeed.server.families import pages as families
from vfeed.server.groups import pages as groups
from vfeed.server.languages import pages as languages
from vfeed.server.parents_room import api as parent_api
from vfeed.server.parents_room import led_api as parent_led_api
from vfeed.server.parents_room import led_pages as parent_led
from vfeed.server.parents_room import pages as parent
from vfeed.server.programmes import pages as programmes
from vfeed.server.records import pages as records
from vfeed.server.records import plan_pages as session_plans
from vfeed.server.reels import pages as reels
from vfeed.server.review import api as review_api
from vfeed.server.review import comments as film_comments
from vfeed.server.screening import brought as brought_screenings
from vfeed.server.screening import pages as screening
from vfeed.server.sessions import api as sessions_api
from vfeed.server.sessions import films as session_films
from vfeed.server.sessions import pages as sessions
from vfeed.server.sheets import api as sheets_api
from vfeed.server.sheets import pages as sheets
from vfeed.server.story import pages as story
from vfeed.server.studies import consensus
from vfeed.server.studies import files as study_files
from vfeed.server.studies import pages as studies
from vfeed.server.studies import reports as study_reports
from vfeed.server.supervision import pages as supervision
from vfeed.server.take_home import pages as take_home
from vfeed.server.take_home import public_share as public_share
from vfeed.server.taking_in import pages as taking_in
from vfeed.server.web import home

BLUEPRINTS = (
    home.blueprint,
    accounts.blueprint,
    second_step.blueprint,
    oidc.blueprint,
    families.blueprint,
    evidence.blueprint,
    carers.blueprint,
    correcting.blueprint,
    groups.blueprint,
    erasing.blueprint,
    clocks.blueprint,
    consents.blueprint,
    uploads.blueprint,
    tus.blueprint,
    clips.blueprint,
    clips_api.blueprint,
    clips_api.jobs_blueprint,
    review_api.blueprint,
    film_comments.blueprint,
    codes_api.blueprint,
    codes.blueprint,
    checklists.blueprint,
    media.blueprint,
    reels.blueprint,
    parent.blueprint,
    languages.blueprint,
    parent_api.blueprint,
    parent_led.blueprint,
    parent_led_api.blueprint,
    sessions.blueprint,
    session_films.blueprint,
    session_plans.blueprint,
    sessions_api.blueprint,
    programmes.blueprint,
    sheets.blueprint,
    sheets_api.blueprint,
    records.blueprint,
    story.blueprint,
    supervision.blueprint,
    studies.blueprint,
    study_files.blueprint,
    study_reports.blueprint,
    consensus.blueprint,
    screening.blueprint,
    brought_screenings.blueprint,
    taking_in.blueprint,
    coding.blueprint,
    coding_api.blueprint,
    take_home.blueprint,
    public_share.blueprint,
    audit.blueprint,
    trails.blueprint,
)
