/** Giving villages to a volunteer: some of those within their unit, until a day or until somebody ends it. */
import { useState } from "preact/hooks";

import { api, told } from "../../api.ts";
import { Dialog } from "../../dialog.tsx";
import { Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { usePress } from "../../press.ts";
import { day, t } from "../../words.ts";
import { spell } from "../state.ts";
import type { Assignment } from "./assignments.tsx";
import { fits } from "./lists.ts";
import type { Account } from "./people.ts";
import { useSome } from "./pieces.tsx";
import { isWithin, labelOf, nameOfUnit, shorten, type Units } from "./units.ts";

/** Villages of one volunteer at a time, as the server has it. */
const VILLAGES_MAX = 20;

interface Props {
  who: Account;
  has: Assignment[];
  units: Units;
  close: () => void;
  done: (said: string) => void;
}

export function Assign({ who, has, units, close, done }: Props) {
  const [typed, type] = useState("");
  const [chosen, setChosen] = useState<number[]>([]);
  const [until, setUntil] = useState("");
  const { busy, why, run } = useDeed();
  const press = usePress();
  const own = new Set(has.map((one) => one.village_id));
  const free = [...units.values()].filter((one) => one.level === "village" && !own.has(one.unit_id) && isWithin(units, one.unit_id, who.unit_id));
  const { some, more } = useSome(free.filter((one) => chosen.includes(one.unit_id) || typed.trim() === "" || fits(typed, one.label)), 40);
  const left = VILLAGES_MAX - own.size - chosen.length;
  return (
    <Dialog title={t(`Giao thôn cho ${who.name}`, `Give villages to ${who.name}`)} close={close} wide>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(async () => {
            const body = { account_id: who.account_id, village_ids: chosen, until_on: until || undefined };
            await press(body, (key) => told(api.POST("/api/v1/assignments", { params: { header: { "Idempotency-Key": key } }, body })));
            done(t(`${who.name} phụ trách thêm ${chosen.map((id) => nameOfUnit(units, id)).join(", ")}.`, `${who.name} works ${chosen.map((id) => nameOfUnit(units, id)).join(", ")} too.`));
          });
        }}
      >
        <Trouble why={why} />
        <p class="soft">{t(`Thôn, khu phố trong ${shorten(who.unit_label)}. Đang phụ trách ${spell(own.size)}, giao thêm được ${spell(Math.max(0, left))}.`, `Villages of ${shorten(who.unit_label)}. Works ${spell(own.size)}; ${spell(Math.max(0, left))} more may be given.`)}</p>
        {free.length > 12 && <Field id="village-find" label={t("Tìm thôn", "Find a village")} value={typed} typed={type} />}
        <fieldset class="radios villages">
          <legend>{t("Thôn, khu phố", "Villages")}</legend>
          {some.length === 0 && <p class="soft">{t("Không có thôn nào như vậy.", "No village is like that.")}</p>}
          {some.map((one) => (
            <label key={one.unit_id} class="check">
              <input
                type="checkbox" checked={chosen.includes(one.unit_id)} disabled={left <= 0 && !chosen.includes(one.unit_id)}
                onChange={(event) => setChosen(event.currentTarget.checked ? [...chosen, one.unit_id] : chosen.filter((id) => id !== one.unit_id))}
              />
              <span>{who.unit_id === one.parent_id ? one.name : labelOf(units, one.unit_id)}</span>
            </label>
          ))}
          {more}
        </fieldset>
        <Field id="until" type="date" label={t("Đến hết ngày (bỏ trống: đến khi có người dừng)", "To the end of (empty: until somebody ends it)")} value={until} min={day(new Date())} typed={setUntil} fault={faultAt(why, "/until_on")} />
        <button disabled={busy || chosen.length === 0}>{chosen.length === 0 ? t("Giao thôn", "Give villages") : t(`Giao ${spell(chosen.length)} thôn`, `Give ${spell(chosen.length)}`)}</button>
      </form>
    </Dialog>
  );
}
