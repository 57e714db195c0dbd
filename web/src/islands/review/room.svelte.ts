/** The state of one review room and what each command does in it. */
import { newId } from '../../lib/ids';
import { Player } from '../../lib/player.svelte';
import { PictureCorrection } from '../../lib/correction.svelte';
import { Prefs } from '../../lib/prefs.svelte';
import { clock } from '../../lib/time';
import type { Act, Moment, Person, Review, Span } from '../../lib/types';
import { t } from '../../messages/en';
import { canDo } from './abilities';
import { actWords } from './actWords';
import { byNeed, nextToDecide, offered, passes, tally, type Filter, type Offered } from './candidates';
import { CodeBook } from './codes.svelte';
import type { Command } from './commands';
import { ReviewData, type Outcome, type ReviewProps } from './data.svelte';
import { whole, zoomed } from './viewport';
import { WaveLevels } from './wave';

export type Tab = keyof typeof t.review.tabs;
export type Dialog = 'keys' | 'flags' | 'history' | 'codes';
export type Picture = 'whole' | 'pair' | Person;
export type Edge = 'start_us' | 'end_us';
type Decided = 'candidate_confirmed' | 'candidate_rejected' | 'candidate_unsure';
export type MomentDraft = Moment & { isNew: boolean };

const ZOOM_STEP = 0.5;
const SECOND_US = 1_000_000;
export const MOST_IN_A_REEL = 3;
/** A moment tagged without marks: what led up to the frame on show, and a little after. */
const BEFORE_US = 4 * SECOND_US;
const AFTER_US = 1 * SECOND_US;
/** A look marked in passing: so much to either side. */
const LOOK_US = 1 * SECOND_US;

export class ReviewRoom {
  readonly data: ReviewData;
  readonly player = new Player();
  readonly prefs = new Prefs();
  readonly codes = new CodeBook({
    chosen: () => this.state?.packs ?? null,
    liked: () => this.prefs.now.packs,
    carried: () => this.data.review?.strengths ?? [],
  });
  tab = $state<Tab>('candidates');
  filter = $state<Filter>('all');
  dialog = $state<Dialog | null>(null);
  selectedId = $state<string | null>(null);
  /** Times of the selected candidate while a person moves them. */
  draft = $state.raw<Span | null>(null);
  marks = $state.raw<{ start_us: number | null; end_us: number | null }>({ start_us: null, end_us: null });
  momentDraft = $state.raw<MomentDraft | null>(null);
  chosen = $state.raw<string[]>([]);
  showHeads = $state(true);
  picture = $state<Picture>('whole');
  readonly correction: PictureCorrection;
  /** Own eyes of somebody who may not change the review: for this visit only. */
  private ownEyesHere = $state(false);
  view = $state.raw<Span>(whole(1));
  /** The moment that was last gone to. */
  momentId = $state<string | null>(null);
  /** Whose history is on show; null: everything. */
  historyOf = $state.raw<{ id: string; name: string } | null>(null);
  /** Acts taken back before they were sent, to be done again. */
  private takenBack = $state.raw<Act[]>([]);
  /** What a screen reader says next. */
  spoken = $state('');

  all = $derived.by((): Offered[] => (this.data.review ? offered(this.data.review) : []));
  /** While flags are hidden only what the person saw themselves is left. */
  onShow = $derived.by(() => (this.showsFlags ? this.all : this.all.filter((each) => each.own)));
  queue = $derived.by(() => (this.prefs.now.order === 'need' ? byNeed(this.onShow) : this.onShow));
  listed = $derived.by(() => this.queue.filter((each) => passes(each, this.filter) || each.id === this.selectedId));
  selected = $derived.by(() => this.onShow.find((each) => each.id === this.selectedId) ?? null);
  tally = $derived.by(() => tally(this.all));
  moments = $derived.by(() => [...(this.state?.moments ?? [])].sort((a, b) => a.start_us - b.start_us));
  wave = $derived.by(() => (this.data.waveform ? new WaveLevels(this.data.waveform) : null));
  flagsMeaningful = $derived.by(() => this.state?.gaze_flags.meaningful ?? true);
  ownEyes = $derived.by(() => (this.canEdit ? (this.state?.own_eyes ?? false) : this.ownEyesHere));
  showsFlags = $derived.by(() => this.flagsMeaningful && !this.ownEyes);

