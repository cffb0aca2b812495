/** Targets as files: the table to fill in and bring back, seen first line by line; and the table with what was reached. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Dialog } from "../../dialog.tsx";
import { Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { may } from "../../session.ts";
import { day, t } from "../../words.ts";
import { spell } from "../state.ts";
import { save, saveLines } from "./files.ts";
import type { Target } from "./targets.tsx";
import type { Units } from "./units.ts";

const COLUMNS = ["unit_id", "unit_code", "stage", "starts_on", "ends_on", "people", "denominator", "source"];

interface Props {
  unitId: number;
  targets: Target[];
  units: Units;
  written: (said: string) => void;
}

export function TargetFiles(props: Props) {
  const [open, setOpen] = useState<"import" | "export">();
  return (
    <>
      {may("manage_targets") && <button type="button" class="quiet small" onClick={() => setOpen("import")}>{t("Nhập từ tệp CSV", "Import a CSV file")}</button>}
      {may("export_tables") && <button type="button" class="quiet small" onClick={() => setOpen("export")}>{t("Lấy bảng kèm số đã đạt", "Take the table with what was reached")}</button>}
      {open === "import" && <Import {...props} close={() => setOpen(undefined)} />}
      {open === "export" && <Take unitId={props.unitId} close={() => setOpen(undefined)} />}
    </>
  );
}

function Import({ targets, units, written, close }: Props & { close: () => void }) {
  const [file, setFile] = useState<File>();
  const [answer, setAnswer] = useState<Schemas["ImportedTargets"]>();
  const { busy, why, run } = useDeed();
  const send = (dry_run: boolean) =>
    run(async () => {
      if (!file) return;
      const told_ = await told(api.POST("/api/v1/targets/imports", { params: { query: { dry_run } }, body: file as never, bodySerializer: (body) => body, headers: { "Content-Type": "text/csv" } }));
      setAnswer(told_);
      if (!told_.dry_run) written(t(`Đã ghi ${spell(told_.set)} chỉ tiêu.`, `${spell(told_.set)} targets are written.`));
    });
  const take = () =>
    saveLines([COLUMNS, ...targets.map((one) => [one.unit_id, units.get(one.unit_id)?.code, one.stage, one.starts_on, one.ends_on, one.people, one.denominator, one.source])], "chi-tieu.csv");
  return (
    <Dialog title={t("Nhập chỉ tiêu từ tệp CSV", "Import targets from a CSV file")} close={close} wide>
      <p>{t("Lấy bảng về, sửa trong Excel, lưu lại kiểu CSV UTF-8 rồi đưa lên. Mỗi dòng một chỉ tiêu; dòng cùng đơn vị, bước và ngày đầu thì thay chỉ tiêu cũ; đơn vị ghi bằng số (unit_id) hoặc mã hành chính vào ngày đầu (unit_code). Sai một dòng thì không dòng nào được ghi.", "Take the table, change it in Excel, save it as CSV UTF-8 and bring it back. A line is a target; one of the same unit, step and first day replaces the old one; a unit goes by its number (unit_id) or its official code on the first day (unit_code). With one wrong line nothing is written.")}</p>
      <p class="soft"><code>{COLUMNS.join(",")}</code></p>
      <div class="deeds"><button type="button" class="quiet small" onClick={take}>{t("Lấy bảng về (CSV)", "Take the table (CSV)")}</button></div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send(true);
        }}
      >
        <div class="field">
          <label for="targets-file">{t("Tệp CSV", "CSV file")}</label>
          <input id="targets-file" type="file" accept=".csv,text/csv" required onChange={(event) => { setFile(event.currentTarget.files?.[0]); setAnswer(undefined); }} />
        </div>
        <Trouble why={why} />
        <button disabled={busy || !file}>{t("Xem trước", "See first")}</button>
      </form>
      {answer && (
        <>
          <p role="status"><strong>{answer.refused.length > 0 ? t(`${spell(answer.refused.length)} dòng sai, ${spell(answer.set)} dòng đúng; chưa ghi gì. Sửa tệp rồi xem lại.`, `${spell(answer.refused.length)} lines are wrong, ${spell(answer.set)} are fine; nothing was written. Mend the file and see again.`) : t(`${spell(answer.set)} dòng đúng, sẽ được ghi.`, `${spell(answer.set)} lines are fine and would be written.`)}</strong></p>
          {answer.refused.length > 0 && <ul class="cases">{answer.refused.map((one) => <li key={one.line}>{t(`Dòng ${one.line}`, `Line ${one.line}`)}: <span class="fault">{one.message}</span></li>)}</ul>}
          {answer.refused.length === 0 && <button type="button" disabled={busy} onClick={() => void send(false)}>{t(`Ghi ${spell(answer.set)} chỉ tiêu`, `Write ${spell(answer.set)} targets`)}</button>}
        </>
      )}
    </Dialog>
  );
}

function Take({ unitId, close }: { unitId: number; close: () => void }) {
  const [reason, setReason] = useState("");
  const { busy, why, run } = useDeed();
  const take = (format: "csv" | "xlsx") =>
    run(() => save(api.POST("/api/v1/exports", { body: { table: "targets", format, reason, unit_id: unitId }, parseAs: "blob" }), `chi-tieu-${day(new Date())}.${format}`));
  return (
    <Dialog title={t("Lấy bảng chỉ tiêu kèm số đã đạt", "Take targets with what was reached")} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void take("xlsx");
        }}
      >
        <p class="soft">{t("Lý do được giữ trong nhật ký.", "The reason is kept in the audit trail.")}</p>
        <Trouble why={why} />
        <Field id="reason" label={t("Để làm gì (không ghi tên công dân)", "What it is for (no names of citizens)")} value={reason} typed={setReason} required maxLength={200} fault={faultAt(why, "/reason")} />
        <div class="deeds">
          <button disabled={busy}>Excel (.xlsx)</button>
          <button type="button" class="quiet" disabled={busy || reason.trim().length < 5} onClick={() => void take("csv")}>CSV</button>
        </div>
      </form>
    </Dialog>
  );
}
