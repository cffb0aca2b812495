/** What a wall shows: each slide follows one board, and tells it in few and large words. */
import { useState } from "preact/hooks";

import { api, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { may } from "../../session.ts";
import { t } from "../../words.ts";
import { TileMap } from "../map.tsx";
import { type Asked, board, FIRST, nameOf, queryOf, type Row, spell, spellTenth, STAGES } from "../state.ts";
import { useAgain } from "./again.ts";
import { countOf, rankOf } from "./lists.ts";
import { Moved } from "./rows.tsx";
import type { Brief } from "./today.tsx";

export interface Slide {
  /** As an address names it. */
  name: string;
  title: string;
  asked: Asked;
  show: () => preact.JSX.Element | null;
  right?: string;
}

export const mayShow = (slide: Slide) => slide.right === undefined || may(slide.right);

const OF_TODAY: Asked = { ...FIRST, period: "today", metric: "count" };

export const SLIDES: Slide[] = [
  { name: "xa", title: t("Xã, phường: kích hoạt mức 2", "Communes: level 2 active"), asked: { ...FIRST }, show: Columns },
  { name: "so-do", title: t("Toàn tỉnh: kích hoạt mức 2", "The province: level 2 active"), asked: { ...FIRST, rows: 200 }, show: Province },
  { name: "hom-nay", title: t("Hôm nay: kích hoạt mức 2", "Today: level 2 active"), asked: OF_TODAY, show: Columns },
  { name: "thang", title: t("Tháng này: kích hoạt mức 2", "This month: level 2 active"), asked: { ...FIRST, period: "month", metric: "count" }, show: Columns },
  { name: "buoc", title: t("Các bước, chỗ bị hụt", "The steps, and their leaks"), asked: { ...FIRST, level: "union", metric: "count" }, show: Steps },
  { name: "tin", title: t("Tin trong ngày", "The day"), asked: { ...OF_TODAY, level: "union" }, show: Day, right: "read_brief" },
];

/** As many as fit a wall in letters that are read from afar. */
const ROWS_MAX = 24;

/** Every commune, in two columns. */
function Columns() {
  const { rows, metric, merged_to } = board.value!;
  const shown = rows.slice(0, ROWS_MAX);
  const valueOf = (row: Row) => (metric === "count" ? row.count : row.rate_percent ?? 0);
  const most = Math.max(metric === "count" ? 1 : 100, ...shown.map(valueOf));
  if (shown.length === 0) return <p class="empty">{t("Chưa có số liệu.", "No numbers yet.")}</p>;
  // Everybody first with nothing says nothing.
  if (metric === "count" && rows.every((row) => row.count === 0)) return <p class="empty">{t("Chưa có ai trong khoảng thời gian này.", "Nobody in these days yet.")}</p>;
  const half = Math.ceil(shown.length / 2);
  return (
    <div class="far-columns">
      {[shown.slice(0, half), shown.slice(half)].map((some, index) => (
        <ol key={index} class="far">
          {some.map((row) => (
            <li key={row.unit_id ?? row.name}>
              <span class="rank">{rankOf(row)}</span>
              <span class="name">{row.name} <small><Moved by={row.rank_change} /></small></span>
              <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="10" class="ground" /><rect width={(100 * valueOf(row)) / most} height="10" /></svg>
              <strong>{metric === "count" ? countOf(row.count, row.merged, merged_to ?? 0) : row.rate_percent == null ? "–" : `${spellTenth(row.rate_percent)}%`}</strong>
            </li>
          ))}
        </ol>
      ))}
    </div>
  );
}

/** The communes as tiles, beside everything together. */
function Province() {
  const { total, stage, rows } = board.value!;
  const ranked = rows.filter((row) => row.rank != null);
  const last = ranked.slice(-3).reverse();
  return (
    <div class="far-halves">
      <TileMap />
      <div>
        <dl class="far-numbers">
          <div class="good"><dt>{t("Đạt", "Reached")}</dt><dd>{total.rate_percent == null ? "–" : `${spellTenth(total.rate_percent)}%`}</dd></div>
          <div><dt>{nameOf(STAGES, stage)}</dt><dd>{spell(total.count)}</dd></div>
          <div><dt>{t("Chỉ tiêu", "Target")}</dt><dd>{total.target == null ? "–" : spell(total.target)}</dd></div>
        </dl>
        <Short title={t("Dẫn đầu", "In front")} rows={ranked.slice(0, 3)} />
        <Short title={t("Cần giúp", "In need of help")} rows={last} />
      </div>
    </div>
  );
}

function Short({ title, rows }: { title: string; rows: Row[] }) {
  return (
    <>
      <h3>{title}</h3>
      <ol class="far few">{rows.map((row) => <li key={row.unit_id}><span class="rank">{rankOf(row)}</span><span class="name">{row.name}</span><strong>{row.rate_percent == null ? spell(row.count) : `${spellTenth(row.rate_percent)}%`}</strong></li>)}</ol>
    </>
  );
}

/** Every step of the province, and where people are lost; beside it what each union brought. */
function Steps() {
  const { rows, as_of } = board.value!;
  const steps = useAsked(`steps ${as_of.slice(0, 16)}`, () =>
    Promise.all(STAGES.map(async ([stage]) => (await told(api.GET("/api/v1/leaderboards/{level}", { params: { path: { level: "union" }, query: { ...queryOf({ ...FIRST, level: "union", metric: "count", rows: 1 }), stage } } }))).total.count)),
  );
  const [kept, keep] = useState(steps.told);
  if (steps.told && steps.told !== kept) keep(steps.told);
  const counts = steps.told ?? kept;
  const most = Math.max(1, ...(counts ?? []));
  return (
    <div class="far-halves">
      <ol class="far steps-far">
        {STAGES.map(([stage, name], index) => {
          const count = counts?.[index];
          const before = index > 0 ? counts?.[index - 1] : undefined;
          return (
            <li key={stage}>
              <span class="name">{name}{before !== undefined && count !== undefined && before > count && <small class="warn"> {t(`hụt ${spell(before - count)}`, `${spell(before - count)} lost`)}</small>}</span>
              <strong>{count === undefined ? "…" : spell(count)}</strong>
              <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="10" class="ground" /><rect width={(100 * (count ?? 0)) / most} height="10" /></svg>
            </li>
          );
        })}
      </ol>
      <div>
        <h3>{t("Kích hoạt mức 2, theo lực lượng", "Level 2 active, by union")}</h3>
        <dl class="far-numbers">{rows.map((row) => <div key={row.name}><dt>{row.name}</dt><dd>{spell(row.count)}</dd></div>)}</dl>
      </div>
    </div>
  );
}

const TOLD_FAR: [string, number][] = [["moved", 3], ["seven_days", 3], ["doubtful", 2], ["places", 1], ["tomorrow", 2]];

/** The day in the lines that a room needs. */
function Day() {
  const brief = useAgain("brief of the wall", async () => (await told(api.GET("/api/v1/brief", { params: { query: {} } }))) as Brief);
  if (!brief.told) return <p class="empty">{brief.why === undefined ? t("Đang tải…", "Loading…") : t("Chưa nhận được tin của ngày.", "The day's brief has not come.")}</p>;
  const { steps, steps_before, activated, parts } = brief.told;
  return (
    <div class="far-halves narrow-left">
      <dl class="far-numbers">
        <div><dt>{t("Bước hôm nay", "Steps today")}</dt><dd>{spell(steps)}</dd></div>
        <div><dt>{t("Hôm qua", "Yesterday")}</dt><dd>{spell(steps_before)}</dd></div>
        <div class="good"><dt>{t("Kích hoạt mức 2", "Level 2 active")}</dt><dd>{spell(activated)}</dd></div>
      </dl>
      <div class="far-told">
        {TOLD_FAR.map(([name, room]) => {
          const part = parts.find((one) => one.part === name);
          if (!part || part.lines.length === 0) return null;
          const more = part.lines.length - room + part.more;
          return (
            <section key={name}>
              <h3>{part.title}{more > 0 && <small> {t(`và ${more} nữa`, `and ${more} more`)}</small>}</h3>
              <ul>{part.lines.slice(0, room).map((line, index) => <li key={index}>{line.text}</li>)}</ul>
            </section>
          );
        })}
      </div>
    </div>
  );
}
