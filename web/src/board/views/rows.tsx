/** The rows of a board: a table on a wall and on paper, a card each on a phone. */
import type { ComponentChildren } from "preact";

import { lower, t } from "../../words.ts";
import { Share } from "../share.tsx";
import { type Asked, type Board, CLASSES, confirmedOf, countOf, groupOf, nameOf, type Row, spell, spellMore, spellMoreTenth, spellTenth } from "../state.ts";
import { write } from "./address.ts";
import { kindsOf, rankOf } from "./lists.ts";
import { type GapReasons, worst } from "./reasons.tsx";
import { ago, shortDay } from "./spell.ts";

/** A column that some boards have and others have not. */
interface Column {
  name: string;
  /** Whether this row has something to say there. */
  has: (row: Row) => boolean;
  show: (row: Row) => ComponentChildren;
  isNumber?: boolean;
}

/** Where rows are ranked by it. */
const GROWTH: Column = { name: t("Tăng so với kỳ trước", "More than before"), has: (row) => row.growth != null, show: (row) => `${spellMore(row.growth!)}${row.growth_points == null ? "" : t(` (${spellMoreTenth(row.growth_points)} điểm)`, ` (${spellMoreTenth(row.growth_points)} points)`)}`, isNumber: true };

const COLUMNS: Column[] = [
  { name: t("Mỗi ngày", "A day"), has: (row) => row.pace_per_day != null, show: (row) => spellTenth(row.pace_per_day!), isNumber: true },
  { name: t("Dự kiến đạt", "Forecast"), has: (row) => row.forecast_on != null || row.reached_on != null, show: (row) => (row.reached_on != null ? <span class="good">{t("đạt", "reached")} {shortDay(row.reached_on)}</span> : shortDay(row.forecast_on!)), isNumber: true },
  { name: t("Xác nhận, %", "Confirmed, %"), has: (row) => confirmedOf(row, groupOf(row)) !== undefined, show: (row) => confirmedOf(row, groupOf(row)), isNumber: true },
  { name: t("Đến muộn, %", "Late, %"), has: (row) => (row.late_percent ?? 0) > 0, show: (row) => spellTenth(row.late_percent!), isNumber: true },
  { name: t("Giúp thêm", "Assists"), has: (row) => row.assists > 0, show: (row) => spell(row.assists), isNumber: true },
  { name: t("Máy báo về", "Phones told"), has: (row) => row.last_sync_p50 != null || (row.unsent_estimate ?? 0) > 0, show: (row) => <Phones row={row} /> },
  { name: t("Tin cậy", "Trust"), has: (row) => row.grade != null && row.grade !== "–", show: (row) => <span class={`grade grade-${row.grade}`}>{row.grade}</span> },
];

function Phones({ row }: { row: Row }) {
  return (
    <>
      {row.last_sync_p50 != null && ago(row.last_sync_p50)}
      {(row.unsent_estimate ?? 0) > 0 && <span class="warn sent-less">{t(`còn ${spell(row.unsent_estimate!)} chưa gửi`, `${spell(row.unsent_estimate!)} unsent`)}</span>}
    </>
  );
}

