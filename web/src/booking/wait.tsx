/** The waitlist: join, look, take or decline what is offered, leave. */
import { useEffect, useState } from "preact/hooks";

import { api, deviceId, type Schemas, serverNow, told, uuid } from "../api.ts";
import { useAsked } from "../ask.ts";
import { digitsOf, faultOfIdNumber, readIdNumber, spellIdNumber } from "../citizen.ts";
import { Choice, Field, faultAt, Heading, Loading, Trouble, useDeed, useSecondsUntil } from "../kit.tsx";
import { day, spellDay, spellLeft, spellTime, t, vietnamese } from "../words.ts";
import { useServices } from "./book.tsx";
import { Confirm, type Kept } from "./confirm.tsx";
import { keepKey, type Key, KeyForm, keyOfAddress } from "./own.tsx";
import { isComplete, NOBODY, PersonFields, type Typed } from "./person.tsx";
import { isNamed, ProxyFields, type TypedProxy } from "./proxy.tsx";
import { Booked, type Slip } from "./slip.tsx";
import { Stale } from "./slots.tsx";
import { useCodes, useDraft, useSteps } from "./tab.ts";
import { useWatch } from "./watch.ts";

type Entry = Schemas["WaitlistEntry"];
type Offered = NonNullable<Entry["offer"]>;
type PriorityClass = Schemas["PriorityClass"];

const OFFICES_MAX = 5;

const CLASSES: [PriorityClass, string, string][] = [
  ["none", "Không", "None"],
  ["elderly", "Từ đủ 60 tuổi", "60 or older"],
  ["pregnant", "Phụ nữ mang thai", "Pregnant"],
  ["disabled", "Người khuyết tật", "Disabled"],
  ["small_children", "Đi cùng trẻ dưới 36 tháng tuổi", "With a child under 36 months"],
];

interface Wish {
  service: string;
  picked: number[];
  fromOn: string;
  toOn: string;
  /** `08:30`; nothing is any hour. */
  fromAt: string;
  toAt: string;
  idNumber: string;
  phone: string;
  rank: PriorityClass;
  /** What was sent last, and under which key. */
  sent: { of: string; key: string } | undefined;
}

const NO_WISH: Wish = { service: "", picked: [], fromOn: "", toOn: "", fromAt: "", toAt: "", idNumber: "", phone: "", rank: "none", sent: undefined };

