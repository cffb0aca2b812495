/** Outreach of one's unit: what it sums up to, and each activity, which may be corrected or taken back. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { activityKinds } from "../../app/terms.ts";
import { useAsked } from "../../ask.ts";
import { Choice, Loading } from "../../kit.tsx";
import { me } from "../../session.ts";
import { t } from "../../words.ts";
import { Done, Failed, UnitOptions } from "../admin/pieces.tsx";
import { communesOf, labelOf, type Units, useUnits } from "../admin/units.ts";
import { UNIONS } from "../admin/people.ts";
import { Listed, usePaged } from "../paged.tsx";
import { date, month } from "../report/numbers.ts";
import { nameOf, spell } from "../state.ts";
import { OneActivity } from "./activity.tsx";
import { lastDays, Span } from "./span.tsx";

export type Activity = Schemas["OutreachActivity"];

const PAGE = 50;
const DAYS = 30;
const BY: [string, string][] = [
  ["unit", t("đơn vị", "unit")],
  ["union", t("đoàn thể", "union")],
  ["kind", t("hình thức", "kind")],
  ["month", t("tháng", "month")],
];

export const kindName = (word: string | null | undefined) => nameOf(activityKinds, word);

/** `45 người dự, 30 tờ rơi`; what nobody counted is not said. */
export function spellCounts({ attended, leaflets, helped }: Pick<Activity, "attended" | "leaflets" | "helped">): string {
  return [
    attended != null && t(`${spell(attended)} người dự`, `${spell(attended)} attended`),
    leaflets != null && t(`${spell(leaflets)} tờ rơi`, `${spell(leaflets)} leaflets`),
    helped != null && t(`giúp ${spell(helped)} người`, `${spell(helped)} helped`),
  ].filter(Boolean).join(", ");
}

export function Outreach({ rest: [followed] }: { rest: string[] }) {
  const [within, setWithin] = useState("");
  const [union, setUnion] = useState("");
  const [kind, setKind] = useState("");
  const [days, setDays] = useState(lastDays(DAYS));
  const [chosen, choose] = useState(followed);
  const [done, setDone] = useState<string>();
  const [round, setRound] = useState(0);
  const units = useUnits();
  const query = { unit_id: Number(within) || me.value!.unit_id, mass_union: union || undefined, kind: kind || undefined, ...days };
  const key = JSON.stringify(query);
  const list = usePaged(`activities ${key}`, (cursor) => told(api.GET("/api/v1/activities", { params: { query: { ...query, cursor, limit: PAGE } } })));
  const communes = communesOf(units.told);
  const changed = (said: string) => {
    setDone(said);
    list.again();
    setRound(round + 1);
  };
  return (
    <>
      <h1 class="unseen">{t("Tuyên truyền", "Outreach")}</h1>
      <section class="panel" aria-labelledby="outreach-sums">
        <div class="filters-row">
          {communes.length > 1 && <Choice id="outreach-within" label={t("Đơn vị", "Unit")} value={within} chosen={setWithin}><UnitOptions communes={communes} /></Choice>}
          <Choice id="outreach-union" label={t("Đoàn thể", "Union")} value={union} chosen={setUnion}>
            <option value="">{t("tất cả", "all")}</option>
            {UNIONS.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
          </Choice>
          <Choice id="outreach-kind" label={t("Hình thức", "Kind")} value={kind} chosen={setKind}>
            <option value="">{t("tất cả", "all")}</option>
            {activityKinds.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
          </Choice>
          <Span id="outreach" days={days} choose={setDays} />
        </div>
        <Sums key={key} query={query} round={round} units={units.told} />
      </section>
      <section class="panel below-panel" aria-labelledby="activities">
        <h2 id="activities">{t("Từng buổi", "Each activity")}</h2>
        <Done said={done} />
        {units.why !== undefined && <Failed why={units.why} again={units.again} />}
        <Listed list={list} empty={t("Không có buổi tuyên truyền nào trong những ngày này.", "There was no outreach in these days.")}>
          {(rows) => (
            <ul class="cases">
              {rows.map((one) => (
                <li key={one.activity_id} class="account">
                  <p><strong>{kindName(one.activity)}</strong>, {date(one.on_day)}<br /><span class="soft">{[labelOf(units.told, one.village_id), nameOf(UNIONS, one.mass_union), spellCounts(one)].filter(Boolean).join("; ")}</span></p>
                  <span class="soft">{one.is_voided ? t("đã hủy", "taken back") : one.correction_id ? t("đã sửa", "corrected") : ""}</span>
                  <button type="button" class="quiet small" onClick={() => choose(one.activity_id)}>{t("Xem, sửa", "See, correct")}<span class="unseen"> {kindName(one.activity)}, {date(one.on_day)}</span></button>
                </li>
              ))}
            </ul>
          )}
        </Listed>
      </section>
      {chosen && <OneActivity id={chosen} units={units.told} close={() => choose(undefined)} changed={changed} />}
    </>
  );
}

type Query = { unit_id: number; from: string; to: string; mass_union: string | undefined; kind: string | undefined };

function Sums({ query, round, units }: { query: Query; round: number; units: Units | undefined }) {
  const [by, setBy] = useState("unit");
  const sums = useAsked(`sums ${by} ${round}`, () => told(api.GET("/api/v1/activities/sums", { params: { query: { ...query, by } } })));
  const nameOfSum = (one: Schemas["OutreachSum"]) => (by === "unit" ? labelOf(units, one.unit_id!) : by === "union" ? nameOf(UNIONS, one.mass_union) : by === "kind" ? kindName(one.activity) : month(one.month!.slice(0, 7)));
  const names = [t("Số buổi", "Activities"), t("Người dự", "Attended"), t("Tờ rơi", "Leaflets"), t("Được giúp", "Helped")];
  const numbers = (one: Schemas["OutreachSum"]) => [one.activities, one.attended, one.leaflets, one.helped];
  return (
    <>
      <div class="panel-head">
        <h2 id="outreach-sums">{t("Tổng hợp", "Sums")}</h2>
        <Choice id="outreach-by" label={t("Theo", "By")} value={by} chosen={setBy}>{BY.map(([word, name]) => <option key={word} value={word}>{name}</option>)}</Choice>
      </div>
      {!sums.told ? (sums.why === undefined ? <Loading /> : <Failed why={sums.why} again={sums.again} />) : sums.told.total.activities === 0 ? <p class="empty">{t("Chưa có buổi nào để cộng.", "There is nothing to sum.")}</p> : (
        <table class="rows">
          <thead><tr><th scope="col">{nameOf(BY, by)}</th>{names.map((name) => <th key={name} scope="col" class="number">{name}</th>)}</tr></thead>
          <tbody>
            {sums.told.sums.map((one) => (
              <tr key={`${one.unit_id} ${one.mass_union} ${one.activity} ${one.month}`}>
                <th scope="row">{nameOfSum(one)}</th>
                {numbers(one).map((number, index) => <td key={names[index]} class="number" data-label={names[index]}>{spell(number)}</td>)}
              </tr>
            ))}
            <tr>
              <th scope="row">{t("Tổng cộng", "Total")}</th>
              {numbers(sums.told.total).map((number, index) => <td key={names[index]} class="number" data-label={names[index]}><strong>{spell(number)}</strong></td>)}
            </tr>
          </tbody>
        </table>
      )}
    </>
  );
}