export function Rows({ board, one, reasons }: { board: Board; one: Asked; reasons?: GapReasons | undefined }) {
  const { rows, metric, level } = board;
  const inTheWay: Column = { name: t("Vướng nhất", "Most in the way"), has: (row) => worst(reasons, row.unit_id) !== undefined, show: (row) => worst(reasons, row.unit_id) };
  const columns = [...(metric === "momentum" ? [GROWTH] : []), inTheWay, ...COLUMNS].filter(({ has }) => rows.some(has));
  const hasTargets = rows.some((row) => row.target != null);
  // A full bar is the whole target, or the most that somebody did beyond it; of counts, the most.
  const valueOf = (row: Row) => (metric === "count" ? row.count : row.rate_percent ?? 0);
  const most = Math.max(metric === "count" ? 1 : 100, ...rows.map(valueOf));
  return (
    <table class="ranks full">
      <thead>
        <tr>
          <th scope="col" class="number">{t("Hạng", "Rank")}</th>
          <th scope="col"><span class="unseen">{t("Lên xuống", "Change")}</span></th>
          <th scope="col">{t("Đơn vị", "Unit")}</th>
          <th scope="col" class="number">{t("Số người", "People")}</th>
          {hasTargets && <th scope="col" class="number">{t("Chỉ tiêu", "Target")}</th>}
          {hasTargets && <th scope="col" class="number">%</th>}
          <th scope="col"><span class="unseen">{metric === "count" ? t("So với nhiều nhất", "Against the most") : t("So với chỉ tiêu", "Against the target")}</span></th>
          {columns.map(({ name, isNumber }) => <th key={name} scope="col" class={isNumber ? "number" : "words"}>{name}</th>)}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.unit_id ?? row.mass_union ?? row.name}>
            <td class="number rank">{rankOf(row)}</td>
            <td class="moved"><Moved by={row.rank_change} /></td>
            <th scope="row"><Name row={row} level={level} one={one} metric={metric} /></th>
            <td class="number people" data-label={t("Số người", "People")}>{countOf(row.count, groupOf(row))}</td>
            {hasTargets && <td class="number" data-label={t("Chỉ tiêu", "Target")}>{row.target == null ? "–" : spell(row.target)}</td>}
            {hasTargets && <td class="number percent" data-label="%">{row.rate_percent == null ? "–" : spellTenth(row.rate_percent)}</td>}
            <Share value={valueOf(row)} most={most} />
            {columns.map(({ name, has, show, isNumber }) => <td key={name} class={`also ${isNumber ? "number" : "words"}${has(row) ? "" : " none"}`} data-label={name}>{has(row) ? show(row) : "–"}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** ` (thứ 2)` among its like. */
const nth = (rank: number | null | undefined) => (rank == null ? "" : t(` (thứ ${rank})`, ` (no. ${rank})`));

/** The unit, what it is like, and what is wrong or small about its target. */
function Name({ row, level, one, metric }: { row: Row; level: string; one: Asked; metric: string }) {
  const about = [
    level === "village" && row.within?.split(", ")[0],
    row.kind && level !== "commune" && lower(nameOf(kindsOf(level), row.kind)),
    row.class && `${lower(nameOf(CLASSES, row.class))}${nth(row.class_rank)}`,
    row.league != null && `${t("nhóm", "league")} ${row.league}${nth(row.league_rank)}`,
  ].filter(Boolean);
  // Villages are told within one's own unit only.
  const within = level === "commune" && row.unit_id != null && !row.merged ? write({ ...one, level: "village", within: row.unit_id, kind: undefined, class: "", league: undefined, cursor: undefined, revision: undefined }) : undefined;
  return (
    <>
      {within ? <a href={within}>{row.name}</a> : row.name}
      {about.length > 0 && <span class="soft about">{about.join(", ")}</span>}
      {row.target_error && <span class="badge">{t("vượt 100 %: xem lại chỉ tiêu", "over 100 %: check the target")}</span>}
      {metric !== "count" && row.rank == null && row.target != null && <span class="badge calm">{t("chỉ tiêu nhỏ, không xếp", "small target, not ranked")}</span>}
      {metric === "rate" && row.no_target === "not_by_union" && <span class="badge calm">{t("chưa có chỉ tiêu riêng cho lực lượng này", "no target for this union")}</span>}
      {row.target_divided && <span class="badge calm">{t("chỉ tiêu chia", "divided target")}</span>}
      {row.reporting === false && <span class="badge">{t("chưa nghe tin", "not heard of")}</span>}
      {row.part && <span class="badge calm">{t("một phần", "part")}</span>}
    </>
  );
}

export function Moved({ by }: { by: number | null | undefined }) {
  if (!by) return null;
  return by > 0 ? <span class="good">▲ <span class="unseen">{t("lên", "up")} </span>{by}</span> : <span class="fault">▼ <span class="unseen">{t("xuống", "down")} </span>{-by}</span>;
}
