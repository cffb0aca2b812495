/** Every table of one's unit that is of no single campaign, taken away for a stated reason. */
import { useState } from "preact/hooks";

import { api, told } from "../../api.ts";
import { listName } from "../../app/terms.ts";
import { useAsked } from "../../ask.ts";
import { Choice, Loading } from "../../kit.tsx";
import { t } from "../../words.ts";
import { me } from "../../session.ts";
import { Failed, UnitOptions } from "../admin/pieces.tsx";
import { communesOf, type Units, useUnits } from "../admin/units.ts";
import { nameOf } from "../state.ts";
import { takeTable } from "../take-list.tsx";
import { lastDays, Span } from "./span.tsx";
import { Take } from "./take.tsx";

const DAYS = 30;
const TABLES: [string, string][] = [
  ["people", t("Người, các bước đã làm (có tên)", "People with their steps (with names)")],
  ["worklist", t("Một danh sách việc (có tên)", "A worklist (with names)")],
  ["records", t("Bản ghi", "Records")],
  ["visits", t("Lượt vận động", "Visits")],
  ["activities", t("Buổi tuyên truyền", "Outreach activities")],
  ["targets", t("Chỉ tiêu kèm số đã đạt", "Targets with what was reached")],
  ["campaigns", t("Các đợt ra quân", "Campaigns")],
  ["mobilisation", t("Huy động đoàn viên, hội viên", "Members mobilised")],
  ["waiting_members", t("Ai chưa bắt đầu (có tên gọi)", "Who has not begun (with given names)")],
  ["held", t("Bản ghi chờ duyệt", "Held operations")],
  ["signals", t("Dấu hiệu cần hỏi lại", "Signals")],
  ["draws", t("Các lần rút mẫu", "Weekly draws")],
  ["grades", t("Xếp loại độ tin cậy", "Grades")],
  ["tasks", t("Nhiệm vụ: đang mở, và đã xong trong những ngày này", "Tasks: open, and settled on these days")],
  ["rights", t("Yêu cầu về dữ liệu: đang mở, và đã giải quyết trong những ngày này", "Requests about data: open, and settled on these days")],
  ["board", t("Xếp hạng các đơn vị, từng bước từ đầu", "Ranks of units, each stage since the start")],
  ["assignments", t("Phân công: ai phụ trách thôn nào (có tên)", "Assignments: who works which village (with names)")],
  ["transfers", t("Các lần bàn giao việc (có tên)", "Work handed over (with names)")],
  ["reconciliation", t("Việc phải đối soát với công an", "Numbers to reconcile with the police")],
  ["police_lists", t("Danh sách công an đã nhập (chỉ số đếm)", "Police lists that were imported (counts only)")],
  ["devices", t("Điện thoại của đơn vị (có tên người dùng)", "Phones of the unit (with names)")],
  ["accounts", t("Tài khoản của đơn vị (có tên)", "Accounts of the unit (with names)")],
  ["rosters", t("Các danh sách người đã nhập", "Lists of people that were imported")],
];
/** Those that name people: of one commune at a time. */
const NAMING = ["people", "worklist", "waiting_members"];
const OF_DAYS = ["records", "visits", "activities", "mobilisation", "waiting_members", "signals", "draws", "tasks", "rights"];

export function Tables() {
  const units = useUnits();
  return (
    <section class="panel narrow-form" aria-labelledby="tables">
      <h1 id="tables">{t("Lấy bảng", "Take a table away")}</h1>
      <p class="soft">{t("Tệp lấy ra nằm ngoài chương trình: giữ như giữ hồ sơ giấy, xong việc thì xóa. Không bảng nào có số định danh đầy đủ; tối đa 50.000 dòng.", "A file lies outside the program: keep it like papers, and delete it when done. No table has whole ID numbers; at most 50,000 rows.")}</p>
      {!units.told ? (units.why === undefined ? <Loading /> : <Failed why={units.why} again={units.again} />) : <Wish units={units.told} />}
    </section>
  );
}

function Wish({ units }: { units: Units }) {
  const communes = communesOf(units);
  const [table, setTable] = useState("people");
  const [within, setWithin] = useState("");
  const [days, setDays] = useState(lastDays(DAYS));
  const [worklist, setWorklist] = useState("not_contacted");
  const names = NAMING.includes(table);
  const first = communes.find((one) => one.unit_id === me.value?.unit_id) ?? communes[0];
  const unit_id = Number(within) || (names ? first?.unit_id : undefined);
  const lists = useAsked(`worklists of ${table} ${unit_id}`, async () => (table === "worklist" && unit_id ? (await told(api.GET("/api/v1/worklists", { params: { query: { unit_id } } }))).lists : []));
  const body = {
    table, unit_id,
    ...(OF_DAYS.includes(table) && { from_on: days.from, until_on: days.to }),
    ...(table === "worklist" && { worklist }),
  };
  return (
    <Take key={table} take={(format, reason) => takeTable(body, format, reason)}>
      <Choice id="table" label={t("Bảng", "Table")} value={table} chosen={setTable}>{TABLES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}</Choice>
      {communes.length > 1 && (
        <Choice id="table-within" label={names ? t("Xã, phường", "Commune") : t("Đơn vị", "Unit")} value={names ? String(unit_id ?? "") : within} chosen={setWithin}>
          {names ? communes.map((one) => <option key={one.unit_id} value={String(one.unit_id)}>{one.name}</option>) : <UnitOptions communes={communes} />}
        </Choice>
      )}
      {OF_DAYS.includes(table) && <div class="pair"><Span id="table" days={days} choose={setDays} /></div>}
      {table === "worklist" && (
        <>
          {lists.why !== undefined && <Failed why={lists.why} again={lists.again} />}
          <Choice id="table-list" label={t("Danh sách việc", "Worklist")} value={worklist} chosen={setWorklist}>
            {(lists.told ?? []).map((one) => <option key={one.worklist} value={one.worklist}>{listName(one.worklist, one.title)}</option>)}
          </Choice>
        </>
      )}
      {names && <p class="warn">{t(`${nameOf(TABLES, table)}: chỉ lấy khi thật cần.`, `${nameOf(TABLES, table)}: only where it is needed.`)}</p>}
    </Take>
  );
}
