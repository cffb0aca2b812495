/** More places in one slot, with a reason. */
import { useState } from "preact/hooks";

import { api, told, uuid } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Choice, Field, faultAt, Trouble, useDeed } from "../kit.tsx";
import { day as dayOf, hour, t } from "../words.ts";
import { office } from "./state.ts";

export function Extra() {
  const { office_id } = office.value!;
  const today = dayOf(new Date());
  const [on, setOn] = useState(today);
  const [start, setStart] = useState("");
  const [places, setPlaces] = useState("1");
  const [reason, setReason] = useState("");
  const [done, setDone] = useState("");
  const { busy, why, run } = useDeed();
  const slots = useAsked(on, () => told(api.GET("/api/v1/offices/{office_id}/slots", { params: { path: { office_id }, query: { on } } })));
  const coming = slots.told?.slots.filter((one) => Date.parse(one.ends_at) > Date.now()) ?? [];
  const chosen = coming.find((one) => one.starts_at === start) ?? coming[0];
  const add = () =>
    run(async () => {
      if (!chosen) return;
      setDone("");
      const params = { path: { office_id }, query: { dry_run: false }, header: { "Idempotency-Key": uuid() } };
      await told(api.PUT("/api/v1/offices/{office_id}/extra-places", { params, body: { starts_at: chosen.starts_at, places: Number(places), reason } }));
      const [at, extra] = [hour(chosen.starts_at), Number(places)];
      setDone(extra === 0 ? t(`Khung ${at} không còn chỗ tăng thêm.`, `${at} has no extra places any more.`) : t(`Khung ${at} có thêm ${extra} chỗ.`, `${at} has ${extra} more.`));
      setReason("");
      slots.again();
    });
  return (
    <section class="panel" aria-labelledby="extra">
      <h2 id="extra">{t("Tăng thêm chỗ cho một khung giờ", "More places in one slot")}</h2>
      <Trouble why={why} />
      <Trouble why={slots.why} again={slots.again} />
      {done && <p class="notice done" role="status">{done}</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <div class="pair">
          <Field id="extra-on" label={t("Ngày", "Day")} type="date" value={on} typed={setOn} min={today} required />
          <Choice id="extra-slot" label={t("Khung giờ", "Slot")} value={chosen?.starts_at ?? ""} chosen={setStart}>
            {coming.length === 0 && <option value="">{t("Không còn khung giờ nào", "No slot is left")}</option>}
            {coming.map((one) => <option key={one.starts_at} value={one.starts_at}>{hour(one.starts_at)} · {t(`còn ${one.free} chỗ`, `${one.free} free`)}</option>)}
          </Choice>
        </div>
        <Field id="extra-places" label={t("Thêm mấy chỗ (0: bỏ chỗ đã thêm)", "How many (0 takes them back)")} type="number" value={places} typed={setPlaces} min="0" max="50" required fault={faultAt(why, "/places")} />
        <Field id="extra-reason" label={t("Lý do", "Reason")} value={reason} typed={setReason} maxLength={300} required fault={faultAt(why, "/reason")} />
        <button disabled={busy || !chosen}>{t("Tăng thêm chỗ", "Add places")}</button>
      </form>
    </section>
  );
}
