/** Made by `make types` from docs/openapi.json: do not edit. Times are whole microseconds of the clip. */

export type Anchors = (number | null)[];

export type Box = [number, number, number, number];

/** Kinds of set-up; the words are stored. */
export type CameraSetup = 'one_view' | 'split_screen' | 'picture_in_picture' | 'parent_at_camera';

/** What the analysis offers: `number` counts those of a kind from 1; `evidence` depends on the kind. */
export interface Candidate {
  id: string;
  number: number;
  kind: string;
  label: string;
  start_us: number;
  end_us: number;
  confidence: number;
  reason: string;
  evidence: Evidence;
  face_pair_url: string | null;
}

/** What a person saw that the analysis did not offer, under an id of its own; from then on it is decided about. */
export interface CandidateAdded {
  start_us: number;
  end_us: number;
  candidate_id: string;
  kind: string;
}

/** A candidate, and the times at which it is confirmed, rejected, adjusted or put aside as unsure. */
export interface CandidateDecision {
  start_us: number;
  end_us: number;
  candidate_id: string;
  kind: string;
}

/** A clip: its facts, where its parts are, and its jobs. `sound_url` is set where no pictures could be made. */
export interface Clip {
  id: string;
  title: string;
  facts: ClipFacts;
  duration_us: number;
  proxy_url: string | null;
  sound_url: string | null;
  poster_url: string | null;
  waveform_url: string | null;
  frame_times_url: string | null;
  still_url: string;
  gaze_flags: GazeFlags;
  jobs: Job[];
}

/** What is known of the file; more than these, by the clip. */
export interface ClipFacts {
  width_px: number;
  height_px: number;
  mean_fps: number;
  frame_count: number;
}

/** A moment and the clip that it is of. */
export interface ClipMoment {
  clip_id: string;
  moment_id: string;
}

/** What a clip is called on the screens. */
export interface ClipName {
  title: string;
}

/** A clip and its page. */
export interface ClipPage {
  id: string;
  url: string;
}

/** A code to tag with; `id` is what a tag keeps of it, `key` the letter pressed with Shift (empty: one is given). */
export interface Code {
  id: string;
  label: string;
  parent_words: string;
  part: 'child' | 'parent' | 'both';
  timing: 'interval' | 'point' | 'chain';
  group: string;
  key: string;
  colour: string;
  shape: string;
}

/** Codes that belong together. */
export interface CodeSet {
  id: string;
  title: string;
  codes: Code[];
}

/** Every pack on offer that has codes, and hints for words. */
export interface Codes {
  packs: Pack[];
  wording: WordingHint[];
}

/** A coding. */
export interface CodingJournal {
  last_event_id: number;
  undo: Step | null;
  redo: Step | null;
  state: CodingState;
}

/** A coding: for each lane pairs of a time and the code that holds from there on, and points in time. */
export interface CodingState {
  switches: Record<string, [number, string][]>;
  points: Pointed[];
  ended: string[];
  handed_in: boolean;
}

/** Something said about a place of a film, by a colleague or in supervision; `when` is in words. */
export interface Comment {
  id: number;
  at_us: number;
  text: string;
  author: string;
  mine: boolean;
  when: string;
}

/** Something to say about a time of a film. */
export interface CommentIn {
  at_us?: number | null;
  text: string;
}

/** An agreed coding. */
export interface ConsensusJournal {
  last_event_id: number;
  undo: Step | null;
  redo: Step | null;
  state: ConsensusState;
}

/** What two coders have agreed on, by lane and start of the stretch, and which step settled each last. */
export interface ConsensusState {
  settled: Record<string, Settled>;
  finished: boolean;
  touched: Record<string, number>;
}

/** A verdict; `own`: seen by the person, not offered by the analysis. */
export interface Decision {
  state: 'confirmed' | 'rejected' | 'unsure';
  kind: string;
  start_us: number;
  end_us: number;
  event_id: number;
  own: boolean;
}

