/** Letting a volunteer care for single people by name, whoever works the village. */
import { useState } from "preact/hooks";

import { api, told } from "../../api.ts";
import { Dialog } from "../../dialog.tsx";
import { Trouble, useDeed } from "../../kit.tsx";
import { t } from "../../words.ts";
import { FromLists, type Listed, nameOfListed } from "../from-lists.tsx";
import type { Account } from "./people.ts";
import { Done } from "./pieces.tsx";
import { isWithin, labelOf, type Units } from "./units.ts";

export function Caretaker({ who, units, close }: { who: Account; units: Units; close: () => void }) {
  const villages = [...units.values()].filter((one) => one.level === "village" && isWithin(units, one.unit_id, who.unit_id));
  const [given, setGiven] = useState<string[]>([]);
  const [done, setDone] = useState<{ said: string; undo?: () => void }>();
  const { busy, why, run } = useDeed();
  const give = (one: Listed) =>
    run(async () => {
      const path = { recorded_person_id: one.person_id };
      const name = nameOfListed(one);
      await told(api.PUT("/api/v1/persons/{recorded_person_id}/caretaker", { params: { path }, body: { account_id: who.account_id } }));
      setGiven((before) => [...before, one.person_id]);
      const undo = () => void run(async () => {
        await told(api.DELETE("/api/v1/persons/{recorded_person_id}/caretaker", { params: { path } }));
        setGiven((before) => before.filter((id) => id !== one.person_id));
        setDone({ said: t(`${name} lại do người phụ trách thôn lo.`, `Whoever works the village cares for ${name} again.`) });
      });
      setDone({ said: t(`${who.name} lo cho ${name}.`, `${who.name} cares for ${name}.`), undo });
    });
  return (
    <Dialog title={t(`Giao từng người cho ${who.name}`, `Let ${who.name} care for single people`)} close={close} wide>
      <p>{t("Người được giao đích danh nằm trong danh sách việc của tình nguyện viên này, dù ai phụ trách thôn. Mỗi lần mở danh sách có tên đều được ghi nhật ký.", "They are on this volunteer's worklists, whoever works the village. Each opening of a list with names is audited.")}</p>
      <Trouble why={why} />
      <Done said={done?.said} undo={done?.undo} busy={busy} />
      <FromLists
        id="care" units={units} villages={villages}
        spellVillage={(one) => (who.unit_id === one.parent_id ? one.name : labelOf(units, one.unit_id))}
        end={(one) => (
          <>
            <span class="good">{given.includes(one.person_id) && t("đã giao", "given")}</span>
            {!given.includes(one.person_id) && <button type="button" class="quiet small" disabled={busy} onClick={() => void give(one)}>{t("Giao", "Give")}<span class="unseen"> {nameOfListed(one)}</span></button>}
          </>
        )}
      />
    </Dialog>
  );
}
