/** How a count came: over weeks or years, by day, week or month, of one's own unit or a part of it. */
import { api, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Loading } from "../../kit.tsx";
import { me } from "../../session.ts";
import { day, lower, t } from "../../words.ts";
import { confirmedOf, countOf, nameOf, spell, spellTenth, STAGES, UNIONS } from "../state.ts";
import { useAgain } from "./again.ts";
import { Ask } from "./asking.tsx";
import { Failed, Fresh } from "./fresh.tsx";
import { span } from "./spell.ts";
import { type AskedTrend, firstDay, readTrend, type Step, windowOf, WINDOWS, writeTrend } from "./trend-address.ts";
import { Columns, Legend, Numbers, spellStep, type Trend } from "./trend-chart.tsx";

const WINDOW_NAMES: Record<string, string> = { "4w": t("Bốn tuần", "Four weeks"), "3m": t("Ba tháng", "Three months"), "1y": t("Một năm", "A year"), "2y": t("Hai năm", "Two years") };
const STEP_NAMES: Record<Step, string> = { day: t("Ngày", "Day"), week: t("Tuần", "Week"), month: t("Tháng", "Month") };

export function Trends({ rest }: { rest: string }) {
  const one = readTrend(rest);
  const { stage, step, union } = one;
  const within = one.village ?? (one.isAll ? undefined : one.within ?? me.value?.unit_id);
  // The days are those of each reading: a view that is left open goes on to the next one.
  const trend = useAgain(JSON.stringify(one), () => {
    const to = day(new Date());
    const query = { stage, mass_union: union || undefined, within, from: firstDay(one.window, step, to), to, step };
    return told(api.GET("/api/v1/leaderboards/trend", { params: { query } }));
  });
  return (
    <>
      <h1 class="unseen">{t("Diễn biến", "Trends")}</h1>
      <Asking one={one} />
      {trend.told ? <Shown trend={trend.told} one={one} why={trend.why} /> : trend.why === undefined ? <Loading /> : (
        <Failed why={trend.why} again={trend.again}><p><a href={writeTrend({})}>{t("Về đơn vị của tôi", "Back to my unit")}</a></p></Failed>
      )}
    </>
  );
}

function Asking({ one }: { one: AskedTrend }) {
  const change = (other: Partial<AskedTrend>) => (location.hash = writeTrend({ ...one, ...other }));
  const own = me.value?.unit_id;
  const communes = useUnits("commune", own);
  const others = communes.filter(({ unit_id }) => unit_id !== own);
  // Whoever works within one commune chooses among its villages.
  const commune = one.within ?? (others.length === 0 && !one.isAll ? own : undefined);
  const villages = useUnits("village", commune).filter(({ unit_id }) => unit_id !== own);
  const unitNames = (units: typeof communes): [string, string][] => units.map(({ unit_id, name }) => [String(unit_id), name]);
  const whole: [string, string][] = others.length > 0 ? unitNames(others) : [["all", t("cả tỉnh", "the province")]];
  return (
    <form class="panel asked-of" onSubmit={(event) => event.preventDefault()}>
      <div class="asked">
        <Ask id="trend-stage" name={t("Bước", "Step")} list={STAGES} value={one.stage} set={(stage) => change({ stage })} />
        <Ask id="trend-window" name={t("Thời gian", "Window")} list={WINDOWS.map(({ word }) => [word, WINDOW_NAMES[word]!])} value={one.window} set={(window) => change({ window, step: windowOf(window).steps[0]! })} />
        <Ask id="trend-step" name={t("Mỗi cột là", "A column is")} list={windowOf(one.window).steps.map((step) => [step, STEP_NAMES[step]])} value={one.step} set={(step) => change({ step: step as Step })} />
        <Ask id="trend-union" name={t("Lực lượng", "Union")} list={UNIONS} value={one.union} set={(union) => change({ union })} />
        <Ask id="trend-within" name={t("Đơn vị", "Unit")} list={[["", t("của tôi", "mine")], ...whole]} value={one.isAll ? "all" : String(one.within ?? "")} set={(word) => change({ within: Number(word) || undefined, village: undefined, isAll: word === "all" })} />
        {villages.length > 0 && <Ask id="trend-village" name={t("Thôn, khu phố", "Village")} list={[["", t("tất cả", "all")], ...unitNames(villages)]} value={String(one.village ?? "")} set={(word) => change({ village: Number(word) || undefined })} />}
      </div>
    </form>
  );
}

