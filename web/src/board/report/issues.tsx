/** Closing a period, issuing its report, issuing it again as a correction; what it says, and files of it. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Dialog } from "../../dialog.tsx";
import { Choice, Field, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { may } from "../../session.ts";
import { spellTime, t } from "../../words.ts";
import { save } from "../../save.ts";
import type { PeriodOf, StepProps } from "./period.tsx";
import { Preview } from "./preview.tsx";

type Issued = Schemas["IssuedReport"];

const SHOWN = 50;
const FORMS = [
  ["docx", "Word (.docx)", "docx"],
  ["xlsx", "Excel (.xlsx)", "xlsx"],
  ["text", t("Bản ngắn gửi nhóm", "Short text"), "txt"],
  ["png", t("Ảnh gửi nhóm (PNG)", "Picture (PNG)"), "png"],
  ["card", t("Ảnh để in (SVG)", "Picture to print (SVG)"), "svg"],
  ["json", "JSON", "json"],
] as const;

/** What the draft is called wherever it could be taken for the report. */
const DRAFT = t("bản dự thảo, chưa phát hành", "the draft, not issued");

export function Issues({ period, changed }: StepProps) {
  const [chosen, choose] = useState<string>();
  const [asks, ask] = useState<"close" | "issue">();
  const list = useAsked(`issues ${period.period_id}`, () => told(api.GET("/api/v1/reporting-periods/{period_id}/issues", { params: { path: { period_id: period.period_id }, query: { limit: SHOWN } } })));
  const issues = list.told?.items ?? [];
  // Once there is one, the newest that was issued is the report; the draft is for whoever asks for it.
  const issued = issues.find((one) => String(one.correction) === chosen) ?? (chosen === "" ? undefined : newestOf(issues));
  const done = () => {
    ask(undefined);
    choose(undefined);
    list.again();
    changed();
  };
  return (
    <div class="issues">
      <div class="stack">
        <section class="panel" aria-labelledby="standing">
          <h2 id="standing">{t("Chốt và phát hành", "Closing and issuing")}</h2>
          <ol class="done">
            <li class={period.closed_at ? "good" : undefined}>{period.closed_at ? t(`Đã chốt ${spellTime(period.closed_at)}.`, `Closed ${spellTime(period.closed_at)}.`) : t("Chưa chốt: số còn đổi được.", "Open: figures may still change.")}</li>
            <li class={issues.length > 0 ? "good" : undefined}>{issues.length > 0 ? t(`Đã phát hành ${issues.length} bản.`, `${issues.length} issued.`) : t("Chưa phát hành.", "Nothing is issued yet.")}</li>
          </ol>
          {may("issue_reports") && (
            <div class="deeds">
              {!period.closed_at
                ? <button type="button" onClick={() => ask("close")}>{t("Chốt số liệu", "Close the period")}</button>
                : list.told && <button type="button" onClick={() => ask("issue")}>{issues.length === 0 ? t("Phát hành báo cáo", "Issue the report") : t("Phát hành bản sửa", "Issue a correction")}</button>}
            </div>
          )}
        </section>
        <section class="panel" aria-labelledby="issued">
          <h2 id="issued">{t("Các bản đã phát hành", "What was issued")}</h2>
          {!list.told ? (list.why === undefined ? <Loading /> : <Trouble why={list.why} />) : issues.length === 0 ? <p class="empty">{t("Chưa có bản nào.", "There is none yet.")}</p> : (
            <ul class="cases">{issues.map((one) => <Line key={one.correction} issued={one} />)}</ul>
          )}
        </section>
        {list.told && <Files period={period} issued={issued} />}
      </div>
      <section class="panel" aria-labelledby="preview">
        <div class="panel-head">
          <h2 id="preview">{t("Bản in", "What it says")}</h2>
          <Choice id="which" label={t("Bản", "Which")} value={String(issued?.correction ?? "")} chosen={choose}>
            <option value="">{DRAFT}</option>
            {issues.map((one) => <option key={one.correction} value={String(one.correction)}>{nameOf(one)}</option>)}
          </Choice>
        </div>
        {!list.told ? (list.why === undefined && <Loading />) : (
          <>
            {!issued && <p class="notice">{t("Bản dự thảo, chưa phát hành: không gửi đi thay báo cáo.", "This is the draft, not issued: it is not sent as the report.")}</p>}
            <Preview period={period} issue={issued?.correction} />
          </>
        )}
      </section>
      {asks === "close" && <Close period={period} close={() => ask(undefined)} done={done} />}
      {asks === "issue" && <Issue period={period} next={issues.length === 0 ? 0 : issues[0]!.correction + 1} close={() => ask(undefined)} done={done} />}
    </div>
  );
}

