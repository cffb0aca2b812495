/** Whole lists for looking through: read page by page up to a bound, and searched with marks folded away. */

/** Rows of one page, and pages at most. */
export const PAGE = 200;
const PAGES_MAX = 10;

export interface Whole<Row> {
  rows: Row[];
  /** Whether there is nothing beyond the bound. */
  isAll: boolean;
}

/** Every row as far as {@link PAGE} times ten, in the order of the list. */
export async function readAll<Row>(page: (cursor: string | undefined) => Promise<{ items: Row[]; next_cursor?: string | null }>): Promise<Whole<Row>> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  for (let read = 0; read < PAGES_MAX; read++) {
    const next = await page(cursor);
    rows.push(...next.items);
    cursor = next.next_cursor ?? undefined;
    if (cursor === undefined) return { rows, isAll: true };
  }
  return { rows, isAll: false };
}

/** `phuoc dai` of `Phước Đại`. */
export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
}

/** Whether every word that was typed begins a word of the text. */
export function fits(typed: string, text: string): boolean {
  const words = fold(text).split(/[\s,()]+/);
  return fold(typed).split(/[\s,()]+/).every((wanted) => words.some((word) => word.startsWith(wanted)));
}
