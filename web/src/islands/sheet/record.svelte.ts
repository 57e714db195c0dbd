/** A form that is filled in. */
import type { Journal, KeyedParts } from '../../lib/journal';
import { JournalRecord, type Drafts, type Place as AnyPlace, type RecordUrls } from '../../lib/record.svelte';
import type { SealProps } from '../../lib/seal';
import type { SheetState } from '../../lib/types';
import { sheetWords as words } from '../../messages/sheet';

export type { SheetState };
export type Value = string | number;
export type Place = AnyPlace<Value>;
export interface Named {
  id: string;
  label: string;
}
export interface Item extends Named {
  filling: 'choice' | 'counter' | 'entry' | 'text';
  about: string;
  group: string;
}
export interface Form {
  answers: Named[];
  marks: Named[];
  items: Item[];
}
export interface SheetProps extends RecordUrls {
  sheetId: string;
  seal: SealProps;
  form: Form;
  journal: Journal<SheetState>;
}

export const SHEET_PARTS: KeyedParts = { values: { id: null }, touched: { id: null } };
export const TYPING_MS = 1200;
export const MOST = 999;

export class SheetRecord extends JournalRecord<SheetState, Value> {
  constructor(props: SheetProps, drafts: Drafts) {
    const kind = {
      key: `vfeed.sheet.${props.sheetId}`,
      names: Object.keys(props.journal.state.values),
      keyed: SHEET_PARTS,
      valueOf: (state: SheetState, name: string) => state.values[name] ?? '',
      event: (name: string, value: Value) => {
        const [item, mark] = name.split('.');
        return mark === undefined
          ? { type: 'answered', payload: { item, text: value } }
          : { type: 'counted', payload: { item, mark, count: value } };
      },
      words,
    };
    super(kind, props, props.journal, drafts);
  }

  set(place: Place, value: Value, waitMs = 0): void {
    this.write(place, value, waitMs);
  }

  /** One more or one less of what is counted there. */
  count(place: Place, by: 1 | -1): void {
    this.set(place, Math.min(MOST, Math.max(0, Number(place.value) + by)));
  }
}
