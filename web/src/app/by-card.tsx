/** Helping somebody with an appointment that they have: whoever has the card wins. The number lives on this screen alone; only with a network. */
import { useState } from "preact/hooks";

import { type Schemas, Unreachable, uuid } from "../api.ts";
import { FoundSlots, type NearSlot, Where } from "../booking/slots.tsx";
import { digitsOf, faultOfIdNumber, readIdNumber, spellIdNumber } from "../citizen.ts";
import { Field, Heading, Trouble, useDeed } from "../kit.tsx";
import { spellTime, t } from "../words.ts";
import { holdFor, ownCommune } from "./hours.tsx";
import { meta } from "./meta.ts";
import { Scan } from "./scan.tsx";
import { asked } from "./session.ts";
import { SlipCard, statusName } from "./slip.tsx";
import { keepSlips, slipOf, slips } from "./slips.ts";

type Appointment = Schemas["Appointment"];

/** Those that are over stand below the others. */
const isLive = ({ status }: Appointment) => status === "booked" || status === "conflict";

export function ByCard() {
  const [typed, setTyped] = useState("");
  const [judged, setJudged] = useState(false);
  const [found, setFound] = useState<{ card: string; appointments: Appointment[] }>();
  const { busy, why, run } = useDeed();
  const find = (number: string) => {
    setJudged(true);
    if (faultOfIdNumber(number)) return;
    const card = digitsOf(number);
    void run(async () => {
      const { appointments } = await asked((client) => client.POST("/api/v1/appointments/by-card/find", { body: { card_number: card } }));
      setFound({ card, appointments });
    });
  };
  const id = readIdNumber(typed);
  if (found)
    return (
      <Found
        {...found} changed={(next) => setFound({ ...found, appointments: found.appointments.map((one) => (one.appointment_id === next.appointment_id ? next : one)) })}
        other={() => {
          setFound(undefined);
          setTyped("");
          setJudged(false);
        }}
      />
    );
  return (
    <>
      <Heading>{t("Hẹn đã có", "Existing appointments")}</Heading>
      <p>{t("Người dân mất mã, muốn đổi giờ, hoặc có hẹn không phải do họ đặt: cầm thẻ của họ rồi quét. Mỗi lần xem đều được ghi nhật ký.", "They lost the codes, want another hour, or have an appointment that they did not make: take their card and scan it. Each look is written down.")}</p>
      <Trouble why={why}><p>{t("Phần này cần có mạng.", "This needs a network.")}</p></Trouble>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          find(typed);
        }}
      >
        <Scan
          read={(card) => {
            setTyped(card.idNumber);
            find(card.idNumber);
          }}
        />
        <Field
          id="card" label={t("Số trên thẻ (12 số)", "Number on the card (12 digits)")} value={typed} typed={setTyped} inputMode="numeric" autocomplete="off" maxLength={20}
          fault={judged ? faultOfIdNumber(typed) : undefined} hint={id && spellIdNumber(id)}
        />
        <button disabled={busy}>{busy ? t("Đang tìm…", "Looking…") : t("Tìm hẹn", "Find appointments")}</button>
      </form>
    </>
  );
}

interface FoundProps {
  card: string;
  appointments: Appointment[];
  changed: (next: Appointment) => void;
  other: () => void;
}

function Found({ card, appointments, changed, other }: FoundProps) {
  const sorted = [...appointments].sort((a, b) => Number(isLive(b)) - Number(isLive(a)) || (a.starts_at < b.starts_at ? -1 : 1));
  return (
    <>
      <Heading>{t(`Hẹn của người có thẻ …${card.slice(-4)}`, `Appointments of card …${card.slice(-4)}`)}</Heading>
      <p><button type="button" class="link" onClick={other}>{t("Xong, xóa khỏi màn hình", "Done: clear this screen")}</button></p>
      {sorted.length === 0 ? (
        <p class="notice">{t("Người này chưa có hẹn nào.", "They have no appointment.")} <a href="#/dat-hen">{t("Đặt hẹn hộ", "Book for them")}</a></p>
      ) : sorted.map((one) => <One key={one.appointment_id} card={card} one={one} changed={changed} />)}
    </>
  );
}

type Doing = "move" | "void" | undefined;