export function Join() {
  const { services, why: noServices, again } = useServices();
  const wanted = new URLSearchParams(location.search).get("service") ?? "";
  const { value: draft, change, clear } = useDraft<Wish>("wish", NO_WISH);
  const { picked, idNumber, phone, rank } = draft;
  const joined = useCodes<{ entry: Entry | undefined }>("joined", { entry: undefined });
  const { step, go, become } = useSteps<"join" | "joined">("join");
  const today = day(new Date(serverNow()));
  const fromOn = draft.fromOn || today;
  const toOn = draft.toOn < fromOn ? fromOn : draft.toOn;
  const [judged, setJudged] = useState(false);
  const { busy, why, run } = useDeed();
  const chosen = draft.service || wanted || services?.[0]?.service_code || "";
  const asked = useAsked(chosen, async () => {
    if (!chosen) return undefined;
    const page = await told(api.GET("/api/v1/offices", { params: { query: { service: chosen, limit: 200 } } }));
    return page.items.filter((one) => !one.closed);
  });
  const offices = asked.told;
  const { entry } = joined.value;

  if (step === "joined" && entry?.secret) return <Joined entry={entry} secret={entry.secret} wipe={() => { joined.clear(); become("join"); }} />;
  const ask = () => {
    setJudged(true);
    if (faultOfIdNumber(idNumber) || picked.length === 0 || !phone.trim()) {
      goToFault();
      return;
    }
    void run(async () => {
      const body = {
        service_code: chosen, office_ids: picked, from_on: fromOn, to_on: toOn,
        id_number: digitsOf(idNumber), phone, class: rank, device_id: deviceId(), from_min: minutesOf(draft.fromAt) ?? 0, to_min: minutesOf(draft.toAt) ?? MINUTES_OF_DAY,
      };
      // One key for each wish: sent again after a lost answer it is one entry, and its codes come after all.
      const of = JSON.stringify(body);
      const key = draft.sent?.of === of ? draft.sent.key : uuid();
      change({ sent: { of, key } });
      const entry = await told(api.POST("/api/v1/waitlist", { params: { header: { "Idempotency-Key": key } }, body }));
      joined.change({ entry });
      clear();
      become("joined");
    });
  };
  const id = readIdNumber(idNumber);
  const unpicked = judged && picked.length === 0;
  const full = picked.length >= OFFICES_MAX;
  const about = unpicked ? t("Hãy chọn ít nhất một điểm.", "Choose at least one.") : full ? t("Đã đủ số điểm; bỏ một điểm để chọn điểm khác.", "That is as many as can be; untick one to choose another.") : "";
  const toggle = (office: number) =>
    change({ picked: picked.includes(office) ? picked.filter((one) => one !== office) : [...picked, office] });
  return (
    <>
      <Heading>{t("Vào danh sách chờ", "Join the waitlist")}</Heading>
      <p>{t("Khi có người hủy, chỗ trống được giữ cho từng người một theo thứ tự chờ và báo qua điện thoại, tối đa 15 phút mỗi lượt.", "A place that somebody cancels is kept for one person after the other, for 15 minutes at most, and told by phone.")}</p>
      {entry && (
        <p class="notice good">
          {t("Trang này đã vào danh sách chờ một lượt.", "Somebody has joined on this page.")}{" "}
          <button type="button" class="link" onClick={() => go("joined")}>{t("Xem lại các mã", "See the codes again")}</button>
        </p>
      )}
      <Trouble why={noServices} again={again} />
      <Trouble why={why} />
      <form noValidate onSubmit={(event) => { event.preventDefault(); ask(); }}>
        <Choice id="service" label={t("Thủ tục", "Service")} value={chosen} chosen={(service) => change({ service, picked: [] })}>
          {services?.map((one) => <option key={one.service_code} value={one.service_code} lang={vietnamese}>{one.name}</option>)}
        </Choice>
        <fieldset class="offices" aria-describedby={about ? "offices-about" : undefined}>
          <legend>{t(`Điểm tiếp nhận (chọn tối đa ${OFFICES_MAX})`, `Offices (up to ${OFFICES_MAX})`)}</legend>
          {!offices && (asked.why === undefined ? <Loading /> : <Trouble why={asked.why} again={asked.again} />)}
          {offices?.length === 0 && <p>{t("Chưa có điểm tiếp nhận nào làm thủ tục này.", "No office takes this service yet.")}</p>}
          {offices?.map((office) => (
            <label key={office.office_id} class="check">
              <input
                type="checkbox" checked={picked.includes(office.office_id)} aria-invalid={unpicked}
                disabled={full && !picked.includes(office.office_id)} onChange={() => toggle(office.office_id)}
              />
              <span lang={vietnamese}>{office.name}<br /><span class="soft">{office.unit_label}</span></span>
            </label>
          ))}
          {about && <p id="offices-about" class={unpicked ? "fault" : "soft"}>{about}</p>}
        </fieldset>
        <div class="wanted four">
          <Field id="from" type="date" label={t("Từ ngày", "From")} value={fromOn} min={today} typed={(fromOn) => change({ fromOn })} fault={faultAt(why, "/from_on")} />
          <Field id="to" type="date" label={t("Đến ngày", "To")} value={toOn} min={fromOn} typed={(toOn) => change({ toOn })} fault={faultAt(why, "/to_on")} />
          <Field id="from-at" type="time" label={t("Sớm nhất lúc", "Not before")} value={draft.fromAt} typed={(fromAt) => change({ fromAt })} hint={t("Bỏ trống: giờ nào cũng được", "Empty: any hour")} fault={faultAt(why, "/from_min")} />
          <Field id="to-at" type="time" label={t("Và trước", "And before")} value={draft.toAt} typed={(toAt) => change({ toAt })} hint={t("Bỏ trống: giờ nào cũng được", "Empty: any hour")} fault={faultAt(why, "/to_min")} />
        </div>
        <div class="wanted">
          <Field
            id="id" label={t("Số định danh (12 số)", "ID number (12 digits)")} value={idNumber} typed={(idNumber) => change({ idNumber })} inputMode="numeric" autocomplete="off" maxLength={20}
            fault={(judged ? faultOfIdNumber(idNumber) : undefined) ?? faultAt(why, "/id_number")} hint={id && spellIdNumber(id)}
          />
          <Field
            id="phone" type="tel" label={t("Số điện thoại để báo khi có chỗ", "Mobile number to be told")} value={phone} typed={(phone) => change({ phone })} autocomplete="tel" maxLength={20}
            fault={(judged && !phone.trim() ? t("Cần số điện thoại để báo khi có chỗ.", "Without a number nobody can be told.") : undefined) ?? faultAt(why, "/phone")}
          />
          <Choice id="class" label={t("Ưu tiên", "Priority")} value={rank} chosen={(rank) => change({ rank: rank as PriorityClass })} fault={faultAt(why, "/class")}>
            {CLASSES.map(([value, vietnamese, english]) => <option key={value} value={value}>{t(vietnamese, english)}</option>)}
          </Choice>
        </div>
        <p class="soft">{t("Không hỏi và không lưu OTP, mật khẩu, ảnh thẻ.", "No OTP, password or photo is asked for or kept.")}</p>
        <button disabled={busy}>{t("Vào danh sách chờ", "Join the waitlist")}</button>
      </form>
    </>
  );
}

