/** The words of the contract as the desk reads them. */
import type { Schemas } from "../api.ts";
import { t } from "../words.ts";
import type { Ticket } from "./state.ts";

export type PriorityClass = Schemas["PriorityClass"];
export type ParkReason = Schemas["ParkReason"];
export type VisitResult = Schemas["VisitResult"];
export type Refusal = Schemas["Refusal"];

export const CLASSES: [PriorityClass, string][] = [
  ["none", t("Không", "None")],
  ["elderly", t("Cao tuổi", "Elderly")],
  ["pregnant", t("Mang thai", "Pregnant")],
  ["disabled", t("Khuyết tật", "Disabled")],
  ["small_children", t("Có con nhỏ", "Small children")],
];

export const PARK_REASONS: [ParkReason, string][] = [
  ["papers", t("Về lấy giấy tờ", "Fetches a paper")],
  ["photo", t("Đi chụp ảnh", "Has a photo taken")],
  ["payment", t("Nộp lệ phí", "Pays a fee")],
  ["system", t("Hệ thống, mạng trục trặc", "System or network away")],
  ["other", t("Lý do khác", "Other")],
];

export const RESULTS: [VisitResult, string][] = [
  ["dossier_collected", t("Đã thu nhận hồ sơ", "Dossier collected")],
  ["card_requested", t("Đã gửi yêu cầu cấp thẻ", "Card requested")],
  ["refused", t("Chưa nhận được, nêu lý do", "Refused, with the reason")],
  ["other", t("Kết quả khác", "Other")],
];

export const REFUSALS: [Refusal, string][] = [
  ["papers_missing", t("Thiếu giấy tờ", "Papers missing")],
  ["data_differs", t("Thông tin không khớp", "Data differ")],
  ["not_here", t("Không thuộc điểm này", "Not for this office")],
  ["equipment", t("Thiết bị hỏng", "Equipment")],
  ["other", t("Lý do khác", "Other")],
];

/** The word as it is where somebody newer sent one that is not known here. */
function wordOf(list: readonly [string, string][], word: string | null | undefined): string {
  return list.find(([known]) => known === word)?.[1] ?? word ?? "";
}

export const spellClass = (word: string) => (word === "none" ? "" : wordOf(CLASSES, word));
export const spellReason = (word: string | null | undefined) => wordOf(PARK_REASONS, word);

export function spellEnd(ticket: Ticket): string {
  if (ticket.state === "no_show") return t("Vắng mặt", "No-show");
  if (ticket.state === "left") return t("Đã về", "Left");
  if (ticket.result === "refused") return t(`Chưa nhận: ${wordOf(REFUSALS, ticket.refused_for).toLowerCase()}`, `Refused: ${wordOf(REFUSALS, ticket.refused_for).toLowerCase()}`);
  return wordOf(RESULTS, ticket.result);
}

export function spellStatus(status: string): string {
  switch (status) {
    case "booked": return t("Chưa đến", "Not here yet");
    case "checked_in": return t("Đang chờ", "Waiting");
    case "called": return t("Đang gọi", "Called");
    case "serving": return t("Đang làm", "At the desk");
    case "served": return t("Đã xong", "Done");
    case "no_show": return t("Vắng mặt", "No-show");
    case "left": return t("Đã về", "Left");
    case "cancelled": return t("Đã hủy", "Cancelled");
    case "conflict": return t("Mất chỗ, cần xếp lại", "Needs another time");
    default: return status;
  }
}

/** `12 phút`, `1 giờ 05`. */
export function spellMinutes(minutes: number): string {
  if (minutes < 60) return t(`${minutes} phút`, `${minutes} min`);
  const rest = String(minutes % 60).padStart(2, "0");
  return t(`${Math.floor(minutes / 60)} giờ ${rest}`, `${Math.floor(minutes / 60)} h ${rest}`);
}
