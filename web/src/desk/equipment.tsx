/** Desks and kits, which bound the places of every slot; and a kit that is out of order. */
import { useState } from "preact/hooks";

import { api, Refused, type Schemas, serverNow, told, uuid } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Field, faultAt, Loading, Trouble } from "../kit.tsx";
import { day as dayOf, hour, lower, spellTime, t } from "../words.ts";
import { Outcome, Preview, ReachChoice, useRearranging } from "./rearrange.tsx";
import { now, office } from "./state.ts";

type Stations = Schemas["Equipment"];
type Kit = Schemas["Kit"];

const KITS_MAX = 50;

/** By the server's clock, which decides; looked at anew as time goes on. */
function isBeforeNow(at: string): boolean {
  void now.value;
  return Date.parse(at) <= serverNow();
}

function isOut({ outage }: Kit): boolean {
  return !!outage && isBeforeNow(outage.since) && !isBeforeNow(outage.until);
}

/** Out of order now, or later. */
function outageOf({ outage }: Kit): Kit["outage"] {
  return outage && !isBeforeNow(outage.until) ? outage : undefined;
}

type Doing = { kind: "outage"; at: number } | { kind: "edit" };

export function Equipment() {
  const { office_id } = office.value!;
  const [doing, setDoing] = useState<Doing>();
  const list = useAsked("equipment", () => told(api.GET("/api/v1/offices/{office_id}/equipment", { params: { path: { office_id } } })));
  const rearranging = useRearranging(() => {
    setDoing(undefined);
    list.again();
  });
  const stations = list.told;
  const { planned, busy, forget } = rearranging;
  const preview = (what: string[], body: Stations) =>
    rearranging.preview(what, (query, key) =>
      told(api.PUT("/api/v1/offices/{office_id}/equipment", { params: { path: { office_id }, query, header: { "Idempotency-Key": key } }, body })));
  const begin = (next: Doing | undefined) => {
    forget();
    setDoing(next);
  };
  const withKit = (at: number, outage: Kit["outage"]): Stations => ({ ...stations!, kits: stations!.kits.map((one, index) => (index === at ? { name: one.name, outage } : one)) });
  const leave = () => begin(undefined);
  return (
    <section class="panel" aria-labelledby="equipment">
      <h2 id="equipment">{t("Quầy và máy thu nhận", "Desks and kits")}</h2>
      <Trouble why={rearranging.why} />
      <Outcome of={rearranging} />
      <Preview of={rearranging} />
      {!planned && !stations && (list.why === undefined ? <Loading /> : <Trouble why={list.why} again={list.again} />)}
      {!planned && stations && doing?.kind === "outage" && (
        <OutOfOrder kit={stations.kits[doing.at]!} at={doing.at} of={rearranging} leave={leave} preview={(what, outage) => preview([what], withKit(doing.at, outage))} />
      )}
      {!planned && stations && doing?.kind === "edit" && <Edit stations={stations} of={rearranging} leave={leave} preview={preview} />}
      {!planned && stations && !doing && (
        <>
          <Bound stations={stations} />
          {stations.kits.length > 0 && (
            <ul class="kits">
              {stations.kits.map((kit, at) => {
                const outage = outageOf(kit);
                return (
                  <li key={kit.name}>
                    <span>
                      <strong>{kit.name}</strong>
                      <br />
                      {outage ? <span class="warn">{spellOutage(kit, outage)}</span> : <span class="good">{t("Đang dùng được", "Works")}</span>}
                    </span>
                    <span class="row-deeds">
                      {outage && <button type="button" class="quiet small" disabled={busy} aria-label={t(`Đã dùng được: ${kit.name}`, `Works again: ${kit.name}`)} onClick={() => { forget(); preview([t(`${kit.name}: dùng lại được`, `${kit.name}: works again`)], withKit(at, undefined)); }}>{t("Đã dùng được", "Works again")}</button>}
                      <button type="button" class="quiet small" aria-label={outage ? t(`Sửa lần hỏng của ${kit.name}`, `Change the outage of ${kit.name}`) : t(`Báo hỏng ${kit.name}`, `${kit.name} is out of order`)} onClick={() => begin({ kind: "outage", at })}>{outage ? t("Sửa", "Change") : t("Báo hỏng", "Out of order")}</button>
                    </span>
                  </li>
                );
              })}
            </ul>
          )}
          <button type="button" class="quiet" onClick={() => begin({ kind: "edit" })}>{t("Sửa quầy và máy", "Change desks and kits")}</button>
        </>
      )}
    </section>
  );
}

