/** How many a day, of the last four weeks. */
import { api, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Trouble } from "../kit.tsx";
import { day as dayOf, spellDay, t } from "../words.ts";
import { asked, nameOf, spell, STAGES } from "./state.ts";

const DAYS = 28;
const HEIGHT = 120;
const BAR = 20;

export function Trend() {
  const { stage, union } = asked.value;
  const today = dayOf(new Date());
  const days = Array.from({ length: DAYS }, (_, index) => dayOf(new Date(Date.now() - (DAYS - 1 - index) * 86_400_000)));
  const counts = useAsked(`${stage} ${union} ${today}`, () =>
    Promise.all(days.map(async (on) => (await told(api.GET("/api/v1/leaderboards/{level}", { params: { path: { level: "union" }, query: { stage, metric: "count", from: on, to: on, limit: 1, mass_union: union || undefined } } }))).total.count)),
  );
  if (!counts.told) return counts.why === undefined ? null : <Trouble why={counts.why} />;
  const most = Math.max(1, ...counts.told);
  const all = counts.told.reduce((sum, count) => sum + count, 0);
  const best = counts.told.indexOf(Math.max(...counts.told));
  const summary = t(
    `${nameOf(STAGES, stage)}: ${spell(all)} người trong ${DAYS} ngày; nhiều nhất ${spell(most)}, ${spellDay(days[best]!, today).toLowerCase()}.`,
    `${nameOf(STAGES, stage)}: ${spell(all)} people in ${DAYS} days; most, ${spell(most)}, ${spellDay(days[best]!, today)}.`,
  );
  return (
    <section class="panel" aria-labelledby="trend">
      <h2 id="trend">{t("Bốn tuần qua, mỗi ngày", "The last four weeks, by day")}</h2>
      <svg class="trend" viewBox={`0 0 ${DAYS * BAR} ${HEIGHT}`} role="img" aria-label={summary}>
        {counts.told.map((count, index) => {
          const height = Math.max(count > 0 ? 2 : 0, (HEIGHT * count) / most);
          return <rect key={days[index]} class={index === DAYS - 1 ? "today" : undefined} x={index * BAR + 2} y={HEIGHT - height} width={BAR - 4} height={height} rx="3"><title>{days[index]}: {spell(count)}</title></rect>;
        })}
        <line x1="0" y1={HEIGHT} x2={DAYS * BAR} y2={HEIGHT} />
      </svg>
      <p class="soft">{summary}</p>
    </section>
  );
}
