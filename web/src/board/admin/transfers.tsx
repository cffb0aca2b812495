/** What was handed over, and taking it back within a day. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Loading, Trouble, useDeed } from "../../kit.tsx";
import { spellTime, t } from "../../words.ts";
import { spell } from "../state.ts";
import { nameOfAccount, type People } from "./people.ts";
import { Failed } from "./pieces.tsx";
import { nameOfUnit, type Units } from "./units.ts";

const PAGE = 20;

export function Transfers({ people, units, undone }: { people: People; units: Units; undone: () => void }) {
  const [cursors, setCursors] = useState<string[]>([]);
  const cursor = cursors.at(-1);
  const list = useAsked(`transfers ${cursor}`, () => told(api.GET("/api/v1/transfers", { params: { query: { cursor, limit: PAGE } } })));
  const { busy, why, run } = useDeed();
  const undo = (one: Schemas["Transfer"]) =>
    run(async () => {
      await told(api.POST("/api/v1/transfers/{transfer_id}/undo", { params: { path: { transfer_id: one.transfer_id } } }));
      undone();
    });
  return (
    <section class="panel" aria-labelledby="transfers">
      <h2 id="transfers">{t("Đã bàn giao", "Handed over")}</h2>
      <Trouble why={why} />
      {!list.told ? (list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />) : list.told.items.length === 0 ? <p class="empty">{t("Chưa bàn giao lần nào.", "Nothing was handed over yet.")}</p> : (
        <>
          <ul class="cases">
            {list.told.items.map((one) => (
              <li key={one.transfer_id}>
                <p><strong>{nameOfAccount(people, one.from_account_id)} → {nameOfAccount(people, one.to_account_id)}</strong> {one.undone_at && <span class="badge calm">{t("đã hoàn tác", "undone")}</span>}<br />{one.villages.map((id) => nameOfUnit(units, id)).join(", ")}{one.people_by_name > 0 && t(`; ${spell(one.people_by_name)} người đích danh`, `; ${spell(one.people_by_name)} people by name`)}. {one.reason}<br /><span class="soft">{nameOfAccount(people, one.made_by)}, {spellTime(one.made_at)}{one.undone_at && one.undone_by && t(`; ${nameOfAccount(people, one.undone_by)} hoàn tác ${spellTime(one.undone_at)}`, `; undone by ${nameOfAccount(people, one.undone_by)} ${spellTime(one.undone_at)}`)}</span></p>
                {!one.undone_at && Date.parse(one.undo_until) > Date.now() && (
                  <p class="deeds"><span class="soft">{t("Hoàn tác được đến", "Can be undone until")} {spellTime(one.undo_until)}</span><button type="button" class="quiet small" disabled={busy} onClick={() => void undo(one)}>{t("Hoàn tác", "Undo")}</button></p>
                )}
              </li>
            ))}
          </ul>
          <p class="deeds">
            {cursors.length > 0 && <button type="button" class="quiet small" onClick={() => setCursors(cursors.slice(0, -1))}>{t("Trang trước", "Before")}</button>}
            {list.told.next_cursor && <button type="button" class="quiet small" onClick={() => setCursors([...cursors, list.told!.next_cursor!])}>{t("Trang sau", "Next")}</button>}
          </p>
        </>
      )}
    </section>
  );
}
