/** The queue at a glance: this desk, who waits, and the door. */
import { Loading, Trouble } from "../kit.tsx";
import { hour, t } from "../words.ts";
import { Door } from "./door.tsx";
import { Mine } from "./mine.tsx";
import { busy, calledFor, canUndo, deskNo, figures, late, lost, minutesSince, office, queue, serviceName, type Ticket } from "./state.ts";
import { spellClass, spellEnd, spellMinutes, spellReason } from "./tell.ts";
import { act, question } from "./verbs.ts";

export function QueueView() {
  if (!queue.value) return lost.value === undefined ? <Loading /> : <Trouble why={lost.value} />;
  return (
    <>
      <h1 class="unseen">{t("Hàng đợi", "Queue")}, {office.value?.name}</h1>
      <Counts />
      <div class="columns">
        <Mine />
        <Waiting />
        <div class="side">
          <Door />
          <Elsewhere />
          <Parked />
          <Ended />
        </div>
      </div>
    </>
  );
}

/** The day in seven numbers. */
function Counts() {
  const { waiting, at_desks, parked, expected } = queue.value!;
  const called = at_desks.filter((ticket) => ticket.state === "called").length;
  const numbers: [string, number, string?][] = [
    [t("Đang chờ", "Waiting"), waiting.length],
    [t("Đang gọi", "Called"), called],
    [t("Đang làm", "At desks"), at_desks.length - called],
    [t("Tạm gác", "Parked"), parked.length],
    [t("Hẹn, chưa đến", "Expected"), expected],
    [t("Trễ hẹn", "Late"), late.value.length, late.value.length > 0 ? "warn" : undefined],
    [t("Đã xong", "Done"), figures.value?.served ?? 0, "good"],
  ];
  return (
    <dl class="counts">
      {numbers.map(([name, number, tone]) => (
        <div key={name} class={tone}>
          <dt>{name}</dt>
          <dd>{number}</dd>
        </div>
      ))}
    </dl>
  );
}

function Waiting() {
  const { waiting } = queue.value!;
  const services = office.value?.services ?? [];
  const only = calledFor.value;
  return (
    <section class="panel waiting" aria-labelledby="waiting">
      <div class="panel-head">
        <h2 id="waiting">{t("Đang chờ, theo thứ tự gọi", "Waiting, in the order of calling")}</h2>
        <label class="inline">
          <span>{t("Quầy này gọi", "This desk calls")}</span>
          <select value={only[0] ?? ""} onChange={(event) => (calledFor.value = event.currentTarget.value ? [event.currentTarget.value] : [])}>
            <option value="">{t("mọi thủ tục", "every service")}</option>
            {services.map((one) => <option key={one.service_code} value={one.service_code}>{one.name}</option>)}
          </select>
        </label>
      </div>
      {waiting.length === 0 ? (
        <p class="empty">{t("Không còn ai chờ.", "Nobody waits.")}</p>
      ) : (
        <ol class="tickets">
          {waiting.map((ticket) => <Row key={ticket.ticket_id} ticket={ticket} dim={only.length > 0 && !only.includes(ticket.service_code)} />)}
        </ol>
      )}
    </section>
  );
}

/** Long waits are seen from afar. */
const LONG_MIN = 45;

function Row({ ticket, dim }: { ticket: Ticket; dim: boolean }) {
  const minutes = minutesSince(ticket.arrived_at);
  const away = ticket.back_at && Date.parse(ticket.back_at) > Date.now();
  return (
    <li class={dim || away ? "dim" : undefined}>
      <button type="button" class="ticket" onClick={() => (question.value = { kind: "acts", ticket })} aria-label={t(`Việc với phiếu ${ticket.number}`, `What to do with ${ticket.number}`)}>
        <strong class="number">{ticket.number}</strong>
      </button>
      <div class="about">
        <p class="name">
          {ticket.name ?? t("Chưa xem thẻ", "No card shown")} {ticket.id_tail && <span class="soft">…{ticket.id_tail}</span>}
          {spellClass(ticket.class) && <> <span class="badge">{spellClass(ticket.class)}</span></>}
        </p>
        <p class="soft">
          {serviceName(ticket.service_code)}
          {ticket.for_desk && <> · {t(`chỉ quầy ${ticket.for_desk}`, `desk ${ticket.for_desk} only`)}</>}
          {away && <> · {t(`gọi lại từ ${hour(ticket.back_at!)}`, `not before ${hour(ticket.back_at!)}`)}</>}
          {ticket.calls > 0 && <> · {t(`đã gọi ${ticket.calls} lần`, `called ${ticket.calls} times`)}</>}
        </p>
      </div>
      <span class={minutes >= LONG_MIN ? "wait long" : "wait"}>{spellMinutes(minutes)}</span>
    </li>
  );
}

/** What other desks do. */
function Elsewhere() {
  const others = queue.value!.at_desks.filter((ticket) => ticket.desk_no !== deskNo.value);
  if (others.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="others">
      <h2 id="others">{t("Ở các quầy khác", "At other desks")}</h2>
      <ul class="short">
        {others.map((ticket) => (
          <li key={ticket.ticket_id}>
            <strong class="number">{ticket.number}</strong>
            <span>{t(`Quầy ${ticket.desk_no}`, `Desk ${ticket.desk_no}`)} · {ticket.state === "called" ? t("đang gọi", "called") : t("đang làm", "at work")}</span>
            <span class="soft wait">{spellMinutes(minutesSince(ticket.serving_at ?? ticket.called_at ?? ticket.arrived_at))}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Parked() {
  const { parked } = queue.value!;
  if (parked.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="parked">
      <h2 id="parked">{t("Tạm gác", "Parked")}</h2>
      <ul class="short">
        {parked.map((ticket) => (
          <li key={ticket.ticket_id}>
            <strong class="number">{ticket.number}</strong>
            <span>{ticket.name}<br /><span class="soft">{spellReason(ticket.parked_for)}</span></span>
            <button type="button" class="quiet small" disabled={busy.value} onClick={() => void act(ticket, "return")}>{t("Đã quay lại", "Is back")}</button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const ENDED_SHOWN = 5;

function Ended() {
  const { ended } = queue.value!;
  if (ended.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="ended">
      <h2 id="ended">{t("Vừa kết thúc", "Just ended")}</h2>
      <ul class="short">
        {ended.slice(0, ENDED_SHOWN).map((ticket) => (
          <li key={ticket.ticket_id}>
            <strong class="number">{ticket.number}</strong>
            <span>{ticket.name}<br /><span class="soft">{spellEnd(ticket)}{ticket.ended_at && `, ${hour(ticket.ended_at)}`}</span></span>
            {canUndo(ticket) && <button type="button" class="quiet small" disabled={busy.value} onClick={() => void act(ticket, "undo")}>{t("Hoàn tác", "Undo")}</button>}
          </li>
        ))}
      </ul>
    </section>
  );
}
