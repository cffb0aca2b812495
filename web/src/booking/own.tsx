/** One's own appointment by its two codes: see, keep, move, cancel, and take the cancellation back. */
import { useEffect, useState } from "preact/hooks";

import { api, deviceId, type Schemas, told, uuid } from "../api.ts";
import { alternativesOf, Field, Heading, Trouble, useDeed, useSecondsUntil } from "../kit.tsx";
import { spellLeft, spellTime, t } from "../words.ts";
import { hold } from "./book.tsx";
import { CopyLink, PrintSlip } from "./slip.tsx";
import { FoundSlots, type NearSlot, SlotList } from "./slots.tsx";

type Appointment = Schemas["Appointment"];
export interface Key {
  code: string;
  secret: string;
}

/** Reads `#code.secret`, and wipes it off the address so that nobody reads it over a shoulder. */
export function keyOfAddress(): Key | undefined {
  const [code, secret] = location.hash.slice(1).split(".");
  if (!code || !secret) return undefined;
  history.replaceState(null, "", location.pathname);
  return { code, secret };
}

export function KeyForm({ label, busy, ask }: { label: string; busy: boolean; ask: (key: Key) => void }) {
  const [code, setCode] = useState("");
  const [secret, setSecret] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        ask({ code, secret });
      }}
    >
      <Field id="code" label={label} value={code} typed={setCode} required autocomplete="off" autocapitalize="characters" maxLength={20} hint={t("8 chữ và số, như K7QM-2XRT", "8 letters and digits, as K7QM-2XRT")} />
      <Field id="secret" label={t("Mã bí mật", "Secret")} value={secret} typed={setSecret} required autocomplete="off" autocapitalize="characters" maxLength={20} hint={t("10 chữ và số, in trên phiếu hẹn", "10 letters and digits, printed on the slip")} />
      <button disabled={busy}>{t("Xem", "See")}</button>
    </form>
  );
}

/** How long a cancellation can be taken back. */
const UNDO_MS = 60_000;

export function Own() {
  const [key, setKey] = useState<Key>();
  const [told_, setTold] = useState<Appointment>();
  const [moving, setMoving] = useState(false);
  const [undoUntil, setUndoUntil] = useState<string>();
  const { busy, why, forget, run } = useDeed();

  const look = (own: Key) =>
    run(async () => {
      setTold(await told(api.POST("/api/v1/appointments/lookup", { body: own })));
      setKey(own);
    });
  useEffect(() => {
    const own = keyOfAddress();
    if (own) void look(own);
  }, []);

  if (!key || !told_)
    return (
      <>
        <Heading>{t("Lịch hẹn của tôi", "My appointment")}</Heading>
        <Trouble why={why} />
        <KeyForm label={t("Mã lịch hẹn", "Code")} busy={busy} ask={(own) => void look(own)} />
        <p><a href="/dat-lich">{t("Đặt lịch mới", "Book an appointment")}</a> · <a href="/cho">{t("Danh sách chờ", "Waitlist")}</a></p>
      </>
    );

  const cancel = () =>
    run(async () => {
      setTold(await told(api.POST("/api/v1/appointments/cancel", { body: key })));
      setUndoUntil(new Date(Date.now() + UNDO_MS).toISOString());
    });
  const restore = () =>
    run(async () => {
      setTold(await told(api.POST("/api/v1/appointments/restore", { body: key })));
      setUndoUntil(undefined);
    });
  const keep = () => run(async () => setTold(await told(api.POST("/api/v1/appointments/keep", { body: key }))));
  const saveCalendar = () =>
    run(async () => {
      const file = await told(api.POST("/api/v1/appointments/calendar", { body: key, parseAs: "blob" }));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file as unknown as Blob);
      link.download = "lich-hen.ics";
      link.click();
      URL.revokeObjectURL(link.href);
    });

  const others = alternativesOf(why);
  return (
    <>
      <Heading>{t("Lịch hẹn của tôi", "My appointment")}</Heading>
      <section class="held">
        <p class={`state ${told_.status}`}>{spellStatus(told_.status)}</p>
        <p class="when">{spellTime(told_.starts_at)}</p>
        <p><strong>{told_.office_name}</strong><br /><span class="soft">{told_.address}. {told_.directions}</span></p>
        {told_.documents.length > 0 && <><h2 class="small">{t("Mang theo", "Bring")}</h2><ul>{told_.documents.map((one) => <li key={one}>{one}</li>)}</ul></>}
        {told_.note && <p>{told_.note}</p>}
      </section>
      {told_.keep_by && told_.status === "booked" && (
        <div class="notice">
          <p>{t(`Trong 24 giờ trước giờ hẹn, và chậm nhất ${spellTime(told_.keep_by)}, hãy bấm “Tôi sẽ đến”. Nếu không, chỗ này nhường cho người khác.`, `Within 24 hours before the start, and by ${spellTime(told_.keep_by)} at the latest, say that you come; else somebody else gets the place.`)}</p>
          <button type="button" disabled={busy} onClick={() => void keep()}>{t("Tôi sẽ đến", "I shall come")}</button>
        </div>
      )}
      <Trouble why={why} />
      {others.length > 0 && <SlotList slots={others} pick={() => { forget(); setMoving(true); }} />}
      {undoUntil && told_.status === "cancelled" && <Undo until={undoUntil} busy={busy} undo={() => void restore()} />}
      {moving && isLive(told_) ? (
        <MoveTo
          appointment={told_} own={key} stay={() => setMoving(false)}
          moved={(next) => {
            setTold(next);
            setMoving(false);
          }}
        />
      ) : (
        <div class="deeds">
          {isLive(told_) && <button type="button" onClick={() => setMoving(true)}>{t("Đổi sang giờ khác", "Move")}</button>}
          {told_.status === "booked" && <PrintSlip {...key} />}
          {told_.status === "booked" && <button type="button" class="quiet" disabled={busy} onClick={() => void saveCalendar()}>{t("Thêm vào lịch của máy", "Add to my calendar")}</button>}
          {isLive(told_) && <CopyLink {...key} />}
          {isLive(told_) && <button type="button" class="quiet danger" disabled={busy} onClick={() => void cancel()}>{t("Hủy lịch hẹn", "Cancel")}</button>}
          {!isLive(told_) && <a href="/dat-lich">{t("Đặt lịch mới", "Book an appointment")}</a>}
        </div>
      )}
    </>
  );
}

