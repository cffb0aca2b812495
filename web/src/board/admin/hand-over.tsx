/** Handing the work of one volunteer to another, after it was seen what would move and what would stay. */
import { useEffect, useRef, useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { listName } from "../../app/terms.ts";
import { Dialog } from "../../dialog.tsx";
import { Choice, Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { usePress } from "../../press.ts";
import { t } from "../../words.ts";
import { nameOf, spell } from "../state.ts";
import type { Volunteer } from "./assignments.tsx";
import { type People, UNIONS, volunteersOf } from "./people.ts";
import { isWithin, nameOfUnit, shorten, type Units } from "./units.ts";

interface Props {
  from: Volunteer;
  people: People;
  units: Units;
  close: () => void;
  done: (said: string) => void;
}

export function HandOver({ from: { account: from, villages }, people, units, close, done }: Props) {
  const [to, setTo] = useState("");
  const [some, setSome] = useState<number[]>();
  const [reason, setReason] = useState("");
  const [seen, setSeen] = useState<Schemas["TransferRehearsal"]>();
  const { busy, why, run, forget } = useDeed();
  const press = usePress();
  const shown = useRef<HTMLDivElement>(null);
  useEffect(() => shown.current?.scrollIntoView({ block: "end" }), [seen]);
  const takers = volunteersOf(people).filter((one) => one.state !== "disabled" && one.account_id !== from.account_id);
  const covers = (unit: number) => villages.every((one) => isWithin(units, one.village_id, unit));
  const [near, far] = [takers.filter((one) => covers(one.unit_id)), takers.filter((one) => !covers(one.unit_id))];
  const body = { from_account_id: from.account_id, to_account_id: to, village_ids: some, reason };
  const anew = <Value,>(set: (value: Value) => void) => (value: Value) => {
    set(value);
    setSeen(undefined);
    forget();
  };
  const option = (one: (typeof takers)[number]) => <option key={one.account_id} value={one.account_id}>{one.name} ({nameOf(UNIONS, one.mass_union)}, {shorten(one.unit_label)})</option>;
  return (
    <Dialog title={t(`Bàn giao việc của ${from.name}`, `Hand over the work of ${from.name}`)} close={close} wide>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(async () => setSeen(await told(api.POST("/api/v1/transfers/rehearsal", { body }))));
        }}
      >
        <Choice id="to" label={t("Giao cho", "To")} value={to} chosen={anew(setTo)} fault={faultAt(why, "/to_account_id")}>
          <option value="">{t("Chọn người nhận", "Choose somebody")}</option>
          {near.map(option)}
          {far.length > 0 && <optgroup label={t("Địa bàn khác: phải đổi đơn vị của tài khoản trước", "Of elsewhere: their unit is to be changed first")}>{far.map(option)}</optgroup>}
        </Choice>
        {villages.length > 1 && (
          <fieldset class="radios villages">
            <legend>{t("Bàn giao", "What")}</legend>
            <label class="check"><input type="radio" name="what" checked={some === undefined} onChange={() => anew(setSome)(undefined)} /> <span>{t("Mọi thôn, và mọi người đang phụ trách riêng", "All villages, and everybody cared for by name")}</span></label>
            <label class="check"><input type="radio" name="what" checked={some !== undefined} onChange={() => anew(setSome)([])} /> <span>{t("Chỉ một số thôn, cùng người trong đó", "Some villages only, with the people in them")}</span></label>
            {some !== undefined && villages.map((one) => (
              <label key={one.assignment_id} class="check inner">
                <input type="checkbox" checked={some.includes(one.village_id)} onChange={(event) => anew(setSome)(event.currentTarget.checked ? [...some, one.village_id] : some.filter((id) => id !== one.village_id))} />
                <span>{nameOfUnit(units, one.village_id)}</span>
              </label>
            ))}
          </fieldset>
        )}
        <Field id="why" label={t("Vì sao (không ghi tên công dân)", "Why (no names of citizens)")} value={reason} typed={anew(setReason)} required maxLength={200} fault={faultAt(why, "/reason")} />
        <Trouble why={why} />
        <button disabled={busy || to === "" || some?.length === 0} class={seen ? "quiet" : undefined}>{t("Xem trước", "See first")}</button>
      </form>
      {seen && (
        <div ref={shown}>
          <Rehearsal seen={seen} units={units} />
          {seen.can_be_done && (
            <p class="deeds">
              <button
                type="button" disabled={busy}
                onClick={() => void run(async () => {
                  await press(body, (key) => told(api.POST("/api/v1/transfers", { params: { header: { "Idempotency-Key": key } }, body })));
                  done(t(`Đã bàn giao việc của ${from.name} cho ${people.by.get(to)?.name}. Hoàn tác được trong một ngày, ở mục Đã bàn giao.`, `The work of ${from.name} went to ${people.by.get(to)?.name}. It can be undone for a day, under Handed over.`));
                })}
              >
                {t("Bàn giao", "Hand it over")}
              </button>
            </p>
          )}
        </div>
      )}
    </Dialog>
  );
}

