/** Somebody who cancelled too often may book again: an officer answers for them, for some hours and with a reason. */
import { useState } from "preact/hooks";

import { api, told } from "../api.ts";
import { digitsOf } from "../citizen.ts";
import { Field, faultAt, Trouble, useDeed } from "../kit.tsx";
import { spellTime, t } from "../words.ts";

export function Lift() {
  const [idNumber, setId] = useState("");
  const [hours, setHours] = useState("24");
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState<string>();
  const { busy, why, run } = useDeed();
  const lift = () =>
    run(async () => {
      setUntil(undefined);
      const lifted = await told(api.POST("/api/v1/booking-limits/lifts", { body: { id_number: digitsOf(idNumber), hours: Number(hours), reason: reason.trim() } }));
      // The number is nobody's business once it was sent.
      setId("");
      setReason("");
      setUntil(lifted.until);
    });
  return (
    <section class="panel" aria-labelledby="lift">
      <h2 id="lift">{t("Gỡ hạn chế cho người hủy nhiều lần", "Let somebody book who cancelled often")}</h2>
      <Trouble why={why} />
      {until && <p class="notice done" role="status">{t(`Người này tự đặt được đến ${spellTime(until)}.`, `They may book by themselves until ${spellTime(until)}.`)}</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void lift();
        }}
      >
        <div class="pair">
          <Field id="lift-id" label={t("Số định danh (12 số)", "ID number (12 digits)")} value={idNumber} typed={setId} inputMode="numeric" autocomplete="off" maxLength={20} required fault={faultAt(why, "/id_number")} />
          <Field id="lift-hours" label={t("Trong bao nhiêu giờ", "For how many hours")} type="number" value={hours} typed={setHours} min="1" max="168" required fault={faultAt(why, "/hours")} />
        </div>
        <Field id="lift-reason" label={t("Vì sao (để lưu)", "Why (for the record)")} value={reason} typed={setReason} maxLength={300} required fault={faultAt(why, "/reason")} />
        <button disabled={busy}>{t("Gỡ hạn chế", "Lift it")}</button>
      </form>
    </section>
  );
}
