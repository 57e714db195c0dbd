import type { Answer, Journal } from './journal';

/** What the JSON API says. Times are whole microseconds of clip time unless the name says otherwise. */

export interface ErrorBody {
  code: string;
  message: string;
  hint: string;
}

export type JobKind = 'prepare' | 'analyse' | 'reel' | 'hide';
export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface Job {
  id: string;
  kind: JobKind;
  state: JobState;
  progress: number;
  stage: string;
  eta_s: number | null;
  error: ErrorBody | null;
}

export interface Clip {
  id: string;
  title: string;
  facts: { width_px: number; height_px: number; mean_fps: number; frame_count: number };
  duration_us: number;
  proxy_url: string | null;
  /** The sound alone, when no copy of the pictures could be made. */
  sound_url: string | null;
  poster_url: string | null;
  waveform_url: string | null;
  frame_times_url: string | null;
  still_url: string;
  jobs: Job[];
}

/** Pairs of proxy time and clip time, one for each frame of the proxy. */
export type FrameTimes = [proxyUs: number, clipUs: number][];

export interface Waveform {
  per_second: number;
  peaks: [low: number, high: number][];
}

export type LookState = 'partner' | 'object' | 'away' | 'unseen';
export type LookRun = [startUs: number, endUs: number, state: LookState, confidence: number | null];
export type Person = 'infant' | 'parent';
export type Lanes = Record<Person, LookRun[]>;

export type Box = [x: number, y: number, width: number, height: number];

/** Head boxes as shares of the picture's width and height, one entry for each analysed frame. */
export interface Heads {
  time_us: number[];
  infant: (Box | null)[];
  parent: (Box | null)[];
}

/** What a followed face can be said to be. */
export type Part = Person | 'other';
export type SetupKind = 'one_view' | 'split_screen' | 'picture_in_picture' | 'parent_at_camera';

/** A face at one time of the film. */
export interface Sighting {
  time_us: number;
  box: Box;
}

export interface NamedPerson {
  part: Part;
  seen: Sighting[];
}

/** Somebody who is followed; the number holds for the newest analysis alone. */
export interface FoundPerson extends NamedPerson {
  number: number;
  seen_share: number;
  still_url: string;
}

export interface SetupFound {
  kind: SetupKind;
  confidence: number;
  /** Said by a person. */
  given: boolean;
}

/** How sure it is who is who and how the film is set up. */
export interface Who {
  roles: { confidence: number; others: number; given: boolean; lost: Person[] };
  /** Null for analyses of earlier versions. */
  setup: SetupFound | null;
  /** What a person should be asked. */
  asks: ('people' | 'setup')[];
  /** What was said could not be taken into account. */
  outdated: boolean;
}

/** A look in the picture: its direction right and down, one standard deviation to either side, and whether by the eyes. */
export type GazeLine = [right: number, down: number, spreadDeg: number, byEyes: boolean];

/** One entry for each analysed frame; null where nothing can be told. */
export interface GazeLines {
  time_us: number[];
  infant: (GazeLine | null)[];
  parent: (GazeLine | null)[];
}

/** Words that tell what somebody lacks (`*`: any ending), and what could be said instead. */
export interface WordingHint {
  words: string[];
  instead: string;
}

export interface Span {
  start_us: number;
  end_us: number;
}

/** What a candidate rests on; which names there are depends on its kind. */
export type Evidence = Record<string, number | null>;

export interface Candidate extends Span {
  id: string;
  /** Among those of its kind, from 1. */
  number: number;
  kind: string;
  label: string;
  confidence: number;
  reason: string;
  evidence: Evidence;
  face_pair_url: string | null;
}

export interface Decision extends Span {
  state: 'confirmed' | 'rejected' | 'unsure';
  kind: string;
  event_id: number;
  /** Seen by the person, not offered by the analysis. */
  own: boolean;
}

export interface Moment extends Span {
  moment_id: string;
  strength: string;
  /** For colleagues. */
  note: string;
  /** What a parent may read in place of the code's words. */
  parent_words: string;
  /** One picture: the span is that picture's. */
  point: boolean;
  anchors: Anchors | null;
}

/** Times of the six steps of initiative and reception; null for one that is not set. */
export type Anchors = (number | null)[];

