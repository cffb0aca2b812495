/** What boards can be of, and what can be chosen of them. */
import type { Row } from "../state.ts";
import { t } from "../../words.ts";

/** Every kind of board. */
export const BOARDS: [string, string][] = [
  ["commune", t("Xã, phường", "Communes")],
  ["village", t("Thôn, khu phố", "Villages")],
  ["district", t("Huyện (trước 7/2025)", "Districts (before 7/2025)")],
  ["union", t("Đoàn thể", "Unions")],
  ["team", t("Đội", "Teams")],
  ["volunteer", t("Tình nguyện viên", "Volunteers")],
];

/** Kinds of units, with the level that has them. */
const KINDS: [string, string, string][] = [
  ["phuong", t("Phường", "Wards"), "commune"],
  ["xa", t("Xã", "Rural communes"), "commune"],
  ["thi-tran", t("Thị trấn", "Townships"), "commune"],
  ["thon", t("Thôn", "Villages"), "village"],
  ["khu-pho", t("Khu phố", "Quarters"), "village"],
  ["huyen", t("Huyện", "Districts"), "district"],
  ["thi-xa", t("Thị xã", "Towns"), "district"],
  ["thanh-pho", t("Thành phố", "Cities"), "district"],
];
export const kindsOf = (level: string): [string, string][] => [["", t("Mọi loại", "Every kind")], ...KINDS.filter(([, , of]) => of === level).map(([word, name]): [string, string] => [word, name])];

export const LEAGUES: [string, string][] = [
  ["", t("Mọi nhóm", "Every league")],
  ["1", t("Nhóm 1: chỉ tiêu lớn nhất", "1: the largest targets")],
  ["2", t("Nhóm 2", "2")],
  ["3", t("Nhóm 3", "3")],
  ["4", t("Nhóm 4: chỉ tiêu nhỏ nhất", "4: the smallest targets")],
];

export const UNITS: [string, string][] = [
  ["", t("Đơn vị thời đó", "Units of then")],
  ["today", t("Đơn vị hiện nay", "Units of today")],
];

export const BASES: [string, string][] = [
  ["", t("Đã công nhận", "Recognised")],
  ["confirmed", t("Đã được xác nhận", "Confirmed")],
  ["provisional", t("Tạm tính, cả chờ duyệt", "Provisional, with what is held")],
];

export const UNION_NAMES: [string, string][] = [
  ["youth", t("Đoàn Thanh niên", "Youth Union")],
  ["women", t("Hội Phụ nữ", "Women's Union")],
  ["none", t("Không thuộc đoàn, hội", "No union")],
];

/** `3=` where others share it. */
export function rankOf(row: Pick<Row, "rank" | "tied">): string {
  return row.rank == null ? "–" : `${row.rank}${row.tied ? "=" : ""}`;
}
