/** The police's list of a commune and a month, seen first and then taken; those that were; and why numbers lie apart. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Choice, Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { may, me } from "../../session.ts";
import { day, t } from "../../words.ts";
import { XLSX } from "../admin/files.ts";
import { Done, Failed, useSome } from "../admin/pieces.tsx";
import { communesOf, labelOf, type Units, useUnits } from "../admin/units.ts";
import { Note } from "../note.tsx";
import { Listed, usePaged } from "../paged.tsx";
import { date, month } from "../report/numbers.ts";
import { nameOf, spell, STAGES } from "../state.ts";
import { ImportedLists } from "./imported-lists.tsx";
import { OneTask } from "./reconcile.tsx";

type Imported = Schemas["ImportedPoliceList"];
type Report = Schemas["PoliceReport"];

const PAGE = 30;
export const TASK_STATES: [string, string][] = [
  ["open", t("mới", "new")],
  ["in_progress", t("đang tìm hiểu", "in progress")],
  ["explained", t("đã giải thích", "explained")],
  ["corrected", t("đã sửa", "put right")],
  ["agrees", t("danh sách sau đã khớp", "a later list agrees")],
  ["withdrawn", t("danh sách đã được rút", "the list was taken back")],
];

/** `38 của ta, 45 của công an`. */
export function spellReport(one: Report): string {
  return t(`ta ${spell(one.ours)}, công an ${spell(one.theirs)}, khớp ${spell(one.matched)}`, `ours ${spell(one.ours)}, theirs ${spell(one.theirs)}, matched ${spell(one.matched)}`);
}

export function PoliceLists() {
  const [chosen, choose] = useState<string>();
  const [done, setDone] = useState<string>();
  const units = useUnits();
  const list = usePaged("tasks", (cursor) => told(api.GET("/api/v1/reconciliation-tasks", { params: { query: { cursor, limit: PAGE } } })));
  const lists = usePaged("police-lists", (cursor) => told(api.GET("/api/v1/police-lists", { params: { query: { cursor, limit: PAGE } } })));
  const today = day(new Date());
  const changed = () => {
    list.again();
    lists.again();
  };
  return (
    <>
      <h1 class="unseen">{t("Danh sách công an", "Police lists")}</h1>
      <div class="halves">
        {may("import_police_lists") && (units.told ? <ImportList units={units.told} imported={(said) => { setDone(said); changed(); }} /> : units.why !== undefined && <section class="panel"><Failed why={units.why} again={units.again} /></section>)}
        <section class="panel" aria-labelledby="tasks">
          <h2 id="tasks">{t("Lệch hơn một phần mười", "More than a tenth apart")}</h2>
          <p class="soft">{t("Xã có số lệch với công an thì thành một việc: ai tìm hiểu, hạn nào, vì sao.", "A commune whose numbers lie apart becomes a task: who finds out, until when, and why.")}</p>
          <Done said={done} />
          <Listed list={list} empty={t("Không có xã nào lệch.", "No commune lies apart.")}>
            {(rows) => (
              <ul class="cases">
                {rows.map((one) => {
                  const isOpen = one.state === "open" || one.state === "in_progress";
                  return (
                    <li key={one.task_id} class="account">
                      <p><strong>{labelOf(units.told, one.report.commune_id)}</strong>, {nameOf(STAGES, one.report.stage)}, {month(one.report.month.slice(0, 7))}<br /><span class="soft">{spellReport(one.report)}</span><br /><span class={isOpen && one.due_on < today ? "fault" : "soft"}>{t("Hạn", "Due")} {date(one.due_on)}{isOpen && one.due_on < today && t(", đã quá hạn", ", overdue")}</span></p>
                      <span class={isOpen ? "warn" : "good"}>{nameOf(TASK_STATES, one.state)}</span>
                      <button type="button" class="quiet small" onClick={() => choose(one.task_id)}>{t("Xem", "See")}<span class="unseen"> {labelOf(units.told, one.report.commune_id)}, {nameOf(STAGES, one.report.stage)}</span></button>
                    </li>
                  );
                })}
              </ul>
            )}
          </Listed>
        </section>
        <ImportedLists list={lists} units={units.told} changed={() => { setDone(undefined); changed(); }} />
      </div>
      {chosen && <OneTask id={chosen} units={units.told} close={() => choose(undefined)} changed={list.again} />}
    </>
  );
}