/** A moment that has begun and whose end is still to come. */
export interface RunningMoment {
  moment_id: string;
  start_us: number;
  strength: string;
  anchors: Anchors | null;
}

export interface Still {
  still_id: string;
  at_us: number;
  caption: string;
}

/** Where the film stops by itself in the parent's room, and what is asked there. */
export interface PausePoint {
  time_us: number;
  question: string;
  /** The picture just stands there; nothing need be asked. */
  still?: boolean;
  /** What the worker wants to say there; the parent's room has none of it. */
  comment?: string;
}

export interface ReelPiece extends Span {
  moment_id: string;
  pauses: PausePoint[];
  /** The parent's room shows it once more by itself, slowly. */
  slow_again?: boolean;
}

export interface SavedReel {
  reel_id: string;
  title: string;
  moments: ReelPiece[];
}

/** A place that the parent wants to talk about. */
export interface TalkMark {
  mark_id: string;
  moment_id: string;
  time_us: number;
}

export interface ReviewState {
  decisions: Record<string, Decision>;
  moments: Moment[];
  open_moments: RunningMoment[];
  stills: Still[];
  swapped: boolean;
  people: NamedPerson[];
  setup: SetupKind | null;
  gaze_flags: { meaningful: boolean; reason: string };
  own_eyes: boolean;
  /** The code sets chosen for this clip; null while nobody has. */
  packs: string[] | null;
  reels: SavedReel[];
  words: Record<string, string>;
  talk_marks: TalkMark[];
  voices: { voice_id: string; moment_id: string }[];
  /** The reel that is being shown now. */
  reviewing: string | null;
  reviewed: string[];
}

/** `interval`: a start and an end; `point`: one picture; `chain`: six steps of initiative and reception. */
export type Timing = 'interval' | 'point' | 'chain';

export interface Code {
  /** What a tag keeps of it. */
  id: string;
  label: string;
  parent_words: string;
  part: 'child' | 'parent' | 'both';
  timing: Timing;
  group: string;
  /** A small letter, pressed with Shift; empty: one is given. */
  key: string;
  colour: string;
  shape: string;
}

export interface CodeSet {
  id: string;
  title: string;
  codes: Code[];
}

export interface Pack {
  id: string;
  version: number;
  title: string;
  owner: string;
  about: string;
  training: string;
  licence: string;
  /** One of the service's own. */
  own: boolean;
  code_sets: CodeSet[];
}

/** What the analysis offers in the light of what was decided since. */
export interface Offer {
  candidates: Candidate[];
  lanes: Lanes | null;
  /** Null before the film is analysed. */
  who: Who | null;
}

export interface Review extends Journal<ReviewState>, Offer {
  heads_url: string | null;
  gaze_url: string | null;
  /** The codes that the clip's tags carry. */
  strengths: Code[];
}

/** What one more act has changed. */
export interface ReviewAnswer extends Answer {
  /** The offer is another one since. */
  offer_changed: boolean;
  /** Codes that tags carry since. */
  strengths: Code[];
}

export type DecisionType =
  | 'candidate_confirmed'
  | 'candidate_rejected'
  | 'candidate_adjusted'
  | 'candidate_unsure'
  | 'candidate_added';

/** What a person does in the review room; the server keeps each as one event. */
export type Act =
  | { type: DecisionType; payload: Span & { candidate_id: string; kind: string } }
  | { type: 'moment_tagged' | 'moment_changed'; payload: Moment }
  | { type: 'moment_opened'; payload: RunningMoment }
  | { type: 'still_taken' | 'still_changed'; payload: Still }
  | { type: 'still_removed'; payload: { still_id: string } }
  | { type: 'moment_removed'; payload: { moment_id: string } }
  | { type: 'roles_swapped'; payload: Record<string, never> }
  | { type: 'packs_chosen'; payload: { packs: string[] } }
  | { type: 'people_named'; payload: { people: NamedPerson[] } }
  | { type: 'setup_named'; payload: { kind: SetupKind | null } }
  | { type: 'own_eyes_set'; payload: { on: boolean } }
  | { type: 'gaze_flags_set'; payload: { meaningful: boolean; reason: string } };