function Joined({ entry, secret, wipe }: { entry: Entry; secret: string; wipe: () => void }) {
  return (
    <>
      <Heading>{t("Đã vào danh sách chờ", "You are waiting")}</Heading>
      <section class="held">
        <p>{t(`Trước bạn còn khoảng ${entry.ahead} người.`, `About ${entry.ahead} people are before you.`)}</p>
        <dl class="keys">
          <div><dt>{t("Mã chờ", "Code")}</dt><dd class="code">{entry.code}</dd></div>
          <div><dt>{t("Mã bí mật", "Secret")}</dt><dd class="code">{secret}</dd></div>
        </dl>
      </section>
      <p>{t("Hãy chụp màn hình: trang này chỉ giữ hai mã đến khi đóng. Có chỗ là báo vào số điện thoại của bạn; nhận chỗ ở trang này bằng hai mã trên.", "Take a screenshot: this page keeps both codes only until it is closed. You are told by phone when there is a place; take it on this page with both codes.")}</p>
      <p><a href={`/cho#${entry.code}.${secret}`} onClick={(event) => { event.preventDefault(); location.href = `/cho#${entry.code}.${secret}`; }}>{t("Xem lượt chờ", "See where I stand")}</a></p>
      <div class="deeds"><button type="button" class="quiet" onClick={wipe}>{t("Đã giữ mã, xóa khỏi máy này", "I have the codes, wipe them here")}</button></div>
    </>
  );
}

const MINUTES_OF_DAY = 24 * 60;

