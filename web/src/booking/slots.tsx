/** Free slots: today first, by day and office. */
import { useState } from "preact/hooks";

import { api, type Schemas, serverNow, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Choice, Field, Loading, Trouble } from "../kit.tsx";
import { day, hour, spellDay, t, vietnamese } from "../words.ts";
import { useCommunes } from "./person.tsx";
import { useWatch } from "./watch.ts";

export type NearSlot = Schemas["NearSlot"];

export interface Search {
  service: string;
  unitId?: number | undefined;
  from?: string | undefined;
  people: number;
  /** Somebody stands for who they are: every free place can be theirs, and not only a share of them. */
  vouched?: boolean;
}

/** How often places are looked at again while somebody looks at them. */
const AGAIN_MS = 15_000;

/** The nearest slots of a search, renewed while the page is seen; `since` when, if that fails. */
export function useSlots(search: Search): { slots: NearSlot[] | undefined; why: unknown; again: () => void; since: Date | undefined } {
  const key = JSON.stringify(search);
  const look = async () => {
    const { service, unitId, from, people, vouched = false } = search;
    const query = { service, unit_id: unitId, from, people, unverified: !vouched };
    return (await told(api.GET("/api/v1/slots/nearest", { params: { query } }))).slots;
  };
  const first = useAsked(key, look);
  const [newer, setNewer] = useState<{ key: string; slots: NearSlot[] }>();
  const since = useWatch(first.told !== undefined, AGAIN_MS, async () => setNewer({ key, slots: await look() }));
  const slots = first.told && newer?.key === key ? newer.slots : first.told;
  return { slots, why: first.why, again: first.again, since };
}

/** Groups in the order in which their first member comes. */
export function groupBy<T>(all: T[], key: (one: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return [...groups];
}

interface ListProps {
  slots: NearSlot[];
  pick: (slot: NearSlot) => void;
  busy?: boolean;
  vouched?: boolean | undefined;
}

export function SlotList({ slots, pick, busy, vouched = false }: ListProps) {
  // The server knows which day it is.
  const first = slots.find((slot) => slot.today);
  const today = day(first ? first.starts_at : new Date(serverNow()));
  return (
    <>
      {groupBy(slots, (slot) => day(slot.starts_at)).map(([on, ofDay]) => (
        <section key={on} class={on === today ? "day today" : "day"}>
          <h2>{spellDay(on, today)}</h2>
          {groupBy(ofDay, (slot) => String(slot.office_id)).map(([office, ofOffice]) => (
            <div key={office} class="office">
              <h3 lang={vietnamese}>{ofOffice[0]!.office_name}</h3>
              <p class="soft" lang={vietnamese}>{ofOffice[0]!.address}</p>
              <ul class="hours">
                {ofOffice.map((slot) => (
                  <li key={slot.starts_at}>
                    <button type="button" class="hour" disabled={busy} onClick={() => pick(slot)}>
                      <strong>{hour(slot.starts_at)}</strong>
                      <span>{left(freeOf(slot, vouched))}</span>
                    </button>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </section>
      ))}
    </>
  );
}

function freeOf(slot: NearSlot, vouched: boolean): number {
  return vouched ? slot.free : slot.free_unverified;
}

function left(free: number): string {
  return t(`còn ${free} chỗ`, free === 1 ? "1 place" : `${free} places`);
}

interface FoundProps extends Omit<ListProps, "slots" | "vouched"> {
  search: Search;
  /** What is said where nothing is free. */
  none: preact.ComponentChildren;
}

export function FoundSlots({ search, pick, busy = false, none }: FoundProps) {
  const { slots, why, again, since } = useSlots(search);
  if (!slots) return why === undefined ? <Loading /> : <Trouble why={why} again={again} />;
  return (
    <>
      {since && <Stale since={since} />}
      {slots.length > 0 ? <SlotList slots={slots} pick={pick} busy={busy} vouched={search.vouched} /> : none}
    </>
  );
}

/** What stands below is as old as that. */
export function Stale({ since }: { since: Date }) {
  return <p class="notice" role="status">{t(`Mất liên lạc: dưới đây là lúc ${hour(since)}, có thể đã khác. Có mạng là tự cập nhật.`, `Connection lost: what follows is of ${hour(since)} and may have changed. It is renewed as soon as there is a network.`)}</p>;
}

interface WhereProps {
  unitId: string;
  setUnitId: (id: string) => void;
  from: string;
  setFrom: (day: string) => void;
}

/** Where, and from which day on, slots are looked for. */
export function Where({ unitId, setUnitId, from, setFrom }: WhereProps) {
  const communes = useCommunes();
  const today = day(new Date(serverNow()));
  return (
    <>
      <Choice id="unit" label={t("Xã, phường", "Commune")} value={unitId} chosen={setUnitId}>
        <option value="">{t("Bất kỳ", "Any")}</option>
        {communes.map((unit) => <option key={unit.unit_id} value={String(unit.unit_id)} lang={vietnamese}>{unit.name}</option>)}
      </Choice>
      <Field id="from" type="date" label={t("Từ ngày", "From")} value={from || today} min={today} typed={setFrom} />
    </>
  );
}
