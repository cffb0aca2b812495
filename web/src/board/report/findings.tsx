/** What does not hold together in the figures, and taking it upon oneself where it is right nevertheless. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Dialog } from "../../dialog.tsx";
import { Field, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { may } from "../../session.ts";
import { spellTime, t } from "../../words.ts";
import type { StepProps } from "./period.tsx";

type Finding = Schemas["ReportFinding"];

const ALL_ROWS = 200;

export function Findings({ period }: StepProps) {
  const [chosen, choose] = useState<Finding>();
  const list = useAsked(`findings ${period.period_id}`, () => told(api.GET("/api/v1/reporting-periods/{period_id}/findings", { params: { path: { period_id: period.period_id }, query: { limit: ALL_ROWS } } })));
  if (!list.told) return list.why === undefined ? <Loading /> : <Trouble why={list.why}><button type="button" class="quiet small" onClick={list.again}>{t("Thử lại", "Try again")}</button></Trouble>;
  const open = list.told.items.filter((one) => one.severity === "error" && !one.ruling).length;
  return (
    <section class="panel" aria-labelledby="findings">
      <div class="panel-head">
        <h2 id="findings">{t("Những chỗ số liệu chưa khớp", "What does not hold together")}</h2>
        <p class={open === 0 ? "good" : "fault"} role="status">{open === 0 ? t("Không còn lỗi nào ngăn việc chốt.", "Nothing keeps the period from being closed.") : t(`${open} lỗi phải sửa hoặc nêu lý do trước khi chốt.`, `${open} errors to mend or overrule before closing.`)}</p>
      </div>
      {list.told.items.length === 0 ? <p class="empty">{t("Mọi con số đều khớp nhau.", "All figures hold together.")}</p> : (
        <ul class="cases">
          {list.told.items.map((one) => (
            <li key={one.fingerprint} class={one.ruling ? "settled" : undefined}>
              <p><span class={one.severity === "error" ? "badge grave" : "badge"}>{one.severity === "error" ? t("lỗi", "error") : t("nên xem", "look at it")}</span> <span class="soft">{one.span === "cumulative" ? t("lũy kế", "cumulative") : t("trong kỳ", "in the period")}{one.owner && `; ${one.owner}`}</span></p>
              <p>{one.message}</p>
              {one.ruling
                ? <p class="soft">{t("Giữ nguyên vì:", "Overruled:")} {one.ruling.reason} ({spellTime(one.ruling.ruled_at)})</p>
                : may("issue_reports") && <p class="deeds"><span /><button type="button" class="quiet small" onClick={() => choose(one)}>{t("Giữ nguyên, nêu lý do", "Overrule for a reason")}</button></p>}
            </li>
          ))}
        </ul>
      )}
      {chosen && <Overrule finding={chosen} periodId={period.period_id} close={() => choose(undefined)} done={() => { choose(undefined); list.again(); }} />}
    </section>
  );
}

function Overrule({ finding, periodId, close, done }: { finding: Finding; periodId: string; close: () => void; done: () => void }) {
  const [reason, setReason] = useState("");
  const { busy, why, run } = useDeed();
  return (
    <Dialog title={t("Giữ nguyên số này?", "Let this figure stand?")} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(async () => {
            await told(api.PUT("/api/v1/reporting-periods/{period_id}/rulings", { params: { path: { period_id: periodId } }, body: { fingerprint: finding.fingerprint, reason } }));
            done();
          });
        }}
      >
        <p>{finding.message}</p>
        <Trouble why={why} />
        <Field id="why" label={t("Vì sao số vẫn đúng", "Why it is right nevertheless")} value={reason} typed={setReason} required maxLength={300} fault={faultAt(why, "/reason")} hint={t("Lý do được lưu cùng tên bạn; số đổi thì phải xét lại.", "It is kept with your name; with other figures it is another finding.")} />
        <button disabled={busy}>{t("Giữ nguyên", "Let it stand")}</button>
      </form>
    </Dialog>
  );
}
