/** Lists of people who are expected in villages: imported from a file, seen first line by line, taken back. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Loading, Trouble, useDeed } from "../../kit.tsx";
import { spellTime, t } from "../../words.ts";
import { date } from "../report/numbers.ts";
import { spell } from "../state.ts";
import { Done, Failed } from "./pieces.tsx";
import { ImportRoster } from "./roster-import.tsx";
import { labelOf, useUnits } from "./units.ts";

const PAGE = 50;

export function Rosters() {
  const [cursors, setCursors] = useState<string[]>([]);
  const [done, setDone] = useState<string>();
  const units = useUnits();
  const cursor = cursors.at(-1);
  const list = useAsked(`rosters ${cursor}`, () => told(api.GET("/api/v1/rosters", { params: { query: { cursor, limit: PAGE } } })));
  const [asks, ask] = useState<string>();
  const { busy, why, run } = useDeed();
  const undo = (one: Schemas["Roster"]) =>
    run(async () => {
      await told(api.POST("/api/v1/rosters/{roster_id}/undo", { params: { path: { roster_id: one.roster_id } } }));
      ask(undefined);
      setDone(t(`Đã rút danh sách “${one.name}”: những người chỉ có trong đó không còn trong danh sách việc.`, `“${one.name}” is taken back: who stood only in it is on no worklist any more.`));
      list.again();
    });
  return (
    <>
      <h1 class="unseen">{t("Danh sách thôn", "Village lists")}</h1>
      <div class="halves">
        <ImportRoster imported={() => { setDone(undefined); list.again(); }} />
        <section class="panel" aria-labelledby="rosters">
          <h2 id="rosters">{t("Đã nhập", "What was imported")}</h2>
          <Trouble why={why} />
          <Done said={done} />
          {!list.told ? (list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />) : list.told.items.length === 0 ? <p class="empty">{t("Chưa nhập danh sách nào.", "No list was imported yet.")}</p> : (
            <>
              <ul class="cases">
                {list.told.items.map((one) => (
                  <li key={one.roster_id}>
                    <p><strong>{one.name}</strong> {one.undone_at && <span class="badge calm">{t("đã rút", "taken back")}</span>}<br /><span class="soft">{t(`${spell(one.entries)} người`, `${spell(one.entries)} people`)}, {labelOf(units.told, one.unit_id)}; {one.source}, {date(one.made_on)}</span></p>
                    <p class="deeds">
                      <span class="soft">{t("Nhập", "Imported")} {spellTime(one.imported_at)}{one.undone_at && t(`; rút ${spellTime(one.undone_at)}`, `; taken back ${spellTime(one.undone_at)}`)}</span>
                      {!one.undone_at && (asks === one.roster_id
                        ? <span class="deeds"><button type="button" class="small danger quiet" disabled={busy} onClick={() => void undo(one)}>{t("Rút thật", "Yes, take it back")}</button><button type="button" class="quiet small" onClick={() => ask(undefined)}>{t("Thôi", "No")}</button></span>
                        : <button type="button" class="quiet small" onClick={() => ask(one.roster_id)}>{t("Rút lại", "Take back")}<span class="unseen"> {one.name}</span></button>)}
                    </p>
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
      </div>
    </>
  );
}
