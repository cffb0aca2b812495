/** The police's lists that were imported: what each said when it came, and taking back one that was the wrong file. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Dialog } from "../../dialog.tsx";
import { Field, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { may } from "../../session.ts";
import { spellTime, t, vietnamese } from "../../words.ts";
import { useNames } from "../admin/people.ts";
import { Failed } from "../admin/pieces.tsx";
import { labelOf, type Units } from "../admin/units.ts";
import { Listed, type Paged } from "../paged.tsx";
import { month } from "../report/numbers.ts";
import { nameOf, spell, STAGES } from "../state.ts";
import { ReportTable, spellReport } from "./police-lists.tsx";

type List = Schemas["PoliceList"];
type Detail = Schemas["PoliceListDetail"];

const STATES: Record<string, [string, string]> = {
  stands: [t("đang dùng", "stands"), "good"],
  replaced: [t("đã được danh sách sau thay", "replaced by a later one"), "calm"],
  undone: [t("đã rút lại", "taken back"), "calm"],
};

function ListState({ state }: { state: string }) {
  const [name, kind] = STATES[state] ?? [state, "calm"];
  return <span class={`badge ${kind}`}>{name}</span>;
}

interface Props {
  list: Paged<List>;
  units: Units | undefined;
  /** One was taken back, and what came of it. */
  changed: () => void;
}

export function ImportedLists({ list, units, changed }: Props) {
  const [chosen, choose] = useState<string>();
  const nameOfAccount = useNames();
  return (
    <section class="panel" aria-labelledby="imported">
      <h2 id="imported">{t("Danh sách đã nhập", "Lists that were imported")}</h2>
      <Listed list={list} empty={t("Chưa nhập danh sách nào.", "No list was imported yet.")}>
        {(rows) => (
          <ul class="cases">
            {rows.map(({ police_list_id, report, state, imported_by, imported_at }) => (
              <li key={police_list_id} class="account">
                <p><strong>{labelOf(units, report.commune_id)}</strong>, {nameOf(STAGES, report.stage)}, {month(report.month.slice(0, 7))}<br /><span class="soft">{spellReport(report)}</span><br /><span class="soft">{t("Nhập", "Imported")} {spellTime(imported_at)}, {nameOfAccount(imported_by)}</span></p>
                <ListState state={state} />
                <button type="button" class="quiet small" onClick={() => choose(police_list_id)}>{t("Xem", "See")}<span class="unseen"> {labelOf(units, report.commune_id)}, {nameOf(STAGES, report.stage)}, {month(report.month.slice(0, 7))}</span></button>
              </li>
            ))}
          </ul>
        )}
      </Listed>
      {chosen && <OneList key={chosen} id={chosen} units={units} close={() => choose(undefined)} changed={changed} />}
    </section>
  );
}

function OneList({ id, units, close, changed }: { id: string; units: Units | undefined; close: () => void; changed: () => void }) {
  const found = useAsked(id, () => told(api.GET("/api/v1/police-lists/{police_list_id}", { params: { path: { police_list_id: id } } })));
  const [now, setNow] = useState<Detail>();
  const nameOfAccount = useNames();
  const detail = now ?? found.told;
  if (!detail) return <Dialog title={t("Danh sách công an", "A police list")} close={close}>{found.why === undefined ? <Loading /> : <Failed why={found.why} again={found.again} />}</Dialog>;
  const { report, state, imported_at, imported_by, ended_at, ended_by, reason } = detail.list;
  const named = `${labelOf(units, report.commune_id)}, ${month(report.month.slice(0, 7))}`;
  return (
    <Dialog title={t(`Danh sách công an: ${named}`, `Police list: ${named}`)} close={close} wide>
      <p><ListState state={state} /> <span class="soft">{t("Nhập", "Imported")} {spellTime(imported_at)}, {nameOfAccount(imported_by)}</span>{ended_at && <><br /><span class="soft">{state === "undone" ? t("Rút lại", "Taken back") : t("Được thay", "Replaced")} {spellTime(ended_at)}{ended_by && `, ${nameOfAccount(ended_by)}`}</span></>}{reason && <>: <span lang={vietnamese}>{reason}</span></>}</p>
      {state === "stands" && <p>{t(`${spell(detail.confirms_alone)} bản ghi chỉ có danh sách này xác nhận.`, `${spell(detail.confirms_alone)} records are confirmed by this list alone.`)}</p>}
      <ReportTable report={report} />
      <p class="good" role="status">{now && t("Đã rút lại. Hãy nhập lại tệp đúng.", "It is taken back. Import the right file anew.")}</p>
      {state === "stands" && may("import_police_lists") && <Undo detail={detail} done={(next) => { setNow(next); changed(); }} />}
    </Dialog>
  );
}

/** Asks first: it changes boards that others look at. */
function Undo({ detail: { list, confirms_alone }, done }: { detail: Detail; done: (next: Detail) => void }) {
  const [reason, setReason] = useState("");
  const { busy, why, run } = useDeed();
  return (
    <details class="history">
      <summary>{t("Nhập nhầm tệp: rút lại", "The wrong file: take it back")}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(async () => done(await told(api.POST("/api/v1/police-lists/{police_list_id}/undo", { params: { path: { police_list_id: list.police_list_id } }, body: { reason: reason.trim() } }))));
        }}
      >
        <p class="warn">{t(`${spell(confirms_alone)} bản ghi chỉ danh sách này xác nhận sẽ trở lại thành tự khai, trên mọi bảng ngay lúc đó, trừ người đã được gọi lại. Việc đối chiếu bước này của xã trong tháng kết thúc. Không có nút khôi phục: muốn lại như trước thì nhập lại tệp.`, `${spell(confirms_alone)} records that only this list confirms become self-reported again, on every board at once, but for those who were called. The task of this step, commune and month ends. There is no way back but to import the file again.`)}</p>
        <Trouble why={why} />
        <Field id="undo-reason" label={t("Vì sao (không ghi tên công dân)", "Why (no names of citizens)")} value={reason} typed={setReason} required maxLength={200} fault={faultAt(why, "/reason")} />
        <div class="deeds"><button class="quiet danger" disabled={busy}>{t("Rút lại danh sách", "Take the list back")}</button></div>
      </form>
    </details>
  );
}