/** What is left open in a coding or looks like a slip, before it is handed in. */
export interface EndCheck {
  open_passes: string[];
  not_coded: LanePlace[];
  short: LanePlace[];
  unused: LaneCode[];
}

/** A refusal: its code, what is the matter and what to do, for a person; `permanent` of what no new try changes. */
export interface ErrorBody {
  code: string;
  message: string;
  hint: string;
  permanent: boolean;
}

/** One event to add; `expect_last` is the last that the sender knows (0: none), where nothing may come between. */
export interface EventIn {
  type: string;
  payload: Record<string, unknown>;
  expect_last?: number | null;
}

export type Evidence = Record<string, number | boolean | string | null>;

/** A face at one time: left, top, width and height as shares of the frame; it may reach over the edge. */
export interface FaceSeen {
  time_us: number;
  box: [number, number, number, number];
}

/** Everybody to choose from when saying who is who. */
export type FoundPeople = FoundPerson[];

/** Somebody who is followed; the number holds for the newest analysis alone. */
export interface FoundPerson {
  number: number;
  seen_share: number;
  part: Part;
  seen: Sighting[];
  still_url: string;
}

/** How sure it is who is who; `given`: said by a person, `lost`: whom the naming did not find again. */
export interface FoundRoles {
  confidence: number;
  others: number;
  given: boolean;
  lost: Person[];
}

/** Pairs of proxy time and clip time, one for each frame of the proxy. */
export type FrameTimes = [number, number][];

/** Whether gaze candidates mean anything for this pair; a reason is needed when they do not. */
export interface GazeFlags {
  meaningful: boolean;
  reason: string;
}

export type GazeLine = [number, number, number, boolean];

/** Right, down, spread in degrees and whether by the eyes, one for each analysed frame; null: cannot be told. */
export interface GazeLines {
  time_us: number[];
  infant: (GazeLine | null)[];
  parent: (GazeLine | null)[];
}

export type GazeRun = [number, number, GazeState, number | null];

export type GazeState = 'partner' | 'object' | 'away' | 'unseen';

/** The page to go on to. */
export interface GoOn {
  url: string;
}

/** Head boxes as shares of the frame's width and height, one entry for each analysed frame; null: not found. */
export interface Heads {
  time_us: number[];
  infant: (Box | null)[];
  parent: (Box | null)[];
}

/** Every event so far, in the order in which they were kept. */
export type History = HistoryLine[];

/** One event in words. */
export interface HistoryLine {
  event_id: number;
  label: string;
  about: string | null;
  stands: boolean;
  actor: string;
  at: string | null;
}

/** A piece of work on a clip; `words` says in a line how it goes. */
export interface Job {
  id: string;
  kind: 'prepare' | 'analyse' | 'reel' | 'hide';
  reel_id: string | null;
  state: JobState;
  progress: number;
  stage: string;
  eta_s: number | null;
  error: ErrorBody | null;
  words: string;
}

/** How far a job is. */
export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

/** A clip's jobs, the newest of each thing to be made. */
export type Jobs = Job[];

/** What one more step has changed: of lists and objects only entries that differ, null where one is gone. */
export interface JournalAnswer {
  event_id: number;
  changed: Record<string, unknown>;
  undo: Step | null;
  redo: Step | null;
}

/** Kept candidates without a tag, as moments. */
export type KeptUncoded = Moment[];

/** A code of a lane. */
export interface LaneCode {
  lane: string;
  code: string;
}

/** A stretch of a lane. */
export interface LanePlace {
  lane: string;
  start_us: number;
  end_us: number;
}

/** Where each of the two looks, run by run: start, end, state, confidence. */
export interface Lanes {
  infant: GazeRun[];
  parent: GazeRun[];
}

/** Whether a person watches without the candidates, to see with their own eyes first. */
export interface MaskedFirstPass {
  on: boolean;
}

