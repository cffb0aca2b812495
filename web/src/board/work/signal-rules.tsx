/** What is looked for at night, from when on it is too much and why; set by administrators, and looked for at once. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Dialog } from "../../dialog.tsx";
import { Choice, Field, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { may, me } from "../../session.ts";
import { t } from "../../words.ts";
import { Done, Failed } from "../admin/pieces.tsx";
import { communesOf, useUnits } from "../admin/units.ts";
import { readCount } from "../report/numbers.ts";
import { nameOf, spell } from "../state.ts";
import { lastDays, Span } from "./span.tsx";

type Rule = Schemas["SignalRule"];
type Threshold = Schemas["SignalThreshold"];

const SEVERITIES: [string, string][] = [
  ["info", t("để biết", "to know")],
  ["flag", t("cần hỏi", "to ask")],
  ["high", t("cần hỏi ngay", "to ask at once")],
];
const DAYS = 7;

export function SignalRules() {
  const [asks, ask] = useState<{ rule: Rule; threshold: Threshold }>();
  const [now, setNow] = useState<Rule[]>();
  const [done, setDone] = useState<string>();
  const rules = useAsked("rules", () => told(api.GET("/api/v1/signal-rules")));
  const all = now ?? rules.told;
  return (
    <div class="halves">
      {may("correct_work") && <LookNow />}
      <section class="panel" aria-labelledby="signal-rules">
        <h1 id="signal-rules">{t("Tìm dấu hiệu gì", "What is looked for")}</h1>
        <p class="soft">{t("Mỗi đêm chương trình tìm trong các bản ghi; không dấu hiệu nào là kết luận, và không dấu hiệu nào đổi số liệu. Ngưỡng do quản trị cấp tỉnh đặt cho cả tỉnh.", "Records are looked through every night. No signal is a verdict, and none changes a number. Administrators set the thresholds for the whole province.")}</p>
        <Done said={done} />
        {!all ? (rules.why === undefined ? <Loading /> : <Failed why={rules.why} again={rules.again} />) : (
          <ul class="cases">
            {all.map((rule) => (
              <li key={rule.rule}>
                <p><strong lang="vi">{rule.title}</strong> <span class={rule.severity === "high" ? "badge grave" : "badge calm"}>{nameOf(SEVERITIES, rule.severity)}</span></p>
                {rule.thresholds.map((threshold) => (
                  <div key={threshold.name} class="threshold">
                    <p><strong class="time">{spell(threshold.value)}</strong>{threshold.value !== threshold.default_value && <span class="soft"> {t(`(mặc định ${spell(threshold.default_value)})`, `(default ${spell(threshold.default_value)})`)}</span>} <span class="soft" lang="vi">{threshold.reason}</span></p>
                    {may("manage_signals") && <button type="button" class="quiet small" onClick={() => ask({ rule, threshold })}>{t("Đổi", "Change")}<span class="unseen"> {rule.title}, {threshold.name}</span></button>}
                  </div>
                ))}
              </li>
            ))}
          </ul>
        )}
      </section>
      {asks && <SetThreshold {...asks} close={() => ask(undefined)} done={(next) => { setNow(next); ask(undefined); setDone(t("Đã đặt ngưỡng; dấu hiệu đã nêu vẫn giữ.", "The threshold is set; what was raised stays.")); }} />}
    </div>
  );
}

function SetThreshold({ rule, threshold, close, done }: { rule: Rule; threshold: Threshold; close: () => void; done: (rules: Rule[]) => void }) {
  const [value, setValue] = useState(String(threshold.value));
  const [reason, setReason] = useState("");
  const { busy, why, run } = useDeed();
  const number = readCount(value);
  const fits = number != null && number >= threshold.least && number <= threshold.most;
  return (
    <Dialog title={rule.title} lang="vi" close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!fits) return;
          void run(async () => done(await told(api.PUT("/api/v1/signal-thresholds", { body: { rule: rule.rule, name: threshold.name, value: number, reason: reason.trim() } }))));
        }}
      >
        <p lang="vi">{threshold.reason}</p>
        <Trouble why={why} />
        <Field id="threshold" label={t(`Từ ${spell(threshold.least)} đến ${spell(threshold.most)}; mặc định ${spell(threshold.default_value)}`, `From ${spell(threshold.least)} to ${spell(threshold.most)}; ${spell(threshold.default_value)} by default`)} value={value} typed={setValue} inputMode="numeric" required fault={fits ? faultAt(why, "/value") : t("Ngoài khoảng cho phép.", "It is not within these.")} />
        <Field id="reason" label={t("Vì sao", "Why")} value={reason} typed={setReason} required maxLength={200} fault={faultAt(why, "/reason")} />
        <div class="deeds"><button disabled={busy || !fits}>{t("Đặt", "Set it")}</button></div>
      </form>
    </Dialog>
  );
}

/** Looking at once instead of tonight. */
function LookNow() {
  const units = useUnits();
  const communes = communesOf(units.told);
  const first = communes.find((one) => one.unit_id === me.value?.unit_id) ?? communes[0];
  const [within, setWithin] = useState("");
  const [days, setDays] = useState(lastDays(DAYS));
  const [found, setFound] = useState<Schemas["RaisedSignals"]>();
  const { busy, why, run } = useDeed();
  const unit = Number(within) || first?.unit_id || me.value!.unit_id;
  return (
    <section class="panel" aria-labelledby="look-now">
      <h2 id="look-now">{t("Tìm ngay", "Look now")}</h2>
      {units.why !== undefined && <Failed why={units.why} again={units.again} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setFound(undefined);
          void run(async () => setFound(await told(api.POST("/api/v1/signal-runs", { body: { within: unit, ...days } }))));
        }}
      >
        <p class="soft">{t("Chạy lại bao nhiêu lần cũng được: cùng một bằng chứng chỉ nêu một dấu hiệu.", "It may be repeated: the same evidence raises the same signal once.")}</p>
        {communes.length > 1 && (
          <Choice id="look-within" label={t("Xã, phường", "Commune")} value={String(unit)} chosen={setWithin} fault={faultAt(why, "/within")}>
            {communes.map((one) => <option key={one.unit_id} value={String(one.unit_id)}>{one.name}</option>)}
          </Choice>
        )}
        <div class="pair"><Span id="look" days={days} choose={setDays} /></div>
        <Trouble why={why} />
        <div class="deeds"><button disabled={busy}>{t("Tìm dấu hiệu", "Look for signals")}</button></div>
      </form>
      <div role="status">
        {found && <p><strong>{t(`${spell(found.raised)} dấu hiệu mới, ${spell(found.grown)} có thêm bằng chứng, ${spell(found.unchanged)} như cũ.`, `${spell(found.raised)} new signals, ${spell(found.grown)} with more to show, ${spell(found.unchanged)} as before.`)}</strong> {may("answer_signals") && <a href="#xem-xet">{t("Xem và trả lời", "See and answer")}</a>}</p>}
      </div>
    </section>
  );
}
