/** Figures as a table: taken away, filled in, seen first, and brought back; or counted by this program. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Dialog } from "../../dialog.tsx";
import { Trouble, useDeed } from "../../kit.tsx";
import { t } from "../../words.ts";
import { save } from "../../save.ts";
import type { PeriodOf } from "./period.tsx";

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

export function Upload({ period, mayType, mayFeed, written }: { period: PeriodOf; mayType: boolean; mayFeed: boolean; written: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="quiet small" onClick={() => setOpen(true)}>{t("Tệp bảng tính", "Table files")}</button>
      {open && <Table {...{ period, mayType, mayFeed, written }} close={() => setOpen(false)} />}
    </>
  );
}

function Table({ period, mayType, mayFeed, written, close }: { period: PeriodOf; mayType: boolean; mayFeed: boolean; written: () => void; close: () => void }) {
  const [file, setFile] = useState<File>();
  const [answer, setAnswer] = useState<Schemas["EnteredValues"]>();
  const [fed, setFed] = useState<Schemas["EnteredValues"]>();
  const { busy, why, run } = useDeed();
  const path = { period_id: period.period_id };
  const take = (format: "csv" | "xlsx") =>
    run(() => save(api.GET("/api/v1/reporting-periods/{period_id}/table", { params: { path, query: { format } }, parseAs: "blob" }), `chi-tieu-${period.month}.${format}`));
  const send = (dry_run: boolean) =>
    run(async () => {
      if (!file) return;
      const kind = file.name.toLowerCase().endsWith(".csv") ? "text/csv" : XLSX;
      setAnswer(await told(api.POST("/api/v1/reporting-periods/{period_id}/imports", { params: { path, query: { dry_run } }, body: file as never, bodySerializer: (body) => body, headers: { "Content-Type": kind } })));
      if (!dry_run) written();
    });
  const feed = () =>
    run(async () => {
      setFed(await told(api.POST("/api/v1/reporting-periods/{period_id}/feeds", { params: { path } })));
      written();
    });
  return (
    <Dialog title={t("Tệp bảng tính", "Table files")} close={close}>
      <Trouble why={why} />
      <h3>{t("Lấy bảng về", "Take the table away")}</h3>
      <p class="soft">{t("Có sẵn một dòng cho mỗi chỉ tiêu; điền rồi đưa lên lại.", "It has a row for each figure: fill it in and bring it back.")}</p>
      <div class="deeds">
        <button type="button" class="quiet small" disabled={busy} onClick={() => void take("xlsx")}>Excel (.xlsx)</button>
        <button type="button" class="quiet small" disabled={busy} onClick={() => void take("csv")}>CSV</button>
      </div>
      {mayFeed && (
        <>
          <h3>{t("Số phần mềm tự đếm", "What this program counts")}</h3>
          <p class="soft">{t("Tự điền mỗi đêm và lúc chốt; số nhập tay luôn được giữ.", "Filled in every night and in closing; what somebody typed is always kept.")}</p>
          <div class="deeds"><button type="button" class="quiet small" disabled={busy} onClick={() => void feed()}>{t("Lấy số của phần mềm", "Fill it in")}</button></div>
          <p role="status">{fed && t(`Đã ghi ${fed.changed} số mới.`, `${fed.changed} were written.`)}{fed && (fed.kept ?? 0) > 0 && t(` ${fed.kept} số nhập tay được giữ.`, ` ${fed.kept} that somebody typed were kept.`)}</p>
        </>
      )}
      {mayType && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void send(true);
          }}
        >
          <h3>{t("Đưa bảng lên", "Bring a table")}</h3>
          <div class="field">
            <label for="table">{t("Tệp .xlsx hoặc .csv", "A .xlsx or .csv file")}</label>
            <input id="table" type="file" accept={`.xlsx,.csv,text/csv,${XLSX}`} required onChange={(event) => { setFile(event.currentTarget.files?.[0]); setAnswer(undefined); }} />
          </div>
          <button disabled={busy || !file}>{t("Xem trước", "See first")}</button>
        </form>
      )}
      {period.closed_at && <p class="soft">{t("Kỳ đã chốt: sửa từng số, kèm lý do.", "The period is closed: figures are corrected one by one, for a reason.")}</p>}
      {answer && (
        <>
          <p role="status">
            <strong>{!answer.dry_run ? t(`Đã ghi ${answer.changed} số.`, `${answer.changed} written.`) : answer.refused.length > 0 ? t(`${answer.refused.length} dòng sai; chưa ghi gì. Sửa tệp rồi thử lại.`, `${answer.refused.length} lines are wrong; nothing was written. Mend the file and try again.`) : t(`${answer.changed} số sẽ đổi, ${answer.unchanged} số giữ nguyên.`, `${answer.changed} would change, ${answer.unchanged} stay.`)}</strong>
          </p>
          {answer.refused.length > 0 && <ul class="cases">{answer.refused.map((one) => <li key={one.line}>{t(`Dòng ${one.line}`, `Line ${one.line}`)}: <span class="fault">{one.message}</span></li>)}</ul>}
          {answer.dry_run && answer.refused.length === 0 && answer.changed > 0 && <button type="button" disabled={busy} onClick={() => void send(false)}>{t(`Ghi ${answer.changed} số`, `Write ${answer.changed}`)}</button>}
        </>
      )}
    </Dialog>
  );
}
