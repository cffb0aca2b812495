/** The slip of an appointment: where and when, the two codes, what to bring; nothing to be handed over where it no longer holds. */
import { PrintSlip } from "../booking/slip.tsx";
import { spellTime, t, vietnamese } from "../words.ts";
import type { Slip } from "./slips.ts";

const STATUSES: Record<string, string> = {
  booked: t("Đã đặt", "Booked"),
  checked_in: t("Đã đến, đang chờ gọi", "Here, waiting to be called"),
  called: t("Đang gọi vào quầy", "Called to the desk"),
  serving: t("Đang làm thủ tục", "In progress"),
  served: t("Đã làm xong", "Done"),
  no_show: t("Không đến", "Did not come"),
  cancelled: t("Đã hủy", "Cancelled"),
  conflict: t("Điểm tiếp nhận đổi giờ: phải chọn giờ khác", "The office changed its hours: another has to be chosen"),
};

export const statusName = (status: string): string => STATUSES[status] ?? status;

/** What is known of it: all of it, or only what the request was answered with. */
type Told = Pick<Slip, "code" | "secret" | "starts_at" | "status"> & Partial<Slip>;

export function SlipCard({ slip }: { slip: Told }) {
  const holds = slip.status === "booked";
  return (
    <div class={holds ? "slip-small" : "slip-small over"}>
      <p class={`state ${slip.status}`}>{statusName(slip.status)}</p>
      <p class="when">{spellTime(slip.starts_at)}</p>
      {slip.name && <p>{slip.name}</p>}
      {slip.office_name ? (
        <p><strong>{slip.office_name}</strong><br /><span class="soft">{[slip.address, slip.directions].filter(Boolean).join(". ")}</span></p>
      ) : <p class="soft">{t("Địa chỉ điểm tiếp nhận hiện ra ở lần đồng bộ sau.", "The office's address comes with the next sync.")}</p>}
      {holds && (
        <>
          <p>{t("Mã hẹn", "Code")} <span class="code">{slip.code}</span></p>
          <p>{t("Mã bí mật (chép cho người dân)", "Secret (write it down for them)")} <span class="code">{slip.secret}</span></p>
          {slip.documents && slip.documents.length > 0 && <div>{t("Mang theo", "Bring")}<ul class="bring" lang={vietnamese}>{slip.documents.map((one) => <li key={one}>{one}</li>)}</ul></div>}
          <PrintSlip code={slip.code} secret={slip.secret} />
        </>
      )}
    </div>
  );
}
