/** People who lost their places: each gets another one, or is cancelled, and nobody is forgotten. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Choice, Field, Loading, Trouble, useDeed } from "../kit.tsx";
import { Dialog } from "../dialog.tsx";
import { day as dayOf, spellTime, t } from "../words.ts";
import { SlotChoice, useSlotChoice } from "./slot-choice.tsx";
import { type Appointment, office, offices, serviceName } from "./state.ts";

export function Conflicts() {
  const { office_id } = office.value!;
  const [chosen, choose] = useState<Appointment>();
  const list = useAsked("conflicts", () => told(api.GET("/api/v1/offices/{office_id}/desk/conflicts", { params: { path: { office_id } } })));
  const people = list.told?.appointments;
  return (
    <section class="panel" aria-labelledby="conflicts">
      <h2 id="conflicts">{t("Cần xếp lại giờ", "Need another time")}{people && people.length > 0 && ` (${people.length})`}</h2>
      {!people && (list.why === undefined ? <Loading /> : <Trouble why={list.why} again={list.again} />)}
      {people?.length === 0 && <p class="empty">{t("Không ai mất chỗ.", "Nobody is without a place.")}</p>}
      <ul class="short">
        {people?.map((one) => (
          <li key={one.appointment_id}>
            <strong class="code-cell">{one.code}</strong>
            <span>{one.name} <span class="soft">…{one.id_tail}{one.phone_masked && `, ${one.phone_masked}`}</span><br /><span class="soft">{t("trước hẹn", "was")} {spellTime(one.starts_at)}</span></span>
            <button type="button" class="quiet small" onClick={() => choose(one)}>{t("Xếp lại", "Resolve")}</button>
          </li>
        ))}
      </ul>
      {chosen && (
        <Resolve
          one={chosen} close={() => choose(undefined)}
          done={() => {
            choose(undefined);
            list.again();
          }}
        />
      )}
    </section>
  );
}

function Resolve({ one, close, done }: { one: Appointment; close: () => void; done: () => void }) {
  const { office_id } = office.value!;
  const [to, setTo] = useState(String(office_id));
  const [on, setOn] = useState(dayOf(new Date()));
  const { busy, why, run } = useDeed();
  const choice = useSlotChoice(Number(to), on, one.service_code);
  const { slot } = choice;
  const resolve = (body: Schemas["ResolveConflict"]) =>
    run(async () => {
      const path = "/api/v1/offices/{office_id}/desk/conflicts/{appointment_id}/resolve";
      await told(api.POST(path, { params: { path: { office_id, appointment_id: one.appointment_id } }, body }));
      done();
    });
  return (
    <Dialog title={`${one.code} ${one.name}`} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (slot) void resolve({ resolution: "move", office_id: Number(to), starts_at: slot.starts_at });
        }}
      >
        <p>{serviceName(one.service_code)}. <span class="soft">{t("Người đặt chung đi cùng nhau. Được dùng cả chỗ dành cho người không hẹn.", "Those booked together stay together. Walk-in places may be used.")}</span></p>
        <Trouble why={why} />
        {(offices.value?.length ?? 0) > 1 && (
          <Choice id="resolve-office" label={t("Điểm tiếp nhận", "Office")} value={to} chosen={setTo}>
            {offices.value?.map((each) => <option key={each.office_id} value={String(each.office_id)}>{each.name}</option>)}
          </Choice>
        )}
        <Field id="resolve-on" label={t("Ngày", "Day")} type="date" value={on} typed={setOn} min={dayOf(new Date())} required />
        <SlotChoice id="resolve-slot" choice={choice} />
        <div class="deeds">
          <button disabled={busy || !slot}>{t("Chuyển đến giờ này", "Move there")}</button>
          <button type="button" class="quiet danger" disabled={busy} onClick={() => void resolve({ resolution: "cancel" })}>{t("Hủy, người này thôi không đến", "Cancel")}</button>
        </div>
      </form>
    </Dialog>
  );
}