/** What would move, and what would stay. */
function Rehearsal({ seen, units }: { seen: Schemas["TransferRehearsal"]; units: Units }) {
  const { stays } = seen;
  const names = (ids: number[]) => ids.map((id) => nameOfUnit(units, id)).join(", ");
  const staying = [
    stays.held_operations > 0 && t(`${spell(stays.held_operations)} bản ghi chờ duyệt (duyệt ở mục Cần xem xét)`, `${spell(stays.held_operations)} held operations (judged under To be judged)`),
    stays.open_requests > 0 && t(`${spell(stays.open_requests)} yêu cầu đặt hẹn đang chờ chỗ`, `${spell(stays.open_requests)} requests for appointments that wait for a place`),
    stays.unsent_operations > 0 && t(`${spell(stays.unsent_operations)} bản ghi còn nằm trên máy, chưa gửi`, `${spell(stays.unsent_operations)} operations that their phone has not sent`),
  ].filter(Boolean);
  return (
    <section class="rehearsal" aria-label={t("Xem trước", "What would happen")} role="status">
      <h3>{seen.can_be_done ? t("Sẽ chuyển (chưa ghi gì)", "What would move (nothing is written yet)") : t("Chưa bàn giao được", "It cannot be done as things stand")}</h3>
      <ul>
        <li>{seen.villages.length === 0 ? t("Không có thôn nào.", "No village.") : <>{t(`${spell(seen.villages.length)} thôn: `, `${spell(seen.villages.length)} villages: `)}{names(seen.villages)}.</>} {t(`Sau đó người nhận có ${spell(seen.villages_after)} trên tối đa ${spell(seen.villages_max)} thôn.`, `The other one has ${spell(seen.villages_after)} of at most ${spell(seen.villages_max)} then.`)}</li>
        {seen.villages_there_already.length > 0 && <li>{t("Người nhận đã phụ trách sẵn: ", "Worked by the other one already: ")}{names(seen.villages_there_already)}.</li>}
        <li>{t(`${spell(seen.people)} người trong danh sách việc, trong đó ${spell(seen.people_by_name)} người được giao đích danh.`, `${spell(seen.people)} people on worklists, ${spell(seen.people_by_name)} of them by name.`)}</li>
        {(seen.overdue > 0 || seen.due_soon > 0) && <li class="warn">{t(`${spell(seen.overdue)} việc đã quá hạn, ${spell(seen.due_soon)} việc đến hạn trong bảy ngày.`, `${spell(seen.overdue)} are overdue, ${spell(seen.due_soon)} are due within seven days.`)}</li>}
        {seen.lists.filter((one) => one.people > 0).map((one) => <li key={one.worklist} class="soft">{listName(one.worklist, one.title)}: {spell(one.people)}</li>)}
      </ul>
      <h3>{t("Ở lại với người cũ", "What stays")}</h3>
      <ul>
        <li>{t("Mọi số đã ghi nhận và thành tích.", "All that was recorded, and whose it is.")}</li>
        {staying.map((one) => <li key={String(one)} class="warn">{one}.</li>)}
      </ul>
    </section>
  );
}
