/** How the phone stands with the server, in one line that is a button. */
import { day, hour, t } from "../words.ts";
import { waitingCount } from "./outbox.ts";
import { figure } from "./terms.ts";
import { standing } from "./session.ts";
import { busy, completeAt, sync, trouble } from "./sync.ts";

/** `30/11`. */
export function shortDay(at: string | Date): string {
  const [, month, date] = day(at).split("-");
  return `${date}/${month}`;
}

/** `07:30`, or with the day where that is not today. */
export function shortTime(at: string): string {
  return day(at) === day(new Date()) ? hour(at) : `${hour(at)} ${shortDay(at)}`;
}

export function Status() {
  const many = waitingCount.value;
  const isHeld = trouble.value !== undefined || standing.value === "ended";
  const state = busy.value ? "busy" : many > 0 ? "waiting" : isHeld ? "apart" : "complete";
  const words = busy.value
    ? t("Đang đồng bộ…", "Syncing…")
    : many > 0
      ? t(`${figure(many)} chờ gửi`, `${figure(many)} to send`)
      : completeAt.value
        ? t(`Đã gửi hết · ${shortTime(completeAt.value)}`, `All sent · ${shortTime(completeAt.value)}`)
        : t("Chưa đồng bộ", "Not synced yet");
  return (
    <button type="button" class={`status ${state}`} disabled={busy.value} onClick={() => void sync()} aria-label={`${words}. ${t("Đồng bộ ngay", "Sync now")}`}>
      <span class="dot" aria-hidden="true" />
      <span role="status">{words}</span>
    </button>
  );
}