/**
 * A tagged moment. `note` is for colleagues, `parent_words` a parent may read. A `point` is one frame, from its
 * time to that of the next. `anchors` are the times of the chain's six steps (see `chain`).
 */
export interface Moment {
  start_us: number;
  end_us: number;
  moment_id: string;
  code_ref: string;
  note: string;
  parent_words: string;
  point: boolean;
  anchors: Anchors | null;
}

/** A moment that has begun and whose end is still to come; a chain tells each step by opening it anew. */
export interface MomentOpened {
  moment_id: string;
  start_us: number;
  code_ref: string;
  anchors: Anchors | null;
}

/** A moment, running or tagged, that is no longer wanted. */
export interface MomentRemoved {
  moment_id: string;
}

/** What the person is whose face was seen there. */
export interface NamedPerson {
  part: Part;
  seen: FaceSeen[];
}

/** What the parent would like to try next. */
export interface NextStep {
  text: string;
}

/** A payload without fields. */
export type Nothing = Record<string, never>;

/** What the analysis offers in the light of what was decided; `who` is null before the clip is analysed. */
export interface Offer {
  candidates: Candidate[];
  lanes: Lanes | null;
  who: Who | null;
}

/** What a parent marked in a film by themselves: the stretch, and where the film stood when they pressed. */
export interface OwnMark {
  mark_id: string;
  at_us: number;
  start_us: number;
  end_us: number;
}

/** A mark that was taken away. */
export interface OwnMarkGone {
  mark_id: string;
}

/** To mark what the parent likes, under a new id, where the film stands. */
export interface OwnMarkIn {
  mark_id: string;
  at_us: number;
}

/** What a parent says of their own mark, which the room knows as a moment. */
export interface OwnSaid {
  moment_id: string;
  text: string;
}

/** The codes of a programme; `own`: one of the service's own. */
export interface Pack {
  id: string;
  version: number;
  title: string;
  owner: string;
  about: string;
  training: string;
  licence: string;
  own: boolean;
  code_sets: CodeSet[];
}

/** The code sets that this clip is tagged with, in the order in which they are offered. */
export interface PacksChosen {
  packs: string[];
}

/** What the parent says about a moment, written down. */
export interface ParentWords {
  moment_id: string;
  text: string;
}

/** What a followed face can be said to be; the words are stored. OTHER: a third person, or no person at all. */
export type Part = 'infant' | 'parent' | 'other';

/** One step to add; `expect` is the step that set this part last as the sender saw it. */
export interface PartIn {
  type: string;
  payload: Record<string, unknown>;
  expect?: number | null;
}

/** A new passkey with a name; what is in `credential` is the browser's and the WebAuthn standard's. */
export interface PasskeyIn {
  name: string;
  credential: Record<string, unknown>;
}

/** What to ask the browser for a passkey, in the form of the WebAuthn standard. */
export type PasskeyQuestion = Record<string, unknown>;

/** A passkey's answer, and the page to go on to. */
export interface PasskeySignIn {
  next: string;
  credential: Record<string, unknown>;
}

/** The person's own password again. */
export interface PasswordIn {
  password: string;
}

/**
 * Where the film stops by itself in the parent's room, at a time of the clip, and what is asked there. With
 * `still` the frame just stands there, and nothing need be asked. `comment` is what the worker wants to say
 * there, for the worker alone.
 */
export interface PausePoint {
  time_us: number;
  question: string;
  still: boolean;
  comment: string;
}

/** Who each followed person is, instead of all that was said of it before; nobody: the analysis decides again. */
export interface PeopleNamed {
  people: NamedPerson[];
}

export type Person = 'infant' | 'parent';

/** Where in the clip the play begins and ends, in microseconds; None: with the clip itself. */
export interface PlayBounds {
  start_us: number | null;
  end_us: number | null;
}

/** A point in time. */
export interface Pointed {
  lane: string;
  point_id: string;
  at_us: number;
  code: string;
}