/** The month before this one, as a field of months has it. */
function lastMonth(): string {
  const [year, number] = day(new Date()).split("-").map(Number) as [number, number];
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, "0")}`;
}

function ImportList({ units, imported }: { units: Units; imported: (said: string) => void }) {
  const communes = communesOf(units);
  const [commune, setCommune] = useState(String(communes.find((one) => one.unit_id === me.value?.unit_id)?.unit_id ?? (communes.length === 1 ? communes[0]!.unit_id : "")));
  const [of, setOf] = useState(lastMonth());
  const [file, setFile] = useState<File>();
  const [answer, setAnswer] = useState<Imported>();
  const { busy, why, run } = useDeed();
  const isMonth = /^20\d\d-(0[1-9]|1[0-2])$/.test(of);
  const anew = <Value,>(set: (value: Value) => void) => (value: Value) => {
    set(value);
    setAnswer(undefined);
  };
  const send = (dry_run: boolean) =>
    run(async () => {
      if (!file || !isMonth) return;
      const kind = file.name.toLowerCase().endsWith(".csv") ? "text/csv" : XLSX;
      const query = { unit_id: Number(commune), month: `${of}-01`, dry_run };
      const next = await told(api.POST("/api/v1/police-lists", { params: { query }, body: file as never, bodySerializer: (body) => body, headers: { "Content-Type": kind } }));
      setAnswer(next);
      if (!next.dry_run) imported(t(`Đã nhập danh sách: ${spell(next.confirmed)} bản ghi được xác nhận thêm.`, `The list is imported: ${spell(next.confirmed)} more records are confirmed.`));
    });
  return (
    <section class="panel" aria-labelledby="police-list">
      <h2 id="police-list">{t("Nhập danh sách của công an", "Import the police's list")}</h2>
      <Note about={t("Tệp gồm gì, và giữ lại gì?", "What is in the file, and what is kept?")}>
        <p>{t("Mỗi dòng một công dân: số định danh và bước (level2_collected: đã thu nhận; level2_activated: đã kích hoạt), cột id_number,stage; tệp .csv hoặc .xlsx của một xã, một tháng. Số định danh chỉ được so trong bộ nhớ, danh sách không được giữ. Sai một dòng thì không dòng nào được ghi; nhập lại cùng danh sách không đổi gì.", "A line a citizen: ID number and step (level2_collected or level2_activated), columns id_number,stage; a .csv or .xlsx of one commune and month. Numbers are compared in memory only, and the list is kept nowhere. With one wrong line nothing is written; the same list again changes nothing.")}</p>
      </Note>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send(true);
        }}
      >
        <div class="pair">
          <Choice id="list-commune" label={t("Xã, phường", "Commune")} value={commune} chosen={anew(setCommune)}>
            <option value="">{t("chọn xã, phường", "choose a commune")}</option>
            {communes.map((one) => <option key={one.unit_id} value={String(one.unit_id)}>{one.name}</option>)}
          </Choice>
          <Field id="list-month" label={t("Tháng (năm-tháng)", "Month (year-month)")} value={of} typed={anew(setOf)} required fault={isMonth ? faultAt(why, "?month") : t("Ghi như 2026-10.", "Write it like 2026-10.")} />
        </div>
        <div class="field">
          <label for="list-file">{t("Tệp .xlsx hoặc .csv", "A .xlsx or .csv file")}</label>
          <input id="list-file" type="file" accept={`.xlsx,.csv,text/csv,${XLSX}`} required onChange={(event) => anew(setFile)(event.currentTarget.files?.[0])} />
        </div>
        <Trouble why={why} />
        <div class="deeds"><button disabled={busy || !file || commune === "" || !isMonth}>{t("Xem trước", "See first")}</button></div>
      </form>
      {answer && <Verdict answer={answer} busy={busy} write={() => void send(false)} />}
    </section>
  );
}

function Verdict({ answer, busy, write }: { answer: Imported; busy: boolean; write: () => void }) {
  const { some, more } = useSome(answer.refused, 20);
  const isFine = answer.refused.length === 0;
  return (
    <div class="verdict">
      <p role="status"><strong>{!answer.dry_run ? t("Đã nhập danh sách.", "The list is imported.") : isFine ? t(`Mọi dòng đều đọc được; ${spell(answer.confirmed)} bản ghi sẽ được xác nhận. Chưa ghi gì.`, `Every line can be read; ${spell(answer.confirmed)} records would be confirmed. Nothing was written yet.`) : t(`${spell(answer.refused.length)} dòng sai; chưa ghi gì. Sửa tệp rồi xem lại.`, `${spell(answer.refused.length)} lines are wrong; nothing was written. Mend the file and see again.`)}</strong>{answer.repeated > 0 && t(` ${spell(answer.repeated)} dòng lặp, chỉ tính một lần.`, ` ${spell(answer.repeated)} lines repeat another and count once.`)}</p>
      {!isFine && <><ul class="cases lines">{some.map((one) => <li key={one.line}>{t(`Dòng ${one.line}`, `Line ${one.line}`)}: <span class="fault">{one.message}</span></li>)}</ul>{more}</>}
      {isFine && answer.reports.map((one) => <ReportTable key={one.stage} report={one} />)}
      {answer.dry_run && isFine && <p class="deeds"><button type="button" disabled={busy} onClick={write}>{t("Nhập danh sách", "Import the list")}</button></p>}
    </div>
  );
}

export function ReportTable({ report }: { report: Report }) {
  const lines: [string, number][] = [
    [t("Ta đếm trong tháng", "Counted by us in the month"), report.ours],
    [t("Có trong danh sách công an", "In the police's list"), report.theirs],
    [t("Khớp ở xã này: được xác nhận", "Matched in this commune: confirmed"), report.matched],
    [t("Ta đếm ở xã khác", "Counted by us in another commune"), report.elsewhere],
    [t("Chỉ công an có", "Only in theirs"), report.only_theirs],
    [t("Chỉ ta có", "Only in ours"), report.only_ours],
    [t("Của ta chưa có số định danh, không so được", "Ours without an ID number, not comparable"), report.without_number],
  ];
  return (
    <div>
      <h3>{nameOf(STAGES, report.stage)} {report.is_apart && <span class="badge grave">{t("lệch hơn 10 %", "more than 10% apart")}</span>}</h3>
      <dl class="sent numbers">{lines.map(([name, count]) => <div key={name}><dt>{name}</dt><dd>{spell(count)}</dd></div>)}</dl>
    </div>
  );
}