/** Those of today within a unit; of none, none. */
function useUnits(level: string, within: number | undefined) {
  const units = useAsked(`${level} ${within}`, async () => (within === undefined ? [] : (await told(api.GET("/api/v1/units", { params: { query: { level, within, limit: 200 } } }))).items));
  return units.told ?? [];
}

function Shown({ trend, one, why }: { trend: Trend; one: AskedTrend; why: unknown }) {
  const { name, stage, from, to, as_of, points, count, step, merged_to } = trend;
  // The step that today lies in goes on.
  const isOpen = points.at(-1)!.to === day(new Date());
  const best = points.reduce((most, point) => (point.count > most.count ? point : most));
  const over = isOpen ? points.slice(0, -1) : points;
  const each = over.length === 0 ? 0 : over.reduce((sum, point) => sum + point.count, 0) / over.length;
  const bestSaid = `${spellStep(best, step)}: ${countOf(best.count, merged_to)}`;
  const said = t(`${spell(points.length)} cột, ${span(from, to)}; tất cả ${countOf(count, merged_to)} người; nhiều nhất ${bestSaid}. Từng số có trong bảng bên cạnh.`, `${spell(points.length)} columns, ${span(from, to)}; ${countOf(count, merged_to)} people in all; most ${bestSaid}. The table beside it has every number.`);
  const steps = lower(STEP_NAMES[one.step]);
  return (
    <article class="one-board">
      <header class="board-head">
        <div>
          <h2>{name}: {lower(nameOf(STAGES, stage))}</h2>
          <p class="soft">{span(from, to)}{one.union && `, ${nameOf(UNIONS, one.union)}`}</p>
        </div>
        <div class="board-state">
          <Fresh as_of={as_of} why={why} />
          <button type="button" class="quiet small on-screen" onClick={() => print()}>{t("In (A4)", "Print (A4)")}</button>
        </div>
      </header>
      {count === 0 && merged_to == null ? (
        <section class="panel"><p class="empty">{t("Chưa có ai trong những ngày này.", "Nobody on these days yet.")}</p></section>
      ) : (
        <>
          <dl class="counts roomy by-two">
            <div class="good"><dt>{t("Số người", "People")}</dt><dd>{countOf(count, merged_to)}</dd></div>
            <div><dt>{t(`Trung bình mỗi ${steps}`, `On average a ${steps}`)}</dt><dd>{merged_to == null ? (each < 10 ? spellTenth(each) : spell(Math.round(each))) : "–"}</dd></div>
            <div><dt>{t("Nhiều nhất", "Most")}, {spellStep(best, step)}</dt><dd>{countOf(best.count, merged_to)}</dd></div>
            <div><dt>{t("Xác nhận, %", "Confirmed, %")}</dt><dd>{confirmedOf(trend, merged_to) ?? "–"}</dd></div>
          </dl>
          <div class="trend-halves">
            <section class="panel" aria-label={t("Biểu đồ", "Columns")}>
              <Columns trend={trend} isOpen={isOpen} said={said} />
              <Legend isOpen={isOpen} />
            </section>
            <section class="panel" aria-label={t("Bảng", "Table")}><Numbers trend={trend} isOpen={isOpen} /></section>
          </div>
        </>
      )}
      <ul class="notes soft">
        <li>{t("Chỉ tính bản ghi đã được công nhận, theo ngày làm. Ngày đã chốt vẫn có thể có bản ghi đến muộn.", "Recognised records only, on the day on which it was done. A day that is closed may have got late records since.")}</li>
        {merged_to != null && <li>{t(`Nơi khác chỉ kể từng nhóm đủ ${merged_to} người.`, `Other units are told in whole groups of ${merged_to} people.`)}</li>}
      </ul>
    </article>
  );
}
