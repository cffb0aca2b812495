/** The waitlist: join, look, take or decline what is offered, leave. */
import { useEffect, useRef, useState } from "preact/hooks";

import { api, deviceId, type Schemas, serverNow, told, uuid } from "../api.ts";
import { useAsked } from "../ask.ts";
import { digitsOf, faultOfIdNumber, readIdNumber, spellIdNumber } from "../citizen.ts";
import { Choice, Field, faultAt, Heading, Loading, Trouble, useDeed, useSecondsUntil } from "../kit.tsx";
import { day, spellDay, spellLeft, spellTime, t } from "../words.ts";
import { useServices } from "./book.tsx";
import { Confirm } from "./confirm.tsx";
import { type Key, KeyForm, keyOfAddress } from "./own.tsx";
import { isComplete, NOBODY, PersonFields } from "./person.tsx";
import { Booked, type Slip } from "./slip.tsx";
import { Stale } from "./slots.tsx";
import { useWatch } from "./watch.ts";

type Entry = Schemas["WaitlistEntry"];
type PriorityClass = Schemas["PriorityClass"];

const OFFICES_MAX = 5;

const CLASSES: [PriorityClass, string, string][] = [
  ["none", "Không", "None"],
  ["elderly", "Từ đủ 60 tuổi", "60 or older"],
  ["pregnant", "Phụ nữ mang thai", "Pregnant"],
  ["disabled", "Người khuyết tật", "Disabled"],
  ["small_children", "Đi cùng trẻ dưới 36 tháng tuổi", "With a child under 36 months"],
];

export function Join() {
  const { services, why: noServices, again } = useServices();
  const wanted = new URLSearchParams(location.search).get("service") ?? "";
  const [service, setService] = useState(wanted);
  const [picked, setPicked] = useState<number[]>([]);
  const today = day(new Date(serverNow()));
  const [fromOn, setFrom] = useState(today);
  const [toOn, setTo] = useState(today);
  const [idNumber, setId] = useState("");
  const [phone, setPhone] = useState("");
  const [rank, setRank] = useState<PriorityClass>("none");
  const [judged, setJudged] = useState(false);
  const [entry, setEntry] = useState<Entry>();
  const { busy, why, run } = useDeed();
  // One key for each wish: pressed again after a lost answer it is one entry, and its codes come after all.
  const wish = useRef({ of: "", key: "" });
  const chosen = service || services?.[0]?.service_code || "";
  const asked = useAsked(chosen, async () => {
    if (!chosen) return undefined;
    const page = await told(api.GET("/api/v1/offices", { params: { query: { service: chosen, limit: 200 } } }));
    return page.items.filter((one) => !one.closed);
  });
  const offices = asked.told;
  useEffect(() => setPicked([]), [chosen]);

  if (entry?.secret) return <Joined entry={entry} secret={entry.secret} />;
  const ask = () => {
    setJudged(true);
    if (faultOfIdNumber(idNumber) || picked.length === 0 || !phone.trim()) {
      goToFault();
      return;
    }
    void run(async () => {
      const body = {
        service_code: chosen, office_ids: picked, from_on: fromOn, to_on: toOn < fromOn ? fromOn : toOn,
        id_number: digitsOf(idNumber), phone, class: rank, device_id: deviceId(), from_min: 0, to_min: 1440,
      };
      const of = JSON.stringify(body);
      if (wish.current.of !== of) wish.current = { of, key: uuid() };
      setEntry(await told(api.POST("/api/v1/waitlist", { params: { header: { "Idempotency-Key": wish.current.key } }, body })));
    });
  };
  const id = readIdNumber(idNumber);
  const unpicked = judged && picked.length === 0;
  const full = picked.length >= OFFICES_MAX;
  const about = unpicked ? t("Hãy chọn ít nhất một điểm.", "Choose at least one.") : full ? t("Đã đủ số điểm; bỏ một điểm để chọn điểm khác.", "That is as many as can be; untick one to choose another.") : "";
  const toggle = (office: number) =>
    setPicked(picked.includes(office) ? picked.filter((one) => one !== office) : [...picked, office]);
  return (
    <>
      <Heading>{t("Vào danh sách chờ", "Join the waitlist")}</Heading>
      <p>{t("Khi có người hủy, chỗ trống được giữ cho từng người một theo thứ tự chờ và báo qua điện thoại, tối đa 15 phút mỗi lượt.", "A place that somebody cancels is kept for one person after the other, for 15 minutes at most, and told by phone.")}</p>
      <Trouble why={noServices} again={again} />
      <Trouble why={why} />
      <form noValidate onSubmit={(event) => { event.preventDefault(); ask(); }}>
        <Choice id="service" label={t("Thủ tục", "Service")} value={chosen} chosen={setService}>
          {services?.map((one) => <option key={one.service_code} value={one.service_code}>{one.name}</option>)}
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
              <span>{office.name}<br /><span class="soft">{office.unit_label}</span></span>
            </label>
          ))}
          {about && <p id="offices-about" class={unpicked ? "fault" : "soft"}>{about}</p>}
        </fieldset>
        <div class="wanted">
          <Field id="from" type="date" label={t("Từ ngày", "From")} value={fromOn} min={today} typed={setFrom} fault={faultAt(why, "/from_on")} />
          <Field id="to" type="date" label={t("Đến ngày", "To")} value={toOn < fromOn ? fromOn : toOn} min={fromOn} typed={setTo} fault={faultAt(why, "/to_on")} />
        </div>
        <div class="wanted">
          <Field
            id="id" label={t("Số định danh (12 số)", "ID number (12 digits)")} value={idNumber} typed={setId} inputMode="numeric" autocomplete="off" maxLength={20}
            fault={(judged ? faultOfIdNumber(idNumber) : undefined) ?? faultAt(why, "/id_number")} hint={id && spellIdNumber(id)}
          />
          <Field
            id="phone" type="tel" label={t("Số điện thoại để báo khi có chỗ", "Mobile number to be told")} value={phone} typed={setPhone} autocomplete="tel" maxLength={20}
            fault={(judged && !phone.trim() ? t("Cần số điện thoại để báo khi có chỗ.", "Without a number nobody can be told.") : undefined) ?? faultAt(why, "/phone")}
          />
          <Choice id="class" label={t("Ưu tiên", "Priority")} value={rank} chosen={(value) => setRank(value as PriorityClass)} fault={faultAt(why, "/class")}>
            {CLASSES.map(([value, vietnamese, english]) => <option key={value} value={value}>{t(vietnamese, english)}</option>)}
          </Choice>
        </div>
        <p class="soft">{t("Không hỏi và không lưu OTP, mật khẩu, ảnh thẻ.", "No OTP, password or photo is asked for or kept.")}</p>
        <button disabled={busy}>{t("Vào danh sách chờ", "Join the waitlist")}</button>
      </form>
    </>
  );
}