function spellOutage(kit: Kit, { since, until, reason }: NonNullable<Kit["outage"]>): string {
  const back = lower(dayOf(until) === dayOf(now.value) ? hour(until) : spellTime(until));
  return isOut(kit)
    ? t(`Hỏng, dùng lại từ ${back}: ${reason}`, `Out of order until ${back}: ${reason}`)
    : t(`Sẽ nghỉ từ ${spellTime(since)} đến ${back}: ${reason}`, `Will be out from ${spellTime(since)} to ${back}: ${reason}`);
}

/** How many the office can serve now, and why. */
function Bound({ stations: { desks, kits, people_per_kit } }: { stations: Stations }) {
  const working = kits.filter((one) => !isOut(one)).length;
  if (!desks && kits.length === 0) return <p class="soft">{t("Chưa khai quầy và máy: số chỗ mỗi khung giờ chỉ theo lịch tuần.", "No desks and kits are known: the week alone says how many places a slot has.")}</p>;
  const stations = kits.length === 0 ? desks! : Math.min(desks ?? working, working);
  const numbers: [string, string | number, string?][] = [
    [t("Quầy", "Desks"), desks ?? kits.length],
    [t("Máy dùng được", "Kits that work"), kits.length === 0 ? "–" : `${working}/${kits.length}`, working < kits.length ? "warn" : undefined],
    [t("Người mỗi máy", "People a kit"), people_per_kit],
    [t("Nhiều nhất mỗi khung", "At most a slot"), stations * people_per_kit, stations === 0 ? "warn" : undefined],
  ];
  return (
    <>
      <dl class="counts">
        {numbers.map(([name, number, tone]) => <div key={name} class={tone}><dt>{name}</dt><dd>{number}</dd></div>)}
      </dl>
      <p class="soft">{t("Quầy hay máy dùng được, bên nào ít hơn, nhân với số người một máy làm trong một khung giờ. Lịch tuần ít chỗ hơn thì theo lịch tuần.", "Desks or kits that work, whichever are fewer, times the people a kit serves in a slot. Where the week has fewer places, the week counts.")}</p>
    </>
  );
}

interface OutProps {
  kit: Kit;
  at: number;
  of: ReturnType<typeof useRearranging>;
  leave: () => void;
  preview: (what: string, outage: Kit["outage"]) => void;
}

const REPAIRED_AT = "07:30";

function OutOfOrder({ kit, at, of, leave, preview }: OutProps) {
  const known = outageOf(kit);
  const [on, setOn] = useState(dayOf(known?.until ?? new Date(Date.now() + 86_400_000)));
  const [clock, setClock] = useState(known ? hour(known.until) : REPAIRED_AT);
  const [reason, setReason] = useState(known?.reason ?? "");
  const pointer = `/kits/${at}/outage`;
  const look = () => {
    const until = new Date(`${on}T${clock}:00+07:00`).toISOString();
    const outage = { since: known?.since ?? new Date(serverNow()).toISOString(), until, reason };
    preview(t(`${kit.name}: hỏng đến ${lower(spellTime(until))}`, `${kit.name}: out of order until ${spellTime(until)}`), outage);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        look();
      }}
    >
      <h3>{t(`${kit.name} hỏng`, `${kit.name} is out of order`)}</h3>
      <p class="soft">{t("Đến giờ ghi dưới đây máy lại được tính là dùng được: chưa sửa xong thì ghi lại giờ muộn hơn.", "From the hour below on it counts as working: say a later one if it is not repaired by then.")}</p>
      <div class="pair">
        <Field id="out-on" label={t("Dùng lại từ ngày", "Works again on")} type="date" value={on} typed={setOn} min={dayOf(new Date())} required />
        <Field id="out-at" label={t("Lúc", "At")} type="time" value={clock} typed={setClock} required fault={faultAt(of.why, `${pointer}/until`)} />
      </div>
      <Field id="out-reason" label={t("Hỏng gì", "What is wrong")} value={reason} typed={setReason} maxLength={300} required fault={faultAt(of.why, `${pointer}/reason`)} />
      <ReachChoice id="out-reach" of={of} />
      <div class="deeds">
        <button disabled={of.busy}>{of.busy ? t("Đang tính…", "Looking…") : t("Xem trước ai bị ảnh hưởng", "See first who is affected")}</button>
        <button type="button" class="quiet" onClick={leave}>{t("Thôi", "Leave it")}</button>
      </div>
    </form>
  );
}

interface EditProps {
  stations: Stations;
  of: ReturnType<typeof useRearranging>;
  leave: () => void;
  preview: (what: string[], body: Stations) => void;
}

