/** This desk: who is called or sits here, and what comes next. */
import { useEffect } from "preact/hooks";

import { Trouble } from "../kit.tsx";
import { hour, t } from "../words.ts";
import { busy, deskNo, mine, minutesSince, queue, serviceName, trouble, undoable } from "./state.ts";
import { spellClass, spellMinutes } from "./tell.ts";
import { ANYWHERE, OF_MINE, type Verb } from "./verbs.ts";

export function Mine() {
  const ticket = mine.value;
  const verbs = OF_MINE.filter((verb) => verb.can());
  const undo = ANYWHERE.find((verb) => verb.key === "z");
  useEffect(() => {
    document.title = `${ticket ? `${ticket.number} · ` : ""}${t("Bàn tiếp nhận", "Desk")} · Tổ 06`;
  }, [ticket?.number]);
  return (
    <section class="panel mine" aria-labelledby="mine">
      <h2 id="mine">{deskNo.value === undefined ? t("Quầy này chưa có số", "This desk has no number") : t(`Quầy ${deskNo.value}`, `Desk ${deskNo.value}`)}</h2>
      {ticket ? (
        <div class="here">
          <p class={ticket.state === "called" ? "big called" : "big"}>{ticket.number}</p>
          <p class="name">{ticket.name ?? t("Chưa xem thẻ", "No card shown")} {ticket.id_tail && <span class="soft">…{ticket.id_tail}</span>}</p>
          <p>{serviceName(ticket.service_code)} {spellClass(ticket.class) && <span class="badge">{spellClass(ticket.class)}</span>}</p>
          <p class="soft">
            {ticket.state === "called"
              ? t(`Gọi lần ${ticket.calls}, lúc ${hour(ticket.called_at!)}; đã chờ ${spellMinutes(minutesSince(ticket.arrived_at))}`, `Call ${ticket.calls} at ${hour(ticket.called_at!)}; waited ${spellMinutes(minutesSince(ticket.arrived_at))}`)
              : t(`Đang làm từ ${hour(ticket.serving_at!)}, được ${spellMinutes(minutesSince(ticket.serving_at!))}`, `Since ${hour(ticket.serving_at!)}, ${spellMinutes(minutesSince(ticket.serving_at!))}`)}
          </p>
        </div>
      ) : (
        <p class="empty">{queue.value!.waiting.length > 0 ? t("Quầy đang trống.", "This desk is free.") : t("Quầy đang trống, không ai chờ.", "This desk is free, and nobody waits.")}</p>
      )}
      <div class="verbs">
        {verbs.map((verb) => <Press key={verb.key} verb={verb} />)}
        {undo?.can() && <Press verb={{ ...undo, label: t(`Hoàn tác ${undoable.value!.number}`, `Undo ${undoable.value!.number}`) }} />}
      </div>
      {trouble.value?.at === "desk" && (
        <Trouble why={trouble.value.why}>
          <p>
            {trouble.value.again && <button type="button" class="small" onClick={trouble.value.again}>{t("Gửi lại", "Send again")}</button>}{" "}
            <button type="button" class="quiet small" onClick={() => (trouble.value = undefined)}>{t("Đã hiểu", "Understood")}</button>
          </p>
        </Trouble>
      )}
    </section>
  );
}

function Press({ verb }: { verb: Verb }) {
  const tone = verb.main ? "main" : verb.grave ? "quiet danger" : "quiet";
  return (
    <button type="button" class={tone} disabled={busy.value} aria-keyshortcuts={verb.key.toUpperCase()} onClick={verb.run}>
      <span>{verb.label}</span> <kbd aria-hidden="true">{verb.key.toUpperCase()}</kbd>
    </button>
  );
}
