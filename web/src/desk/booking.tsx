/** The person with the card wins: new codes, another hour, or away with what others booked in their name. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../api.ts";
import { PrintSlip } from "../booking/slip.tsx";
import { Field } from "../kit.tsx";
import { day as dayOf, spellTime, t } from "../words.ts";
import { SlotChoice, useSlotChoice } from "./slot-choice.tsx";
import { type Appointment, busy, deed, office, readBookedAnew } from "./state.ts";

type Step = "choose" | "move" | "void";

export function Booking({ one, close }: { one: Appointment; close: () => void }) {
  const [step, go] = useState<Step>("choose");
  const [codes, setCodes] = useState<Schemas["ReissuedKey"]>();
  const params = { path: { office_id: office.value!.office_id, appointment_id: one.appointment_id } };
  const reissue = () =>
    deed("dialog", async () => {
      setCodes(await told(api.POST("/api/v1/offices/{office_id}/desk/appointments/{appointment_id}/reissue", { params })));
      return t(`Đã cấp mã mới cho ${one.name}; mã cũ hết hiệu lực.`, `New codes for ${one.name}; the old secret has ended.`);
    });
  const cancel = async () => {
    const done = await deed("dialog", async () => {
      await told(api.POST("/api/v1/offices/{office_id}/desk/appointments/{appointment_id}/void", { params }));
      readBookedAnew();
      return t(`Đã hủy lịch hẹn ${one.code} của ${one.name}.`, `Cancelled ${one.code} of ${one.name}.`);
    });
    if (done) close();
  };
  if (codes)
    return (
      <>
        <p>{t("Mã cũ không còn dùng được. Chỉ đưa hai mã này cho người có thẻ.", "The old secret no longer works. Give these to the person with the card only.")}</p>
        <dl class="pair codes">
          <div><dt>{t("Mã lịch hẹn", "Code")}</dt><dd class="code">{codes.code}</dd></div>
          <div><dt>{t("Mã bí mật", "Secret")}</dt><dd class="code">{codes.secret}</dd></div>
        </dl>
        <div class="deeds"><PrintSlip {...codes} /></div>
      </>
    );
  if (step === "move") return <MoveHere one={one} close={close} />;
  if (step === "void")
    return (
      <>
        <p>{t("Chỗ này được trả lại cho người khác, và chủ số điện thoại trên lịch hẹn được báo. Không lấy lại được.", "The place goes to somebody else, and whoever has the phone of the booking is told. It cannot be taken back.")}</p>
        <div class="deeds">
          <button type="button" class="grave" disabled={busy.value} onClick={() => void cancel()}>{t("Hủy lịch hẹn này", "Cancel this booking")}</button>
          <button type="button" class="quiet" onClick={() => go("choose")}>{t("Thôi", "Back")}</button>
        </div>
      </>
    );
  return (
    <>
      <p class="soft">{t("Chỉ khi người có thẻ đang đứng ở quầy. Mọi việc ở đây đều được ghi lại.", "Only while the person with the card stands here. Everything is written down.")}</p>
      <ul class="picks">
        <li><button type="button" class="quiet" autofocus disabled={busy.value} onClick={() => void reissue()}><strong>{t("Cấp lại mã", "New codes")}</strong><span class="soft">{t("Mất phiếu, mất mã bí mật", "The slip or the secret is lost")}</span></button></li>
        <li><button type="button" class="quiet" onClick={() => go("move")}><strong>{t("Đổi sang giờ khác ở đây", "Another hour here")}</strong><span class="soft">{t("Được dùng cả chỗ dành cho người không hẹn", "Walk-in places may be used")}</span></button></li>
        <li><button type="button" class="quiet danger" onClick={() => go("void")}><strong>{t("Người có thẻ không đặt lịch này", "The person with the card did not book it")}</strong><span class="soft">{t("Hủy lịch hẹn do người khác đặt", "Cancels what somebody else booked")}</span></button></li>
      </ul>
    </>
  );
}

function MoveHere({ one, close }: { one: Appointment; close: () => void }) {
  const { office_id } = office.value!;
  const [on, setOn] = useState(dayOf(new Date()));
  const choice = useSlotChoice(office_id, on, one.service_code);
  const move = async () => {
    const starts_at = choice.slot?.starts_at;
    if (!starts_at) return;
    const done = await deed("dialog", async () => {
      const params = { path: { office_id, appointment_id: one.appointment_id } };
      await told(api.POST("/api/v1/offices/{office_id}/desk/appointments/{appointment_id}/move", { params, body: { starts_at } }));
      readBookedAnew();
      return t(`Đã đổi lịch hẹn của ${one.name} sang ${spellTime(starts_at)}.`, `Moved ${one.name} to ${spellTime(starts_at)}.`);
    });
    if (done) close();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void move();
      }}
    >
      <p class="soft">{t("Đang hẹn", "Booked for")} {spellTime(one.starts_at)}</p>
      <Field id="move-on" label={t("Ngày", "Day")} type="date" value={on} typed={setOn} min={dayOf(new Date())} required />
      <SlotChoice id="move-slot" choice={choice} />
      <button disabled={busy.value || !choice.slot}>{t("Chuyển đến giờ này", "Move there")}</button>
    </form>
  );
}