function spellMinute(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

function minutesOf(clock: string): number | undefined {
  const [hours, minutes] = clock.split(":").map(Number);
  return hours === undefined || minutes === undefined ? undefined : hours * 60 + minutes;
}

/** The first field that is wrong, which may have gone off the screen. */
function goToFault(): void {
  // Faults are drawn first.
  setTimeout(() => document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
}

/** How often one looks whether there is an offer. */
const AGAIN_MS = 20_000;

const read = (own: Key) => told(api.POST("/api/v1/waitlist/lookup", { body: own }));

interface Taking {
  person: Typed;
  proxy: TypedProxy | undefined;
  kept: Kept | undefined;
}

const NOT_TAKING: Taking = { person: NOBODY, proxy: undefined, kept: undefined };

export function Wait() {
  // Of a link it is known from the start, and kept where the first look fails: the address has it no more.
  const [key, setKey] = useState(keyOfAddress);
  const [entry, setEntry] = useState<Entry>();
  const { step, go, become } = useSteps<"see" | "who" | "confirm" | "booked">("see");
  const { value: draft, change, clear } = useDraft<Taking>("taking", NOT_TAKING);
  const booked = useCodes<{ parties: Slip[][] }>("booked", { parties: [] });
  const [judged, setJudged] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const { busy, why, run } = useDeed();
  const look = (own: Key) => {
    setKey(own);
    void run(async () => {
      setEntry(await read(own));
      keepKey(own);
    });
  };
  useEffect(() => {
    if (key) look(key);
  }, []);
  const isOpen = entry?.state === "waiting" || entry?.state === "offered";
  const since = useWatch(isOpen && !busy && step !== "confirm", AGAIN_MS, async () => key && setEntry(await read(key)));
  const isKept = useSecondsUntil(entry?.offer?.until) > 0;

  const slips = booked.value.parties.at(-1);
  if (step === "booked" && slips)
    return (
      <Booked
        slips={slips}
        wipe={() => {
          booked.clear();
          become("see");
        }}
      />
    );
  if (!key || !entry)
    return (
      <>
        <Heading>{t("Danh sách chờ", "Waitlist")}</Heading>
        {key && busy ? <Loading /> : <Trouble why={why} again={key && (() => look(key))} />}
        <KeyForm label={t("Mã chờ", "Code")} busy={busy} ask={look} />
        <p><a href="/cho/vao">{t("Vào danh sách chờ", "Join the waitlist")}</a></p>
      </>
    );
  const offer = entry.offer;
  const { person, proxy, kept } = draft;
  if (step === "confirm" && kept)
    return (
      <Confirm
        kept={kept} service={entry.service_code} people={[person]} proxy={proxy} sending={(sent) => change({ kept: { ...kept, sent } })}
        booked={(slips) => {
          booked.change({ parties: [...booked.value.parties, slips] });
          clear();
          become("booked");
        }}
        back={() => history.back()}
        mend={(why) => {
          setFault(why);
          history.back();
        }}
      />
    );
  const ready = (taken: Offered) => {
    setFault(undefined);
    change({ kept: { token: taken.hold_token, startsAt: taken.starts_at, until: taken.until, officeName: taken.office_name, address: taken.address, key: uuid(), sent: false } });
    go("confirm");
  };
  const take = isKept && offer;
  const decline = () => run(async () => setEntry(await told(api.POST("/api/v1/waitlist/decline", { body: key }))));
  const leave = () => run(async () => setEntry(await told(api.POST("/api/v1/waitlist/leave", { body: key }))));
  const today = day(new Date(serverNow()));
  return (
    <>
      <Heading>{t("Danh sách chờ", "Waitlist")}</Heading>
      {since && <Stale since={since} />}
      <section class="held">
        <p class="state">{spellState(entry.state)}</p>
        <p>{spellDay(entry.from_on, today)}{entry.to_on !== entry.from_on && ` – ${spellDay(entry.to_on, today)}`}{(entry.from_min > 0 || entry.to_min < MINUTES_OF_DAY) && `, ${spellMinute(entry.from_min)}–${spellMinute(entry.to_min)}`}</p>
        {entry.state === "waiting" && <p>{t(`Trước bạn còn khoảng ${entry.ahead} người. Còn ${entry.offers_left} lượt mời.`, `About ${entry.ahead} people are before you. ${entry.offers_left} offers are left.`)}</p>}
        {offer && <Offer startsAt={offer.starts_at} place={`${offer.office_name}, ${offer.address}`} until={offer.until} />}
      </section>
      <Trouble why={why ?? fault} />
      {take && step === "who" && (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            setJudged(true);
            if (isComplete(person) && isNamed(proxy)) ready(take);
            else goToFault();
          }}
        >
          <ProxyFields typed={proxy} change={(proxy) => change({ proxy })} judged={judged} why={fault} />
          <PersonFields index={0} of={1} typed={person} byOther={proxy !== undefined} change={(person) => change({ person })} judged={judged} why={fault} />
          <button>{t("Tiếp tục", "Go on")}</button>
        </form>
      )}
      <div class="deeds">
        {take && step !== "who" && <button type="button" onClick={() => go("who")}>{t("Nhận chỗ này", "Take this place")}</button>}
        {take && <button type="button" class="quiet" disabled={busy} onClick={() => void decline()}>{t("Không nhận, chờ lượt sau", "Decline and wait on")}</button>}
        {isOpen && <button type="button" class="quiet danger" disabled={busy} onClick={() => void leave()}>{t("Thôi không chờ nữa", "Leave the waitlist")}</button>}
        {!isOpen && <a class="button quiet" href="/dat-lich">{t("Đặt lịch", "Book")}</a>}
      </div>
    </>
  );
}

function Offer({ startsAt, place, until }: { startsAt: string; place: string; until: string }) {
  const left = useSecondsUntil(until);
  return (
    <>
      <p class="when">{spellTime(startsAt)}</p>
      <p lang={vietnamese}>{place}</p>
      <p class="left" role="timer">{left > 0 ? t(`Giữ cho bạn còn ${spellLeft(left)}`, `Kept for you for ${spellLeft(left)} more`) : t("Lượt mời này đã hết; có chỗ khác là báo tiếp.", "This offer is over; you are told of the next one.")}</p>
    </>
  );
}

function spellState(state: string): string {
  switch (state) {
    case "waiting": return t("Đang chờ", "Waiting");
    case "offered": return t("Có chỗ cho bạn", "There is a place for you");
    case "taken": return t("Đã nhận chỗ", "Taken");
    case "left": return t("Đã thôi chờ", "Left");
    default: return t("Đã hết lượt chờ", "Over");
  }
}
