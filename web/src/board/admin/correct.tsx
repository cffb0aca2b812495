/** Putting a record right: what is changed takes its place, the person and the author stay. */
import { useState } from "preact/hooks";

import { api, type Schemas, told, uuid } from "../../api.ts";
import { outcomeName, REASONS } from "../../app/terms.ts";
import { Choice, Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { usePress } from "../../press.ts";
import { day, t } from "../../words.ts";
import { STAGES } from "../state.ts";
import { PickUnit } from "./pieces.tsx";
import { reinstate } from "./record.tsx";
import type { Act } from "./records.tsx";
import type { Units } from "./units.ts";

/** How long before it was received a record may have been done, in days. */
const CLAIM_DAYS = 7;
const DAY_MS = 86_400_000;

const HOLDERS: [Schemas["DeviceHolder"], string][] = [
  ["own", t("của chính họ", "their own")],
  ["family", t("của người nhà", "a family member's")],
  ["helper", t("của người giúp (không tính)", "a helper's (not counted)")],
];
const ON_A_PHONE = ["installed", "level1_activated", "level2_activated"];

export function Correct({ act, units, done }: { act: Act; units: Units; done: (next: { said: string; undo?: () => void }) => void }) {
  const [village, setVillage] = useState<number | undefined>(act.village_id);
  const [stage, setStage] = useState(act.stage ?? "");
  const [holder, setHolder] = useState(act.device_holder ?? "");
  const [outcome, setOutcome] = useState(act.outcome ?? "");
  const [onDay, setOnDay] = useState(act.on_day);
  const [reason, setReason] = useState("");
  const { busy, why, run } = useDeed();
  const press = usePress();
  const isOnAPhone = ON_A_PHONE.includes(stage);
  const body = {
    village_id: village === act.village_id ? undefined : village,
    stage: act.stage && stage !== act.stage ? (stage as Schemas["Stage"]) : undefined,
    device_holder: isOnAPhone && holder && holder !== act.device_holder ? (holder as Schemas["DeviceHolder"]) : undefined,
    outcome: act.outcome && outcome !== act.outcome ? (outcome as Schemas["VisitOutcome"]) : undefined,
    on_day: onDay === act.on_day ? undefined : onDay,
  };
  const isChanged = Object.values(body).some((one) => one !== undefined);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          const whole = { ...body, reason };
          await press(whole, (key) => told(api.POST("/api/v1/records/{target_op_id}/correction", { params: { path: { target_op_id: act.op_id }, header: { "Idempotency-Key": key } }, body: whole })));
          const key = uuid();
          const undo = () => void reinstate(act.op_id, t("Hoàn tác: sửa nhầm", "Undone: corrected by mistake"), key).then(() => done({ said: t("Đã hoàn tác: bản cũ lại có hiệu lực.", "Undone: the first record stands again.") }), () => done({ said: t("Chưa hoàn tác được: mở bản cũ để khôi phục.", "It could not be undone: open the first record to reinstate it.") }));
          done({ said: t("Đã sửa: bản mới đứng thay bản cũ, người ghi không đổi.", "Corrected: another record stands in its place, by the same author."), undo });
        });
      }}
    >
      <Trouble why={why} />
      <PickUnit id="village" label={t("Thôn, khu phố", "Village")} units={units} among={(one) => one.level === "village"} chosen={village} choose={setVillage} fault={faultAt(why, "/village_id")} />
      <div class="pair">
        {act.stage && <Choice id="stage" label={t("Bước", "Step")} value={stage} chosen={setStage} fault={faultAt(why, "/stage")}>{STAGES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}</Choice>}
        {isOnAPhone && (
          <Choice id="holder" label={t("Máy", "Phone")} value={holder} chosen={setHolder} fault={faultAt(why, "/device_holder")}>
            {!act.device_holder && <option value="">{t("chọn máy của ai", "choose whose")}</option>}
            {HOLDERS.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
          </Choice>
        )}
        {act.outcome && <Choice id="outcome" label={t("Kết quả", "Outcome")} value={outcome} chosen={setOutcome} fault={faultAt(why, "/outcome")}>{["done", ...REASONS].map((word) => <option key={word} value={word}>{outcomeName(word)}</option>)}</Choice>}
        <Field id="on-day" type="date" label={t("Ngày làm", "Day")} value={onDay} typed={setOnDay} min={day(new Date(Date.parse(act.received_at) - CLAIM_DAYS * DAY_MS))} max={day(act.received_at)} required fault={faultAt(why, "/on_day")} />
      </div>
      <Field id="reason" label={t("Vì sao (không ghi tên công dân; người ghi đọc được)", "Why (no names of citizens; the author reads it)")} value={reason} typed={setReason} required maxLength={200} fault={faultAt(why, "/reason")} />
      <button disabled={busy || !isChanged || village === undefined}>{t("Ghi bản sửa", "Write the correction")}</button>
    </form>
  );
}
