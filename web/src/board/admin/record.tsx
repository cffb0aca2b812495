/** One record with everything that was done to it, and what may be done next. */
import { useState } from "preact/hooks";

import { api, deviceId, type Schemas, told, uuid } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Dialog } from "../../dialog.tsx";
import { Field, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { usePress } from "../../press.ts";
import { me } from "../../session.ts";
import { spellTime, t } from "../../words.ts";
import { date } from "../report/numbers.ts";
import { Correct } from "./correct.tsx";
import { nameOfAccount, type People } from "./people.ts";
import { Failed } from "./pieces.tsx";
import { spellAct, Standing } from "./records.tsx";
import { labelOf, type Units } from "./units.ts";

export type Detail = Schemas["RecordedActDetail"];

const HOLDERS: Record<string, string> = { own: t("máy của chính họ", "their own phone"), family: t("máy của người nhà", "a family member's phone"), helper: t("máy của người giúp", "a helper's phone") };

interface Props {
  id: string;
  people: People;
  units: Units;
  open: (id: string) => void;
  close: () => void;
  done: (next: { said: string; undo?: () => void }) => void;
}

export function OneRecord({ id, people, units, open, close, done }: Props) {
  const found = useAsked(`record ${id}`, () => told(api.GET("/api/v1/records/{target_op_id}", { params: { path: { target_op_id: id } } })));
  const [does, setDoes] = useState<"correct" | "void">("correct");
  if (!found.told) return <Dialog title={t("Bản ghi", "A record")} close={close}>{found.why === undefined ? <Loading /> : <Failed why={found.why} again={found.again} />}</Dialog>;
  const { act, voids, corrects } = found.told;
  const inForce = voids.filter((one) => !one.undone_at);
  return (
    <Dialog title={spellAct(act)} close={close} wide>
      <p>{labelOf(units, act.village_id)}, {date(act.on_day)}{act.device_holder && <>, {HOLDERS[act.device_holder] ?? act.device_holder}</>} <Standing act={act} /><br /><span class="soft">{t("Người ghi:", "By")} {nameOfAccount(people, act.author_id)}; {t("máy chủ nhận", "received")} {spellTime(act.received_at)}</span></p>
      {corrects && <p>{t("Bản này đứng thay cho một bản đã sửa.", "This stands in the place of one that was corrected.")} <button type="button" class="link" onClick={() => open(corrects)}>{t("Xem bản cũ", "See that one")}</button></p>}
      {voids.length > 0 && (
        <>
          <h3>{t("Đã làm gì với bản ghi này", "What was done to it")}</h3>
          <ol class="cases">
            {voids.map((one) => (
              <li key={one.void_op_id}>
                <p><strong>{one.instead ? t("Sửa", "Corrected") : t("Hủy", "Taken back")}</strong>: {one.reason}<br /><span class="soft">{nameOfAccount(people, one.voided_by)}, {spellTime(one.voided_at)}</span> {one.instead && !one.undone_at && <button type="button" class="link" onClick={() => open(one.instead!)}>{t("Xem bản thay", "See what stands instead")}</button>}</p>
                {one.undone_at && <p><strong>{t("Khôi phục", "Reinstated")}</strong>: {one.undo_reason}<br /><span class="soft">{one.undone_by && nameOfAccount(people, one.undone_by)}, {spellTime(one.undone_at)}</span></p>}
              </li>
            ))}
          </ol>
        </>
      )}
      {!act.voided ? (
        <>
          <div class="deeds tabs-like" role="group" aria-label={t("Làm gì", "What to do")}>
            <button type="button" class={does === "correct" ? "small" : "quiet small"} aria-pressed={does === "correct"} onClick={() => setDoes("correct")}>{t("Sửa", "Correct")}</button>
            <button type="button" class={does === "void" ? "small" : "quiet small"} aria-pressed={does === "void"} onClick={() => setDoes("void")}>{t("Hủy", "Take back")}</button>
          </div>
          {does === "correct" ? <Correct act={act} units={units} done={done} /> : <TakeBack id={id} done={done} />}
        </>
      ) : inForce.some((one) => one.voided_by === act.author_id) ? (
        <p class="soft">{t("Chính người ghi đã hủy nên không ai khôi phục được; họ ghi lại nếu cần.", "Its author took it back, so that nobody else reinstates it; they record it anew.")}</p>
      ) : <Reinstate id={id} done={done} />}
    </Dialog>
  );
}

/** Lets a record stand again, once under this key. */
export async function reinstate(id: string, reason: string, key: string): Promise<void> {
  await told(api.POST("/api/v1/records/{target_op_id}/reinstatement", { params: { path: { target_op_id: id }, header: { "Idempotency-Key": key } }, body: { reason } }));
}

function Reinstate({ id, done }: { id: string; done: Props["done"] }) {
  const [reason, setReason] = useState("");
  const { busy, why, run } = useDeed();
  const press = usePress();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          await press([id, reason], (key) => reinstate(id, reason, key));
          done({ said: t("Đã khôi phục: bản ghi lại có hiệu lực, số đếm như trước.", "Reinstated: the record stands again, with every count as before.") });
        });
      }}
    >
      <h3>{t("Khôi phục", "Reinstate")}</h3>
      <p class="soft">{t("Bản ghi lại có hiệu lực như chưa từng bị hủy hay sửa. Người ghi đọc được lý do.", "It stands again as if it had never been taken back or corrected. The author reads why.")}</p>
      <Trouble why={why} />
      <Field id="reason" label={t("Vì sao (không ghi tên công dân)", "Why (no names of citizens)")} value={reason} typed={setReason} required maxLength={200} fault={faultAt(why, "/reason")} />
      <button disabled={busy}>{t("Khôi phục bản ghi", "Reinstate the record")}</button>
    </form>
  );
}

