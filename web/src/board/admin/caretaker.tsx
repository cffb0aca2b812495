/** Letting a volunteer care for single people by name, whoever works the village. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { listName } from "../../app/terms.ts";
import { useAsked } from "../../ask.ts";
import { Dialog } from "../../dialog.tsx";
import { Choice, Loading, Trouble, useDeed } from "../../kit.tsx";
import { t } from "../../words.ts";
import { date } from "../report/numbers.ts";
import { spell } from "../state.ts";
import type { Account } from "./people.ts";
import { Done, Failed } from "./pieces.tsx";
import { isWithin, labelOf, nameOfUnit, type Units } from "./units.ts";

type Person = Schemas["WorklistEntry"];

const PAGE = 50;

/** Whom to take: from the worklists of a village, for nobody is searched by name. */
export function Caretaker({ who, units, close }: { who: Account; units: Units; close: () => void }) {
  const villages = [...units.values()].filter((one) => one.level === "village" && isWithin(units, one.unit_id, who.unit_id));
  const [village, setVillage] = useState("");
  const [worklist, setWorklist] = useState("");
  const unit_id = Number(village) || undefined;
  const lists = useAsked(`lists ${village}`, async () => (unit_id ? (await told(api.GET("/api/v1/worklists", { params: { query: { unit_id, assigned: "all" } } }))).lists : []));
  return (
    <Dialog title={t(`Giao từng người cho ${who.name}`, `Let ${who.name} care for single people`)} close={close} wide>
      <p>{t("Người được giao đích danh nằm trong danh sách việc của tình nguyện viên này, dù ai phụ trách thôn. Mỗi lần mở danh sách có tên đều được ghi nhật ký.", "They are on this volunteer's worklists, whoever works the village. Each opening of a list with names is audited.")}</p>
      <div class="pair">
        <Choice id="care-village" label={t("Thôn, khu phố", "Village")} value={village} chosen={(next) => { setVillage(next); setWorklist(""); }}>
          <option value="">{t("chọn thôn", "choose a village")}</option>
          {villages.map((one) => <option key={one.unit_id} value={String(one.unit_id)}>{who.unit_id === one.parent_id ? one.name : labelOf(units, one.unit_id)}</option>)}
        </Choice>
        <Choice id="care-list" label={t("Danh sách việc", "Worklist")} value={worklist} chosen={setWorklist}>
          <option value="">{t("chọn danh sách", "choose a list")}</option>
          {lists.told?.filter((one) => one.people > 0).map((one) => <option key={one.worklist} value={one.worklist}>{listName(one.worklist, one.title)} ({spell(one.people)})</option>)}
        </Choice>
      </div>
      {lists.why !== undefined && <Failed why={lists.why} again={lists.again} />}
      {unit_id && lists.told?.every((one) => one.people === 0) && <p class="empty">{t("Thôn này không còn ai trong danh sách việc.", "Nobody is left on a list of this village.")}</p>}
      {unit_id && worklist && <People key={`${village} ${worklist}`} who={who} unitId={unit_id} worklist={worklist} units={units} />}
    </Dialog>
  );
}

function People({ who, unitId, worklist, units }: { who: Account; unitId: number; worklist: string; units: Units }) {
  const [cursors, setCursors] = useState<string[]>([]);
  const [given, setGiven] = useState<string[]>([]);
  const [done, setDone] = useState<{ said: string; undo?: () => void }>();
  const { busy, why, run } = useDeed();
  const cursor = cursors.at(-1);
  const list = useAsked(`care ${cursor}`, () => told(api.GET("/api/v1/worklists/{worklist}", { params: { path: { worklist }, query: { unit_id: unitId, assigned: "all", cursor, limit: PAGE } } })));
  const nameOf = (one: Person) => one.name ?? t("người chưa rõ tên", "somebody without a name");
  const give = (one: Person) =>
    run(async () => {
      const path = { recorded_person_id: one.person_id };
      await told(api.PUT("/api/v1/persons/{recorded_person_id}/caretaker", { params: { path }, body: { account_id: who.account_id } }));
      setGiven((before) => [...before, one.person_id]);
      const undo = () => void run(async () => {
        await told(api.DELETE("/api/v1/persons/{recorded_person_id}/caretaker", { params: { path } }));
        setGiven((before) => before.filter((id) => id !== one.person_id));
        setDone({ said: t(`${nameOf(one)} lại do người phụ trách thôn lo.`, `Whoever works the village cares for ${nameOf(one)} again.`) });
      });
      setDone({ said: t(`${who.name} lo cho ${nameOf(one)}.`, `${who.name} cares for ${nameOf(one)}.`), undo });
    });
  if (!list.told) return list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />;
  return (
    <>
      <Trouble why={why} />
      <Done said={done?.said} undo={done?.undo} busy={busy} />
      <ul class="cases">
        {list.told.items.map((one) => (
          <li key={one.person_id} class="account">
            <p><strong>{nameOf(one)}</strong><span class="soft">{one.birth_year && `, ${one.birth_year}`}{one.id_tail && t(`, số cuối ${one.id_tail}`, `, ending in ${one.id_tail}`)}</span><br /><span class="soft">{nameOfUnit(units, one.village_id)}. {one.next_step_text}{one.due_on && t(` Hạn ${date(one.due_on)}.`, ` Due ${date(one.due_on)}.`)}</span></p>
            <span class="good">{given.includes(one.person_id) && t("đã giao", "given")}</span>
            {!given.includes(one.person_id) && <button type="button" class="quiet small" disabled={busy} onClick={() => void give(one)}>{t("Giao", "Give")}<span class="unseen"> {nameOf(one)}</span></button>}
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
