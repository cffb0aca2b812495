/** The days of the office in figures, today first. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Loading, Trouble } from "../kit.tsx";
import { day as dayOf, spellDay, t } from "../words.ts";
import { figures, office } from "./state.ts";

type Day = Schemas["DayStatistics"];

const SPANS: [number, string][] = [
  [7, t("7 ngày", "7 days")],
  [30, t("30 ngày", "30 days")],
  [92, t("92 ngày", "92 days")],
];

export function Statistics() {
  const { office_id } = office.value!;
  const [span, setSpan] = useState(7);
  const today = dayOf(new Date());
  const from = dayOf(new Date(Date.now() - (span - 1) * 86_400_000));
  // Whatever ends at a desk changes today's row.
  const key = `${from} ${figures.value?.served} ${figures.value?.arrived}`;
  const days = useAsked(key, () => told(api.GET("/api/v1/offices/{office_id}/statistics", { params: { path: { office_id }, query: { from, to: today } } })));
  const [kept, keep] = useState<Day[]>();
  if (days.told && days.told.days !== kept) keep(days.told.days);
  const all = days.told?.days ?? kept;
  if (!all) return days.why === undefined ? <Loading /> : <Trouble why={days.why} again={days.again} />;
  const most = Math.max(1, ...all.map((one) => one.arrived));
  return (
    <>
      <h1 class="unseen">{t("Thống kê", "Figures")}</h1>
      {figures.value && <Today day={figures.value} />}
      <section class="panel" aria-labelledby="by-day">
        <div class="panel-head">
          <h2 id="by-day">{t("Theo ngày", "By day")}</h2>
          <div class="filters" role="group" aria-label={t("Khoảng thời gian", "Span")}>
            {SPANS.map(([days, name]) => <button key={days} type="button" class={span === days ? "small" : "quiet small"} aria-pressed={span === days} onClick={() => setSpan(days)}>{name}</button>)}
          </div>
        </div>
        {days.why !== undefined && <Trouble why={days.why} again={days.again}><p>{t("Bảng dưới đây là số liệu cũ.", "The table below is old.")}</p></Trouble>}
        <div class="scroll" tabIndex={0} role="region" aria-label={t("Bảng theo ngày", "The table")}>
          <table class="figures">
            <thead>
              <tr>
                <th scope="col">{t("Ngày", "Day")}</th>
                <th scope="col" class="number">{t("Lịch hẹn", "Booked")}</th>
                <th scope="col" class="number">{t("Đã đến", "Came")}</th>
                <th scope="col"><span class="unseen">{t("So với ngày đông nhất", "Of the fullest day")}</span></th>
                <th scope="col" class="number">{t("Không hẹn", "Walk-ins")}</th>
                <th scope="col" class="number">{t("Đã xong", "Done")}</th>
                <th scope="col" class="number">{t("Vắng", "No-shows")}</th>
                <th scope="col" class="number">{t("Ra về", "Left")}</th>
                <th scope="col" class="number">{t("Chờ thường", "Waited")}</th>
                <th scope="col" class="number">{t("Chờ lâu", "Long waits")}</th>
                <th scope="col" class="number">{t("Chỗ trả lại", "Freed")}</th>
                <th scope="col" class="number">{t("Có người lấy", "Retaken")}</th>
              </tr>
            </thead>
            <tbody>
              {[...all].reverse().map((one) => (
                <tr key={one.on}>
                  <th scope="row">{spellDay(one.on, today)}</th>
                  <td class="number">{one.booked}</td>
                  <td class="number">{one.arrived}</td>
                  <td><span class="share" aria-hidden="true"><Share part={one.arrived / most} /></span></td>
                  <td class="number">{one.walk_ins}</td>
                  <td class="number good">{one.served}</td>
                  <td class="number">{one.no_show}</td>
                  <td class="number">{one.left}</td>
                  <td class="number">{spellWait(one.waited_median_min)}</td>
                  <td class="number">{spellWait(one.waited_ninth_min)}</td>
                  <td class="number">{one.freed}</td>
                  <td class="number">{one.refilled}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <p class="soft">{t("Chờ thường: một nửa số người chờ ít hơn. Chờ lâu: cứ mười người có một người chờ lâu hơn. Tính bằng phút, từ khi đến (người đến đúng hẹn: từ giờ hẹn) đến lần gọi đầu.", "Waited: half waited less. Long waits: one in ten waited longer. In minutes, from coming (for an appointment that is kept: from its hour) to the first call.")}</p>
      </section>
    </>
  );
}

function spellWait(minutes: number | null | undefined): string {
  return minutes === null || minutes === undefined ? "–" : String(minutes);
}

/** A bar without a style attribute, which the page's policy forbids. */
function Share({ part }: { part: number }) {
  return (
    <svg viewBox="0 0 100 8" preserveAspectRatio="none" width="100%" height="8">
      <rect width={Math.round(part * 100)} height="8" rx="2" />
    </svg>
  );
}

function Today({ day }: { day: Day }) {
  const numbers: [string, string | number, string?][] = [
    [t("Lịch hẹn", "Booked"), day.booked],
    [t("Đã đến", "Came"), day.arrived],
    [t("Không hẹn", "Walk-ins"), day.walk_ins],
    [t("Đã xong", "Done"), day.served, "good"],
    [t("Vắng mặt", "No-shows"), day.no_show, day.no_show > 0 ? "warn" : undefined],
    [t("Chờ thường, phút", "Waited, min"), spellWait(day.waited_median_min)],
    [t("Báo chờ đúng, %", "Estimates held, %"), spellWait(day.estimate_held_percent)],
  ];
  return (
    <dl class="counts">
      {numbers.map(([name, number, tone]) => <div key={name} class={tone}><dt>{name}</dt><dd>{number}</dd></div>)}
    </dl>
  );
}
