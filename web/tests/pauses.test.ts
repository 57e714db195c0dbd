import { describe, expect, it } from 'vitest';
import { ReelBuilder, type ReelProps } from '../src/islands/reel/builder.svelte';
import { FrameMap } from '../src/lib/frames';
import type { Moment } from '../src/lib/types';
import { review, reviewState } from './review_fixture';

const S = 1_000_000;

function builder(): ReelBuilder {
  const made = new ReelBuilder({
    maxMoments: 3,
    maxMomentUs: 15 * S,
    maxPauses: 3,
    questions: ['What do you see here?'],
    films: [{ clipId: 'c1' }],
  } as ReelProps);
  made.films[0]!.frames = FrameMap.even(20 * S, 25);
  made.show(made.films[0]!);
  made.pieces = [{ clip_id: 'c1', moment_id: 'm1', start_us: 2 * S, end_us: 6 * S, slow_again: false, pauses: [] }];
  return made;
}
const piece = (of: ReelBuilder) => of.pieces[0]!;
const times = (of: ReelBuilder): number[] => piece(of).pauses.map((pause) => pause.time_us);

describe('pauses of a film in the making', () => {
  it('lie at the picture on show, or in the middle when that is another moment’s', () => {
    const made = builder();
    made.pauses.add(piece(made));
    expect(times(made)).toEqual([4 * S]);
    made.player.seek(3 * S);
    made.pauses.add(piece(made));
    expect(times(made)).toEqual([3 * S, 4 * S]);
  });

  it('lie in the middle of a moment at whose beginning the film stands', () => {
    const made = builder();
    made.player.seek(2 * S);
    made.pauses.add(piece(made));
    expect(times(made)).toEqual([4 * S]);
  });

  it('never lie on one another, and are no more than the parent’s room takes', () => {
    const made = builder();
    for (let count = 0; count < 5; count += 1) made.pauses.add(piece(made));
    expect(times(made)).toEqual([4 * S, 4.04 * S, 4.08 * S]);
    expect(made.pauses.nudge(piece(made), piece(made).pauses[0]!, 1)).toBe(false);
    expect(times(made)).toEqual([4 * S, 4.04 * S, 4.08 * S]);
  });

  it('stay inside their moment, whether they or its edges are moved', () => {
    const made = builder();
    made.pauses.add(piece(made));
    expect(made.pauses.moveTo(piece(made), piece(made).pauses[0]!, 6 * S)).toBe(false);
    expect(made.trim('m1', 'end_us', 3 * S)).toBe(false);
    expect(made.problem).not.toBeNull();
    expect(piece(made).end_us).toBe(6 * S);
    expect(made.trim('m1', 'end_us', 5 * S)).toBe(true);
  });

  it('come back as they were when they were taken out', () => {
    const made = builder();
    made.pauses.add(piece(made));
    made.pauses.ask(piece(made), piece(made).pauses[0]!, 'Did you hear that?');
    made.pauses.remove(piece(made), piece(made).pauses[0]!);
    expect(times(made)).toEqual([]);
    made.pauses.putBack();
    expect(piece(made).pauses).toMatchObject([{ time_us: 4 * S, question: 'Did you hear that?' }]);
  });

  it('hold the picture without a question', () => {
    const made = builder();
    made.pauses.add(piece(made), true);
    expect(piece(made).pauses).toMatchObject([{ time_us: 4 * S, question: '', still: true }]);
    expect(made.pauses.anyWithoutQuestion).toBe(false);
  });

  it('come from the points that were tagged in the moment, with their notes for the worker', () => {
    const made = builder();
    const point = (moment_id: string, start_us: number, note: string): Moment => ({
      moment_id,
      start_us,
      end_us: start_us + 1,
      code_ref: 'vipp_sd.pause',
      note,
      parent_words: '',
      point: true,
      anchors: null,
    });
    made.films[0]!.review = review({
      state: reviewState({ moments: [point('p1', 3 * S, 'See how she waits'), point('p2', 9 * S, 'Elsewhere')] }),
    });
    expect(made.pauses.marks(piece(made))).toHaveLength(1);
    made.pauses.addMarks(piece(made));
    expect(piece(made).pauses).toEqual([{ time_us: 3 * S, question: '', still: true, comment: 'See how she waits' }]);
    expect(made.pauses.marks(piece(made))).toEqual([]);
    made.pauses.comment(piece(made), piece(made).pauses[0]!, 'She waits');
    expect(piece(made).pauses[0]?.comment).toBe('She waits');
  });

  it('need a question before the film is made', () => {
    const made = builder();
    made.pauses.add(piece(made));
    expect(made.pauses.anyWithoutQuestion).toBe(false);
    made.pauses.ask(piece(made), piece(made).pauses[0]!, '  ');
    expect(made.pauses.anyWithoutQuestion).toBe(true);
  });
});

describe('a moment that is longer than a film shows of one', () => {
  it('is taken in part, and said to be', () => {
    const made = builder();
    const moment = (moment_id: string, end_us: number): Moment => ({
      moment_id,
      start_us: 1 * S,
      end_us,
      code_ref: 'eye_to_eye',
      note: '',
      parent_words: '',
      point: false,
      anchors: null,
    });
    made.films[0]!.review = review({ state: reviewState({ moments: [moment('long', 17 * S), moment('whole', 16 * S)] }) });
    made.pieces = [];
    made.toggle('long', true);
    made.toggle('whole', true);
    expect(made.pieces.map((each) => [each.start_us, each.end_us])).toEqual([
      [1 * S, 16 * S],
      [1 * S, 16 * S],
    ]);
    expect(made.pieces.map((each) => made.isPart(each))).toEqual([true, false]);
  });
});