/** Takes a record back: an operation of one's own, as a phone would send it. */
function TakeBack({ id, done }: { id: string; done: Props["done"] }) {
  const [reason, setReason] = useState("");
  const [refused, setRefused] = useState<string>();
  const [op_id] = useState(uuid);
  const { busy, why, run } = useDeed();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setRefused(undefined);
        void run(async () => {
          const now = new Date().toISOString();
          const operation = { op_id, kind: "void", author_id: me.value!.account_id, recorded_at: now, target_op_id: id, reason };
          const answer = await told(api.POST("/api/v1/corrections", { body: { device_id: deviceId(), client_time: now, operation } }));
          const result = answer.result === "replayed" ? answer.original_result : answer.result;
          if (result !== "applied") {
            setRefused(answer.message ?? result ?? "");
            return;
          }
          const key = uuid();
          const undo = () => void reinstate(id, t("Hoàn tác: hủy nhầm", "Undone: taken back by mistake"), key).then(() => done({ said: t("Đã khôi phục bản ghi.", "The record stands again.") }), () => done({ said: t("Chưa khôi phục được: mở bản ghi để thử lại.", "It could not be reinstated: open the record to try again.") }));
          done({ said: t("Đã hủy bản ghi: không tính nữa.", "The record is taken back: it counts no longer."), undo });
        });
      }}
    >
      <p class="soft">{t("Bản ghi không tính nữa nhưng vẫn được giữ; khôi phục được lúc nào cũng được.", "It counts no longer, is kept, and may be reinstated at any time.")}</p>
      <Trouble why={why} />
      {refused !== undefined && <p class="notice" role="alert">{refused}</p>}
      <Field id="reason" label={t("Vì sao (không ghi tên công dân)", "Why (no names of citizens)")} value={reason} typed={setReason} required maxLength={200} />
      <button class="quiet danger" disabled={busy}>{t("Hủy bản ghi", "Take the record back")}</button>
    </form>
  );
}
