/** Tagging while the film runs: one press begins, the next ends; a point takes one press, a chain one for each step. */
import { newId } from '../../lib/ids';
import { clock, SECOND_US } from '../../lib/time';
import type { Anchors, Code, Moment, MomentOpened, Still } from '../../lib/types';
import { t } from '../../messages/en';
import { NO_STEPS, nextStep, withStep } from './chain';
import type { ReviewRoom } from './room.svelte';

export class Tagging {
  running = $derived.by((): MomentOpened[] => [...(this.room.state?.open_moments ?? [])].sort((a, b) => a.start_us - b.start_us));

  constructor(private readonly room: ReviewRoom) {}

  runningOf(code: Code): MomentOpened | null {
    return this.running.find((each) => each.code_ref === code.id) ?? null;
  }

  /** The still whose caption is being written. */
  captioned = $state<string | null>(null);
  stills = $derived.by((): Still[] => [...(this.room.state?.stills ?? [])].sort((a, b) => a.at_us - b.at_us));

  /** Keeps the frame on show, and asks for its caption. */
  takeStill(): void {
    const { player } = this.room;
    player.pause();
    const still = { still_id: newId(), at_us: player.frames.nudge(player.timeUs, 0), caption: '' };
    void this.room.act({ type: 'still_taken', payload: still }, t.stills.taken(clock(still.at_us)));
    this.room.tab = 'moments';
    this.captioned = still.still_id;
  }

  saveCaption(still: Still, caption: string): void {
    this.captioned = null;
    if (caption.trim() === still.caption) return;
    void this.room.act({ type: 'still_changed', payload: { ...still, caption: caption.trim() } }, t.stills.captioned);
  }

  removeStill(still: Still): void {
    void this.room.act({ type: 'still_removed', payload: { still_id: still.still_id } }, t.stills.removed);
  }

  /** Where a still's frame is; null until the server knows of it. */
  urlOf(still: Still): string | null {
    const known = this.room.data.stateThere?.stills.some((each) => each.still_id === still.still_id);
    return known ? this.room.data.props.stillUrl.replace('{id}', still.still_id) : null;
  }

  /** What the key or the button of a code does now. */
  press(code: Code): void {
    if (!this.room.canEdit || !this.room.state) return;
    const running = this.runningOf(code);
    if (code.timing === 'point') this.point(code);
    else if (code.timing === 'chain') this.step(running ?? this.fresh(code));
    else if (running) this.end(running);
    else this.begin(this.fresh(code));
  }

  /** Sets the next step of the chain under way, or begins one. */
  nextStep(): void {
    const running = this.running.find((each) => each.anchors !== null);
    const code = this.chainCode;
    if (running) this.step(running);
    else if (code) this.step(this.fresh(code));
  }

  get chainCode(): Code | null {
    return this.room.codes.codes.find((code) => code.timing === 'chain') ?? this.room.codes.code('chain');
  }

  end(running: MomentOpened): void {
    const frames = this.room.player.frames;
    const lastStep = Math.max(running.start_us, ...(running.anchors ?? []).filter((time) => time !== null));
    const end_us = Math.max(frames.nudge(this.room.player.timeUs, 1), running.anchors ? frames.nudge(lastStep, 1) : 0);
    if (end_us <= running.start_us) {
      this.room.say(t.tagging.endFirst(clock(running.start_us)));
      return;
    }
    void this.room.act(
      { type: 'moment_tagged', payload: tagged(running, end_us) },
      t.tagging.ended(this.room.codes.label(running.code_ref)),
    );
  }

  drop(running: MomentOpened): void {
    void this.room.act({ type: 'moment_removed', payload: { moment_id: running.moment_id } }, t.review.act.removed);
  }

  /** Sets or takes out one step of a chain that runs. */
  setStep(running: MomentOpened, step: number, timeUs: number | null): void {
    const anchors = withStep(running.anchors ?? NO_STEPS, step, timeUs);
    if (!anchors) {
      this.room.say(t.chain.order);
      return;
    }
    const start_us = Math.min(...anchors.filter((time) => time !== null));
    const changed = { ...running, start_us, anchors };
    if (step === anchors.length - 1 && timeUs !== null) this.end(changed);
    else void this.room.act({ type: 'moment_opened', payload: changed }, this.stepWords(step, timeUs));
  }

  /** The frame that a press means: while the film plays a hand comes late. */
  private pressedUs(): number {
    const { player, prefs } = this.room;
    const early = player.moving ? prefs.now.late_s * SECOND_US : 0;
    return player.frames.nudge(Math.max(0, player.timeUs - early), 0);
  }

  private fresh(code: Code): MomentOpened {
    const anchors: Anchors | null = code.timing === 'chain' ? NO_STEPS : null;
    return { moment_id: newId(), start_us: this.pressedUs(), code_ref: code.id, anchors };
  }

  private begin(moment: MomentOpened): void {
    const words = t.tagging.began(this.room.codes.label(moment.code_ref), clock(moment.start_us));
    void this.room.act({ type: 'moment_opened', payload: moment }, words);
  }

  private point(code: Code): void {
    const at = this.pressedUs();
    const payload = { ...tagged(this.fresh(code), this.room.player.frames.nudge(at, 1)), point: true };
    if (payload.end_us > payload.start_us) void this.room.act({ type: 'moment_tagged', payload }, t.tagging.pointed(code.label, clock(at)));
  }

  private step(running: MomentOpened): void {
    const step = nextStep(running.anchors ?? NO_STEPS);
    if (step !== null) this.setStep(running, step, this.pressedUs());
  }

  private stepWords(step: number, timeUs: number | null): string {
    const name = t.chain.steps[step] ?? '';
    return timeUs === null ? t.chain.tookOut(name) : t.chain.set(name, clock(timeUs));
  }
}

function tagged({ moment_id, start_us, code_ref, anchors }: MomentOpened, end_us: number): Moment {
  return { moment_id, start_us, end_us, code_ref, note: '', parent_words: '', point: false, anchors };
}