function Edit({ stations, of, leave, preview }: EditProps) {
  const [desks, setDesks] = useState(stations.desks ? String(stations.desks) : "");
  const [people, setPeople] = useState(String(stations.people_per_kit));
  const [kits, setKits] = useState(() => stations.kits.map((kit) => ({ id: uuid(), kit })));
  const [same, setSame] = useState(false);
  const twice = of.why instanceof Refused && of.why.code === "kit-twice" ? of.why.problem.title : undefined;
  const isTwice = (at: number) => kits.some(({ kit }, other) => other < at && kit.name.trim() === kits[at]!.kit.name.trim());
  const look = () => {
    const body: Stations = { desks: desks ? Number(desks) : undefined, people_per_kit: Number(people), kits: kits.map(({ kit }) => kit) };
    const what = differences(stations, body);
    setSame(what.length === 0);
    if (what.length > 0) preview([t("Đổi quầy và máy", "Change desks and kits"), ...what], body);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        look();
      }}
    >
      <div class="pair">
        <Field id="desks" label={t("Số quầy có người ngồi", "Desks with somebody at them")} type="number" value={desks} typed={setDesks} hint={t("Bỏ trống: bằng số máy", "Empty: as many as kits")} fault={faultAt(of.why, "/desks")} />
        <Field id="people" label={t("Một máy làm mấy người mỗi khung giờ", "People that a kit serves in a slot")} type="number" value={people} typed={setPeople} required hint={t("Mỗi người mất 10 đến 15 phút", "Each takes 10 to 15 minutes")} fault={faultAt(of.why, "/people_per_kit")} />
      </div>
      <fieldset>
        <legend>{t("Máy thu nhận, đầu đọc", "Kits")}</legend>
        {kits.length === 0 && <p class="soft">{t("Chưa có máy nào: chỉ tính theo quầy và lịch tuần.", "None: desks and the week alone count.")}</p>}
        {kits.map((one, at) => (
          <div class="span" key={one.id}>
            <Field
              id={`kit-${at}`} label={t(`Máy ${at + 1}`, `Kit ${at + 1}`)} value={one.kit.name} maxLength={60} required
              typed={(name) => setKits(kits.map((each) => (each === one ? { ...one, kit: { ...one.kit, name } } : each)))}
              fault={faultAt(of.why, `/kits/${at}/name`) ?? (isTwice(at) ? twice : undefined)}
            />
            <button
              type="button" class="quiet small" aria-label={t(`Bỏ máy ${at + 1}`, `Remove kit ${at + 1}`)}
              onClick={() => {
                setKits(kits.filter((each) => each !== one));
                document.getElementById("kit-more")?.focus();
              }}
            >
              {t("Bỏ", "Remove")}
            </button>
          </div>
        ))}
        <div class="deeds">
          <button
            id="kit-more" type="button" class="quiet small" disabled={kits.length >= KITS_MAX}
            onClick={() => {
              setKits([...kits, { id: uuid(), kit: { name: t(`Bộ thu nhận ${kits.length + 1}`, `Kit ${kits.length + 1}`) } }]);
              requestAnimationFrame(() => document.getElementById(`kit-${kits.length}`)?.focus());
            }}
          >
            {t("Thêm máy", "Another kit")}
          </button>
        </div>
      </fieldset>
      <ReachChoice id="kits-reach" of={of} />
      {same && <p class="fault" role="alert">{t("Quầy và máy chưa có gì khác.", "Nothing differs yet.")}</p>}
      <div class="deeds">
        <button disabled={of.busy}>{of.busy ? t("Đang tính…", "Looking…") : t("Xem trước ai bị ảnh hưởng", "See first who is affected")}</button>
        <button type="button" class="quiet" onClick={leave}>{t("Thôi, giữ như cũ", "Leave it as it is")}</button>
      </div>
    </form>
  );
}

function differences(before: Stations, after: Stations): string[] {
  const names = (of: Stations) => of.kits.map((one) => one.name.trim());
  const [old, next] = [names(before), names(after)];
  const spellDesks = (count: number | null | undefined) => count ?? t("bằng số máy", "as many as kits");
  return [
    ...((before.desks ?? undefined) === after.desks ? [] : [t(`Quầy: ${spellDesks(before.desks)} → ${spellDesks(after.desks)}`, `Desks: ${spellDesks(before.desks)} → ${spellDesks(after.desks)}`)]),
    ...(before.people_per_kit === after.people_per_kit ? [] : [t(`Người mỗi máy mỗi khung giờ: ${before.people_per_kit} → ${after.people_per_kit}`, `People a kit serves in a slot: ${before.people_per_kit} → ${after.people_per_kit}`)]),
    ...next.filter((name, at) => !old.includes(name) || next.indexOf(name) !== at).map((name) => t(`Thêm: ${name}`, `Added: ${name}`)),
    ...old.filter((name) => !next.includes(name)).map((name) => t(`Bỏ: ${name}`, `Removed: ${name}`)),
  ];
}
