/** What a board is asked for: its step, its days, who is compared with whom. Each choice is another address. */
import { useState } from "preact/hooks";

import { api, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { me } from "../../session.ts";
import { day, t } from "../../words.ts";
import { type Asked, byMetric, CLASSES, METRICS, ofPeriod, PERIODS, STAGES, UNIONS } from "../state.ts";
import { UNIT_LEVELS, write } from "./address.ts";
import { BASES, kindsOf, LEAGUES, UNITS } from "./lists.ts";

/** Days instead of a period, and no campaign. */
const DAYS = "days";

/** Goes to another board, from its first page; what was closed, and whose page it was, is another one's. */
function go(one: Asked, other: Partial<Asked>): void {
  location.hash = write({ ...one, cursor: undefined, around: undefined, revision: undefined, ...other });
}

export function Asking({ one }: { one: Asked }) {
  const isOfUnits = UNIT_LEVELS.includes(one.level);
  const change = (other: Partial<Asked>) => go(one, other);
  const set = (name: keyof Asked) => (word: string) => change({ [name]: word || undefined });
  const narrow = [one.kind, one.class, one.league, one.units, one.basis, one.level !== "volunteer" && one.within].filter(Boolean).length;
  return (
    <form class="panel asked-of" onSubmit={(event) => event.preventDefault()}>
      <div class="asked">
        <Ask id="of-stage" name={t("Bước", "Step")} list={STAGES} value={one.stage} set={(stage) => change({ stage })} />
        <When one={one} change={change} />
        {one.level === "team" && <Ask id="of-metric" name={t("Theo", "By")} list={METRICS.filter(([word]) => word !== "momentum")} value={one.metric === "count" ? "count" : "rate"} set={(metric) => change({ metric })} />}
        {isOfUnits && (one.level !== "union" || one.campaign) && <Ask id="of-metric" name={t("Theo", "By")} list={METRICS} value={one.metric} set={(metric) => change(byMetric(one, metric))} />}
        {isOfUnits && one.level !== "union" && <Ask id="of-union" name={t("Lực lượng", "Union")} list={UNIONS} value={one.union} set={(union) => change({ union })} />}
        {one.level === "volunteer" && <Within one={one} set={(within) => change({ within })} />}
      </div>
      {isOfUnits && (
        <details class="narrow" open={narrow > 0}>
          <summary>{t("So cùng loại, cùng cỡ", "Compare like with like")}{narrow > 0 && <span class="badge calm">{narrow}</span>}</summary>
          <div class="asked">
            {(one.level === "village" || one.level === "union") && <Within one={one} set={(within) => change({ within })} />}
            {one.level !== "union" && <Ask id="of-kind" name={t("Loại đơn vị", "Kind")} list={kindsOf(one.level)} value={one.kind ?? ""} set={set("kind")} />}
            {one.level === "commune" && <Ask id="of-class" name={t("Vùng", "Class")} list={CLASSES} value={one.class} set={(next) => change({ class: next })} />}
            {one.level !== "union" && <Ask id="of-league" name={t("Nhóm thi đua", "League")} list={LEAGUES} value={String(one.league ?? "")} set={(league) => change({ league: Number(league) || undefined })} />}
            <Ask id="of-basis" name={t("Tính", "Counted")} list={BASES} value={one.basis ?? ""} set={set("basis")} />
            <Ask id="of-units" name={t("Kể theo", "Told in")} list={UNITS} value={one.units === "today" ? "today" : ""} set={set("units")} />
          </div>
          {(one.level === "commune" || one.level === "village") && (
            <p><a class="button quiet small" href={write({ ...one, cursor: undefined, around: "me" })}>{t("Đến trang có đơn vị của tôi", "To the page of my unit")}</a></p>
          )}
        </details>
      )}
    </form>
  );
}

/** One choice of a list, by its name. */
export function Ask({ id, name, list, value, set }: { id: string; name: string; list: [string, string][]; value: string; set: (word: string) => void }) {
  return (
    <label>
      <span>{name}</span>
      <select id={id} value={value} onChange={(event) => set(event.currentTarget.value)}>
        {list.map(([word, label]) => <option key={word} value={word}>{label}</option>)}
      </select>
    </label>
  );
}

/** A period of today, a campaign's days, or any. */
function When({ one, change }: { one: Asked; change: (other: Partial<Asked>) => void }) {
  const campaigns = useAsked("campaigns", async () => (await told(api.GET("/api/v1/campaigns", { params: { query: { limit: 50 } } }))).items);
  const periods = one.level === "team" ? [] : one.level === "volunteer" ? PERIODS.filter(([word]) => word !== "start") : PERIODS;
  const drives: [string, string][] = one.level === "volunteer" ? [] : (campaigns.told ?? []).map((drive) => [drive.campaign_id, drive.name]);
  const value = one.campaign ?? (one.from ? DAYS : one.level === "team" ? "" : one.period);
  const today = day(new Date());
  const pick = (word: string) => {
    if (word === DAYS) change({ campaign: undefined, from: `${today.slice(0, 8)}01`, to: today });
    else if (drives.some(([id]) => id === word)) change({ campaign: word, from: undefined, to: undefined });
    else change({ campaign: undefined, from: undefined, to: undefined, ...ofPeriod(one, word) });
  };
  return (
    <>
      <label>
        <span>{one.level === "team" ? t("Đợt ra quân", "Campaign") : t("Thời gian", "Window")}</span>
        <select id="of-when" value={value} onChange={(event) => pick(event.currentTarget.value)}>
          {one.level === "team" && !one.campaign && <option value="">{t("chọn một đợt", "choose one")}</option>}
          {periods.map(([word, label]) => <option key={word} value={word}>{label}</option>)}
          {one.level !== "team" && <option value={DAYS}>{t("Chọn ngày…", "Any days…")}</option>}
          {drives.length > 0 && <optgroup label={t("Đợt ra quân", "Campaigns")}>{drives.map(([id, name]) => <option key={id} value={id}>{name}</option>)}</optgroup>}
        </select>
      </label>
      {one.from && !one.campaign && <Days key={`${one.from} ${one.to}`} one={one} change={change} />}
    </>
  );
}

/** Both days together make another board, when both are typed. */
function Days({ one, change }: { one: Asked; change: (other: Partial<Asked>) => void }) {
  const today = day(new Date());
  const [from, setFrom] = useState(one.from ?? today);
  const [to, setTo] = useState(one.to ?? today);
  const take = (next: { from: string; to: string }) => {
    setFrom(next.from);
    setTo(next.to);
    if (next.from && next.to && next.from <= next.to) change(next);
  };
  const isBackwards = from > to;
  return (
    <>
      <label>
        <span>{t("Từ ngày", "From")}</span>
        <input type="date" id="of-from" value={from} max={today} required onChange={(event) => take({ from: event.currentTarget.value, to })} />
      </label>
      <label>
        <span>{t("Đến ngày", "To")}</span>
        <input type="date" id="of-to" value={to} max={today} required aria-invalid={isBackwards} aria-describedby="of-days-about" onChange={(event) => take({ from, to: event.currentTarget.value })} />
        <small id="of-days-about" class="fault">{isBackwards && t("Ngày cuối phải sau ngày đầu.", "The last day comes after the first.")}</small>
      </label>
    </>
  );
}

/** A commune; of villages and people only those of one's own unit. */
function Within({ one, set }: { one: Asked; set: (unit: number | undefined) => void }) {
  const within = one.level === "union" ? undefined : me.value?.unit_id;
  const communes = useAsked(`communes ${within}`, async () => (await told(api.GET("/api/v1/units", { params: { query: { level: "commune", within, limit: 200 } } }))).items);
  const others = (communes.told ?? []).filter((unit) => unit.unit_id !== within);
  // Whoever works within one commune asks about it alone.
  if (others.length === 0) return null;
  return (
    <label>
      <span>{t("Trong đơn vị", "Within")}</span>
      <select id="of-within" value={String(one.within ?? "")} onChange={(event) => set(Number(event.currentTarget.value) || undefined)}>
        <option value="">{one.level === "volunteer" ? t("chọn một xã", "choose a commune") : one.level === "village" ? t("cả đơn vị của tôi", "my whole unit") : t("cả tỉnh", "the province")}</option>
        {others.map((unit) => <option key={unit.unit_id} value={String(unit.unit_id)}>{unit.name}</option>)}
      </select>
    </label>
  );
}