function Joined({ entry, secret }: { entry: Entry; secret: string }) {
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
      <p>{t("Hãy chụp màn hình. Có chỗ là báo vào số điện thoại của bạn; nhận chỗ ở trang này bằng hai mã trên.", "Take a screenshot. You are told by phone when there is a place; take it on this page with both codes.")}</p>
      <p><a href={`/cho#${entry.code}.${secret}`} onClick={(event) => { event.preventDefault(); location.href = `/cho#${entry.code}.${secret}`; }}>{t("Xem lượt chờ", "See where I stand")}</a></p>
    </>
  );
}

/** The first field that is wrong, which may have gone off the screen. */
function goToFault(): void {
  // Faults are drawn first.
  setTimeout(() => document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
}

/** How often one looks whether there is an offer. */
const AGAIN_MS = 20_000;

const read = (own: Key) => told(api.POST("/api/v1/waitlist/lookup", { body: own }));

export function Wait() {
  // Of a link it is known from the start, and kept where the first look fails: the address has it no more.
  const [key, setKey] = useState(keyOfAddress);
  const [entry, setEntry] = useState<Entry>();
  const [taking, setTaking] = useState(false);
  const [person, setPerson] = useState(NOBODY);
  const [judged, setJudged] = useState(false);
  const [ready, setReady] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const [slips, setSlips] = useState<Slip[]>();
  const { busy, why, run } = useDeed();
  const look = (own: Key) => {
    setKey(own);
    void run(async () => setEntry(await read(own)));
  };
  useEffect(() => {
    if (key) look(key);
  }, []);
  const isOpen = entry?.state === "waiting" || entry?.state === "offered";
  const since = useWatch(isOpen && !busy && !ready, AGAIN_MS, async () => key && setEntry(await read(key)));
  const isKept = useSecondsUntil(entry?.offer?.until) > 0;

  if (slips) return <Booked slips={slips} />;
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
  if (offer && ready)
    return (
      <Confirm
        kept={{ token: offer.hold_token, startsAt: offer.starts_at, until: offer.until, officeName: offer.office_name, address: offer.address }}
        service={entry.service_code} people={[person]} booked={setSlips} back={() => setReady(false)}
        mend={(why) => {
          setFault(why);
          setReady(false);
        }}
      />
    );
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
        <p>{spellDay(entry.from_on, today)}{entry.to_on !== entry.from_on && ` – ${spellDay(entry.to_on, today)}`}</p>
        {entry.state === "waiting" && <p>{t(`Trước bạn còn khoảng ${entry.ahead} người. Còn ${entry.offers_left} lượt mời.`, `About ${entry.ahead} people are before you. ${entry.offers_left} offers are left.`)}</p>}
        {offer && <Offer startsAt={offer.starts_at} place={`${offer.office_name}, ${offer.address}`} until={offer.until} />}
      </section>
      <Trouble why={why ?? fault} />
      {take && taking && (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            setJudged(true);
            if (isComplete(person)) setReady(true);
            else goToFault();
          }}
        >
          <PersonFields index={0} of={1} typed={person} change={setPerson} judged={judged} why={fault} />
          <button>{t("Tiếp tục", "Go on")}</button>
        </form>
      )}
      <div class="deeds">
        {take && !taking && <button type="button" onClick={() => setTaking(true)}>{t("Nhận chỗ này", "Take this place")}</button>}
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
      <p>{place}</p>
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