/** The record of a shared review. */
export interface RecordJournal {
  last_event_id: number;
  undo: Step | null;
  redo: Step | null;
  state: RecordState;
}

/** The record of a shared review; `went_well` is empty for whoever did not begin it. Days are YYYY-MM-DD. */
export interface RecordState {
  held_on: string;
  next_on: string | null;
  helping_question: string;
  working_point: string;
  went_well: string;
  reels: ShownReel[];
  touched: Record<string, number>;
}

/** Codes that open the account without a second step, shown once; none where there were some before. */
export interface RecoveryCodes {
  codes: string[];
}

/**
 * A reel: up to three moments in the order in which they are shown. Where a reel shows moments of several
 * clips, each clip keeps its own part under the same `reel_id`, so that what a part shows is opened, withdrawn
 * and erased with its clip. `order` then names all the moments of all the parts as they are shown; it is empty
 * where every moment is of this clip.
 */
export interface Reel {
  reel_id: string;
  title: string;
  moments: ReelMoment[];
  order: ClipMoment[];
}

/**
 * A reel to keep: a new one without an id. Its moments are checked as the event's; one of another clip of the
 * visit says so by `clip_id`.
 */
export interface ReelIn {
  title: string;
  reel_id?: string | null;
  moments?: unknown;
}

/** A reel that was kept, the first clip in it, and the job that makes its file. */
export interface ReelKept {
  reel_id: string;
  clip_id: string;
  job_id: string;
}

/**
 * A piece of a reel: a tagged moment, perhaps trimmed, with its pauses in the order of time. With `slow_again`
 * the parent's room shows it once more by itself, slowly.
 */
export interface ReelMoment {
  start_us: number;
  end_us: number;
  moment_id: string;
  slow_again: boolean;
  pauses: PausePoint[];
}

/** The whole of the review room; `strengths` are the codes that the clip's tags carry. */
export interface Review {
  candidates: Candidate[];
  lanes: Lanes | null;
  who: Who | null;
  last_event_id: number;
  state: ReviewState;
  undo: Step | null;
  redo: Step | null;
  heads_url: string | null;
  gaze_url: string | null;
  strengths: Code[];
}

/** What one more event has changed: of lists only entries that differ, by id, null where one is gone. */
export interface ReviewAnswer {
  event_id: number;
  changed: Record<string, unknown>;
  undo: Step | null;
  redo: Step | null;
  offer_changed: boolean;
  strengths: Code[];
}

/** What holds for a clip; `packs` is null while nobody has chosen any, `reviewing` is the reel on show. */
export interface ReviewState {
  decisions: Record<string, Decision>;
  moments: Moment[];
  open_moments: MomentOpened[];
  stills: Still[];
  reels: Reel[];
  swapped: boolean;
  people: NamedPerson[];
  setup: CameraSetup | null;
  gaze_flags: GazeFlags;
  masked_first_pass: boolean;
  play: PlayBounds;
  packs: string[] | null;
  words: Record<string, string>;
  talk_marks: TalkMark[];
  voices: VoiceNote[];
  reviewing: string | null;
  reviewed: string[];
}

/** What holds in a stretch on which two coders differed; `code` only with "new", `reason` as people choose. */
export interface Settled {
  lane: string;
  start_us: number;
  end_us: number;
  choice: 'first' | 'second' | 'new' | 'leave';
  code: string;
  reason: string;
}

/** How the clip is filmed; `given`: said by a person. */
export interface SetupFound {
  kind: CameraSetup;
  confidence: number;
  given: boolean;
}

/** How the film is set up; None: the analysis decides again. */
export interface SetupNamed {
  kind: CameraSetup | null;
}

/** A filled-in form. */
export interface SheetJournal {
  last_event_id: number;
  undo: Step | null;
  redo: Step | null;
  state: SheetState;
}

/** A filled-in form: what stands at each place, and which step set it last. */
export interface SheetState {
  values: Record<string, string | number>;
  aside: boolean;
  touched: Record<string, number>;
}

