/** Units as of any day: found by name, level by level, and what became of each. Changed on the server only. */
import { useEffect, useState } from "preact/hooks";

import { api, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Choice, Field, Loading } from "../../kit.tsx";
import { me } from "../../session.ts";
import { day, t } from "../../words.ts";
import { Note } from "../note.tsx";
import { nameOf } from "../state.ts";
import { Failed } from "./pieces.tsx";
import { UnitChanges } from "./unit-changes.tsx";
import { OneUnit } from "./unit-detail.tsx";

const PAGE = 50;
/** Between two letters of somebody who types, in ms. */
const PAUSE = 250;

export const UNIT_LEVELS: [string, string][] = [
  ["province", t("Tỉnh", "Province")],
  ["district", t("Huyện (trước 7/2025)", "District (before July 2025)")],
  ["commune", t("Xã, phường, thị trấn", "Commune")],
  ["village", t("Thôn, khu phố", "Village")],
];

/** Where a unit is shown, as of that day. */
export function addressOf(id: number | string, on: string): string {
  return `#quan-ly/don-vi/${id}${on === day(new Date()) ? "" : `/${on}`}`;
}

export function UnitSearch({ rest: [id, asOf] }: { rest: string[] }) {
  const today = day(new Date());
  const on = asOf && /^\d{4}-\d\d-\d\d$/.test(asOf) ? asOf : today;
  const [typed, type] = useState("");
  const [level, setLevel] = useState("commune");
  const [q, search] = useState("");
  const [cursors, setCursors] = useState<string[]>([]);
  useEffect(() => {
    const timer = setTimeout(() => {
      search(typed.trim());
      setCursors([]);
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => setCursors([]), [level, on]);
  const cursor = cursors.at(-1);
  const list = useAsked(`${q} ${level} ${on} ${cursor}`, () => told(api.GET("/api/v1/units", { params: { query: { q: q || undefined, level: level || undefined, on, cursor, limit: PAGE } } })));
  return (
    <>
      <h1 class="unseen">{t("Đơn vị hành chính", "Units")}</h1>
      <div class="halves">
        <section class="panel" aria-labelledby="units">
          <h2 id="units">{t("Tìm đơn vị", "Find a unit")}</h2>
          <div class="filters-row">
            <Field id="unit-name" label={t("Tên, có dấu hay không", "Name, with or without marks")} value={typed} typed={type} maxLength={100} />
            <Choice id="unit-level" label={t("Cấp", "Level")} value={level} chosen={setLevel}>
              <option value="">{t("Mọi cấp", "Every level")}</option>
              {UNIT_LEVELS.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
            </Choice>
            <Field id="unit-on" type="date" label={t("Vào ngày", "As of")} value={on} min="2020-01-01" typed={(value) => { if (value) location.hash = addressOf(id ?? "", value); }} />
          </div>
          <Note about={t("Vì sao phải chọn ngày?", "Why a day?")}>
            <p>{t("Đơn vị đổi tên, sáp nhập, chia tách theo ngày (01/11/2024, 01/7/2025) và mã cũ được dùng lại cho đơn vị khác. Báo cáo của kỳ nào in tên của kỳ đó.", "Units are renamed, merged and parted on certain days (1 November 2024, 1 July 2025), and old codes are used again for others. A report prints the names of its own days.")}</p>
          </Note>
          {!list.told ? (list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />) : list.told.items.length === 0 ? <p class="empty">{t("Ngày đó không có đơn vị nào tên như vậy.", "No unit was called so on that day.")}</p> : (
            <>
              <ul class="cases units">
                {list.told.items.map((one) => (
                  <li key={one.unit_id}><a href={addressOf(one.unit_id, on)} aria-current={String(one.unit_id) === id ? "true" : undefined}><strong>{one.name}</strong></a> <span class="soft">{[above(one.label, one.name), level === "" && nameOf(UNIT_LEVELS, one.level), one.code && t(`mã ${one.code}`, `code ${one.code}`)].filter(Boolean).join(", ")}</span></li>
                ))}
              </ul>
              <p class="deeds">
                {cursors.length > 0 && <button type="button" class="quiet small" onClick={() => setCursors(cursors.slice(0, -1))}>{t("Trang trước", "Before")}</button>}
                {list.told.next_cursor && <button type="button" class="quiet small" onClick={() => setCursors([...cursors, list.told!.next_cursor!])}>{t("Trang sau", "Next")}</button>}
              </p>
            </>
          )}
        </section>
        {id ? <OneUnit key={`${id} ${on}`} id={Number(id)} on={on} /> : (
          <section class="panel"><p class="empty">{t("Chọn một đơn vị để xem bên trong có gì, tiếp nối đơn vị nào và nay là đơn vị nào.", "Choose a unit to see what is within it, whom it continues and what became of it.")}</p></section>
        )}
      </div>
      {me.value?.role === "admin" ? <UnitChanges /> : <p class="soft below">{t("Ở đây chỉ xem. Đơn vị đổi theo nghị quyết, do quản trị viên nạp trên máy chủ.", "Here they are only read. Units change by decree; an administrator reads that in on the server.")}</p>}
    </>
  );
}

/** `Tỉnh Khánh Hòa` of `Xã Bác Ái, Tỉnh Khánh Hòa`. */
export function above(label: string, name: string): string {
  return label.startsWith(`${name}, `) ? label.slice(name.length + 2) : label === name ? "" : label;
}
