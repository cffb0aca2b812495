/** Booking by the hour for somebody who stands there, in one's own name: whoever vouches for them finds every free place. Only with a network. */
import { useRef, useState } from "preact/hooks";

import { deviceId, Refused, type Schemas, uuid } from "../api.ts";
import { Confirm } from "../booking/confirm.tsx";
import { NOBODY as NO_VISITOR } from "../booking/person.tsx";
import { FoundSlots, type NearSlot, Where } from "../booking/slots.tsx";
import { digitsOf } from "../citizen.ts";
import { Heading, Trouble, useDeed } from "../kit.tsx";
import { t } from "../words.ts";
import { units } from "./pull.ts";
import { asked, me } from "./session.ts";
import { keepSlips, lookUp, type Slip } from "./slips.ts";

type Hold = Schemas["Hold"];
type Visitor = Schemas["Visitor"];

/** Holds a place for whoever has this number, in one's own name. */
export function holdFor(slot: NearSlot, service_code: string, idNumber: string): Promise<Hold> {
  const body = { office_id: slot.office_id, starts_at: slot.starts_at, service_code, id_numbers: [digitsOf(idNumber)], device_id: deviceId() };
  return asked((client) => client.POST("/api/v1/holds", { body }));
}

/** It runs out by itself where this is not heard. */
function giveBack({ hold_id, hold_token }: Hold): void {
  const params = { path: { hold_id }, header: { "x-hold-token": hold_token } };
  asked((client) => client.DELETE("/api/v1/holds/{hold_id}", { params })).catch(() => undefined);
}

/** One's own commune, where one works in one. */
export function ownCommune(): string {
  const own = units.value.find((unit) => unit.unit_id === me.value?.unit_id);
  return own?.level === "commune" ? String(own.unit_id) : "";
}

interface Props {
  visitor: Visitor;
  service: string;
  from: string;
  booked: (slip: Slip) => void;
  /** Back to what was typed, with what is wrong with it. */
  mend: (why?: unknown) => void;
}

export function Hours({ visitor, service, from: first, booked, mend }: Props) {
  const [unitId, setUnitId] = useState(ownCommune);
  const [from, setFrom] = useState(first);
  const [held, setHeld] = useState<{ hold: Hold; slot: NearSlot; key: string; sent: boolean }>();
  const slip = useRef<Slip | undefined>(undefined);
  const { busy, why, forget, run } = useDeed();
  const pick = (slot: NearSlot) => run(async () => setHeld({ hold: await holdFor(slot, service, visitor.id_number), slot, key: uuid(), sent: false }));
  const leave = () => {
    if (held) giveBack(held.hold);
    setHeld(undefined);
  };
  if (held) {
    const { hold, slot, key, sent } = held;
    const send = async (key: string) => {
      const params = { header: { "Idempotency-Key": key } };
      const body = { hold_token: hold.hold_token, service_code: service, visitors: [visitor] };
      const party = await asked((client) => client.POST("/api/v1/appointments", { params, body }));
      const [{ appointment_id, code, secret, starts_at }] = party.appointments as [Schemas["BookedAppointment"]];
      const known: Slip = {
        code, secret: secret ?? "", starts_at, status: "booked", name: visitor.name, told_at: new Date().toISOString(),
        office_name: slot.office_name, address: slot.address, directions: "", documents: [],
      };
      slip.current = await lookUp(known).catch(() => known);
      // Booked it is, also where the phone has no room for the slip: it stands on the screen.
      await keepSlips({ [appointment_id]: slip.current }).catch(() => undefined);
      return party;
    };
    return (
      <Confirm
        kept={{ token: hold.hold_token, startsAt: hold.starts_at, until: hold.ends_at, officeName: slot.office_name, address: slot.address, key, sent }}
        sending={(sent) => setHeld({ ...held, sent })}
        service={service} people={[{ ...NO_VISITOR, idNumber: visitor.id_number, name: visitor.name }]} send={send}
        booked={() => slip.current && booked(slip.current)} mend={mend} back={leave}
        again={() => {
          setHeld(undefined);
          void pick(slot);
        }}
        other={(next) => {
          leave();
          void pick(next);
        }}
      />
    );
  }
  return (
    <>
      <Heading>{t("Chọn giờ cho", "Choose an hour for")} {visitor.name}</Heading>
      <p><button type="button" class="link" onClick={() => mend()}>{t("Sửa thông tin đã nhập", "Change what was typed")}</button></p>
      <Trouble why={why}><TakenHelp why={why} /></Trouble>
      <div class="pair"><Where {...{ unitId, setUnitId, from, setFrom }} /></div>
      <FoundSlots
        search={{ service, unitId: unitId ? Number(unitId) : undefined, from: from || undefined, people: 1, vouched: true }}
        pick={(slot) => {
          forget();
          void pick(slot);
        }}
        busy={busy}
        none={<p class="notice">{t("Chưa có giờ nào còn chỗ. Hãy thử ngày hoặc xã khác, hoặc quay lại và gửi yêu cầu: có chỗ là máy chủ giữ ngay.", "No hour is free. Try another day or commune, or go back and send a request: the first free place is booked.")}</p>}
      />
    </>
  );
}

/** Whoever has an appointment already is helped with that one. */
export function TakenHelp({ why }: { why: unknown }) {
  if (!(why instanceof Refused) || why.code !== "already-booked") return null;
  return <p><a href="#/the-hen">{t("Quét thẻ để cấp lại mã, đổi giờ hoặc hủy lịch hẹn đã có", "Scan the card to issue new codes, move or void the existing appointment")}</a></p>;
}