/** A reel of one of the family's clips. */
export interface ShownReel {
  clip_id: string;
  reel_id: string;
}

/** A face at one time of the clip. */
export interface Sighting {
  time_us: number;
  box: Box;
}

/** A half-open stretch of the clip, in microseconds. */
export interface Span {
  start_us: number;
  end_us: number;
}

/** What undo or redo would act on, in words. */
export interface Step {
  event_id: number;
  label: string;
}

/** One step to add. */
export interface StepIn {
  type: string;
  payload: Record<string, unknown>;
}

/** The frame on the screen at a time, kept with a caption. */
export interface Still {
  still_id: string;
  at_us: number;
  caption: string;
}

/** A still that is no longer wanted. */
export interface StillRemoved {
  still_id: string;
}

/** A moment to begin a reel with, and the clip that it is of. */
export interface SuggestedMoment {
  clip_id: string;
  moment_id: string;
  start_us: number;
  end_us: number;
}

/** Up to three moments. */
export type Suggestion = SuggestedMoment[];

/** To take the last event back, or to do it again. */
export interface TakeBackIn {
  expect_last?: number | null;
}

/** A film that has come in whole. */
export interface TakenIn {
  clip: ClipPage;
}

/** A place of a moment, in the clip's time, that the parent wants to talk about. */
export interface TalkMark {
  mark_id: string;
  moment_id: string;
  time_us: number;
}

/** A place of the film of moments that the parent wants to talk about; null: where the moment begins. */
export interface TalkMarkIn {
  mark_id: string;
  moment_id: string;
  at_us?: number | null;
}

/** A mark that was made or taken away. */
export interface TalkMarked {
  mark_id: string;
}

/** What was said about a film, and whether this person may take back or say again their own last comment. */
export interface Thread {
  comments: Comment[];
  can_undo: boolean;
  can_redo: boolean;
}

/** A recording that was deleted. */
export interface VoiceGone {
  voiceId: string;
}

/** What a parent said aloud, and where it is listened to. */
export interface VoiceKept {
  voiceId: string;
  url: string;
}

/** What the parent said aloud about a moment; the sound itself lies in the vault. */
export interface VoiceNote {
  voice_id: string;
  moment_id: string;
}

/** The sound as lowest and highest values, so many pairs a second. */
export interface Waveform {
  per_second: number;
  peaks: [number, number][];
}

/** Who is who and how it is filmed; `setup` is null for early analyses, `outdated`: what was said has no effect. */
export interface Who {
  roles: FoundRoles;
  setup: SetupFound | null;
  asks: ('people' | 'setup')[];
  outdated: boolean;
}

/** Words that tell what somebody lacks (`*`: any ending), and what could be said instead. */
export interface WordingHint {
  words: string[];
  instead: string;
}

export interface Refusal {
  error: ErrorBody;
}

/** What a person does in the review room; the server keeps each as one event. */
export type Act =
  | { type: 'candidate_added'; payload: CandidateAdded }
  | { type: 'candidate_adjusted' | 'candidate_confirmed' | 'candidate_rejected' | 'candidate_unsure'; payload: CandidateDecision }
  | { type: 'gaze_flags_set'; payload: GazeFlags }
  | { type: 'own_eyes_set'; payload: MaskedFirstPass }
  | { type: 'moment_changed' | 'moment_tagged'; payload: Moment }
  | { type: 'moment_opened'; payload: MomentOpened }
  | { type: 'moment_removed'; payload: MomentRemoved }
  | { type: 'roles_swapped'; payload: Nothing }
  | { type: 'packs_chosen'; payload: PacksChosen }
  | { type: 'people_named'; payload: PeopleNamed }
  | { type: 'play_bounded'; payload: PlayBounds }
  | { type: 'setup_named'; payload: SetupNamed }
  | { type: 'still_changed' | 'still_taken'; payload: Still }
  | { type: 'still_removed'; payload: StillRemoved };
