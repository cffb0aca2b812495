/** Somebody of the worklists of a village: nobody is searched by name, and each page that is opened is audited. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../api.ts";
import { listName } from "../app/terms.ts";
import { useAsked } from "../ask.ts";
import { Choice, Loading } from "../kit.tsx";
import { t } from "../words.ts";
import { Failed } from "./admin/pieces.tsx";
import { nameOfUnit, type Unit, type Units } from "./admin/units.ts";
import { date } from "./report/numbers.ts";
import { spell } from "./state.ts";

export type Listed = Schemas["WorklistEntry"];

const PAGE = 50;

export const nameOfListed = (one: Listed) => one.name ?? t("người chưa rõ tên", "somebody without a name");

interface Props {
  id: string;
  units: Units;
  villages: Unit[];
  spellVillage: (village: Unit) => string;
  /** What can be done with each of them. */
  end: (one: Listed) => ComponentChildren;
}

export function FromLists({ id, units, villages, spellVillage, end }: Props) {
  const [village, setVillage] = useState("");
  const [worklist, setWorklist] = useState("");
  const unit_id = Number(village) || undefined;
  const lists = useAsked(`lists ${village}`, async () => (unit_id ? (await told(api.GET("/api/v1/worklists", { params: { query: { unit_id, assigned: "all" } } }))).lists : []));
  return (
    <>
      <div class="pair">
        <Choice id={`${id}-village`} label={t("Thôn, khu phố", "Village")} value={village} chosen={(next) => { setVillage(next); setWorklist(""); }}>
          <option value="">{t("chọn thôn", "choose a village")}</option>
          {villages.map((one) => <option key={one.unit_id} value={String(one.unit_id)}>{spellVillage(one)}</option>)}
        </Choice>
        <Choice id={`${id}-list`} label={t("Danh sách việc", "Worklist")} value={worklist} chosen={setWorklist}>
          <option value="">{t("chọn danh sách", "choose a list")}</option>
          {lists.told?.filter((one) => one.people > 0).map((one) => <option key={one.worklist} value={one.worklist}>{listName(one.worklist, one.title)} ({spell(one.people)})</option>)}
        </Choice>
      </div>
      {lists.why !== undefined && <Failed why={lists.why} again={lists.again} />}
      {unit_id && lists.told?.every((one) => one.people === 0) && <p class="empty">{t("Thôn này không còn ai trong danh sách việc.", "Nobody is left on a list of this village.")}</p>}
      {unit_id && worklist && <People key={`${village} ${worklist}`} unitId={unit_id} worklist={worklist} units={units} end={end} />}
    </>
  );
}

interface PeopleProps {
  unitId: number;
  worklist: string;
  units: Units;
  end: (one: Listed) => ComponentChildren;
}

function People({ unitId, worklist, units, end }: PeopleProps) {
  const [cursors, setCursors] = useState<string[]>([]);
  const cursor = cursors.at(-1);
  const list = useAsked(`people ${cursor}`, () => told(api.GET("/api/v1/worklists/{worklist}", { params: { path: { worklist }, query: { unit_id: unitId, assigned: "all", cursor, limit: PAGE } } })));
  if (!list.told) return list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />;
  return (
    <>
      <ul class="cases">
        {list.told.items.map((one) => (
          <li key={one.person_id} class="account">
            <p><strong>{nameOfListed(one)}</strong><span class="soft">{one.birth_year && `, ${one.birth_year}`}{one.id_tail && t(`, số cuối ${one.id_tail}`, `, ending in ${one.id_tail}`)}</span><br /><span class="soft">{nameOfUnit(units, one.village_id)}. {one.next_step_text}{one.due_on && t(` Hạn ${date(one.due_on)}.`, ` Due ${date(one.due_on)}.`)}</span></p>
            {end(one)}
          </li>
        ))}
      </ul>
      <p class="deeds">
        {cursors.length > 0 && <button type="button" class="quiet small" onClick={() => setCursors(cursors.slice(0, -1))}>{t("Trang trước", "Before")}</button>}
        {list.told.next_cursor && <button type="button" class="quiet small" onClick={() => setCursors([...cursors, list.told!.next_cursor!])}>{t("Trang sau", "Next")}</button>}
      </p>
    </>
  );
}
