/** A ticket for somebody without an appointment here, with or without the card. */
import { useState } from "preact/hooks";

import { Refused } from "../api.ts";
import { isComplete, NOBODY, PersonFields, type Typed, visitorOf } from "../booking/person.tsx";
import { Choice, Trouble } from "../kit.tsx";
import { spellTime, t } from "../words.ts";
import { checkIn, issue, seen } from "./arrive.ts";
import { Seen } from "./door.tsx";
import { busy, office, trouble } from "./state.ts";

interface Props {
  idNumber: string | undefined;
  moveHere: boolean;
  close: () => void;
}

export function Issue({ idNumber, moveHere, close }: Props) {
  const services = office.value?.services ?? [];
  const [service, setService] = useState(services[0]?.service_code ?? "");
  const [shown, setShown] = useState(idNumber !== undefined);
  const [typed, setTyped] = useState<Typed>({ ...NOBODY, idNumber: idNumber ?? "" });
  const [judged, setJudged] = useState(false);
  const [move, setMove] = useState(moveHere);
  const why = trouble.value?.at === "dialog" ? trouble.value.why : undefined;
  const elsewhere = why instanceof Refused && why.code === "appointment-elsewhere" ? (why.problem as { office_name?: string; starts_at?: string }) : undefined;
  const here = why instanceof Refused && why.code === "appointment-here" ? (why.problem as { appointment_id?: string }).appointment_id : undefined;
  const give = async () => {
    setJudged(true);
    if (shown && !isComplete(typed)) {
      document.querySelector<HTMLElement>("dialog [aria-invalid=true]")?.focus();
      return;
    }
    const visitor = shown ? visitorOf(typed) : undefined;
    if (await issue({ service_code: service, class: seen.value, visitor, move_here: move })) close();
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void give();
      }}
    >
      <Choice id="service" label={t("Thủ tục", "Service")} value={service} chosen={setService}>
        {services.map((one) => <option key={one.service_code} value={one.service_code}>{one.name}</option>)}
      </Choice>
      <Seen />
      <label class="check">
        <input type="checkbox" checked={shown} onChange={(event) => setShown(event.currentTarget.checked)} />
        <span>{t("Có thẻ hoặc số định danh", "A card or an ID number is shown")}<br /><span class="soft">{t("Không có thì lượt này chỉ tính cho điểm tiếp nhận.", "Without it the visit counts for the office only.")}</span></span>
      </label>
      {shown && <PersonFields index={0} of={1} typed={typed} change={setTyped} judged={judged} why={why} pointer="/visitor" />}
      {why !== undefined && (
        <Trouble why={why}>
          {elsewhere?.starts_at && <p><strong>{elsewhere.office_name}</strong><br />{spellTime(elsewhere.starts_at)}</p>}
        </Trouble>
      )}
      {(elsewhere || move) && (
        <label class="check">
          <input type="checkbox" checked={move} onChange={(event) => setMove(event.currentTarget.checked)} />
          {t("Người này muốn làm ngay ở đây: hủy lịch hẹn kia", "They want it here now: cancel the other appointment")}
        </label>
      )}
      <div class="deeds">
        {here && <button type="button" disabled={busy.value} onClick={() => { close(); void checkIn({ appointment_id: here }); }}>{t("Ghi nhận đến theo lịch hẹn", "Check in with it")}</button>}
        <button class={here ? "quiet" : undefined} disabled={busy.value}>{busy.value ? t("Đang phát phiếu…", "Issuing…") : t("Phát phiếu", "Give the ticket")}</button>
      </div>
    </form>
  );
}
