/** What a member recorded: found, seen with everything that was done to it, put right, taken back, let stand again. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { outcomeName } from "../../app/terms.ts";
import { useAsked } from "../../ask.ts";
import { Choice, Field, Loading } from "../../kit.tsx";
import { me } from "../../session.ts";
import { t } from "../../words.ts";
import { Note } from "../note.tsx";
import { date } from "../report/numbers.ts";
import { nameOf, STAGES } from "../state.ts";
import { fits, PAGE as ALL } from "./lists.ts";
import { type Account, byGivenName, type People, UNIONS, usePeople } from "./people.ts";
import { Cut, Done, Failed, UnitOptions, useSome } from "./pieces.tsx";
import { OneRecord } from "./record.tsx";
import { communesOf, nameOfUnit, shorten, type Units, useUnits } from "./units.ts";

export type Act = Schemas["RecordedAct"];

const PAGE = 50;

/** What was recorded, in words. */
export function spellAct(act: Act): string {
  return act.stage ? nameOf(STAGES, act.stage) : t(`Lượt vận động: ${outcomeName(act.outcome ?? "")}`, `Visit: ${outcomeName(act.outcome ?? "")}`);
}

/** Somebody's records, or the one whose address was followed. */
export function Records({ rest: [followed] }: { rest: string[] }) {
  const [within, setWithin] = useState("");
  const [typed, type] = useState("");
  const [who, setWho] = useState<Account>();
  const units = useUnits();
  const unit_id = Number(within) || me.value?.unit_id;
  const people = usePeople(unit_id);
  const leave = () => (location.hash = "#quan-ly/ban-ghi");
  return (
    <>
      <h1 class="unseen">{t("Sửa bản ghi của thành viên", "Correct what members recorded")}</h1>
      <div class="picker">
        <section class="panel" aria-labelledby="members">
          <h2 id="members">{t("Bản ghi của ai", "Whose records")}</h2>
          {communesOf(units.told).length > 1 && <Choice id="records-within" label={t("Đơn vị", "Unit")} value={within} chosen={(next) => { setWithin(next); setWho(undefined); }}><UnitOptions communes={communesOf(units.told)} /></Choice>}
          <Field id="member" label={t("Tìm tên", "Find a name")} value={typed} typed={type} />
          {!people.told ? (people.why === undefined ? <Loading /> : <Failed why={people.why} again={people.again} />) : <Members people={people.told} typed={typed} who={who} choose={setWho} />}
        </section>
        {who && units.told && people.told ? <Of key={who.account_id} who={who} people={people.told} units={units.told} /> : (
          <section class="panel">
            <p class="empty">{t("Chọn một thành viên để xem những gì họ đã ghi.", "Choose a member to see what they recorded.")}</p>
            <Note about={t("Sửa, hủy, khôi phục khác nhau thế nào?", "How do correcting, taking back and reinstating differ?")}>
              <p>{t("Sửa: một bản ghi khác đứng vào chỗ bản sai, vẫn của người ghi, thành tích không đổi. Hủy: bản ghi không tính nữa. Khôi phục: bản bị hủy hay sửa nhầm lại có hiệu lực, số đếm như chưa từng hủy. Không có gì bị xóa; người ghi thấy quyết định kèm lý do ở lần đồng bộ sau.", "Correcting puts another record in the place of the wrong one, by the same author, who keeps the credit. Taking back: it counts no longer. Reinstating: what was taken back by mistake stands again, with every count as before. Nothing is deleted, and the author sees the decision with its reason at the next sync.")}</p>
            </Note>
          </section>
        )}
      </div>
      {followed && people.told && units.told && <Followed key={followed} id={followed} people={people.told} units={units.told} leave={leave} />}
    </>
  );
}

/** A record that a signal named: opened at once, and whatever it leads to. */
function Followed({ id, people, units, leave }: { id: string; people: People; units: Units; leave: () => void }) {
  const [shown, show] = useState<string | undefined>(id);
  const [done, setDone] = useState<{ said: string; undo?: () => void }>();
  return (
    <>
      <Done said={done?.said} undo={done?.undo} />
      {shown && <OneRecord key={shown} id={shown} people={people} units={units} open={show} close={leave} done={(next) => { show(undefined); setDone(next); }} />}
    </>
  );
}