  undoLabel = $derived.by(() => {
    const waiting = this.data.pending.at(-1);
    return waiting ? actWords(waiting.act, this.all) : (this.state?.undo_event?.label ?? null);
  });
  redoLabel = $derived.by(() => {
    const back = this.takenBack.at(-1);
    return back ? actWords(back, this.all) : (this.state?.redo_event?.label ?? null);
  });

  constructor(props: ReviewProps) {
    this.data = new ReviewData(props);
    this.correction = new PictureCorrection(props.clipId);
  }

  get state(): Review['state'] | null {
    return this.data.review?.state ?? null;
  }

  get canEdit(): boolean {
    return this.data.props.canEdit;
  }

  get durationUs(): number {
    return this.data.clip?.duration_us ?? 0;
  }

  async load(): Promise<void> {
    await Promise.all([this.data.load(), this.codes.load(this.data.props.codesUrl)]);
    if (this.data.frames) this.player.frames = this.data.frames;
    if (this.view.end_us <= 1) this.view = whole(this.durationUs);
  }

  say(text: string): void {
    // The same words twice in a row would not be read out again without a change.
    this.spoken = this.spoken === text ? `${text}\u00A0` : text;
  }

  /** Where the selected candidate lies now, with a person's changes. */
  spanOf(candidate: Offered): Span {
    return this.draft && candidate.id === this.selectedId ? this.draft : candidate;
  }

  select(id: string | null, seek = true): void {
    if (id !== this.selectedId) this.draft = null;
    this.selectedId = id;
    const candidate = this.selected;
    if (!candidate) return;
    if (this.player.loop) this.player.loop = candidate;
    if (seek) this.player.seek(candidate.start_us);
  }

  /** Plays a part with a little before and after, as long as the person likes. */
  playAround(part: Span): void {
    const { before_s, after_s } = this.prefs.now;
    this.player.playSpan({
      start_us: Math.max(0, part.start_us - before_s * SECOND_US),
      end_us: Math.min(this.durationUs, part.end_us + after_s * SECOND_US),
    });
  }

  goToMoment(moment: Moment): void {
    this.tab = 'moments';
    this.momentId = moment.moment_id;
    this.player.seek(moment.start_us);
  }

  editMoment(moment: Moment): void {
    this.momentDraft = { ...moment, isNew: false };
    this.tab = 'moments';
  }

  toggleChosen(momentId: string): void {
    if (this.chosen.includes(momentId)) this.chosen = this.chosen.filter((id) => id !== momentId);
    else if (this.chosen.length < MOST_IN_A_REEL) this.chosen = [...this.chosen, momentId];
  }

  /** Whether a command would do something now. */
  can(command: Command): boolean {
    return canDo(this, command);
  }

  run(command: Command): void {
    if (this.can(command)) this.doers[command]();
  }

