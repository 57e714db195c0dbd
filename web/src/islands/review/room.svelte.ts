/** The state of one review room, and what its parts share; what each command does stands in `commands/`. */
import { isActive, JobWatch } from '../../lib/jobs.svelte';
import { Player } from '../../lib/player.svelte';
import { ImageCorrection } from '../../lib/correction.svelte';
import { newId } from '../../lib/ids';
import { Prefs } from '../../lib/prefs.svelte';
import { SECOND_US } from '../../lib/time';
import type { Act, Moment, Person, PlayBounds, Review, Span } from '../../lib/types';
import { t } from '../../messages/en';
import { playWords } from '../../messages/play';
import { offered, type Filter, type Offered } from './candidates';
import { cardPasses, Deal, membersOf, PROPOSED, tally, type Card } from './cards';
import { CodeBook } from './codes.svelte';
import { COMMANDS, type Command } from './commands';
import { goOn } from './commands/decide';
import { KeyMap } from '../keys/keymap.svelte';
import { ReviewData, type Outcome, type OwnMark, type ReviewProps } from './data.svelte';
import { holds } from './chain';
import { Finding } from './finding.svelte';
import { inRows, Lanes, type LaneName } from './lanes';
import { Steps } from './steps.svelte';
import { Tagging } from './tagging.svelte';
import { Later } from './later.svelte';
import type { Tour } from './tour/tour.svelte';
import { whole } from './viewport';
import { WaveLevels } from '../../lib/wave';

export type Tab = keyof typeof t.review.tabs;
export type Dialog = 'keys' | 'flags' | 'history' | 'codes' | 'who';
export type Framing = 'whole' | 'pair' | Person;
export type Edge = 'start_us' | 'end_us';
export type MomentDraft = Moment & { isNew: boolean };

export const MOST_IN_A_REEL = 3;
/** A moment tagged without marks: what led up to the frame on show, and a little after. */
const BEFORE_US = 4 * SECOND_US;
const AFTER_US = 1 * SECOND_US;

export class ReviewRoom {
  readonly data: ReviewData;
  readonly player = new Player();
  readonly prefs = new Prefs();
  readonly steps = new Steps(this);
  readonly codes = new CodeBook({
    chosen: () => this.state?.packs ?? null,
    liked: () => (this.data.props.usualPacks.length ? this.data.props.usualPacks : this.prefs.now.packs),
    letters: () => ({ own: this.keys.now.letters, taken: this.keys.shiftLetters }),
    carried: () => this.data.review?.strengths ?? [],
  });
  readonly tagging = new Tagging(this);
  readonly finding = new Finding(this);
  tab = $state<Tab>('candidates');
  filter = $state<Filter>('all');
  /** Only cards with a candidate of this kind; empty: all. */
  kind = $state('');
  showsDoubtful = $state(false);
  /** The candidate whose moment is in the form: after it the next one comes up. */
  tagged = $state<string | null>(null);
  dialog = $state<Dialog | null>(null);
  selectedId = $state<string | null>(null);
  /** Times of the selected candidate while a person moves them. */
  draft = $state.raw<Span | null>(null);
  marks = $state.raw<{ start_us: number | null; end_us: number | null }>({ start_us: null, end_us: null });
  momentDraft = $state.raw<MomentDraft | null>(null);
  /** The moment that is to be saved as soon as its form is there. */
  saveAsked = $state<string | null>(null);
  chosen = $state.raw<string[]>([]);
  showHeads = $state(true);
  isFull = $state(false);
  framing = $state<Framing>('whole');
  readonly keys: KeyMap;
  readonly work: JobWatch;
  /** Comes with its panel, when the room stands. */
  tour = $state.raw<Tour | null>(null);
  readonly later = new Later();
  readonly correction: ImageCorrection;
  /** Own eyes of somebody who may not change the review: for this visit only. */
  private maskedFirstPassHere = $state(false);
  view = $state.raw<Span>(whole(1));
  /** The moment that was last gone to. */
  momentId = $state<string | null>(null);
  /** Somebody wants to write to colleagues. */
  talkAsked = $state(false);
  /** Whose history is on show; null: everything. */
  historyOf = $state.raw<{ id: string; name: string } | null>(null);
  /** What a screen reader says next. */
  spoken = $state('');