function isLive(one: Appointment): boolean {
  return one.status === "booked" || one.status === "conflict";
}

function spellStatus(status: string): string {
  switch (status) {
    case "booked": return t("Đã đặt", "Booked");
    case "cancelled": return t("Đã hủy", "Cancelled");
    case "served": return t("Đã làm xong", "Done");
    case "no_show": return t("Không đến", "Did not come");
    case "conflict": return t("Điểm tiếp nhận đổi giờ: hãy chọn giờ khác", "The office changed its hours: choose another");
    default: return t("Đang làm thủ tục", "In progress");
  }
}

function Undo({ until, busy, undo }: { until: string; busy: boolean; undo: () => void }) {
  const left = useSecondsUntil(until);
  if (left <= 0) return null;
  return (
    <div class="notice">
      <p role="timer">{t(`Hủy nhầm? Lấy lại được trong ${spellLeft(left)} nữa, nếu chỗ còn trống.`, `By mistake? It can be taken back for ${spellLeft(left)} more while the place is free.`)}</p>
      <button type="button" disabled={busy} onClick={undo}>{t("Lấy lại lịch hẹn", "Take it back")}</button>
    </div>
  );
}

interface MoveProps {
  appointment: Appointment;
  own: Key;
  moved: (next: Appointment) => void;
  stay: () => void;
}

/** Another place first, then the old one is free: nobody is ever without one. */
function MoveTo({ appointment, own, moved, stay }: MoveProps) {
  const { busy, why, run } = useDeed();
  const move = (slot: NearSlot) =>
    run(async () => {
      const held = await hold({
        office_id: slot.office_id, starts_at: slot.starts_at, service_code: appointment.service_code,
        id_numbers: [], appointment: own, device_id: deviceId(),
      });
      const body = { ...own, hold_token: held.hold_token };
      moved(await told(api.POST("/api/v1/appointments/reschedule", { params: { header: { "Idempotency-Key": uuid() } }, body })));
    });
  return (
    <section>
      <h2>{t("Đổi sang giờ nào?", "Move to which hour?")}</h2>
      <Trouble why={why} />
      <FoundSlots search={{ service: appointment.service_code, people: 1 }} pick={(slot) => void (busy || move(slot))} none={<p>{t("Chưa có giờ nào khác còn chỗ.", "No other hour is free.")}</p>} />
      <button type="button" class="quiet" onClick={stay}>{t("Giữ giờ cũ", "Stay with the old one")}</button>
    </section>
  );
}