function Members({ people, typed, who, choose }: { people: People; typed: string; who: Account | undefined; choose: (one: Account) => void }) {
  const found = people.rows.filter((one) => (one.role === "volunteer" || one.role === "lead") && (typed.trim() === "" || fits(typed, `${one.name} ${one.unit_label}`))).sort(byGivenName);
  const { some, more } = useSome(found, 20);
  return (
    <>
      <Cut isAll={people.isAll} count={ALL * 10} />
      {found.length === 0 && <p class="empty">{t("Không có ai như vậy.", "Nobody is like that.")}</p>}
      <ul class="picks">
        {some.map((one) => (
          <li key={one.account_id}><button type="button" class="quiet small" aria-pressed={one.account_id === who?.account_id} onClick={() => choose(one)}><span><strong>{one.name}</strong><span class="soft">{nameOf(UNIONS, one.mass_union)}, {shorten(one.unit_label)}{one.state === "disabled" && t(", đã dừng", ", stopped")}</span></span></button></li>
        ))}
      </ul>
      {more}
    </>
  );
}

const SHOWN: [string, string][] = [
  ["", t("mọi bản ghi", "every record")],
  ["counted", t("được công nhận", "recognised")],
  ["not", t("không tính", "not counted")],
  ["voided", t("đã hủy hoặc đã sửa", "taken back or corrected")],
];

function Of({ who, people, units }: { who: Account; people: People; units: Units }) {
  const [cursors, setCursors] = useState<string[]>([]);
  const [only, setOnly] = useState("");
  const [chosen, choose] = useState<string>();
  const [done, setDone] = useState<{ said: string; undo?: () => void }>();
  const cursor = cursors.at(-1);
  const list = useAsked(`records ${who.account_id} ${cursor}`, () => told(api.GET("/api/v1/records", { params: { query: { account_id: who.account_id, cursor, limit: PAGE } } })));
  const fitting = (act: Act) => only === "" || (only === "voided" ? act.voided : only === "counted" ? act.counted : !act.counted && !act.voided);
  const acts = list.told?.items.filter(fitting) ?? [];
  return (
    <section class="panel" aria-labelledby="records">
      <div class="panel-head">
        <h2 id="records">{t(`Bản ghi của ${who.name}`, `Records of ${who.name}`)}</h2>
        <Choice id="records-shown" label={t("Hiện", "Show")} value={only} chosen={setOnly}>{SHOWN.map(([word, name]) => <option key={word} value={word}>{name}</option>)}</Choice>
      </div>
      <p class="soft">{t("Bản mới trước. Không có tên công dân nào ở đây.", "The newest first. No citizen is named here.")}</p>
      <Done said={done?.said} undo={done?.undo} />
      {!list.told ? (list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />) : acts.length === 0 ? <p class="empty">{list.told.items.length === 0 ? t("Chưa ghi gì trong đơn vị của bạn.", "Nothing was recorded in your unit.") : t("Trang này không có bản ghi nào như vậy.", "No record of this page is like that.")}</p> : (
        <table class="rows">
          <thead><tr><th scope="col">{t("Việc đã ghi", "What")}</th><th scope="col">{t("Ngày", "Day")}</th><th scope="col">{t("Thôn", "Village")}</th><th scope="col">{t("Hiện nay", "Now")}</th><th scope="col"><span class="unseen">{t("Xem", "See")}</span></th></tr></thead>
          <tbody>
            {acts.map((act) => (
              <tr key={act.op_id}>
                <th scope="row">{spellAct(act)}</th>
                <td data-label={t("Ngày", "Day")}>{date(act.on_day)}</td>
                <td data-label={t("Thôn", "Village")}>{nameOfUnit(units, act.village_id)}</td>
                <td data-label={t("Hiện nay", "Now")}><Standing act={act} /></td>
                <td class="act"><button type="button" class="quiet small" onClick={() => choose(act.op_id)}>{t("Xem, sửa", "See, correct")}<span class="unseen"> {spellAct(act)}, {date(act.on_day)}</span></button></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p class="deeds">
        {cursors.length > 0 && <button type="button" class="quiet small" onClick={() => setCursors(cursors.slice(0, -1))}>{t("Trang trước", "Before")}</button>}
        {list.told?.next_cursor && <button type="button" class="quiet small" onClick={() => setCursors([...cursors, list.told!.next_cursor!])}>{t("Trang sau", "Next")}</button>}
      </p>
      {chosen && <OneRecord key={chosen} id={chosen} people={people} units={units} open={choose} close={() => choose(undefined)} done={(next) => { choose(undefined); setDone(next); list.again(); }} />}
    </section>
  );
}

/** Recognised, taken back, or merged with another record. */
export function Standing({ act }: { act: Act }) {
  if (act.voided) return <span class="badge calm">{t("đã hủy hoặc sửa", "taken back or corrected")}</span>;
  if (act.counted) return <span class="badge good">{t("được công nhận", "recognised")}</span>;
  return <span class="soft">{act.kind === "visit" || !act.stage ? t("có hiệu lực", "stands") : act.device_holder === "helper" ? t("máy của người giúp: không tính", "a helper's phone: not counted") : t("có hiệu lực; người khác được tính trước", "stands; credit is another's")}</span>;
}
