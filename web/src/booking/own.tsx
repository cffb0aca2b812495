/** One's own appointment by its two codes: see, keep, move, cancel, and take the cancellation back; and one's own data. */
import { useEffect, useRef, useState } from "preact/hooks";

import { api, deviceId, Refused, type Schemas, serverNow, told, Unreachable, uuid } from "../api.ts";
import { Field, Heading, Loading, Trouble, useDeed, useSecondsUntil } from "../kit.tsx";
import { spellLeft, spellTime, t, vietnamese } from "../words.ts";
import { hold } from "./book.tsx";
import { MyData, NO_WISH, type Wish } from "./later.tsx";
import { CopyLink, PrintSlip, spellKeep } from "./slip.tsx";
import { FoundSlots, type NearSlot, Stale, Where } from "./slots.tsx";
import { useDraft, useSteps } from "./tab.ts";
import { useWatch } from "./watch.ts";

type Appointment = Schemas["Appointment"];
export interface Key {
  code: string;
  secret: string;
}

/** Into this entry of the history, where a reload finds it, and off the address, where others read it over a shoulder. */
export function keepKey(own: Key): void {
  history.replaceState({ ...history.state, own }, "", location.pathname);
}

/** Of `#code.secret`, or as this entry of the history keeps it. */
export function keyOfAddress(): Key | undefined {
  const [code, secret] = location.hash.slice(1).split(".");
  if (!code || !secret) return (history.state as { own?: Key } | null)?.own;
  keepKey({ code, secret });
  return { code, secret };
}

export function KeyForm({ label, busy, ask }: { label: string; busy: boolean; ask: (key: Key) => void }) {
  const [code, setCode] = useState("");
  const [secret, setSecret] = useState("");
  return (
    <form
      class="key-form"
      onSubmit={(event) => {
        event.preventDefault();
        ask({ code, secret });
      }}
    >
      <Field id="code" label={label} value={code} typed={setCode} required autocomplete="off" autocapitalize="characters" maxLength={20} hint={t("8 chữ và số, như K7QM-2XRT", "8 letters and digits, as K7QM-2XRT")} />
      <Field id="secret" label={t("Mã bí mật", "Secret")} value={secret} typed={setSecret} required autocomplete="off" autocapitalize="characters" maxLength={20} hint={t("10 chữ và số, cấp cùng lúc với mã ở trên", "10 letters and digits, given with the code")} />
      <button disabled={busy}>{t("Xem", "See")}</button>
    </form>
  );
}

/** How long a cancellation can be taken back. */
const UNDO_MS = 60_000;
/** Before then the server does not hear that somebody comes. */
const KEEP_FROM_MS = 24 * 3_600_000;
/** How often an open page looks whether the office changed something. */
const AGAIN_MS = 60_000;

const read = (own: Key) => told(api.POST("/api/v1/appointments/lookup", { body: own }));