function newestOf(issues: Issued[]): Issued | undefined {
  return issues.reduce<Issued | undefined>((newest, one) => (newest && newest.correction > one.correction ? newest : one), undefined);
}

/** How its files are called, as the server calls them. */
function fileOf(period: PeriodOf, issued: Issued | undefined): string {
  const edition = !issued ? "du-thao" : issued.correction === 0 ? "ban-chinh" : `dinh-chinh-${issued.correction}`;
  return `bao-cao-${period.month}-${edition}`;
}

function nameOf(one: Issued): string {
  return one.correction === 0 ? t("bản chính", "the report") : t(`bản sửa ${one.correction}`, `correction ${one.correction}`);
}

function Line({ issued }: { issued: Issued }) {
  return (
    <li>
      <p><strong>{nameOf(issued)}</strong>, {spellTime(issued.issued_at)}{issued.reason && <><br />{issued.reason}</>}<br /><span class="soft">SHA-256 <code>{issued.hash}</code></span></p>
    </li>
  );
}

function Files({ period, issued }: { period: PeriodOf; issued: Issued | undefined }) {
  const { busy, why, run } = useDeed();
  const issue = issued?.correction;
  return (
    <section class="panel" aria-labelledby="files">
      <h2 id="files">{t("Lấy về", "Take it away")}: {issued ? nameOf(issued) : DRAFT}</h2>
      <Trouble why={why} />
      <div class="deeds">
        {FORMS.map(([form, name, ending]) => (
          <button
            key={form} type="button" class="quiet small" disabled={busy}
            onClick={() => void run(() => save(api.GET("/api/v1/reporting-periods/{period_id}/report", { params: { path: { period_id: period.period_id }, query: { form, issue } }, parseAs: "blob" }), `${fileOf(period, issued)}.${ending}`))}
          >
            {name}
          </button>
        ))}
      </div>
    </section>
  );
}

function Close({ period, close, done }: { period: PeriodOf; close: () => void; done: () => void }) {
  const { busy, why, run } = useDeed();
  return (
    <Dialog title={t("Chốt số liệu của kỳ?", "Close the period?")} close={close}>
      <p>{t("Từ lúc chốt, mỗi lần sửa là một bản sửa có số và lý do. Không mở lại được.", "From then on every change is a numbered correction with a reason. It is not opened again.")}</p>
      <Trouble why={why}><p><a href={`#bao-cao/${period.period_id}/ra-soat`}>{t("Xem những chỗ chưa khớp", "See what does not hold together")}</a></p></Trouble>
      <div class="deeds">
        <button
          type="button" disabled={busy}
          onClick={() => void run(async () => {
            await told(api.POST("/api/v1/reporting-periods/{period_id}/closings", { params: { path: { period_id: period.period_id } } }));
            done();
          })}
        >
          {t("Chốt số liệu", "Close it")}
        </button>
      </div>
    </Dialog>
  );
}

interface IssueProps {
  period: PeriodOf;
  /** Which one it is to be: if there is another by now, nothing is issued, however often this is sent. */
  next: number;
  close: () => void;
  done: () => void;
}

function Issue({ period, next, close, done }: IssueProps) {
  const isAgain = next > 0;
  const [reason, setReason] = useState("");
  const { busy, why, run } = useDeed();
  return (
    <Dialog title={isAgain ? t("Phát hành bản sửa?", "Issue a correction?") : t("Phát hành báo cáo?", "Issue the report?")} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(async () => {
            await told(api.POST("/api/v1/reporting-periods/{period_id}/issues", { params: { path: { period_id: period.period_id } }, body: { correction: next, reason: isAgain ? reason : undefined } }));
            done();
          });
        }}
      >
        <p>{t("Nội dung lúc này được giữ nguyên mãi, in lại lúc nào cũng giống. Bản đã phát hành không bị thay.", "What it says now is kept for ever and prints the same. What was issued before stays.")}</p>
        <Trouble why={why} />
        {isAgain && <Field id="again" label={t("Vì sao phát hành lại", "Why it is issued again")} value={reason} typed={setReason} required maxLength={300} fault={faultAt(why, "/reason")} />}
        <button disabled={busy}>{t("Phát hành", "Issue it")}</button>
      </form>
    </Dialog>
  );
}
