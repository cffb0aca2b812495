/** Days and waits as boards write them: short. */
import { day, t } from "../../words.ts";

/** `12/11`, of this year; `12/11/2025` of another. */
export function shortDay(iso: string): string {
  const [year, month, date] = iso.split("-");
  return year === day(new Date()).slice(0, 4) ? `${date}/${month}` : `${date}/${month}/${year}`;
}

/** `12/11/2026`. */
export function fullDay(iso: string): string {
  return iso.split("-").reverse().join("/");
}

/** `09/11/2026–15/11/2026`, or one day. */
export function span(from: string | null | undefined, to: string): string {
  if (!from) return t(`từ đầu đến ${fullDay(to)}`, `since the start, to ${fullDay(to)}`);
  return from === to ? fullDay(to) : `${from.slice(0, 4) === to.slice(0, 4) ? fullDay(from).slice(0, 5) : fullDay(from)}–${fullDay(to)}`;
}

const MINUTE_MS = 60_000;

/** `12 phút trước`, `3 giờ trước`, `2 ngày trước`. */
export function ago(at: string | number, now = Date.now()): string {
  const minutes = Math.max(0, Math.floor((now - new Date(at).getTime()) / MINUTE_MS));
  if (minutes < 1) return t("vừa xong", "just now");
  if (minutes < 60) return t(`${minutes} phút trước`, `${minutes} min ago`);
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? t(`${hours} giờ trước`, `${hours} h ago`) : t(`${Math.floor(hours / 24)} ngày trước`, `${Math.floor(hours / 24)} days ago`);
}
