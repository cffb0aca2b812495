/** Lists that are told in pages. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import { type Asked, useAsked } from "../ask.ts";
import { Loading, Trouble } from "../kit.tsx";
import { t } from "../words.ts";

interface Page<Row> {
  items: Row[];
  next_cursor?: string | null;
}

export interface Paged<Row> extends Asked<Page<Row>> {
  cursors: string[];
  turn: (cursors: string[]) => void;
}

/** What `read` gives, page by page; from the first one whenever `key` changes. */
export function usePaged<Row>(key: string, read: (cursor: string | undefined) => Promise<Page<Row>>): Paged<Row> {
  const [at, setAt] = useState<{ key: string; cursors: string[] }>({ key, cursors: [] });
  const cursors = at.key === key ? at.cursors : [];
  const list = useAsked(`${key} ${cursors.at(-1)}`, () => read(cursors.at(-1)));
  return { ...list, cursors, turn: (next) => setAt({ key, cursors: next }) };
}

/** The rows of a page, or that there are none, or why not; and the way to the others. */
export function Listed<Row>({ list, empty, children }: { list: Paged<Row>; empty: ComponentChildren; children: (rows: Row[]) => ComponentChildren }) {
  const { told, why, again, cursors, turn } = list;
  if (!told) return why === undefined ? <Loading /> : <Trouble why={why}><button type="button" class="quiet small" onClick={again}>{t("Thử lại", "Try again")}</button></Trouble>;
  const next = told.next_cursor;
  return (
    <>
      {told.items.length > 0 ? children(told.items) : cursors.length === 0 && !next ? <p class="empty">{empty}</p> : <p class="soft">{next ? t("Trang này không có dòng nào; còn trang sau.", "Nothing on this page; there are others.") : t("Trang này không còn dòng nào.", "Nothing is left on this page.")}</p>}
      {(cursors.length > 0 || next) && (
        <nav class="deeds" aria-label={t("Các trang", "Pages")}>
          {cursors.length > 0 && <button type="button" class="quiet small" onClick={() => turn(cursors.slice(0, -1))}>{t("Trang trước", "Before")}</button>}
          {next && <button type="button" class="quiet small" onClick={() => turn([...cursors, next])}>{t("Trang sau", "Next")}</button>}
        </nav>
      )}
    </>
  );
}
