/** One draw: what was promised, what came of it, who checks, from what it was made; and acting on a lot that failed. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Dialog } from "../../dialog.tsx";
import { Choice, Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { may, me } from "../../session.ts";
import { spellTime, t } from "../../words.ts";
import { Listed, usePaged } from "../paged.tsx";
import { date } from "../report/numbers.ts";
import { nameOf, spell } from "../state.ts";
import { WHOSE } from "./campaign-targets.tsx";
import { type Draw, DrawState, spellShare } from "./trust.tsx";
import { Verifiers } from "./verifiers.tsx";

type Action = Schemas["LotAction"];

const PAGE = 50;
const ACTIONS: [Action, string][] = [
  ["retrain", t("Đã hướng dẫn lại người ghi", "Those who recorded were shown how")],
  ["recount", t("Đã rà lại các bản ghi của lô", "The records of the lot were gone through")],
  ["release", t("Gỡ ngờ: lô tin được trở lại", "Release it: the lot is in doubt no more")],
];

interface Props {
  draw: Draw;
  name: string;
  isOwn: boolean;
  close: () => void;
  acted: (said: string) => void;
}

export function OneDraw({ draw, name, isOwn, close, acted }: Props) {
  const facts: [string, string | null | undefined][] = [
    [t("Lô", "Lot"), t(`${spell(draw.lot_size)} bản ghi, kiểm ${spell(draw.sample_size)}`, `${spell(draw.lot_size)} records, ${spell(draw.sample_size)} checked`)],
    [t("Kết quả gọi lại", "Call-backs"), t(`${spell(draw.confirmed)} xác nhận, ${spell(draw.failures)} sai (cho phép ${spell(draw.failures_max)}), ${spell(draw.not_reachable)} không gặp được`, `${spell(draw.confirmed)} confirmed, ${spell(draw.failures)} failed (${spell(draw.failures_max)} allowed), ${spell(draw.not_reachable)} not reached`)],
    ...(draw.passes?.length ? [[t("Lọt qua nếu sai", "Passes if so many are wrong"), draw.passes.map((pass) => `${pass.wrong_percent} %: ${spellShare(pass.chance)}`).join("; ")] as [string, string]] : []),
    [t("Cam kết lúc", "Promised"), spellTime(draw.committed_at)],
    [t("Mã cam kết", "Commitment"), draw.commitment],
    [t("Hạt giống", "Seed"), draw.seed ?? t("nói ra khi tuần đã hết", "told when the week is over")],
  ];
  return (
    <Dialog title={t(`${name}, ${nameOf(WHOSE, draw.mass_union)}, tuần từ ${date(draw.week_on)}`, `${name}, ${nameOf(WHOSE, draw.mass_union)}, week of ${date(draw.week_on)}`)} close={close} wide>
      <p><DrawState state={draw.state} /></p>
      <dl class="sent">{facts.map(([word, value]) => <div key={word}><dt>{word}</dt><dd>{value}</dd></div>)}</dl>
      {draw.state === "failed" && (isOwn && may("correct_work") ? <Act draw={draw} acted={acted} /> : <p class="warn">{t("Trưởng nhóm của xã hay Tổ công tác xử lý lô này.", "A lead of the commune or a commander acts on this lot.")}</p>)}
      {draw.sample_size > 0 && isOwn && may("correct_work") && <Verifiers draw={draw} />}
      <details class="history">
        <summary>{t("Rút từ những bản ghi nào", "From which records it was drawn")}</summary>
        <p class="soft">{t("Ai cũng rút lại được: đúng hạt giống này cho đúng thứ tự này. Trên máy chủ: ", "Anybody can draw again: this seed gives this order. On the server: ")}<code>api verification redraw --draw {draw.draw_id}</code></p>
        <Frame id={draw.draw_id} />
      </details>
    </Dialog>
  );
}

function Act({ draw, acted }: { draw: Draw; acted: Props["acted"] }) {
  // Nobody clears their own.
  const mayRelease = me.value?.mass_union !== draw.mass_union;
  const [action, setAction] = useState<Action>("retrain");
  const [reason, setReason] = useState("");
  const { busy, why, run } = useDeed();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          await told(api.POST("/api/v1/draws/{draw_id}/actions", { params: { path: { draw_id: draw.draw_id } }, body: { action, reason: reason.trim() } }));
          acted(action === "release" ? t("Đã gỡ ngờ: lô tin được trở lại.", "The lot is released.") : t("Đã ghi việc làm; lô còn ngờ cho đến khi được gỡ.", "It is written down; the lot stays in doubt until it is released."));
        });
      }}
    >
      <h3>{t("Đã làm gì với lô này", "What was done about this lot")}</h3>
      <Trouble why={why} />
      <Choice id="lot-action" label={t("Việc đã làm", "What was done")} value={action} chosen={(word) => setAction(word as Action)}>
        {ACTIONS.filter(([word]) => word !== "release" || mayRelease).map(([word, title]) => <option key={word} value={word}>{title}</option>)}
      </Choice>
      {!mayRelease && <p class="soft">{t("Lô của chính đoàn, hội mình: trưởng nhóm bên kia hoặc Tổ công tác gỡ ngờ.", "It is your own union's: a lead of the other one, or a commander, releases it.")}</p>}
      <Field id="lot-reason" label={t("Làm thế nào, thấy gì (không ghi tên)", "How, and what was found (no names)")} value={reason} typed={setReason} required maxLength={300} fault={faultAt(why, "/reason")} />
      <div class="deeds"><button disabled={busy}>{t("Ghi", "Write it")}</button></div>
    </form>
  );
}

function Frame({ id }: { id: string }) {
  const list = usePaged(`frame ${id}`, (cursor) => told(api.GET("/api/v1/draws/{draw_id}/frame", { params: { path: { draw_id: id }, query: { cursor, limit: PAGE } } })));
  return (
    <Listed list={list} empty={t("Chưa có bản ghi nào: tuần chưa hết.", "There is no record yet: the week is not over.")}>
      {(rows) => (
        <ol class="columns frame">
          {rows.map((one) => <li key={one.op_id}>{one.position != null && <strong>{one.position}. </strong>}{may("correct_work") ? <a href={`#quan-ly/ban-ghi/${one.op_id}`}>{one.op_id.slice(-12)}</a> : one.op_id.slice(-12)}{one.is_drawn && <span class="good"> {t("được kiểm", "checked")}</span>}</li>)}
        </ol>
      )}
    </Listed>
  );
}