  private readonly doers: Record<Command, () => void> = {
    'play-pause': () => this.player.toggle(),
    'shuttle-back': () => this.player.shuttleOn(-1),
    'shuttle-stop': () => this.player.pause(),
    'shuttle-on': () => this.player.shuttleOn(1),
    'frame-back': () => this.player.step(-1),
    'frame-forward': () => this.player.step(1),
    'second-back': () => this.player.seek(this.player.timeUs - SECOND_US),
    'second-forward': () => this.player.seek(this.player.timeUs + SECOND_US),
    slower: () => this.player.stepRate(-1),
    faster: () => this.player.stepRate(1),
    'play-around': () => this.playAround(this.momentDraft ?? this.part()),
    loop: () => this.toggleLoop(),
    'picture-pair': () => (this.picture = 'pair'),
    'picture-infant': () => (this.picture = 'infant'),
    'picture-parent': () => (this.picture = 'parent'),
    'picture-whole': () => (this.picture = 'whole'),
    'toggle-heads': () => (this.showHeads = !this.showHeads),
    'previous-candidate': () => this.stepCandidate(-1),
    'next-candidate': () => this.stepCandidate(1),
    keep: () => this.decide('candidate_confirmed', t.review.act.kept),
    'keep-and-tag': () => this.keepAndTag(),
    'not-this': () => this.decide('candidate_rejected', t.review.act.dropped),
    unsure: () => this.decide('candidate_unsure', t.review.act.unsure),
    'mark-look': () => this.markLook(),
    adjust: () => this.toggleAdjust(),
    'start-earlier': () => this.nudge('start_us', -1),
    'start-later': () => this.nudge('start_us', 1),
    'end-earlier': () => this.nudge('end_us', -1),
    'end-later': () => this.nudge('end_us', 1),
    'save-times': () => this.saveTimes(),
    'mark-in': () => this.mark('start_us'),
    'mark-out': () => this.mark('end_us'),
    tag: () => this.tagSpan(this.part()),
    undo: () => void this.undo(),
    redo: () => void this.redo(),
    history: () => this.showHistory(null),
    'zoom-in': () => this.zoom(ZOOM_STEP),
    'zoom-out': () => this.zoom(1 / ZOOM_STEP),
    'zoom-all': () => (this.view = whole(this.durationUs)),
    'swap-people': () => void this.act({ type: 'roles_swapped', payload: {} }, t.review.act.swapped),
    'gaze-flags': () => this.toggleFlags(),
    'own-eyes': () => void this.toggleOwnEyes(),
    'code-sets': () => (this.dialog = 'codes'),
    'show-keys': () => (this.dialog = 'keys'),
    close: () => this.close(),
  };

  /** Shows the act at once; what is said comes when it is known whether it is saved. */
  async act(act: Act, done: string): Promise<Outcome> {
    this.takenBack = [];
    this.say(done);
    const outcome = await this.data.act(act);
    const trouble = this.data.trouble;
    if (outcome !== 'saved' && trouble && trouble.kind !== 'clash') this.say(trouble.text);
    return outcome;
  }

  showHistory(about: { id: string; name: string } | null): void {
    this.historyOf = about;
    this.dialog = 'history';
  }

  /** What a command is called now: undo and redo say what they would do. */
  labelOf(command: Command): string {
    if (command === 'undo' && this.undoLabel) return t.review.undo(this.undoLabel);
    if (command === 'redo' && this.redoLabel) return t.review.redo(this.redoLabel);
    return t.commands[command];
  }

  /** Sets an edge of the candidate being adjusted, or of the moment in its form; a span that does not fit changes nothing. */
  moveEdge(edge: Edge, timeUs: number): boolean {
    const now = this.draft ?? this.momentDraft;
    const span = now && { start_us: now.start_us, end_us: now.end_us, [edge]: Math.min(Math.max(0, timeUs), this.durationUs) };
    if (!span || span.start_us >= span.end_us) return false;
    if (this.draft) this.draft = span;
    else if (this.momentDraft) this.momentDraft = { ...this.momentDraft, ...span };
    if (this.player.loop) this.player.loop = span;
    return true;
  }

  async saveFlags(meaningful: boolean, reason: string): Promise<void> {
    this.dialog = null;
    const done = meaningful ? t.review.act.flagsOn : t.review.act.flagsOff;
    await this.act({ type: 'gaze_flags_set', payload: { meaningful, reason } }, done);
  }

  /** For this clip, and from now on for clips where nobody has chosen. */
  choosePacks(packs: string[]): void {
    this.prefs.set({ packs });
    void this.act({ type: 'packs_chosen', payload: { packs } }, t.review.act.packs);
  }