function One({ card, one, changed }: { card: string; one: Appointment; changed: (next: Appointment) => void }) {
  const [secret, setSecret] = useState<string>();
  const [doing, setDoing] = useState<Doing>();
  const [done, setDone] = useState("");
  const { busy, why, run } = useDeed();
  const body = { card_number: card, appointment_id: one.appointment_id };
  const service = meta.value?.services?.find(({ service_code }) => service_code === one.service_code)?.name;
  const remember = (next: Appointment, secret: string) => keepSlips({ [next.appointment_id]: slipOf(next, secret, slips.value[next.appointment_id]?.name) }).catch(() => undefined);
  const told = (next: Appointment, words: string) => {
    const known = secret ?? slips.value[next.appointment_id]?.secret;
    if (known) void remember(next, known);
    changed(next);
    setDoing(undefined);
    setDone(words);
  };
  const reissue = () =>
    run(async () => {
      const fresh = await asked((client) => client.POST("/api/v1/appointments/by-card/reissue", { body }));
      setSecret(fresh.secret);
      if (slips.value[one.appointment_id]) await remember(one, fresh.secret);
      setDone(t("Đã cấp mã mới; mã bí mật cũ hết hiệu lực.", "New codes were issued; the old secret is void."));
    });
  const empty = () =>
    run(async () => told(await asked((client) => client.POST("/api/v1/appointments/by-card/void", { body })), t("Đã hủy hẹn này; chỗ nhường cho người khác.", "It was voided, and the place is given to others.")));
  return (
    <section>
      {service && <h2>{service}</h2>}
      <div role="status">{done && <p class="said">{done}</p>}</div>
      {secret && isLive(one) ? <SlipCard slip={slipOf(one, secret)} /> : (
        <div class="held">
          <p class={`state ${one.status}`}>{statusName(one.status)}</p>
          <p class="when">{spellTime(one.starts_at)}</p>
          <p><strong>{one.office_name}</strong><br /><span class="soft">{[one.address, one.directions].filter(Boolean).join(". ")}</span></p>
        </div>
      )}
      <Trouble why={why} />
      {isLive(one) && doing === undefined && (
        <div class="deeds">
          <button type="button" disabled={busy} onClick={() => void reissue()}>{t("Cấp lại mã", "New codes")}</button>
          <button type="button" class="quiet" disabled={busy} onClick={() => setDoing("move")}>{t("Đổi sang giờ khác", "Move")}</button>
          <button type="button" class="quiet danger" disabled={busy} onClick={() => setDoing("void")}>{t("Không phải họ đặt", "They did not make it")}</button>
        </div>
      )}
      {doing === "void" && (
        <div class="notice" role="alert">
          <p><strong>{t("Hủy hẹn này?", "Void this appointment?")}</strong> {t("Chỉ hủy khi chính người cầm thẻ nói là họ không đặt, hoặc không cần nữa. Không lấy lại được.", "Only if whoever has the card says that they did not make it or need it no more. It cannot be undone.")}</p>
          <div class="deeds">
            <button type="button" class="quiet danger" disabled={busy} onClick={() => void empty()}>{t("Hủy hẹn này", "Void it")}</button>
            <button type="button" class="quiet" disabled={busy} onClick={() => setDoing(undefined)}>{t("Thôi", "Leave it")}</button>
          </div>
        </div>
      )}
      {doing === "move" && (
        <MoveTo
          card={card} one={one} stay={() => setDoing(undefined)}
          moved={(next) => told(next, t("Đã đổi giờ. Mã hẹn và mã bí mật vẫn như cũ.", "Moved. Both codes stay as they are."))}
        />
      )}
    </section>
  );
}

interface MoveProps {
  card: string;
  one: Appointment;
  moved: (next: Appointment) => void;
  stay: () => void;
}

/** Another place first, then the old one is free: nobody is ever without one. */
function MoveTo({ card, one, moved, stay }: MoveProps) {
  const [unitId, setUnitId] = useState(ownCommune);
  const [from, setFrom] = useState("");
  // What was sent and not answered is sent again as it was: it may have moved already.
  const [sent, setSent] = useState<{ hold_token: string; key: string }>();
  const { busy, why, run } = useDeed();
  const send = async (wish: { hold_token: string; key: string }) => {
    setSent(wish);
    const params = { header: { "Idempotency-Key": wish.key } };
    const body = { card_number: card, appointment_id: one.appointment_id, hold_token: wish.hold_token };
    try {
      moved(await asked((client) => client.POST("/api/v1/appointments/by-card/move", { params, body })));
    } catch (error) {
      if (!(error instanceof Unreachable)) setSent(undefined);
      throw error;
    }
  };
  const move = (slot: NearSlot) => run(async () => send({ hold_token: (await holdFor(slot, one.service_code, card)).hold_token, key: uuid() }));
  return (
    <section>
      <h3>{t("Đổi sang giờ nào?", "Move to which hour?")}</h3>
      <p class="soft">{t("Bấm vào giờ mới là đổi ngay; giờ cũ nhường cho người khác.", "Pressing an hour moves it there at once; the old one is given to others.")}</p>
      <Trouble why={why} again={sent && !busy ? () => void run(() => send(sent)) : undefined} />
      <div class="pair"><Where {...{ unitId, setUnitId, from, setFrom }} /></div>
      <FoundSlots
        search={{ service: one.service_code, unitId: unitId ? Number(unitId) : undefined, from: from || undefined, people: 1, vouched: true }}
        pick={(slot) => void move(slot)} busy={busy}
        none={<p class="notice">{t("Chưa có giờ nào còn chỗ. Hãy thử ngày hoặc xã khác.", "No hour is free. Try another day or commune.")}</p>}
      />
      <p class="deeds"><button type="button" class="quiet" disabled={busy} onClick={stay}>{t("Giữ giờ cũ", "Stay with the old one")}</button></p>
    </section>
  );
}
