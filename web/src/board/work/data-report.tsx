/** One report with whom it is about, and what is done next. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Dialog } from "../../dialog.tsx";
import { Field, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { spellPhone, spellTime, t } from "../../words.ts";
import { useNames } from "../admin/people.ts";
import { Failed } from "../admin/pieces.tsx";
import { labelOf, type Units } from "../admin/units.ts";
import { nameOf } from "../state.ts";
import { STATES, WHAT } from "./data-reports.tsx";

type State = Schemas["DataReportState"];

/** Where a report may go from where it stands, and what the button says; the server has the same table. */
const STEPS: Record<string, [State, string][]> = {
  open: [["forwarded", t("Đã chuyển công an", "It is forwarded")], ["corrected", t("Đã sửa xong", "It is put right")], ["refused", t("Không sửa", "Refuse it")]],
  forwarded: [["corrected", t("Đã sửa xong", "It is put right")], ["refused", t("Không sửa", "Refuse it")], ["open", t("Mở lại", "Open it again")]],
  corrected: [["open", t("Mở lại", "Open it again")]],
  refused: [["open", t("Mở lại", "Open it again")]],
};

interface Props {
  id: string;
  units: Units | undefined;
  close: () => void;
  changed: () => void;
}

export function OneDataReport({ id, units, close, changed }: Props) {
  const path = { data_report_id: id };
  const found = useAsked(id, () => told(api.GET("/api/v1/data-reports/{data_report_id}", { params: { path } })));
  const [now, setNow] = useState<Schemas["DataReportDetail"]>();
  const [reason, setReason] = useState("");
  const { busy, why, run } = useDeed();
  const nameOfAccount = useNames();
  const detail = now ?? found.told;
  if (!detail) return <Dialog title={t("Báo cáo", "A report")} close={close}>{found.why === undefined ? <Loading /> : <Failed why={found.why} again={found.again} />}</Dialog>;
  const { report, history } = detail;
  const step = (state: State) =>
    run(async () => {
      setNow(await told(api.POST("/api/v1/data-reports/{data_report_id}/steps", { params: { path }, body: { state, reason: reason.trim() || undefined } })));
      setReason("");
      changed();
    });
  const facts: [string, string | number | null | undefined][] = [
    [t("Họ tên", "Name"), detail.name],
    [t("Năm sinh", "Year of birth"), detail.birth_year],
    [t("Bốn số cuối", "Last four digits"), detail.id_tail],
    [t("Điện thoại mà thôn biết", "Phone that the field knows"), detail.phone && spellPhone(detail.phone)],
    [t("Đúng ra là", "What is right"), detail.words],
  ];
  return (
    <Dialog title={nameOf(WHAT, report.what)} close={close} wide>
      <p>{labelOf(units, report.village_id)} <span class="badge calm">{nameOf(STATES, report.state)}</span></p>
      <dl class="sent">{facts.map(([name, value]) => value && <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <h3>{t("Đã làm gì", "What was done")}</h3>
      <ol class="cases">
        <li><p>{t("Báo", "Reported")}<br /><span class="soft">{nameOfAccount(report.reported_by)}, {spellTime(report.reported_at)}</span></p></li>
        {history.map((one) => <li key={one.taken_at}><p><strong>{one.state === "open" ? t("Mở lại", "Opened again") : nameOf(STATES, one.state)}</strong>{one.reason && `: ${one.reason}`}<br /><span class="soft">{nameOfAccount(one.taken_by)}, {spellTime(one.taken_at)}</span></p></li>)}
      </ol>
      <Trouble why={why} />
      <Field id="step-reason" label={t("Vì sao (cần khi không sửa hay mở lại; không ghi tên)", "Why (needed to refuse or to open again; no names)")} value={reason} typed={setReason} maxLength={200} fault={faultAt(why, "/reason")} />
      <div class="deeds">
        {(STEPS[report.state] ?? []).map(([state, name]) => {
          const needs = state === "refused" || state === "open";
          return <button key={state} type="button" class={state === "refused" ? "quiet danger" : state === "open" ? "quiet" : undefined} disabled={busy || (needs && reason.trim() === "")} onClick={() => void step(state)}>{name}</button>;
        })}
      </div>
    </Dialog>
  );
}
