/** One period: its figures, what does not hold together, what is written, and what is issued. */
import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Loading, Trouble } from "../../kit.tsx";
import { t } from "../../words.ts";
import { Figures } from "./figures.tsx";
import { Findings } from "./findings.tsx";
import { Issues } from "./issues.tsx";
import { date, month } from "./numbers.ts";
import { Standing } from "./periods.tsx";
import { Texts } from "./texts.tsx";

export type PeriodOf = Schemas["ReportingPeriod"];

export interface StepProps {
  period: PeriodOf;
  /** Something changed that the period itself tells. */
  changed: () => void;
}

const STEPS: Record<string, { name: string; show: (props: StepProps) => preact.JSX.Element }> = {
  "": { name: t("1. Nhập số", "1. Figures"), show: Figures },
  "ra-soat": { name: t("2. Rà soát", "2. Findings"), show: Findings },
  "phan-viet": { name: t("3. Phần viết", "3. Texts"), show: Texts },
  "phat-hanh": { name: t("4. Chốt, phát hành", "4. Close, issue"), show: Issues },
};

export function Period({ periodId, step }: { periodId: string; step: string }) {
  const period = useAsked(periodId, () => told(api.GET("/api/v1/reporting-periods/{period_id}", { params: { path: { period_id: periodId } } })));
  const { show: Shown } = STEPS[step] ?? STEPS[""]!;
  if (!period.told) {
    return period.why === undefined ? <Loading /> : (
      <Trouble why={period.why}><p><a href="#bao-cao">{t("Mọi kỳ báo cáo", "All periods")}</a></p></Trouble>
    );
  }
  return (
    <>
      <div class="period-head">
        <p><a href="#bao-cao">{t("Mọi kỳ báo cáo", "All periods")}</a></p>
        <h1>{t("Báo cáo", "Report")} {month(period.told.month)} <Standing period={period.told} /></h1>
        <p class="soft">{period.told.unit_name}, {date(period.told.starts_on)}–{date(period.told.ends_on)}; {t("lũy kế từ", "cumulative from")} {date(period.told.cumulative_from)}.</p>
      </div>
      <nav class="steps" aria-label={t("Các bước của báo cáo", "Steps of the report")}>
        {Object.entries(STEPS).map(([address, { name }]) => (
          <a key={address} href={`#bao-cao/${periodId}${address && `/${address}`}`} aria-current={(step in STEPS ? step : "") === address ? "page" : undefined}>{name}</a>
        ))}
      </nav>
      <Shown period={period.told} changed={period.again} />
    </>
  );
}
