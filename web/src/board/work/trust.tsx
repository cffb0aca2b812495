/** Whether the numbers can be trusted: grades, the weekly draws behind them, and what is done about a lot that failed. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Choice, Loading } from "../../kit.tsx";
import { me } from "../../session.ts";
import { t } from "../../words.ts";
import { Done, Failed, useSome } from "../admin/pieces.tsx";
import { communesOf, labelOf, nameOfUnit, type Units, useUnits } from "../admin/units.ts";
import { Note } from "../note.tsx";
import { Listed, usePaged } from "../paged.tsx";
import { date } from "../report/numbers.ts";
import { nameOf, spell, spellTenth } from "../state.ts";
import { TakeList } from "../take-list.tsx";
import { WHOSE } from "./campaign-targets.tsx";
import { OneDraw } from "./draw.tsx";
import { Plans } from "./plans.tsx";

export type Draw = Schemas["Draw"];
type Grade = Schemas["Grade"];

const PAGE = 30;
const STATES: Record<string, [string, string]> = {
  committed: [t("đã cam kết, chưa rút", "promised, not drawn yet"), "calm"],
  drawn: [t("đang gọi lại", "being called"), ""],
  passed: [t("đạt", "passed"), "good"],
  failed: [t("không đạt: còn ngờ", "failed: in doubt"), "grave"],
  released: [t("đã gỡ ngờ", "released"), "calm"],
  undecided: [t("chưa kết luận được: quá ít người gặp được", "undecided: too few were reached"), ""],
  empty: [t("không có gì để kiểm", "nothing to check"), "calm"],
};

export function DrawState({ state }: { state: string }) {
  const [name, kind] = STATES[state] ?? [state, "calm"];
  return <span class={`badge ${kind}`}>{name}</span>;
}

/** `91,2` of 0.9124. */
export const spellShare = (share: number) => `${spellTenth(share * 100)} %`;