  /** Where the play begins and ends in the film; null: with the film. */
  play = $derived.by((): PlayBounds => this.state?.play ?? { start_us: null, end_us: null });
  isBounded = $derived.by(() => this.play.start_us !== null || this.play.end_us !== null);
  /** What lies before or after the play is not offered; what a person decided about stays. */
  all = $derived.by((): Offered[] => {
    const from = this.play.start_us ?? 0;
    const to = this.play.end_us ?? Infinity;
    const inPlay = (each: Offered): boolean => each.standing !== 'open' || (each.end_us > from && each.start_us < to);
    return this.data.review ? offered(this.data.review).filter(inPlay) : [];
  });
  /** While flags are hidden only what the person saw themselves is left. */
  onShow = $derived.by(() => (this.showsFlags ? this.all : this.all.filter((each) => each.own)));
  private readonly deal = new Deal();
  cards = $derived.by((): Card[] => this.deal.cards(this.onShow, this.prefs.now.order));
  /** Doubtful ones lie folded until somebody wants them, and where they come in the order of likeliness. */
  folds = $derived.by(() => this.prefs.now.order === 'likely' && !this.showsDoubtful);
  queue = $derived.by(() => (this.folds ? this.cards.filter((card) => !card.isDoubtful) : this.cards));
  listed = $derived.by(() =>
    this.cards.filter((card) => {
      if (membersOf(card).some((each) => each.id === this.selectedId)) return true;
      if (this.folds && card.isDoubtful) return false;
      return cardPasses(card, this.filter) && (this.kind === '' || membersOf(card).some((each) => each.kind === this.kind));
    }),
  );
  selected = $derived.by(() => this.onShow.find((each) => each.id === this.selectedId) ?? null);
  tally = $derived.by(() => tally(this.cards, this.all));
  moments = $derived.by(() => [...(this.state?.moments ?? [])].sort((a, b) => a.start_us - b.start_us));
  /** While a person looks with own eyes first, the parent's eyes do not lead them either. */
  parentsOwn = $derived.by((): OwnMark[] => (this.maskedFirstPass ? [] : this.data.props.parentsOwn));
  /** The row of each candidate on its lane: what happens at the same time lies below each other. */
  rows = $derived.by(() => {
    const rows = inRows(this.onShow);
    return new Map(this.onShow.map((each, index) => [each.id, rows[index] ?? 0]));
  });
  /** Only lanes in which there is something. */
  places = $derived.by(() => {
    const has: Record<LaneName, boolean> = {
      candidates: this.onShow.length > 0,
      moments: this.moments.length > 0 || this.tagging.running.length > 0 || this.momentDraft !== null,
      notes: this.moments.some((each) => each.note) || this.tagging.stills.length > 0,
      own: this.parentsOwn.length > 0,
      infant: this.showsFlags,
      parent: this.showsFlags && this.data.review?.lanes != null,
      sound: this.wave !== null,
    };
    const names = (Object.keys(has) as LaneName[]).filter((name) => has[name]);
    return new Lanes(names, 1 + Math.max(0, ...this.rows.values()));
  });
  wave = $derived.by(() => (this.data.waveform ? new WaveLevels(this.data.waveform) : null));
  /** On again only when the server says so: until then it has sent no candidates. */
  flagsMeaningful = $derived.by(() => [this.state, this.data.stateThere].every((each) => each?.gaze_flags.meaningful ?? true));
  maskedFirstPass = $derived.by(() => (this.canEdit ? (this.state?.masked_first_pass ?? false) : this.maskedFirstPassHere));
  showsFlags = $derived.by(() => this.flagsMeaningful && !this.maskedFirstPass);

  constructor(props: ReviewProps) {
    this.data = new ReviewData(props);
    this.keys = new KeyMap(props.account);
    this.work = new JobWatch(props.jobsUrl, (job) => void (job.state === 'done' && this.load()));
    this.correction = new ImageCorrection(props.clipId);
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
    const codes = this.codes.load(this.data.props.codesUrl);
    await this.data.load();
    // At once: the room is on show from here on, and somebody may have zoomed before the codes are there.
    if (this.data.frames) this.player.frames = this.data.frames;
    if (this.view.end_us <= 1) {
      this.view = whole(this.durationUs);
      this.player.seek(this.play.start_us ?? 0);
    }
    await codes;
    const jobs = this.data.clip?.jobs ?? [];
    if (this.work.jobs.length === 0) this.work.jobs = jobs;
    if (jobs.some(isActive)) this.work.start();
  }

  say(text: string): void {
    // The same words twice in a row would not be read out again without a change.
    this.spoken = this.spoken === text ? `${text}\u00A0` : text;
  }

  /** Where the selected candidate lies now, with a person's changes. */
  spanOf(candidate: Offered): Span {
    return this.draft && candidate.id === this.selectedId ? this.draft : candidate;
  }