  saveMoment(moment: Moment, isNew: boolean): void {
    const { moment_id, start_us, end_us, strength, note } = moment;
    const payload = { moment_id, start_us, end_us, strength, note };
    const type = isNew ? 'moment_tagged' : 'moment_changed';
    void this.act({ type, payload }, isNew ? t.review.act.tagged : t.review.act.changed);
    this.momentDraft = null;
    this.marks = { start_us: null, end_us: null };
  }

  removeMoment(momentId: string): void {
    this.chosen = this.chosen.filter((id) => id !== momentId);
    void this.act({ type: 'moment_removed', payload: { moment_id: momentId } }, t.review.act.removed);
  }

  private decide(type: Decided, done: string): void {
    const candidate = this.selected;
    if (!candidate) return;
    this.settle(candidate, type, done);
    this.say(`${done}. ${t.review.act.left(this.tally.left)}`);
    const next = nextToDecide(this.queue, candidate, this.prefs.now.order);
    if (next) this.comeTo(next);
  }

  /** Keeps the candidate and opens the form of its moment, at the times that were kept. */
  private keepAndTag(): void {
    const candidate = this.selected;
    if (!candidate) return;
    const { start_us, end_us } = this.spanOf(candidate);
    const moved = start_us !== candidate.start_us || end_us !== candidate.end_us;
    if (moved || !passes(candidate, 'kept')) this.settle(candidate, 'candidate_confirmed', t.review.act.kept);
    this.tagSpan({ start_us, end_us });
  }

  private settle(candidate: Offered, type: Decided, done: string): void {
    const { start_us, end_us } = this.draft ?? candidate;
    const moved = start_us !== candidate.start_us || end_us !== candidate.end_us;
    const changed = type === 'candidate_confirmed' && moved;
    const payload = { candidate_id: candidate.id, kind: candidate.kind, start_us, end_us };
    void this.act({ type: changed ? 'candidate_adjusted' : type, payload }, done);
    this.draft = null;
  }

  /** Selects a candidate and, when the person likes that, plays it. */
  private comeTo(candidate: Offered): void {
    const loops = this.player.loop !== null;
    this.select(candidate.id);
    if (this.prefs.now.plays_next && !loops) this.playAround(candidate);
  }

  /** What a person saw themselves: between the marks, else around the frame on show, since a hand comes late. */
  private markLook(): void {
    const { start_us, end_us } = this.marks;
    const now = this.player.timeUs;
    const around = { start_us: Math.max(0, now - LOOK_US), end_us: Math.min(this.durationUs, now + LOOK_US) };
    const span = start_us !== null && end_us !== null ? { start_us, end_us } : around;
    const payload = { candidate_id: newId(), kind: 'gaze_contact', ...span };
    void this.act({ type: 'candidate_added', payload }, t.review.act.marked(clock(span.start_us)));
    this.marks = { start_us: null, end_us: null };
    this.tab = 'candidates';
    this.select(payload.candidate_id, false);
  }

  private async toggleOwnEyes(): Promise<void> {
    const on = !this.ownEyes;
    if (on) this.select(null);
    const said = on ? t.review.act.ownEyesOn : t.review.act.ownEyesOff;
    if (this.canEdit) await this.act({ type: 'own_eyes_set', payload: { on } }, said);
    else {
      this.ownEyesHere = on;
      this.say(said);
    }
  }

  private saveTimes(): void {
    const candidate = this.selected;
    if (!candidate || !this.draft) return;
    const payload = { candidate_id: candidate.id, kind: candidate.kind, ...this.draft };
    void this.act({ type: 'candidate_adjusted', payload }, t.review.act.adjusted);
    this.draft = null;
  }

  /** What still waits here is taken back here; else the server takes back its last step. */
  private async undo(): Promise<void> {
    const label = this.undoLabel ?? '';
    const act = this.data.waiting ? await this.data.takeBackKept() : null;
    if (act) this.takenBack = [...this.takenBack, act];
    else if (await this.stepFailed(this.data.props.undoUrl)) return;
    this.say(t.review.act.undone(label));
  }

