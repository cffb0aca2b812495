/** The reason for taking a table away, and the two forms in which it comes. */
import { useState } from "preact/hooks";

import { Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { t } from "../../words.ts";

const REASON_MIN = 5;

export type Format = "csv" | "xlsx";

export function Take({ take, children }: { take: (format: Format, reason: string) => Promise<void>; children?: preact.ComponentChildren }) {
  const [reason, setReason] = useState("");
  const [said, say] = useState("");
  const { busy, why, run } = useDeed();
  const send = (format: Format) =>
    run(async () => {
      say("");
      await take(format, reason.trim());
      say(t("Đã lấy bảng.", "The table is taken."));
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send("xlsx");
      }}
    >
      {children}
      <Trouble why={why} />
      <Field id="reason" label={t("Để làm gì (không ghi tên công dân)", "What it is for (no names of citizens)")} hint={t("Lý do được lưu hai năm; ai lấy gì thì nhật ký giữ mãi.", "The reason is kept for two years; who took what stays in the audit trail for ever.")} value={reason} typed={setReason} required maxLength={200} fault={faultAt(why, "/reason")} />
      <div class="deeds">
        <button disabled={busy || reason.trim().length < REASON_MIN}>Excel (.xlsx)</button>
        <button type="button" class="quiet" disabled={busy || reason.trim().length < REASON_MIN} onClick={() => void send("csv")}>CSV</button>
        <span class="good" role="status">{said}</span>
      </div>
    </form>
  );
}
