/** What the police have wrong of people, as the field told it: forwarded, put right, or refused with a reason. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Choice } from "../../kit.tsx";
import { me } from "../../session.ts";
import { spellTime, t } from "../../words.ts";
import { Failed, UnitOptions } from "../admin/pieces.tsx";
import { communesOf, labelOf, useUnits } from "../admin/units.ts";
import { Note } from "../note.tsx";
import { Listed, usePaged } from "../paged.tsx";
import { nameOf } from "../state.ts";
import { OneDataReport } from "./data-report.tsx";
import { TakeDataReports } from "./data-report-export.tsx";

type Report = Schemas["DataReport"];

const PAGE = 50;
export const WHAT: [string, string][] = [
  ["wrong_phone", t("Sai số điện thoại", "Wrong phone")],
  ["wrong_name", t("Sai họ tên", "Wrong name")],
  ["wrong_birth_date", t("Sai ngày sinh", "Wrong date of birth")],
  ["wrong_sex", t("Sai giới tính", "Wrong sex")],
  ["wrong_address", t("Sai nơi ở", "Wrong address")],
  ["moved_away", t("Đã chuyển đi", "Moved away")],
  ["deceased", t("Đã mất", "Deceased")],
  ["missing", t("Chưa có trong dữ liệu", "Missing")],
  ["other", t("Khác", "Something else")],
];
export const STATES: [string, string][] = [
  ["open", t("Mới", "New")],
  ["forwarded", t("Đã chuyển công an", "Forwarded")],
  ["corrected", t("Đã sửa", "Put right")],
  ["refused", t("Không sửa", "Refused")],
];

export function DataReports() {
  const [within, setWithin] = useState("");
  const [state, setState] = useState("open");
  const [what, setWhat] = useState("");
  const [chosen, choose] = useState<string>();
  const [takes, take] = useState(false);
  const units = useUnits();
  const communes = communesOf(units.told);
  const unit_id = Number(within) || me.value!.unit_id;
  const query = { unit_id, state: state || undefined, what: what || undefined };
  const list = usePaged(`data-reports ${JSON.stringify(query)}`, (cursor) => told(api.GET("/api/v1/data-reports", { params: { query: { ...query, cursor, limit: PAGE } } })));
  return (
    <section class="panel" aria-labelledby="data-reports">
      <div class="panel-head">
        <h1 id="data-reports">{t("Dữ liệu cần làm sạch", "Data to be put right")}</h1>
        <div class="deeds"><button type="button" class="quiet small" onClick={() => take(true)}>{t("Lấy bảng kèm tên", "Take the table with names")}</button></div>
      </div>
      <div class="filters-row">
        {communes.length > 1 && <Choice id="reports-within" label={t("Đơn vị", "Unit")} value={within} chosen={setWithin}><UnitOptions communes={communes} /></Choice>}
        <Choice id="reports-state" label={t("Trạng thái", "State")} value={state} chosen={setState}>
          <option value="">{t("tất cả", "all")}</option>
          {STATES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
        </Choice>
        <Choice id="reports-what" label={t("Sai gì", "What is wrong")} value={what} chosen={setWhat}>
          <option value="">{t("tất cả", "all")}</option>
          {WHAT.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
        </Choice>
      </div>
      <Note about={t("Làm gì với một báo cáo?", "What is done about one?")}>
        <p>{t("Tình nguyện viên báo rằng dữ liệu của công an sai về một người. Chuyển cho công an xã; khi họ sửa xong thì ghi “đã sửa”, không sửa được thì ghi vì sao. Mở lại thì mọi bước trước vẫn được giữ. Danh sách không có tên; mỗi lần mở một báo cáo được ghi nhật ký.", "Volunteers report that the police have something wrong of somebody. Forward it; write down that it was put right, or why not. Opening it again keeps every step. The list names nobody, and each opening is audited.")}</p>
      </Note>
      {units.why !== undefined && <Failed why={units.why} again={units.again} />}
      <Listed list={list} empty={t("Không có báo cáo nào như vậy.", "There is no such report.")}>
        {(rows) => (
          <ul class="cases">
            {rows.map((one: Report) => (
              <li key={one.data_report_id} class="account">
                <p><strong>{nameOf(WHAT, one.what)}</strong><br /><span class="soft">{labelOf(units.told, one.village_id)}; {t("báo", "reported")} {spellTime(one.reported_at)}</span></p>
                <span class={one.state === "open" ? "warn" : one.state === "corrected" ? "good" : "soft"}>{nameOf(STATES, one.state)}</span>
                <button type="button" class="quiet small" onClick={() => choose(one.data_report_id)}>{t("Xem", "See")}<span class="unseen"> {nameOf(WHAT, one.what)}, {labelOf(units.told, one.village_id)}</span></button>
              </li>
            ))}
          </ul>
        )}
      </Listed>
      {chosen && <OneDataReport id={chosen} units={units.told} close={() => choose(undefined)} changed={list.again} />}
      {takes && units.told && <TakeDataReports unitId={unit_id} state={state} units={units.told} close={() => take(false)} />}
    </section>
  );
}