  /** The film and what decides about it, as large as the screen; some browsers refuse. */
  async fillScreen(): Promise<void> {
    const place = document.querySelector<HTMLElement>('[data-island=review] .room');
    if (document.fullscreenElement) await document.exitFullscreen().catch(() => undefined);
    else await place?.requestFullscreen?.().catch(() => undefined);
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
    return COMMANDS[command].can?.(this) ?? true;
  }

  /** Whether a switch is on; null for what is no switch. */
  isOn(command: Command): boolean | null {
    return COMMANDS[command].isOn?.(this) ?? null;
  }

  run(command: Command): void {
    if (!this.can(command)) return;
    COMMANDS[command].run(this);
    this.tour?.ran(command);
  }

  /** Shows the act at once; what is said comes when it is known whether it is saved. */
  async act(act: Act, done: string): Promise<Outcome> {
    this.steps.forget();
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
    if (command === 'undo' && this.steps.undoLabel) return t.review.undo(this.steps.undoLabel);
    if (command === 'redo' && this.steps.redoLabel) return t.review.redo(this.steps.redoLabel);
    return t.commands[command];
  }

  /** Sets an edge of the candidate being adjusted, or of the moment in its form; a span that does not fit changes nothing. */
  moveEdge(edge: Edge, timeUs: number): boolean {
    const now = this.draft ?? this.momentDraft;
    const span = now && { start_us: now.start_us, end_us: now.end_us, [edge]: Math.min(Math.max(0, timeUs), this.durationUs) };
    if (!span || span.start_us >= span.end_us || (!this.draft && !holds(span, this.momentDraft?.anchors ?? null))) return false;
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

  boundPlay(payload: PlayBounds): void {
    void this.act({ type: 'play_bounded', payload }, playWords(payload));
  }

  /** For this clip, and from now on for clips where nobody has chosen. */
  choosePacks(packs: string[]): void {
    this.prefs.set({ packs });
    void this.act({ type: 'packs_chosen', payload: { packs } }, t.review.act.packs);
  }

  /** Opens the form of a new moment. */
  tagSpan({ start_us, end_us }: Span, kind = ''): void {
    const proposed = PROPOSED[kind] ?? '';
    const code_ref = this.codes.codes.some((code) => code.id === proposed) ? proposed : '';
    this.tagged = null;
    const blank = { code_ref, note: '', parent_words: '', point: false, anchors: null };
    this.momentDraft = { moment_id: newId(), start_us, end_us, ...blank, isNew: true };
    this.tab = 'moments';
  }

  saveMoment(moment: Moment, isNew: boolean): void {
    const { moment_id, start_us, end_us, code_ref, note, parent_words, point, anchors } = moment;
    const payload = { moment_id, start_us, end_us, code_ref, note, parent_words, point, anchors };
    const type = isNew ? 'moment_tagged' : 'moment_changed';
    void this.act({ type, payload }, isNew ? t.review.act.tagged : t.review.act.changed);
    this.momentDraft = null;
    this.marks = { start_us: null, end_us: null };
    if (isNew && this.tagged) goOn(this, this.tagged);
    this.tagged = null;
  }

  removeMoment(momentId: string): void {
    this.chosen = this.chosen.filter((id) => id !== momentId);
    void this.act({ type: 'moment_removed', payload: { moment_id: momentId } }, t.review.act.removed);
  }

  async toggleMaskedFirstPass(): Promise<void> {
    const on = !this.maskedFirstPass;
    if (on) this.select(null);
    const said = on ? t.review.act.ownEyesOn : t.review.act.ownEyesOff;
    if (this.canEdit) await this.act({ type: 'own_eyes_set', payload: { on } }, said);
    else {
      this.maskedFirstPassHere = on;
      this.say(said);
    }
  }

  /** The part that "loop" and "tag" mean: the marks, else the selected candidate, else around the frame on show. */
  part(): Span {
    const { start_us, end_us } = this.marks;
    const now = this.player.timeUs;
    if (start_us !== null && end_us !== null) return { start_us, end_us };
    if (start_us !== null) return { start_us, end_us: Math.max(now, Math.min(start_us + BEFORE_US, this.durationUs)) };
    if (end_us !== null) return { start_us: Math.max(0, end_us - BEFORE_US), end_us };
    if (this.selected && this.tab === 'candidates') return this.spanOf(this.selected);
    return { start_us: Math.max(0, now - BEFORE_US), end_us: Math.min(this.durationUs, now + AFTER_US) };
  }
}
