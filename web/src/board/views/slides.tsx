/** What a wall shows: each slide follows one board, and tells it in few and large words. */
import { api, told } from "../../api.ts";
import { may } from "../../session.ts";
import { hour, t } from "../../words.ts";
import { TileMap } from "../map.tsx";
import { type Asked, type Board, board, countOf, FIRST, groupOf, nameOf, type Row, spell, spellTenth, STAGES } from "../state.ts";
import { useSteps } from "../steps.ts";
import { useAgain } from "./again.ts";
import { rankOf } from "./lists.ts";
import { Moved } from "./rows.tsx";
import type { Brief } from "./today.tsx";

export interface Slide {
  /** As an address names it. */
  name: string;
  title: string;
  asked: Asked;
  /** One page of it, from 0. */
  show: (props: { page: number }) => preact.JSX.Element | null;
  /** It tells every row, on as many pages as that takes. */
  isPaged?: true;
  right?: string;
}

export const mayShow = (slide: Slide) => slide.right === undefined || may(slide.right);

const OF_TODAY: Asked = { ...FIRST, period: "today", metric: "count" };

export const SLIDES: Slide[] = [
  { name: "xa", title: t("Xã, phường: kích hoạt mức 2", "Communes: level 2 active"), asked: { ...FIRST }, show: Columns, isPaged: true },
  { name: "so-do", title: t("Toàn tỉnh: kích hoạt mức 2", "The province: level 2 active"), asked: { ...FIRST, rows: 200 }, show: Province },
  { name: "hom-nay", title: t("Hôm nay: kích hoạt mức 2", "Today: level 2 active"), asked: OF_TODAY, show: Columns, isPaged: true },
  { name: "thang", title: t("Tháng này: kích hoạt mức 2", "This month: level 2 active"), asked: { ...FIRST, period: "month", metric: "count" }, show: Columns, isPaged: true },
  { name: "buoc", title: t("Các bước, chỗ bị hụt", "The steps, and their leaks"), asked: { ...FIRST, level: "union", metric: "count" }, show: Steps },
  { name: "tin", title: t("Tin trong ngày", "The day"), asked: { ...OF_TODAY, level: "union" }, show: Day, right: "read_brief" },
];

/** As many as fit a wall in letters that are read from afar. */
const ROWS_MAX = 24;

/** Everybody first with nothing says nothing. */
const saysNothing = ({ metric, rows }: Board) => metric === "count" && rows.every((row) => row.count === 0);

/** On how many pages a slide tells that board; on one before it is known. */
export function pagesOf(slide: Slide, told: Board | undefined): number {
  return slide.isPaged && told && !saysNothing(told) ? Math.max(1, Math.ceil(told.rows.length / ROWS_MAX)) : 1;
}

/** Which rows stand on a page: `25–48 trong 65`. */
export function rangeOf(page: number, { rows, total }: Board): string {
  const range = `${page * ROWS_MAX + 1}–${Math.min(rows.length, (page + 1) * ROWS_MAX)}`;
  return t(`${range} trong ${spell(total.rows)}`, `${range} of ${spell(total.rows)}`);
}

/** Communes by their rank, in two columns. */
function Columns({ page }: { page: number }) {
  const { rows, metric } = board.value!;
  const shown = rows.slice(page * ROWS_MAX, (page + 1) * ROWS_MAX);
  const valueOf = (row: Row) => (metric === "count" ? row.count : row.rate_percent ?? 0);
  // Of all of them: bars of two pages are compared.
  const most = Math.max(metric === "count" ? 1 : 100, ...rows.map(valueOf));
  if (shown.length === 0) return <p class="empty">{t("Chưa có số liệu.", "No numbers yet.")}</p>;
  if (saysNothing(board.value!)) return <p class="empty">{t("Chưa có ai trong khoảng thời gian này.", "Nobody in these days yet.")}</p>;
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
              <strong>{metric === "count" ? countOf(row.count, groupOf(row)) : row.rate_percent == null ? "–" : `${spellTenth(row.rate_percent)}%`}</strong>
            </li>
          ))}
        </ol>
      ))}
    </div>
  );
}

/** The communes as tiles, beside everything together. */
function Province() {
  const { total, stage, rows, merged_to } = board.value!;
  const ranked = rows.filter((row) => row.rank != null);
  const last = ranked.slice(-3).reverse();
  return (
    <div class="far-halves">
      <TileMap />
      <div>
        <dl class="far-numbers">
          <div class="good"><dt>{t("Đạt", "Reached")}</dt><dd>{total.rate_percent == null ? "–" : `${spellTenth(total.rate_percent)}%`}</dd></div>
          <div><dt>{nameOf(STAGES, stage)}</dt><dd>{countOf(total.count, merged_to)}</dd></div>
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
      <ol class="far few">{rows.map((row) => <li key={row.unit_id}><span class="rank">{rankOf(row)}</span><span class="name">{row.name}</span><strong>{row.rate_percent == null ? countOf(row.count, groupOf(row)) : `${spellTenth(row.rate_percent)}%`}</strong></li>)}</ol>
    </>
  );
}

/** Every step of the province, and where people are lost; beside it what each union brought. */
function Steps() {
  const { rows } = board.value!;
  const steps = useSteps({ level: "union", period: FIRST.period, union: "" });
  const most = Math.max(1, ...(steps.told?.counts ?? []));
  const people = (count: number) => countOf(count, steps.told?.merged_to);
  return (
    <div class="far-halves">
      <div>
        <ol class="far steps-far">
          {STAGES.map(([stage, name], index) => {
            const count = steps.told?.counts[index];
            const before = index > 0 ? steps.told?.counts[index - 1] : undefined;
            return (
              <li key={stage}>
                <span class="name">{name}{before !== undefined && count !== undefined && before > count && <small class="warn"> {t(`hụt ${people(before - count)}`, `${people(before - count)} lost`)}</small>}</span>
                <strong>{count !== undefined ? people(count) : steps.why === undefined ? "…" : "–"}</strong>
                <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="10" class="ground" /><rect width={(100 * (count ?? 0)) / most} height="10" /></svg>
              </li>
            );
          })}
        </ol>
        {steps.why !== undefined && <p class="fault">{steps.told ? t(`Không tải được; đây là số lúc ${hour(steps.told.as_of)}.`, `Not loaded; these are as of ${hour(steps.told.as_of)}.`) : t("Không tải được các bước.", "The steps are not loaded.")} <button type="button" class="quiet small" onClick={steps.again}>{t("Thử lại", "Try again")}</button></p>}
      </div>
      <div>
        <h3>{t("Kích hoạt mức 2, theo lực lượng", "Level 2 active, by union")}</h3>
        <dl class="far-numbers">{rows.map((row) => <div key={row.name}><dt>{row.name}</dt><dd>{countOf(row.count, groupOf(row))}</dd></div>)}</dl>
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
              <h3><span lang="vi">{part.title}</span>{more > 0 && <small> {t(`và ${more} nữa`, `and ${more} more`)}</small>}</h3>
              <ul>{part.lines.slice(0, room).map((line, index) => <li key={index} lang="vi">{line.text}</li>)}</ul>
            </section>
          );
        })}
      </div>
    </div>
  );
}
