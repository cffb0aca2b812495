/** What was issued, what stands in the way, what is asked of those above, what is to be done: told in every report until it is settled. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Choice, Loading, Trouble } from "../../kit.tsx";
import { may } from "../../session.ts";
import { day, t } from "../../words.ts";
import { Entry, nameOfKind } from "./entry.tsx";
import { TakeList } from "../take-list.tsx";
import { date } from "./numbers.ts";
import { WriteEntry } from "./write-entry.tsx";

type RegisterEntry = Schemas["RegisterEntry"];

export const KINDS: [Schemas["EntryKind"], string][] = [
  ["directive", t("Văn bản chỉ đạo", "Directives")],
  ["difficulty", t("Khó khăn, vướng mắc", "Difficulties")],
  ["proposal", t("Đề xuất, kiến nghị", "Proposals")],
  ["task", t("Nhiệm vụ", "Tasks")],
];
export const STATES: [Schemas["EntryState"], string][] = [
  ["open", t("Đang mở", "Open")],
  ["done", t("Đã xong", "Done")],
  ["dropped", t("Không cần nữa", "Dropped")],
];
const PAGE = 50;

export function Registers() {
  const [kind, setKind] = useState<Schemas["EntryKind"] | "">("");
  const [state, setState] = useState<Schemas["EntryState"] | "" | "withdrawn">("");
  const [cursors, setCursors] = useState<string[]>([]);
  const [chosen, choose] = useState<RegisterEntry>();
  const cursor = cursors.at(-1);
  const standing = state === "withdrawn" ? { withdrawn: true } : { state: state || undefined };
  const list = useAsked(`entries ${kind} ${state} ${cursor}`, () => told(api.GET("/api/v1/register-entries", { params: { query: { kind: kind || undefined, ...standing, cursor, limit: PAGE } } })));
  return (
    <>
      <h1 class="unseen">{t("Sổ theo dõi", "Registers")}</h1>
      <div class="halves">
        <section class="panel" aria-labelledby="entries">
          <div class="panel-head">
            <h2 id="entries">{t("Sổ theo dõi", "Registers")}</h2>
            <Choice id="kind-shown" label={t("Loại", "Kind")} value={kind} chosen={(word) => { setKind(word as typeof kind); setCursors([]); }}>
              <option value="">{t("Tất cả", "All")}</option>
              {KINDS.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
            </Choice>
            <Choice id="state-shown" label={t("Trạng thái", "State")} value={state} chosen={(word) => { setState(word as typeof state); setCursors([]); }}>
              <option value="">{t("Tất cả", "All")}</option>
              {STATES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
              <option value="withdrawn">{t("Đã bỏ khỏi sổ", "Taken out")}</option>
            </Choice>
            <div class="deeds"><TakeList asked={{ table: "tasks" }} ofDays label={t("Lấy bảng nhiệm vụ (CSV, Excel)", "Take the tasks as CSV, Excel")} title={t("Nhiệm vụ thời gian tới", "Tasks for the time to come")} says={t("Mọi nhiệm vụ đang mở, và những nhiệm vụ đã xong trong những ngày này.", "Every open task, and those that were settled on these days.")} /></div>
          </div>
          {!list.told ? (list.why === undefined ? <Loading /> : <Trouble why={list.why}><button type="button" class="quiet small" onClick={list.again}>{t("Thử lại", "Try again")}</button></Trouble>) : list.told.items.length === 0 ? (
            <p class="empty">{t("Sổ chưa có gì ở mục này.", "Nothing stands here yet.")}</p>
          ) : (
            <>
              <ul class="cases">{list.told.items.map((one) => <Line key={one.entry_id} entry={one} open={() => choose(one)} />)}</ul>
              <p class="deeds">
                {cursors.length > 0 && <button type="button" class="quiet small" onClick={() => setCursors(cursors.slice(0, -1))}>{t("Trang trước", "Before")}</button>}
                {list.told.next_cursor && <button type="button" class="quiet small" onClick={() => setCursors([...cursors, list.told!.next_cursor!])}>{t("Trang sau", "Next")}</button>}
              </p>
            </>
          )}
        </section>
        {may("keep_registers") && <WriteEntry written={list.again} />}
      </div>
      {chosen && <Entry entry={chosen} close={() => choose(undefined)} changed={list.again} />}
    </>
  );
}

function Line({ entry, open }: { entry: RegisterEntry; open: () => void }) {
  const isLate = entry.state === "open" && entry.due_on != null && entry.due_on < day(new Date());
  const state = STATES.find(([word]) => word === entry.state)?.[1] ?? entry.state;
  return (
    <li class="account">
      <p>
        <span class="soft">{nameOfKind(entry.kind)}, {date(entry.noted_on)}, {entry.body}{entry.assigned_unit_name && entry.assigned_unit_name !== entry.body && ` (${entry.assigned_unit_name})`}</span><br />
        <strong>{entry.number && `${entry.number}: `}{entry.subject}</strong>
        {entry.due_on && <><br /><span class={isLate ? "fault" : "soft"}>{t("Hạn", "Due")} {date(entry.due_on)}{isLate && t(", đã quá hạn", ", overdue")}</span></>}
      </p>
      <span class={entry.state === "open" ? "warn" : "good"}>{entry.kind !== "directive" && <>{state}{entry.settled_on && ` ${date(entry.settled_on)}`}</>}</span>
      <button type="button" class="quiet small" onClick={open}>{t("Xem", "See")}<span class="unseen"> {entry.subject}</span></button>
    </li>
  );
}
