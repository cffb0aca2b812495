/** The door: one field for a scanner, a code, a card and a name. */
import { useState } from "preact/hooks";

import { Refused } from "../api.ts";
import { Trouble } from "../kit.tsx";
import { may } from "../session.ts";
import { hour, spellTime, t } from "../words.ts";
import { arrive, checkIn, found, given, inLine, seen, waysOut } from "./arrive.ts";
import { type Appointment, busy, office, serviceName, type Ticket, trouble } from "./state.ts";
import { CLASSES, type PriorityClass, spellStatus } from "./tell.ts";
import { question } from "./verbs.ts";

export function Door() {
  const [text, setText] = useState("");
  return (
    <section class="panel door" aria-labelledby="at-the-door">
      <h2 id="at-the-door">{t("Người mới đến", "At the door")}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          arrive(text);
          setText("");
        }}
      >
        <label for="door">{t("Quét phiếu, gõ mã hẹn, số thẻ hoặc tên", "Scan a slip; type a code, a card number or a name")}</label>
        <div class="with-button">
          <input
            id="door" value={text} autocomplete="off" autocapitalize="characters" spellcheck={false} maxLength={200} placeholder="K7QM-2XRT"
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
          />
          <button>{t("Ghi nhận", "Check in")}</button>
        </div>
        {inLine.value.length > 0 && <InLine />}
        <Seen />
      </form>
      <button type="button" class="quiet" aria-keyshortcuts="P" onClick={() => (question.value = { kind: "issue" })}>
        {t("Phát phiếu cho người không hẹn", "A ticket for a walk-in")} <kbd aria-hidden="true">P</kbd>
      </button>
      {may("book_for_others") && <button type="button" class="quiet" onClick={() => (question.value = { kind: "ahead" })}>{t("Đặt hẹn ngày khác", "Book another day")}</button>}
      {trouble.value?.at === "door" && <Refusal />}
      {given.value && <Given ticket={given.value} />}
      {found.value && <Found />}
    </section>
  );
}

/** Scanned or typed before its turn. */
function InLine() {
  const count = inLine.value.length;
  return (
    <p class="soft" role="status">
      {trouble.value
        ? t(`Còn ${count} lượt vừa quét hoặc gõ: ghi nhận tiếp khi đã xem xong thông báo.`, `${count} more scanned or typed: they go on once the message is understood.`)
        : t(`Còn ${count} lượt vừa quét hoặc gõ đang đợi.`, `${count} more scanned or typed.`)}{" "}
      {trouble.value && <button type="button" class="link" onClick={() => (inLine.value = [])}>{t("Bỏ", "Drop them")}</button>}
    </p>
  );
}

/** Who goes first, as far as the desk can see it. */
export function Seen() {
  return (
    <fieldset class="radios">
      <legend>{t("Ưu tiên", "Goes first")}</legend>
      {CLASSES.map(([word, name]) => (
        <label key={word}>
          <input type="radio" name="class" value={word} checked={seen.value === word} onChange={() => (seen.value = word as PriorityClass)} />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** What was refused at the door, and what can be done about it. */
export function Refusal() {
  const { why, again } = trouble.value!;
  const [first, ...others] = waysOut(why);
  const { office_name, starts_at } = (why instanceof Refused ? why.problem : {}) as { office_name?: string; starts_at?: string };
  return (
    <Trouble why={why}>
      {starts_at && <p><strong>{office_name}</strong><br />{spellTime(starts_at)}</p>}
      <p class="deeds">
        {first && <button type="button" class="small" disabled={busy.value} onClick={first.run}>{first.label}</button>}
        {others.map(({ label, run }) => <button key={label} type="button" class="quiet small" disabled={busy.value} onClick={run}>{label}</button>)}
        {again && <button type="button" class="small" disabled={busy.value} onClick={again}>{t("Gửi lại", "Send again")}</button>}
        <button type="button" class="quiet small" onClick={() => (trouble.value = undefined)}>{t("Đã hiểu", "Understood")}</button>
      </p>
    </Trouble>
  );
}

/** The number to be told, or printed for whoever asks for paper. */
function Given({ ticket }: { ticket: Ticket }) {
  const { estimate } = ticket;
  return (
    <div class="given">
      <p class="office">{office.value?.name}</p>
      <p class="big">{ticket.number}</p>
      <p>{serviceName(ticket.service_code)}<br /><span class="soft">{t("Đến lúc", "Came at")} {hour(ticket.arrived_at)}</span></p>
      {estimate && (
        <p>
          <strong>{t(`Chờ khoảng ${estimate.from_min}–${estimate.to_min} phút`, `About ${estimate.from_min} to ${estimate.to_min} minutes`)}</strong>
          <br /><span class="soft">{t(`Có ${estimate.before} người trước`, `${estimate.before} before`)}</span>
        </p>
      )}
      {ticket.pin && <p>{t("Mã trên phiếu", "Pin")} <strong class="pin">{ticket.pin}</strong><br /><span class="soft">{t(`Xem còn bao lâu: ${location.host}/so-thu-tu`, `How long still: ${location.host}/so-thu-tu`)}</span></p>}
      <p class="deeds">
        <button type="button" class="quiet small" onClick={() => print()}>{t("In phiếu", "Print")}</button>
        <button type="button" class="quiet small" onClick={() => (given.value = undefined)}>{t("Xong", "Done")}</button>
      </p>
    </div>
  );
}

function Found() {
  const { name, people } = found.value!;
  if (people.length === 0)
    return (
      <div class="notice">
        <p>{t(`Hôm nay không có ai tên “${name}” trong lịch hẹn ở đây.`, `Nobody called “${name}” is booked here today.`)}</p>
        <button type="button" class="small" onClick={() => (question.value = { kind: "issue" })}>{t("Phát phiếu không hẹn", "A ticket without one")}</button>
      </div>
    );
  return (
    <ul class="short">
      {people.map((one) => (
        <li key={one.appointment_id}>
          <strong class="time">{hour(one.starts_at)}</strong>
          <span>{one.name} <span class="soft">…{one.id_tail}, {one.birth_year}</span><br /><span class="soft">{serviceName(one.service_code)}</span></span>
          <CheckInListed one={one} />
        </li>
      ))}
    </ul>
  );
}

export function CheckInListed({ one }: { one: Appointment }) {
  if (one.status !== "booked") return <span class="soft">{spellStatus(one.status)}</span>;
  return (
    <button type="button" class="quiet small" disabled={busy.value} onClick={() => void checkIn({ appointment_id: one.appointment_id })}>
      {t("Đã đến", "Is here")}
    </button>
  );
}
