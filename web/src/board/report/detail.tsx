/** All of a figure: what its source states beside it, who answers for it, and every revision. */
import { api, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Dialog } from "../../dialog.tsx";
import { Choice, Field, Loading, Trouble } from "../../kit.tsx";
import { spellTime, t } from "../../words.ts";
import { type Draft, draftsOf, faultsOf, keyOf, setDraft, shownOf, type Span, type Value } from "./drafts.ts";
import { type Indicator, ownerOf } from "./figures.tsx";
import { comma, spell } from "./numbers.ts";
import type { PeriodOf } from "./period.tsx";

interface Props {
  indicator: Indicator;
  span: Span;
  period: PeriodOf;
  mayType: boolean;
  standing: Value | undefined;
  close: () => void;
}

const SHOWN = 50;

export function FigureDetail({ indicator, span, period, mayType, standing, close }: Props) {
  const key = keyOf(indicator.code, span);
  const draft = draftsOf(period.period_id).get(key);
  const shown = draft ?? shownOf(standing);
  const faults = draft ? faultsOf(draft) : {};
  const type = (change: Partial<Draft>) => setDraft(period.period_id, key, { ...shown, ...change }, standing);
  const owner = ownerOf(indicator, period);
  const odd = (field: keyof Draft, words: string) => (faults[field] ? words : undefined);
  return (
    <Dialog title={indicator.name} close={close} wide>
      <p class="soft">{span === "cumulative" ? t("Lũy kế", "Cumulative") : t("Trong kỳ", "In the period")}; {indicator.counted_in}{owner && `; ${owner}`}. {t("Mã", "Code")} {indicator.code}.</p>
      {mayType && (
        <fieldset>
          <legend>{t("Như nguồn nêu", "As the source states it")}</legend>
          <Field id="percent" label={t("Tỷ lệ nêu, %", "Stated percentage")} value={shown.stated_percent} typed={(stated_percent) => type({ stated_percent })} maxLength={10} fault={odd("stated_percent", t("Ghi như 58,3.", "Write it like 58.3."))} />
          <Field id="grown" label={t("Mức tăng, giảm nêu", "Stated change")} value={shown.stated_change} typed={(stated_change) => type({ stated_change })} maxLength={10} fault={odd("stated_change", t("Ghi như 1,8 hoặc -0,4.", "Write it like 1.8 or -0.4."))} />
          <Choice id="grown-in" label={t("Đơn vị của mức tăng", "In")} value={shown.change_in} chosen={(change_in) => type({ change_in })} fault={odd("change_in", t("Mức tăng đi kèm đơn vị.", "A change goes with its unit."))}>
            <option value="">{t("không nêu", "not stated")}</option>
            <option value="percent">%</option>
            <option value="points">{t("điểm %", "points")}</option>
          </Choice>
          <Field id="compared" label={t("So với tháng (năm-tháng)", "Compared with (year-month)")} value={shown.compared_with} typed={(compared_with) => type({ compared_with })} maxLength={7} fault={odd("compared_with", t("Ghi như 2026-10.", "Write it like 2026-10."))} />
          <p class="soft">{t("Tỷ lệ in trong báo cáo luôn được tính lại; số nêu chỉ để đối chiếu.", "The percentage of the report is always computed; the stated one is kept to compare.")}</p>
        </fieldset>
      )}
      <h3>{t("Các lần ghi", "Revisions")}</h3>
      <Revisions {...{ indicator, span, period }} revision={standing?.revision ?? 0} />
    </Dialog>
  );
}

function Revisions({ indicator, span, period, revision }: { indicator: Indicator; span: Span; period: PeriodOf; revision: number }) {
  const list = useAsked(`revisions ${indicator.code} ${span} ${revision}`, () =>
    told(api.GET("/api/v1/reporting-periods/{period_id}/revisions", { params: { path: { period_id: period.period_id }, query: { indicator: indicator.code, span, limit: SHOWN } } })),
  );
  if (!list.told) return list.why === undefined ? <Loading /> : <Trouble why={list.why} />;
  if (list.told.items.length === 0) return <p class="empty">{t("Chưa ai ghi.", "Nobody wrote it yet.")}</p>;
  return (
    <ol class="cases">
      {list.told.items.map((one) => (
        <li key={one.revision}>
          <p>
            <strong>{one.value == null ? t("Bỏ trống", "Taken back") : `${one.at_least ? t("hơn ", "more than ") : ""}${spell(one.value)}${one.denominator != null ? `/${spell(one.denominator)}` : ""}`}</strong>
            {one.percent && ` (${comma(one.percent)}%)`}, {one.source}
            <br /><span class="soft">{spellTime(one.entered_at)}{one.correction != null && t(`; lần sửa ${one.correction}: `, `; correction ${one.correction}: `)}{one.reason}</span>
          </p>
        </li>
      ))}
    </ol>
  );
}
