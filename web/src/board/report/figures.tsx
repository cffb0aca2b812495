/** A period's figures, section by section: typed in, brought from a file, or counted by this program. */
import { useEffect, useState } from "preact/hooks";

import { api, Refused, type Schemas, told } from "../../api.ts";
import { Field, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { may, me } from "../../session.ts";
import { t } from "../../words.ts";
import { FigureDetail } from "./detail.tsx";
import { type Draft, draftsOf, enteredOf, faultsOf, keyOf, setDraft, settle, type Span, type Value } from "./drafts.ts";
import type { PeriodOf, StepProps } from "./period.tsx";
import { Row } from "./row.tsx";
import { Upload } from "./upload.tsx";

export type Indicator = Schemas["Indicator"];

const ALL_ROWS = 200;

const SPANS: [Span, string][] = [
  ["in_period", t("Trong kỳ", "In the period")],
  ["cumulative", t("Lũy kế", "Cumulative")],
];

/** What the report calls its sections. */
const SECTIONS: Record<string, string> = {
  "I.2": t("Cán bộ chiến sĩ", "Officers"),
  "II.1": t("25 dịch vụ công thiết yếu", "The 25 essential services"),
  "II.2": t("Phát triển công dân số", "Digital citizens"),
  "II.3": t("Kết nối, khai thác dữ liệu", "Connected data"),
  "II.4": t("Cư trú", "Residence"),
  "II.5": t("Tuyên truyền", "Outreach"),
  "III.2": t("Tồn tại, hạn chế", "What falls short"),
  "V.5": t("Đoàn viên, hội viên", "Members of the unions"),
  "V.7": t("Thiết bị, khai thác", "Equipment"),
};

interface Read {
  catalogue: Indicator[];
  /** By code and span. */
  values: Map<string, Value>;
  /** For which departments one enters figures; none: for all. */
  departments: string[];
}

async function readAll(periodId: string): Promise<Read> {
  const path = { period_id: periodId };
  const query = { limit: ALL_ROWS };
  const [catalogue, values, own] = await Promise.all([
    told(api.GET("/api/v1/indicators", { params: { query } })),
    told(api.GET("/api/v1/reporting-periods/{period_id}/values", { params: { path, query } })),
    told(api.GET("/api/v1/accounts/{account_id}/departments", { params: { path: { account_id: me.value!.account_id } } })),
  ]);
  return { catalogue: catalogue.items, departments: own.departments, values: new Map(values.items.map((one) => [keyOf(one.code, one.span), one])) };
}

export function Figures({ period, changed }: StepProps) {
  const [span, setSpan] = useState<Span>("in_period");
  const [detail, setDetail] = useState<Indicator>();
  const [all, setAll] = useState<Read>();
  const [why, setWhy] = useState<unknown>();
  // What was sent makes room for what stands now in one step: nobody sees old figures in between, nor a conflict
  // with themselves.
  const load = async (sent: [string, Draft][] = []) => {
    try {
      const next = await readAll(period.period_id);
      settle(period.period_id, sent, next.values);
      setAll(next);
      setWhy(undefined);
    } catch (error) {
      setWhy(error);
    }
  };
  useEffect(() => void load(), []);
  const mayType = may("enter_indicators") && (!period.closed_at || may("issue_reports"));
  if (!all) return why === undefined ? <Loading /> : <Trouble why={why}><button type="button" class="quiet small" onClick={() => void load()}>{t("Thử lại", "Try again")}</button></Trouble>;
  const written = async (sent?: [string, Draft][]) => {
    await load(sent);
    changed();
  };
  const mayTypeOf = (one: Indicator) => mayType && (all.departments.length === 0 || all.departments.includes(ownerOf(one, period) ?? ""));
  const sections = [...new Set(all.catalogue.map((one) => one.section))].sort((one, other) => order(one) - order(other));
  return (
    <>
      <div class="deeds spread">
        <div class="tabs" role="group" aria-label={t("Phạm vi", "Span")}>
          {SPANS.map(([word, name]) => <button key={word} type="button" class={word === span ? "small" : "quiet small"} aria-pressed={word === span} onClick={() => setSpan(word)}>{name}</button>)}
        </div>
        <Upload period={period} mayType={mayType && !period.closed_at} mayFeed={mayType} written={() => void written()} />
      </div>
      {mayType && all.departments.length > 0 && <p class="soft">{t("Tài khoản này nhập số của", "This account enters figures of")} {all.departments.join(", ")}.</p>}
      {!mayType && <p class="soft">{period.closed_at ? t("Kỳ đã chốt: chỉ xem.", "Closed: to be read only.") : t("Tài khoản này chỉ xem số.", "This account only reads figures.")}</p>}
      {sections.map((section) => (
        <Section key={section} {...{ section, span, period, mayTypeOf }} catalogue={all.catalogue.filter((one) => one.section === section)} values={all.values} look={setDetail} />
      ))}
      {detail && <FigureDetail indicator={detail} {...{ span, period }} mayType={mayTypeOf(detail)} standing={all.values.get(keyOf(detail.code, span))} close={() => setDetail(undefined)} />}
      {mayType && <Keep period={period} values={all.values} catalogue={all.catalogue} written={written} />}
    </>
  );
}

/** Who answers for an indicator on the last day of a period. */
export function ownerOf(indicator: Indicator, period: PeriodOf): string | undefined {
  return indicator.owners.find((one) => one.valid_from <= period.ends_on && (!one.valid_to || period.ends_on < one.valid_to))?.owner;
}

/** Roman numerals as the report counts. */
function order(section: string): number {
  const [part, number] = section.split(".");
  return ["I", "II", "III", "IV", "V"].indexOf(part!) * 100 + Number(number ?? 0);
}

interface SectionProps {
  section: string;
  span: Span;
  period: PeriodOf;
  mayTypeOf: (indicator: Indicator) => boolean;
  catalogue: Indicator[];
  values: Map<string, Value>;
  look: (indicator: Indicator) => void;
}

/** Folded sections keep a page of seventy figures calm. */
function Section({ section, span, period, mayTypeOf, catalogue, values, look }: SectionProps) {
  const counted = catalogue.filter((one) => one.measure !== "heading");
  const here = counted.filter((one) => values.get(keyOf(one.code, span))?.value != null).length;
  const name = SECTIONS[section];
  return (
    <details class="panel section" open={section === "II.1"}>
      <summary>
        <h2>{section}{name && <> {name}</>}</h2>
        <span class={here === counted.length ? "good" : "soft"}>{t(`${here}/${counted.length} đã có số`, `${here} of ${counted.length} entered`)}</span>
      </summary>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{t("Chỉ tiêu", "Indicator")}</th>
            <th scope="col">{t("Giá trị", "Value")}</th>
            <th scope="col">{t("Hơn", "More than")}</th>
            <th scope="col">{t("Trên tổng số", "Of")}</th>
            <th scope="col" class="number">%</th>
            <th scope="col">{t("Nguồn", "Source")}</th>
            <th scope="col"><span class="unseen">{t("Chi tiết", "Details")}</span></th>
          </tr>
        </thead>
        <tbody>
          {catalogue.map((one) =>
            one.measure === "heading"
              ? <tr key={one.code} class="heading"><th scope="row" colSpan={7}>{one.name}</th></tr>
              : <Row key={one.code} indicator={one} {...{ span, period }} mayType={mayTypeOf(one)} standing={values.get(keyOf(one.code, span))} look={() => look(one)} />,
          )}
        </tbody>
      </table>
    </details>
  );
}

interface KeepProps {
  period: PeriodOf;
  values: Map<string, Value>;
  catalogue: Indicator[];
  written: (sent?: [string, Draft][]) => Promise<void>;
}

/** What was typed and is not written yet, at the foot of the page until it is. */
function Keep({ period, values, catalogue, written }: KeepProps) {
  const [reason, setReason] = useState("");
  const [said, say] = useState("");
  const { busy, why, run } = useDeed();
  const mine = [...draftsOf(period.period_id)];
  const odd = mine.filter(([, draft]) => Object.keys(faultsOf(draft)).length > 0);
  const passed = mine.filter(([key, draft]) => (values.get(key)?.revision ?? 0) !== draft.seen);
  const nameOf = (key: string) => catalogue.find((one) => key.startsWith(`${one.code} `))?.name ?? key;
  const send = () =>
    run(async () => {
      const path = { period_id: period.period_id };
      const body = { values: mine.map(([key, draft]) => enteredOf(key, draft)), reason: period.closed_at ? reason : undefined };
      try {
        const done = await told(api.PUT("/api/v1/reporting-periods/{period_id}/values", { params: { path }, body }));
        setReason("");
        say(done.correction != null ? t(`Đã ghi ${done.changed} số, lần sửa thứ ${done.correction}.`, `${done.changed} written, correction ${done.correction}.`) : t(`Đã ghi ${done.changed} số.`, `${done.changed} written.`));
        await written(mine);
      } catch (error) {
        // What the others wrote is shown beside what was typed.
        if (error instanceof Refused && error.code === "revision-passed") await written();
        throw error;
      }
    });
  return (
    <>
      <p class="said" role="status">{mine.length === 0 ? said : ""}</p>
      {mine.length > 0 && (
        <form
          class="panel keep"
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <Trouble why={why} />
          {odd.length > 0 && <p class="fault">{t("Xem lại: ", "Look again: ")}{odd.slice(0, 3).map(([key]) => nameOf(key)).join("; ")}{odd.length > 3 && "…"}. {t("Mỗi số cần nguồn.", "Each figure needs a source.")}</p>}
          {period.closed_at && <Field id="reason" label={t("Lý do sửa sau khi chốt", "Why it is corrected after closing")} value={reason} typed={setReason} required maxLength={300} fault={faultAt(why, "/reason")} />}
          <div class="deeds">
            <button disabled={busy || odd.length > 0 || passed.length > 0}>{t(`Ghi ${mine.length} số`, `Write ${mine.length}`)}</button>
            <button type="button" class="quiet" disabled={busy} onClick={() => mine.forEach(([key]) => setDraft(period.period_id, key, undefined))}>{t("Bỏ những gì đã gõ", "Drop what was typed")}</button>
          </div>
        </form>
      )}
    </>
  );
}
