/** Which board is looked at, and what it was last told. */
import { computed, signal } from "@preact/signals";

import { api, type Schemas, told, Unreachable } from "../api.ts";
import { language, t } from "../words.ts";

export type Board = Schemas["Leaderboard"];
export type Row = Schemas["BoardRow"];
/** What changed of a board: the data of an event. */
export interface BoardChange {
  as_of: string;
  total: Board["total"];
  coverage?: Board["coverage"];
  rows: { position: number; row: Row }[];
}
export type Grade = Schemas["Grade"];
export type Unit = Schemas["Unit"];

export const LEVELS: [string, string][] = [
  ["commune", t("Xã, phường", "Communes")],
  ["district", t("Huyện (trước 7/2025)", "Districts (before July 2025)")],
  ["union", t("Đoàn thể", "Unions")],
  ["village", t("Thôn, khu phố", "Villages")],
];
export const STAGES: [string, string][] = [
  ["installed", t("Đã cài VNeID", "VNeID installed")],
  ["level1_activated", t("Kích hoạt mức 1", "Level 1 active")],
  ["level2_collected", t("Đã thu nhận hồ sơ mức 2", "Level 2 collected")],
  ["level2_approved", t("Mức 2 đã duyệt", "Level 2 approved")],
  ["level2_activated", t("Kích hoạt mức 2", "Level 2 active")],
];
export const PERIODS: [string, string][] = [
  ["start", t("Từ đầu", "Since the start")],
  ["month", t("Tháng này", "This month")],
  ["week", t("Tuần này", "This week")],
  ["today", t("Hôm nay", "Today")],
];
export const METRICS: [string, string][] = [
  ["rate", t("Tỷ lệ so với chỉ tiêu", "Rate against the target")],
  ["count", t("Số người", "People")],
  ["momentum", t("Đà tăng so với kỳ trước", "Growth since the window before")],
];
export const UNIONS: [string, string][] = [
  ["", t("Mọi lực lượng", "Everybody")],
  ["youth", t("Đoàn Thanh niên", "Youth Union")],
  ["women", t("Hội Phụ nữ", "Women's Union")],
];
export const CLASSES: [string, string][] = [
  ["", t("Mọi vùng", "All classes")],
  ["urban", t("Đô thị", "Urban")],
  ["lowland", t("Đồng bằng", "Lowland")],
  ["upland", t("Miền núi", "Upland")],
];

/** Which board, in the contract's words; whatever is absent is as the contract has it. */
export interface Asked {
  level: string;
  stage: string;
  /** Of today; not used beside a campaign or days. */
  period: string;
  metric: string;
  union: string;
  class: string;
  within?: number | undefined;
  kind?: string | undefined;
  league?: number | undefined;
  units?: "then" | "today" | undefined;
  basis?: string | undefined;
  /** The page of one's own unit. */
  around?: "me" | undefined;
  campaign?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  revision?: number | undefined;
  cursor?: string | undefined;
  /** Rows of a page; as many as there may be if left out. */
  rows?: number | undefined;
}

export const FIRST: Asked = { level: "commune", stage: "level2_activated", period: "start", metric: "rate", union: "", class: "" };

/** Since the start there is no window before: growth is of a week then, and since the start boards are by rate. */
export const byMetric = (one: Asked, metric: string) => ({ metric, period: metric === "momentum" && one.period === "start" ? "week" : one.period });
export const ofPeriod = (one: Asked, period: string) => ({ period, metric: one.metric === "momentum" && period === "start" ? FIRST.metric : one.metric });

/** What is asked for. */
export const asked = signal<Asked>(FIRST);

export const board = signal<Board | undefined>(undefined);
export const grades = signal<Map<number, Grade>>(new Map());
export const lost = signal<unknown>(undefined);
export const key = computed(() => JSON.stringify(asked.value));