export function Own() {
  // Of a link it is known from the start, and kept where the first look fails: the address has it no more.
  const [key, setKey] = useState(keyOfAddress);
  const [told_, setTold] = useState<Appointment>();
  const { step, go } = useSteps<"see" | "move" | "data">("see");
  const wish = useDraft<Wish>("data", NO_WISH);
  const [moved, setMoved] = useState(false);
  const [asked, ask] = useState(false);
  const [undoUntil, setUndoUntil] = useState<string>();
  const { busy, why, forget, run } = useDeed();

  const look = (own: Key) => {
    setKey(own);
    void run(async () => {
      setTold(await read(own));
      keepKey(own);
    });
  };
  const leave = () => {
    history.replaceState(null, "");
    // A step of its own, so that Forward leads to none that still has them.
    go("see");
    wish.clear();
    setKey(undefined);
    setTold(undefined);
    setUndoUntil(undefined);
  };
  useEffect(() => {
    if (key) look(key);
  }, []);
  const since = useWatch(told_ !== undefined && !busy, AGAIN_MS, async () => key && setTold(await read(key)));
  const isGone = why instanceof Refused && why.problem.status === 404;

  if (key && step === "data") return <MyData own={key} draft={wish} gone={!told_ && isGone} back={() => history.back()} />;
  if (!key || !told_)
    return (
      <>
        <Heading>{t("Lịch hẹn của tôi", "My appointment")}</Heading>
        {key && busy ? <Loading /> : <Trouble why={why} again={key && (() => look(key))} />}
        <KeyForm label={t("Mã lịch hẹn", "Code")} busy={busy} ask={look} />
        {key && isGone && <p><button type="button" class="link" onClick={() => { keepKey(key); go("data"); }}>{t("Đã yêu cầu xóa dữ liệu bằng hai mã này? Xem câu trả lời", "Asked to have your data erased with these codes? See the answer")}</button></p>}
        <p class="soft">{t("Mất mã? Mang thẻ đến điểm tiếp nhận: cán bộ cấp lại mã mới.", "Lost the codes? Bring the card to the office: you are given new ones.")}</p>
        <p><a href="/dat-lich">{t("Đặt lịch mới", "Book an appointment")}</a> · <a href="/cho">{t("Danh sách chờ", "Waitlist")}</a></p>
      </>
    );

  const cancel = () =>
    run(async () => {
      setTold(await told(api.POST("/api/v1/appointments/cancel", { body: key })));
      setMoved(false);
      ask(false);
      setUndoUntil(new Date(serverNow() + UNDO_MS).toISOString());
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

  const mayKeep = Date.parse(told_.starts_at) - serverNow() <= KEEP_FROM_MS;
  return (
    <>
      <Heading>{t("Lịch hẹn của tôi", "My appointment")}</Heading>
      {since && <Stale since={since} />}
      {moved && <p class="notice good" role="status">{t("Đã đổi giờ. Mã lịch hẹn và mã bí mật vẫn như cũ.", "Moved. Both codes stay as they are.")}</p>}
      <section class="held">
        <p class={`state ${told_.status}`}>{spellStatus(told_.status)}</p>
        <p class="when">{spellTime(told_.starts_at)}</p>
        <p lang={vietnamese}><strong>{told_.office_name}</strong><br /><span class="soft">{told_.address}. {told_.directions}</span></p>
        {told_.documents.length > 0 && <><h2 class="small">{t("Mang theo", "Bring")}</h2><ul lang={vietnamese}>{told_.documents.map((one) => <li key={one}>{one}</li>)}</ul></>}
        {told_.note && <p lang={vietnamese}>{told_.note}</p>}
      </section>
      {told_.keep_by && told_.status === "booked" && (
        <div class="notice">
          <p>{spellKeep(told_.keep_by)}</p>
          {mayKeep && <button type="button" disabled={busy} onClick={() => void keep()}>{t("Tôi sẽ đến", "I shall come")}</button>}
        </div>
      )}
      <Trouble why={why} />
      {undoUntil && told_.status === "cancelled" && <Undo until={undoUntil} busy={busy} undo={() => void restore()} />}
      {step === "move" && isLive(told_) ? (
        <MoveTo
          appointment={told_} own={key} stay={() => history.back()}
          moved={(next) => {
            setTold(next);
            setMoved(true);
            history.back();
          }}
        />
      ) : asked && isLive(told_) ? (
        <Sure busy={busy} yes={() => void cancel()} no={() => ask(false)} />
      ) : (
        <div class="deeds">
          {isLive(told_) && <button type="button" onClick={() => { forget(); setMoved(false); go("move"); }}>{t("Đổi sang giờ khác", "Move")}</button>}
          {told_.status === "booked" && <PrintSlip {...key} />}
          {told_.status === "booked" && <button type="button" class="quiet" disabled={busy} onClick={() => void saveCalendar()}>{t("Thêm vào lịch của máy", "Add to my calendar")}</button>}
          {isLive(told_) && <CopyLink {...key} />}
          <button type="button" class="quiet" onClick={() => { forget(); setMoved(false); go("data"); }}>{t("Dữ liệu của tôi", "My data")}</button>
          {isLive(told_) && <button type="button" class="quiet danger" disabled={busy} onClick={() => { forget(); ask(true); }}>{t("Hủy lịch hẹn", "Cancel")}</button>}
          {!isLive(told_) && <a class="button quiet" href="/dat-lich">{t("Đặt lịch mới", "Book an appointment")}</a>}
        </div>
      )}
      <p class="soft">
        {t("Trang này giữ mã đến khi đóng.", "This page keeps the codes until it is closed.")}{" "}
        <button type="button" class="link" disabled={busy} onClick={leave}>{t("Xóa mã khỏi máy này", "Wipe the codes here")}</button>
      </p>
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
    case "checked_in": return t("Đã đến, đang chờ gọi", "Here, waiting to be called");
    case "called": return t("Đang gọi: mời đến quầy", "Called: come to the desk");
    case "conflict": return t("Điểm tiếp nhận đổi giờ: hãy chọn giờ khác", "The office changed its hours: choose another");
    default: return t("Đang làm thủ tục", "In progress");
  }
}

/** Asked once: whoever waits is offered the place within seconds, and then nothing brings it back. */
function Sure({ busy, yes, no }: { busy: boolean; yes: () => void; no: () => void }) {
  const question = useRef<HTMLHeadingElement>(null);
  useEffect(() => question.current?.focus(), []);
  return (
    <section class="notice">
      <h2 tabIndex={-1} ref={question}>{t("Hủy lịch hẹn này?", "Cancel this appointment?")}</h2>
      <p>{t("Hủy rồi thì chỗ này được mời ngay người đang chờ, có thể không lấy lại được. Chỉ muốn giờ khác thì bấm “Đổi sang giờ khác”.", "Once cancelled the place is offered to whoever waits, and may be gone for good. For another hour press “Move” instead.")}</p>
      <div class="deeds">
        <button type="button" class="quiet danger" disabled={busy} onClick={yes}>{t("Đúng, hủy lịch hẹn", "Yes, cancel it")}</button>
        <button type="button" disabled={busy} onClick={no}>{t("Giữ lịch hẹn", "Keep it")}</button>
      </div>
    </section>
  );
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
  const [unitId, setUnitId] = useState("");
  const [from, setFrom] = useState("");
  // What was sent and not answered is sent again as it was: it may have moved already.
  const [sent, setSent] = useState<{ hold_token: string; key: string }>();
  const send = async (wish: { hold_token: string; key: string }) => {
    const params = { header: { "Idempotency-Key": wish.key } };
    setSent(wish);
    try {
      moved(await told(api.POST("/api/v1/appointments/reschedule", { params, body: { ...own, hold_token: wish.hold_token } })));
    } catch (error) {
      if (!(error instanceof Unreachable)) setSent(undefined);
      throw error;
    }
  };
  const move = (slot: NearSlot) =>
    run(async () => {
      setSent(undefined);
      const held = await hold({
        office_id: slot.office_id, starts_at: slot.starts_at, service_code: appointment.service_code,
        id_numbers: [], appointment: own, device_id: deviceId(),
      });
      await send({ hold_token: held.hold_token, key: uuid() });
    });
  return (
    <section>
      <h2>{t("Đổi sang giờ nào?", "Move to which hour?")}</h2>
      <p class="soft">{t("Bấm vào giờ mới là đổi ngay; giờ cũ nhường cho người khác.", "Pressing an hour moves you there at once; the old one is given to others.")}</p>
      <Trouble why={why} again={sent && !busy ? () => void run(() => send(sent)) : undefined} />
      <div class="wanted"><Where {...{ unitId, setUnitId, from, setFrom }} /></div>
      <FoundSlots
        search={{ service: appointment.service_code, unitId: unitId ? Number(unitId) : undefined, from: from || undefined, people: 1, vouched: appointment.verified }}
        pick={(slot) => void move(slot)} busy={busy}
        none={<p class="notice">{t("Chưa có giờ nào còn chỗ. Hãy thử ngày hoặc xã khác.", "No hour is free. Try another day or commune.")}</p>}
      />
      <p class="deeds"><button type="button" class="quiet" disabled={busy} onClick={stay}>{t("Giữ giờ cũ", "Stay with the old one")}</button></p>
    </section>
  );
}