export function Trust() {
  const [picked, setCode] = useState<string>();
  const [chosen, choose] = useState<Draw>();
  const [done, setDone] = useState<string>();
  const units = useUnits();
  const communes = communesOf(units.told).filter((one) => one.code);
  // Draws of all the province are public; whoever answers for one commune came for its own.
  const code = picked ?? (communes.length === 1 ? communes[0]!.code! : "");
  const grades = useAsked("grades", () => told(api.GET("/api/v1/grades")));
  const list = usePaged(`draws ${code}`, (cursor) => told(api.GET("/api/v1/draws", { params: { query: { code: code || undefined, cursor, limit: PAGE } } })));
  const whose = (id: number) => (units.told?.has(id) ? labelOf(units.told, id) : t("xã khác", "another commune"));
  return (
    <>
      <h1 class="unseen">{t("Độ tin cậy", "Trust")}</h1>
      <div class="halves">
        <section class="panel" aria-labelledby="grades">
          <div class="panel-head">
            <h2 id="grades">{t("Xếp loại", "Grades")}</h2>
            <div class="deeds"><TakeList asked={{ table: "grades" }} title={t("Xếp loại độ tin cậy", "Grades")} /></div>
          </div>
          <Note about={t("Vì sao một đơn vị bị ngờ, và làm gì?", "Why is a unit in doubt, and what to do?")}>
            <p>{t("Mỗi tuần chương trình rút ngẫu nhiên vài bản ghi của từng đoàn thể trong từng xã để gọi lại công dân. Quá số sai cho phép thì lô không đạt và xếp loại bị hạ cho đến khi có người ghi đã làm gì: hướng dẫn lại, rà lại bản ghi, rồi gỡ ngờ. Không ai tự gỡ lô của đoàn, hội mình. Mọi bản ghi vẫn được tính suốt lúc đó.", "Every week some records of each union and commune are drawn, and the citizens called. With more failures than allowed the lot fails and holds the grade down until somebody writes what was done: they were shown how, the records were gone through, and the lot is released. Nobody releases a lot of their own union. Its records count all the while.")}</p>
          </Note>
          {!grades.told ? (grades.why === undefined ? <Loading /> : <Failed why={grades.why} again={grades.again} />) : <Grades grades={grades.told} units={units.told} show={(id) => setCode(units.told?.get(id)?.code ?? "")} />}
        </section>
        <section class="panel" aria-labelledby="draws">
          <div class="panel-head">
            <h2 id="draws">{t("Các lần rút mẫu hằng tuần", "Weekly draws")}</h2>
            <Choice id="draws-of" label={t("Xã, phường", "Commune")} value={code} chosen={setCode}>
              <option value="">{t("cả tỉnh", "the province")}</option>
              {communes.map((one) => <option key={one.unit_id} value={one.code!}>{one.name}</option>)}
            </Choice>
            <div class="deeds"><TakeList asked={{ table: "draws", unit_id: communes.find((one) => one.code === code)?.unit_id }} ofDays title={t("Các lần rút mẫu hằng tuần", "Weekly draws")} says={t("Các tuần bắt đầu trong những ngày này, của những xã trong phạm vi của bạn.", "Weeks that began on these days, of the communes within your unit.")} /></div>
          </div>
          <Done said={done} />
          <Listed list={list} empty={t("Chưa rút mẫu lần nào.", "Nothing was drawn yet.")}>
            {(rows) => (
              <ul class="cases">
                {rows.map((one) => (
                  <li key={one.draw_id} class="account">
                    <p><strong>{whose(one.commune_id)}</strong>, {nameOf(WHOSE, one.mass_union)}<br /><span class="soft">{t(`Tuần từ ${date(one.week_on)}`, `Week of ${date(one.week_on)}`)}{one.sample_size > 0 && t(`: kiểm ${spell(one.sample_size)} trên ${spell(one.lot_size)} bản ghi, sai ${spell(one.failures)} (cho phép ${spell(one.failures_max)})`, `: ${spell(one.sample_size)} of ${spell(one.lot_size)} records, ${spell(one.failures)} failures (${spell(one.failures_max)} allowed)`)}</span></p>
                    <DrawState state={one.state} />
                    <button type="button" class="quiet small" onClick={() => choose(one)}>{t("Xem", "See")}<span class="unseen"> {whose(one.commune_id)}, {nameOf(WHOSE, one.mass_union)}, {date(one.week_on)}</span></button>
                  </li>
                ))}
              </ul>
            )}
          </Listed>
        </section>
      </div>
      <Plans />
      {chosen && <OneDraw draw={chosen} name={whose(chosen.commune_id)} isOwn={units.told?.has(chosen.commune_id) ?? false} close={() => choose(undefined)} acted={(said) => { choose(undefined); setDone(said); list.again(); grades.again(); }} />}
    </>
  );
}

/** Those in doubt first. */
function Grades({ grades, units, show }: { grades: Grade[]; units: Units | undefined; show: (unit_id: number) => void }) {
  const { some, more } = useSome([...grades].sort((one, other) => other.lots_in_doubt - one.lots_in_doubt), 20);
  return (
    <>
      <ul class="cases">
        {some.map((one) => (
          <li key={one.unit_id}>
            <p><strong>{one.unit_id === me.value?.unit_id ? me.value.unit_label : nameOfUnit(units, one.unit_id)}</strong> <span class={`badge ${one.lots_in_doubt > 0 || one.grade === "C" ? "grave" : one.grade === "A" ? "good" : "calm"}`}>{t("loại", "grade")} {one.grade}</span>{one.confirmed_share != null && <> {t("xác nhận", "confirmed")} {spellShare(one.confirmed_share)}{one.share_from != null && one.share_to != null && <span class="soft"> ({spellTenth(one.share_from * 100)}–{spellShare(one.share_to)})</span>}</>}<br /><span class="soft" lang="vi">{one.reason}</span></p>
            {one.lots_in_doubt > 0 && units?.get(one.unit_id)?.level === "commune" && <p class="deeds"><button type="button" class="quiet small" onClick={() => show(one.unit_id)}>{t("Xem các lô", "See its lots")}<span class="unseen"> {nameOfUnit(units, one.unit_id)}</span></button></p>}
          </li>
        ))}
      </ul>
      {more}
    </>
  );
}