  private async redo(): Promise<void> {
    const label = this.redoLabel ?? '';
    const back = this.takenBack.at(-1);
    if (back) {
      this.takenBack = this.takenBack.slice(0, -1);
      void this.data.act(back);
    } else if (await this.stepFailed(this.data.props.redoUrl)) return;
    this.say(t.review.act.redone(label));
  }

  private async stepFailed(url: string): Promise<boolean> {
    const outcome = await this.data.step(url);
    const trouble = this.data.trouble;
    if (outcome !== 'saved' && trouble?.kind === 'told') this.say(trouble.text);
    return outcome !== 'saved';
  }

  private stepCandidate(direction: 1 | -1): void {
    this.tab = 'candidates';
    const list = this.listed;
    const here = list.findIndex((each) => each.id === this.selectedId);
    const index = here < 0 ? (direction > 0 ? 0 : list.length - 1) : here + direction;
    const next = list[Math.min(Math.max(0, index), list.length - 1)];
    if (next) this.comeTo(next);
  }

  private toggleAdjust(): void {
    const candidate = this.selected;
    this.draft = this.draft || !candidate ? null : { start_us: candidate.start_us, end_us: candidate.end_us };
  }

  private nudge(edge: Edge, frames: number): void {
    this.draft ??= this.selected && { start_us: this.selected.start_us, end_us: this.selected.end_us };
    if (!this.draft) return;
    const time = this.player.frames.nudge(this.draft[edge], frames);
    if (!this.moveEdge(edge, time)) return;
    // The last frame inside the span is the one before its end.
    this.player.pause();
    this.player.seek(edge === 'start_us' ? time : this.player.frames.nudge(time, -1));
    this.say(clock(time));
  }

  private mark(edge: Edge): void {
    const now = edge === 'start_us' ? this.player.timeUs : this.player.frames.nudge(this.player.timeUs, 1);
    const marks = { ...this.marks, [edge]: now };
    const crossed = marks.start_us !== null && marks.end_us !== null && marks.start_us >= marks.end_us;
    this.marks = crossed ? { start_us: null, end_us: null, [edge]: now } : marks;
    this.say((edge === 'start_us' ? t.review.act.markIn : t.review.act.markOut)(clock(now)));
  }

  /** The part that "loop" and "tag" mean: the marks, else the selected candidate, else around the frame on show. */
  private part(): Span {
    const { start_us, end_us } = this.marks;
    const now = this.player.timeUs;
    if (start_us !== null && end_us !== null) return { start_us, end_us };
    if (start_us !== null) return { start_us, end_us: Math.max(now, Math.min(start_us + BEFORE_US, this.durationUs)) };
    if (end_us !== null) return { start_us: Math.max(0, end_us - BEFORE_US), end_us };
    if (this.selected && this.tab === 'candidates') return this.spanOf(this.selected);
    return { start_us: Math.max(0, now - BEFORE_US), end_us: Math.min(this.durationUs, now + AFTER_US) };
  }

  private tagSpan({ start_us, end_us }: Span): void {
    this.momentDraft = { moment_id: newId(), start_us, end_us, strength: '', note: '', isNew: true };
    this.tab = 'moments';
  }

  private toggleLoop(): void {
    if (this.player.loop) {
      this.player.loop = null;
      this.say(t.review.act.loopOff);
      return;
    }
    const part = this.momentDraft ?? this.part();
    this.player.loop = part;
    this.player.seek(part.start_us);
    void this.player.play();
    this.say(t.review.act.loopOn);
  }

  private zoom(factor: number): void {
    this.view = zoomed(this.view, factor, this.player.timeUs, this.durationUs);
  }

  private toggleFlags(): void {
    if (this.flagsMeaningful) this.dialog = 'flags';
    else void this.saveFlags(true, '');
  }

  private close(): void {
    if (this.draft) this.draft = null;
    else if (this.momentDraft) this.momentDraft = null;
    else if (this.player.loop) this.player.loop = null;
    else this.marks = { start_us: null, end_us: null };
  }
}
