/** A trend as columns, and as the same numbers in a table for whoever sees no columns. */
import { type Schemas } from "../../api.ts";
import { t } from "../../words.ts";
import { confirmedOf, countOf, spell } from "../state.ts";
import { fullDay, shortDay, span } from "./spell.ts";

export type Trend = Schemas["Trend"];
export type Point = Schemas["TrendPoint"];

const HEIGHT = 100;
const COLUMN = 10;
/** Of a column, left free on each side. */
const GAP = 1;
/** Days that are named under the columns. */
const NAMED = 4;

/** `30/11`, `24/11–30/11/2026`, `11/2026`. */
export function spellStep({ from, to }: Point, step: string): string {
  if (step === "month") return fullDay(from).slice(3);
  return step === "week" ? span(from, to) : shortDay(from);
}

/** The next number above it that reads well, and so does its half. */
function topOf(most: number): number {
  const size = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  return [1, 2, 4, 6, 8, 10].map((times) => times * size).find((top) => top >= most)!;
}

/** The columns stretch with the page and what is written does not: so it stands beside them. */
export function Columns({ trend: { points, step }, isOpen, said }: { trend: Trend; isOpen: boolean; said: string }) {
  const top = topOf(Math.max(...points.map((point) => point.count)));
  const heightOf = (count: number) => (count > 0 ? Math.max(1, (HEIGHT * count) / top) : 0);
  const each = Math.ceil(points.length / NAMED);
  const named = points.filter((_, at) => at % each === 0);
  const widths = named.map((_, at) => Math.min(each, points.length - at * each));
  return (
    <div class="columns-drawn">
      <div class="heights soft" aria-hidden="true"><span>{spell(top)}</span>{top > 1 && <span>{spell(top / 2)}</span>}<span>0</span></div>
      <svg viewBox={`0 0 ${points.length * COLUMN} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={said}>
        {[0, HEIGHT / 2, HEIGHT].map((y) => <line key={y} x1="0" y1={y} x2={points.length * COLUMN} y2={y} />)}
        {points.map(({ from, to, count, confirmed }, at) => (
          <g key={from} class={isOpen && at === points.length - 1 ? "open" : undefined}>
            <title>{spellStep({ from, to, count, confirmed }, step)}: {spell(count)}</title>
            <rect class="hit" x={at * COLUMN} y="0" width={COLUMN} height={HEIGHT} />
            <rect class="told-only" x={at * COLUMN + GAP} y={HEIGHT - heightOf(count)} width={COLUMN - 2 * GAP} height={heightOf(count)} />
            <rect x={at * COLUMN + GAP} y={HEIGHT - heightOf(confirmed)} width={COLUMN - 2 * GAP} height={heightOf(confirmed)} />
          </g>
        ))}
      </svg>
      <div class="named soft" aria-hidden="true" style={{ gridTemplateColumns: widths.map((width) => `${width}fr`).join(" ") }}>
        {named.map((point) => <span key={point.from}>{step === "month" ? spellStep(point, step) : shortDay(point.from)}</span>)}
      </div>
    </div>
  );
}

/** What the colours mean. */
export function Legend({ isOpen }: { isOpen: boolean }) {
  const all: [string, string][] = [
    ["sure", t("đã xác nhận từ nguồn thứ hai", "confirmed by a second source")],
    ["told-only", t("tự khai", "reported by volunteers only")],
    ...(isOpen ? [["open", t("chưa hết, còn tăng", "not over, and still grows")] as [string, string]] : []),
  ];
  return (
    <ul class="legend drawn" aria-hidden="true">
      {all.map(([word, name]) => <li key={word}><svg class={word} viewBox="0 0 10 10"><rect width="10" height="10" /></svg>{name}</li>)}
    </ul>
  );
}

const NAMES: Record<string, string> = { day: t("Ngày", "Day"), week: t("Tuần", "Week"), month: t("Tháng", "Month") };

/** The newest first: it is what somebody looks up. */
export function Numbers({ trend: { points, step, merged_to }, isOpen }: { trend: Trend; isOpen: boolean }) {
  const newest = [...points].reverse();
  return (
    <div class="scroll steps-told" tabIndex={0} role="region" aria-label={t("Số liệu của biểu đồ", "The numbers of the columns")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{NAMES[step]}</th>
            <th scope="col" class="number">{t("Số người", "People")}</th>
            <th scope="col" class="number">{t("Xác nhận, %", "Confirmed, %")}</th>
          </tr>
        </thead>
        <tbody>
          {newest.map((point, at) => (
            <tr key={point.from}>
              <th scope="row">{spellStep(point, step)}{isOpen && at === 0 && <span class="soft"> {t("chưa hết", "not over")}</span>}</th>
              <td class="number">{countOf(point.count, merged_to)}</td>
              <td class="number">{confirmedOf(point, merged_to) ?? "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
