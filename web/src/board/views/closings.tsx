/** Windows whose boards are closed, and their editions: what was said once can be looked up for ever. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Heading, Loading } from "../../kit.tsx";
import { spellTime, t } from "../../words.ts";
import { FIRST, spell } from "../state.ts";
import { write } from "./address.ts";
import { Closing } from "./closing.tsx";
import { Failed } from "./fresh.tsx";
import { fullDay, span } from "./spell.ts";

export type Closed = Schemas["ClosedBoard"];

const PAGE = 200;
/** The first of which there are any is shown first: days are many, and few ask for one. */
const KINDS: [string, string][] = [
  ["period", t("Kỳ báo cáo", "Reporting periods")],
  ["month", t("Tháng", "Months")],
  ["week", t("Tuần", "Weeks")],
  ["day", t("Ngày", "Days")],
];

/** `Tuần 16/11–22/11/2026`. */
export function nameOfWindow({ kind, starts_on, ends_on }: Pick<Closed, "kind" | "starts_on" | "ends_on">): string {
  if (kind === "day") return t(`Ngày ${fullDay(starts_on)}`, fullDay(starts_on));
  if (kind === "month") return t(`Tháng ${starts_on.slice(5, 7)}/${starts_on.slice(0, 4)}`, `${starts_on.slice(5, 7)}/${starts_on.slice(0, 4)}`);
  return `${kind === "week" ? t("Tuần", "Week") : t("Kỳ báo cáo", "Reporting period")} ${span(starts_on, ends_on)}`;
}

/** The board of a closed window, in one of its editions; in the newest if none is named. */
export function boardOf({ starts_on, ends_on }: Pick<Closed, "starts_on" | "ends_on">, revision?: number): string {
  return write({ ...FIRST, from: starts_on, to: ends_on, revision });
}

export function Closings({ rest }: { rest: string }) {
  const [starts_on, ends_on, revision] = rest.split("/");
  if (starts_on && ends_on) return <Closing key={`${starts_on} ${ends_on}`} starts_on={starts_on} ends_on={ends_on} revision={Number(revision) || undefined} />;
  return <List />;
}

function List() {
  const [chosen, choose] = useState<string>();
  const [cursors, setCursors] = useState<string[]>([]);
  const cursor = cursors.at(-1);
  const list = useAsked(`closings ${cursor}`, () => told(api.GET("/api/v1/board-closings", { params: { query: { cursor, limit: PAGE } } })));
  const windows = inWindows(list.told?.items ?? []);
  const kinds = KINDS.filter(([word]) => windows.some(([newest]) => newest.kind === word));
  const kind = kinds.some(([word]) => word === chosen) ? chosen : kinds[0]?.[0];
  const shown = windows.filter(([newest]) => newest.kind === kind);
  return (
    <>
      <Heading>{t("Bảng đã chốt", "Closed boards")}</Heading>
      <p class="soft">{t("Ngày và tuần chốt sau ba ngày trọn, tháng chốt mồng 5, kỳ báo cáo khi đơn vị chốt. Chốt rồi thì bảng không đổi; số đến muộn thành bản bổ sung có số.", "Days and weeks close after three whole days, months on the 5th, reporting periods when their unit closes them. A closed board stays; what comes late makes a numbered supplement.")}</p>
      <section class="panel" aria-label={t("Các kỳ đã chốt", "Closed windows")}>
        <div class="filters" role="group" aria-label={t("Loại kỳ", "Kind of window")}>
          {kinds.map(([word, name]) => <button key={word} type="button" class={word === kind ? "small" : "quiet small"} aria-pressed={word === kind} onClick={() => choose(word)}>{name}</button>)}
        </div>
        {!list.told ? (list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />) : shown.length === 0 ? (
          <p class="empty">{t("Chưa có kỳ nào chốt.", "No window is closed yet.")}</p>
        ) : (
          <ul class="cases windows">
            {shown.map(([newest, editions]) => (
              <li key={`${newest.starts_on} ${newest.ends_on}`} class="account">
                <p>
                  <strong>{nameOfWindow(newest)}</strong> {newest.revision > 0 ? <span class="badge">{t(`Bổ sung muộn, bản ${newest.revision}`, `Late supplement ${newest.revision}`)}</span> : <span class="badge good">{t("Đã chốt", "Closed")}</span>}
                  <span class="soft about">{t(`${spell(editions)} bản`, `${spell(editions)} editions`)}, {spellTime(newest.kept_at)}</span>
                </p>
                <a class="button quiet small" href={boardOf(newest)}>{t("Xem bảng", "The board")}<span class="unseen"> {nameOfWindow(newest)}</span></a>
                <a class="button quiet small" href={`#da-chot/${newest.starts_on}/${newest.ends_on}`}>{t("Các bản", "Editions")}<span class="unseen"> {nameOfWindow(newest)}</span></a>
              </li>
            ))}
          </ul>
        )}
        {list.told && (cursors.length > 0 || list.told.next_cursor) && (
          <p class="deeds pages">
            {cursors.length > 0 && <button type="button" class="quiet small" onClick={() => setCursors(cursors.slice(0, -1))}>{t("Trang trước", "Before")}</button>}
            {list.told.next_cursor && <button type="button" class="quiet small" onClick={() => setCursors([...cursors, list.told!.next_cursor!])}>{t("Trang sau", "Next")}</button>}
          </p>
        )}
      </section>
    </>
  );
}

/** Each window once, by its newest edition, with how many there are. */
function inWindows(items: Closed[]): [Closed, number][] {
  const all = new Map<string, [Closed, number]>();
  for (const one of items) {
    const of = `${one.starts_on} ${one.ends_on}`;
    const known = all.get(of);
    all.set(of, known ? [known[0].revision > one.revision ? known[0] : one, known[1] + 1] : [one, 1]);
  }
  // The latest days first; of those that end together the longest.
  return [...all.values()].sort(([a], [b]) => b.ends_on.localeCompare(a.ends_on) || a.starts_on.localeCompare(b.starts_on));
}
