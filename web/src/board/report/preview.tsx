/** A report as it is printed, less the paper. */
import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Loading, Trouble } from "../../kit.tsx";
import { t } from "../../words.ts";
import { comma } from "./numbers.ts";
import type { PeriodOf } from "./period.tsx";

type Block = Schemas["ReportBlock"];

export function Preview({ period, issue }: { period: PeriodOf; issue: number | undefined }) {
  const report = useAsked(`report ${period.period_id} ${issue} ${period.corrections} ${period.closed_at}`, async () => {
    const query = { form: "json", issue } as const;
    return (await told(api.GET("/api/v1/reporting-periods/{period_id}/report", { params: { path: { period_id: period.period_id }, query } }))) as Schemas["Report"];
  });
  if (!report.told) return report.why === undefined ? <Loading /> : <Trouble why={report.why} />;
  const { blocks, differences, stated_changes = [], recipients, signer, figures } = report.told;
  const nameOf = (code: string) => figures.find((one) => one.code === code)?.name ?? code;
  return (
    <>
      {differences.length + stated_changes.length > 0 && (
        <details class="history">
          <summary>{t(`${differences.length + stated_changes.length} chỗ báo cáo ghi khác nguồn`, `${differences.length + stated_changes.length} places are other than stated`)}</summary>
          <ul>
            {differences.map((one) => <li key={`${one.code} ${one.span}`}>{nameOf(one.code)}: {t("nguồn nêu", "stated")} {comma(one.stated_percent)}%, {one.percent ? `${t("tính", "computed")} ${comma(one.percent)}%` : t("không tính được, thiếu tổng số", "not computable without a denominator")}</li>)}
            {stated_changes.map((one) => (
              <li key={`change ${one.code} ${one.span}`}>
                {nameOf(one.code)}: {t("nguồn nêu tăng, giảm", "stated change")} {comma(one.stated_change)}{one.change_in === "points" ? t(" điểm %", " points") : "%"}, {one.change_points ? `${t("tính", "computed")} ${comma(one.change_points)} ${t("điểm %", "points")}` : t("không tính được, chưa có tỷ lệ kỳ trước", "not computable without a percentage before")}
              </li>
            ))}
          </ul>
        </details>
      )}
      {blocks.length === 0 ? <p class="empty">{t("Báo cáo chưa có gì.", "The report says nothing yet.")}</p> : (
        <article class="paper">
          {blocks.map((block, index) => <Part key={index} block={block} />)}
          <footer>
            <div>{recipients.length > 0 && <><strong>{t("Nơi nhận:", "To:")}</strong>{recipients.map((line) => <p key={line}>{line}</p>)}</>}</div>
            <div class="signer">{signer.map((line) => <p key={line}>{line}</p>)}</div>
          </footer>
        </article>
      )}
    </>
  );
}

function Part({ block }: { block: Block }) {
  if (block.kind === "part") return <h3>{block.text}</h3>;
  if (block.kind === "section") return <h4>{block.text}</h4>;
  return <p class={block.kind}>{block.text}</p>;
}
