/** Another day for whoever stands at the desk: booked in one press, or moved where they are booked already; their codes are printed. */
import { useRef, useState } from "preact/hooks";

import { api, deviceId, Refused, type Schemas, told } from "../api.ts";
import { isComplete, NOBODY, PersonFields, type Typed, visitorOf } from "../booking/person.tsx";
import { PrintSlip } from "../booking/slip.tsx";
import { Choice, Field, Trouble } from "../kit.tsx";
import { day as dayOf, spellTime, t } from "../words.ts";
import { SlotChoice, useSlotChoice } from "./slot-choice.tsx";
import { busy, deed, office, readBookedAnew, trouble } from "./state.ts";

/** What they go home with; no secret where the one that they have stays good. */
interface Slip {
  code: string;
  starts_at: string;
  secret?: string | null;
}

const DAY_MS = 86_400_000;

/** Who vouches for somebody with the card says that they agreed: they did not press it themselves. */
const spoken = (typed: Typed): Schemas["Visitor"] => ({ ...visitorOf(typed), consent: typed.consent ? "spoken" : "none" });

export function BookAhead({ idNumber, close }: { idNumber: string | undefined; close: () => void }) {
  const { office_id, services } = office.value!;
  const [service, setService] = useState(services[0]?.service_code ?? "");
  const [on, setOn] = useState(dayOf(new Date(Date.now() + DAY_MS)));
  const [typed, setTyped] = useState<Typed>({ ...NOBODY, idNumber: idNumber ?? "" });
  const [judged, setJudged] = useState(false);
  const [booked, setBooked] = useState<Slip>();
  // What was held and not answered is confirmed as it was: it may be booked already.
  const held = useRef<string | undefined>(undefined);
  const choice = useSlotChoice(office_id, on, service);
  const why = trouble.value?.at === "dialog" ? trouble.value : undefined;
  const isBooked = why?.why instanceof Refused && why.why.code === "already-booked";
  const { id_number, name } = visitorOf(typed);
  const send = async (confirm: (hold_token: string, key: string) => Promise<Slip>, said: (at: string) => string) => {
    setJudged(true);
    const starts_at = choice.slot?.starts_at;
    if (!isComplete(typed)) return document.querySelector<HTMLElement>("dialog [aria-invalid=true]")?.focus();
    if (!starts_at) return;
    held.current = undefined;
    const done = await deed("dialog", async (key) => {
      const wish = { office_id, starts_at, service_code: service, id_numbers: [id_number], device_id: deviceId() };
      held.current ??= (await told(api.POST("/api/v1/holds", { body: wish }))).hold_token;
      setBooked(await confirm(held.current, key));
      readBookedAnew();
      return said(spellTime(starts_at));
    });
    // Somebody else may have the place by now.
    if (!done) choice.again();
  };
  const book = () =>
    send(async (hold_token, key) => {
      const params = { header: { "Idempotency-Key": key } };
      const body = { hold_token, service_code: service, visitors: [spoken(typed)] };
      return (await told(api.POST("/api/v1/appointments", { params, body }))).appointments[0]!;
    }, (at) => t(`Đã đặt hẹn cho ${name}: ${at}.`, `Booked ${name}: ${at}.`));
  const move = () =>
    send(async (hold_token, key) => {
      const { appointments } = await told(api.POST("/api/v1/appointments/by-card/find", { body: { card_number: id_number } }));
      const one = appointments.find(({ status, service_code }) => service_code === service && (status === "booked" || status === "conflict"));
      const params = { header: { "Idempotency-Key": key } };
      const body = { card_number: id_number, appointment_id: one?.appointment_id ?? "", hold_token };
      return told(api.POST("/api/v1/appointments/by-card/move", { params, body }));
    }, (at) => t(`Đã chuyển lịch hẹn của ${name} sang ${at}.`, `Moved ${name} to ${at}.`));
  if (booked) return <Codes one={booked} close={close} />;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void book();
      }}
    >
      <Trouble why={why?.why} again={why?.again}>
        {isBooked && (
          <>
            <p>{t("Người có thẻ đang ở đây thì đổi được ngay; mã hẹn và mã bí mật vẫn như cũ.", "With the person and the card here it can be moved at once; both codes stay as they are.")}</p>
            <button type="button" class="small" disabled={busy.value || !choice.slot} onClick={() => void move()}>{t("Chuyển lịch hẹn đó sang giờ này", "Move that one to this hour")}</button>
          </>
        )}
      </Trouble>
      <Choice id="ahead-service" label={t("Thủ tục", "Service")} value={service} chosen={setService}>
        {services.map((one) => <option key={one.service_code} value={one.service_code}>{one.name}</option>)}
      </Choice>
      <div class="pair">
        <Field id="ahead-on" label={t("Ngày", "Day")} type="date" value={on} typed={setOn} min={dayOf(new Date())} required />
        <SlotChoice id="ahead-slot" choice={choice} />
      </div>
      <PersonFields index={0} of={1} typed={typed} change={setTyped} judged={judged} why={why?.why} byOther />
      <button disabled={busy.value || !choice.slot}>{busy.value ? t("Đang đặt…", "Booking…") : t("Đặt giờ này", "Book this hour")}</button>
    </form>
  );
}

function Codes({ one: { code, secret, starts_at }, close }: { one: Slip; close: () => void }) {
  return (
    <>
      <p><strong>{spellTime(starts_at)}</strong><br />{office.value!.name}</p>
      <dl class="pair codes">
        <div><dt>{t("Mã lịch hẹn", "Code")}</dt><dd class="code">{code}</dd></div>
        {secret && <div><dt>{t("Mã bí mật", "Secret")}</dt><dd class="code">{secret}</dd></div>}
      </dl>
      <p class="soft">{secret ? t("Chỉ đưa hai mã này cho người có thẻ: có mã bí mật là đổi, hủy được.", "Give these to the person with the card only: whoever has the secret may move or cancel it.") : t("Mã bí mật trên phiếu cũ vẫn dùng được.", "The secret on their old slip is still good.")}</p>
      <div class="deeds">
        {secret && <PrintSlip code={code} secret={secret} />}
        <button type="button" class="quiet" onClick={close}>{t("Xong", "Done")}</button>
      </div>
    </>
  );
}
