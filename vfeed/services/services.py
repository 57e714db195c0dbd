"""The use cases of one installation, made once in each process on its store."""

from __future__ import annotations

from vfeed.services.access import Access
from vfeed.services.accounts import Accounts
from vfeed.services.agreements import Agreements
from vfeed.services.audit_reading import AuditReading
from vfeed.services.brought_screenings import BroughtScreenings
from vfeed.services.clips import ClipWork
from vfeed.services.coder_concerns import CoderConcerns
from vfeed.services.codes import Codes
from vfeed.services.coding import CodingRoom
from vfeed.services.comments import FilmComments
from vfeed.services.consensus import ConsensusRoom
from vfeed.services.consents import Consents
from vfeed.services.courses import Courses
from vfeed.services.erasing import Erasing
from vfeed.services.evidence import EvidenceWork
from vfeed.services.faces import Faces
from vfeed.services.families import Families
from vfeed.services.files import Files
from vfeed.services.gammas import GammaWork
from vfeed.services.gate import Gate
from vfeed.services.groups import GroupWork
from vfeed.services.imported_codings import ImportedCodings
from vfeed.services.languages import Languages
from vfeed.services.machine_comparison import MachineComparison
from vfeed.services.measures import Measures
from vfeed.services.moments import ShownMoments
from vfeed.services.offers import Offers
from vfeed.services.parent_led import ParentLed
from vfeed.services.parents_room import ParentsRoom
from vfeed.services.passkeys import Passkeys
from vfeed.services.programmes import Programmes
from vfeed.services.reels import Reels
from vfeed.services.reference_codings import ReferenceCodings
from vfeed.services.referrals import ReferralWork
from vfeed.services.review import Reviews
from vfeed.services.samples import Samples
from vfeed.services.screening import Screening
from vfeed.services.second_steps import SecondSteps
from vfeed.services.service_health import ServiceHealth
from vfeed.services.sessions import Sessions
from vfeed.services.sheets import Sheets
from vfeed.services.studies import StudyDesk
from vfeed.services.study_files import StudyFiles
from vfeed.services.study_keeping import StudyKeeping
from vfeed.services.suggestions import Suggestions
from vfeed.services.supervision import Supervision
from vfeed.services.take_home import TakeHome
from vfeed.services.taking_in import TakingIn
from vfeed.services.today import Today
from vfeed.services.uploads import Uploads
from vfeed.store.store import Store


class Services:
    """Every use case, by what it is about."""

    def __init__(self, store: Store) -> None:
        self.access = Access(store)
        self.service_health = ServiceHealth(store)
        self.samples = Samples(store)
        self.gate = Gate(store)
        self.accounts = Accounts(store)
        self.second_steps = SecondSteps(store)
        self.passkeys = Passkeys(store)
        self.reels = Reels(store, self.access)
        self.offers = Offers(store)
        self.faces = Faces(store, self.access, self.offers)
        self.consents = Consents(store, self.access)
        self.families = Families(store, self.access)
        self.reviews = Reviews(store, self.access, self.offers)
        self.referrals = ReferralWork(store, self.access)
        self.groups = GroupWork(store, self.access)
        self.courses = Courses(store, self.access, self.groups)
        self.comments = FilmComments(store, self.access)
        self.parent_led = ParentLed(store, self.access)
        self.files = Files(store)
        self.evidence = EvidenceWork(store, self.access, self.files)
        self.moments = ShownMoments(store)
        self.suggestions = Suggestions(store, self.access, self.reels, self.offers)
        self.sessions = Sessions(store, self.access, self.reels)
        self.uploads = Uploads(store, self.access, self.sessions)
        self.parents_room = ParentsRoom(store, self.access, self.reels, self.files, self.sessions)
        self.screening = Screening(store, self.offers)
        self.brought_screenings = BroughtScreenings(store)
        self.studies = StudyDesk(store, self.screening)
        self.coding = CodingRoom(store)
        self.agreements = Agreements(store, self.studies)
        self.gammas = GammaWork(store, self.agreements)
        self.supervision = Supervision(store, self.access, self.reels, self.files, self.sessions)
        self.take_home = TakeHome(store, self.reels, self.files, self.moments, self.sessions)
        self.today = Today(store)
        self.programmes = Programmes(store, self.access, self.today)
        self.sheets = Sheets(store, self.access)
        self.measures = Measures(store, self.access)
        self.codes = Codes(store)
        self.clips = ClipWork(store, self.access)
        self.erasing = Erasing(store, self.access)
        self.languages = Languages(store)
        self.audit_reading = AuditReading(store, self.access)
        self.consensus = ConsensusRoom(store, self.agreements)
        self.coder_concerns = CoderConcerns(store)
        self.taking_in = TakingIn(store)
        self.reference_codings = ReferenceCodings(self.agreements, self.consensus)
        self.imported_codings = ImportedCodings(store, self.agreements, self.taking_in)
        self.study_files = StudyFiles(
            store, self.agreements, self.consensus, self.reference_codings, self.imported_codings
        )
        self.study_keeping = StudyKeeping(store, self.study_files)
        self.machine_comparison = MachineComparison(store, self.studies, self.agreements)