const grouped = new Intl.NumberFormat(language === "en" ? "en-GB" : "vi-VN");
const tenths = new Intl.NumberFormat(language === "en" ? "en-GB" : "vi-VN", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** `319.914`. */
export const spell = (number: number) => grouped.format(number);
const signed = new Intl.NumberFormat(language === "en" ? "en-GB" : "vi-VN", { signDisplay: "exceptZero" });
const signedTenths = new Intl.NumberFormat(language === "en" ? "en-GB" : "vi-VN", { minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "exceptZero" });

/** `+12`, `-3`. */
export const spellMore = (number: number) => signed.format(number);
/** `+0,9`. */
export const spellMoreTenth = (number: number) => signedTenths.format(number);
/** `58,3`. */
export const spellTenth = (number: number) => tenths.format(number);

/** `120`; of what is told in whole groups of `group` people `≈ 120`, and `< 10` where there is not one. */
export function countOf(count: number, group: number | null | undefined): string {
  if (group == null) return spell(count);
  return count === 0 ? `< ${group}` : `≈ ${spell(count)}`;
}

/**
 * How many of them somebody else saw too, in percent: `0,0` where nobody did. Nothing where there is nobody, and where
 * people are told in groups: a share of two rounded numbers says nothing.
 */
export function confirmedOf({ count, confirmed }: { count: number; confirmed: number }, group: number | null | undefined): string | undefined {
  return count === 0 || group != null ? undefined : spellTenth((100 * confirmed) / count);
}

/** In how large groups the people of a row are told; in none where they are counted one by one. */
export const groupOf = (row: Row): number | null | undefined => (row.merged ? board.value?.merged_to : undefined);

export function nameOf(list: [string, string][], word: string | null | undefined): string {
  return list.find(([known]) => known === word)?.[1] ?? word ?? "";
}

const ROWS = 200;

/** The days of a board, in one of the three ways to say them. */
export function windowOf(one: Asked): { period?: string; campaign_id?: string; from?: string; to?: string | undefined } {
  if (one.campaign) return { campaign_id: one.campaign };
  return one.from ? { from: one.from, to: one.to } : { period: one.period };
}

/** A board as a query of the contract. */
export function queryOf(one: Asked) {
  return {
    stage: one.stage, metric: one.metric, mass_union: one.union || undefined, ...windowOf(one),
    class: one.level === "commune" ? one.class || undefined : undefined,
    kind: one.kind, league: one.league, within: one.within, units: one.units, basis: one.basis, around: one.around, revision: one.revision,
    cursor: one.cursor, limit: one.rows ?? ROWS,
  };
}

let etag: string | undefined;
let etagOf = "";

/** Whether the board that was told is the one that is asked for. */
export const isAnswered = () => board.value !== undefined && etagOf === key.value;

/** A board that the server told, under the tag of what it says. */
export function take(told: Board, tag: string, of: string): void {
  board.value = told;
  etag = `"${tag}"`;
  etagOf = of;
}

/** What changed of the board that is shown: rows at their places; all others are as they were. */
export function takeChange({ as_of, total, coverage, rows }: BoardChange, tag: string, of: string): void {
  if (!board.value || etagOf !== of) return;
  const all = [...board.value.rows];
  for (const { position, row } of rows) all[position] = row;
  take({ ...board.value, as_of, total, coverage, rows: all }, tag, of);
}

/** Looks at the board; 304 costs nobody anything. */
export async function look(): Promise<void> {
  const mine = key.value;
  const headers = etag !== undefined && board.value && etagOf === mine ? { "If-None-Match": etag } : undefined;
  try {
    const { data, error, response } = await api.GET("/api/v1/leaderboards/{level}", { params: { path: { level: asked.value.level }, query: queryOf(asked.value) }, headers });
    if (key.value !== mine) return;
    if (response.status === 304) lost.value = undefined;
    else {
      board.value = await told(Promise.resolve({ data, error, response }));
      etag = response.headers.get("etag") ?? undefined;
      etagOf = mine;
      lost.value = undefined;
    }
  } catch (why) {
    if (key.value === mine) lost.value = why ?? new Unreachable();
  }
}

/** Grades of the communes, as far as anybody has been called back. */
export async function loadGrades(): Promise<void> {
  const list = await told(api.GET("/api/v1/grades"));
  grades.value = new Map(list.map((one) => [one.unit_id, one]));
}

/** Whether a unit's numbers are in doubt, and why. */
export function doubtOf(unitId: number | null | undefined): Grade | undefined {
  const grade = unitId === null || unitId === undefined ? undefined : grades.value.get(unitId);
  return grade && (grade.lots_in_doubt > 0 || grade.grade === "C") ? grade : undefined;
}
