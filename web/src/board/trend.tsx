/** How many a day, of the last four weeks. */
import { api, told } from "../api.ts";
import { day as dayOf, lower, spellDay, t } from "../words.ts";
import { Missing } from "./missing.tsx";
import { asked, countOf, nameOf, STAGES } from "./state.ts";
import { useAgain } from "./views/again.ts";
import { writeTrend } from "./views/trend-address.ts";

const DAYS = 28;
const HEIGHT = 120;
const BAR = 20;

export function Trend() {
  const { stage, union } = asked.value;
  // The days are those of each reading: a wall shows it overnight. It is not read with each change of the board, of
  // which there may be one a second.
  const trend = useAgain(`${stage} ${union}`, async () => {
    const today = dayOf(new Date());
    const from = dayOf(new Date(Date.now() - (DAYS - 1) * 86_400_000));
    return { today, ...(await told(api.GET("/api/v1/leaderboards/trend", { params: { query: { stage, mass_union: union || undefined, from, to: today, step: "day" } } }))) };
  });
  const title = t("Bốn tuần qua, mỗi ngày", "The last four weeks, by day");
  if (!trend.told) return <Missing title={title} asked={trend} as="days-part" />;
  const { points, count: all, today, merged_to } = trend.told;
  const people = (count: number) => countOf(count, merged_to);
  const best = points.reduce((most, point) => (point.count > most.count ? point : most));
  const most = Math.max(1, best.count);
  const summary = all === 0 && merged_to == null
    ? t(`${nameOf(STAGES, stage)}: chưa có ai trong ${DAYS} ngày.`, `${nameOf(STAGES, stage)}: nobody in ${DAYS} days.`)
    : t(
      `${nameOf(STAGES, stage)}: ${people(all)} người trong ${DAYS} ngày; nhiều nhất ${people(best.count)}, ${lower(spellDay(best.from, today))}.`,
      `${nameOf(STAGES, stage)}: ${people(all)} people in ${DAYS} days; most, ${people(best.count)}, ${spellDay(best.from, today)}.`,
    );
  return (
    <section class="panel days-part" aria-labelledby="trend">
      <h2 id="trend">{title}</h2>
      <svg class="trend" viewBox={`0 0 ${DAYS * BAR} ${HEIGHT}`} role="img" aria-label={summary}>
        {points.map(({ from: on, count }, index) => {
          const height = Math.max(count > 0 ? 2 : 0, (HEIGHT * count) / most);
          return <rect key={on} class={on === today ? "today" : undefined} x={index * BAR + 2} y={HEIGHT - height} width={BAR - 4} height={height} rx="3"><title>{spellDay(on, today)}: {people(count)}</title></rect>;
        })}
        <line x1="0" y1={HEIGHT} x2={DAYS * BAR} y2={HEIGHT} />
      </svg>
      <p class="soft">{summary} <a href={writeTrend({ stage, union })}>{t("Xem dài hơn, từng đơn vị", "Longer, and by unit")}</a></p>
    </section>
  );
}
