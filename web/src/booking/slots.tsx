/** Free slots: today first, by day and office. */
import { useEffect, useState } from "preact/hooks";

import { api, type Schemas, told } from "../api.ts";
import { Loading, Trouble } from "../kit.tsx";
import { day, hour, spellDay, t } from "../words.ts";

export type NearSlot = Schemas["NearSlot"];

export interface Search {
  service: string;
  unitId?: number | undefined;
  from?: string | undefined;
  people: number;
}

/** How often places are looked at again while somebody looks at them. */
const AGAIN_MS = 15_000;

/** The nearest slots of a search, renewed while the page is seen. */
export function useSlots(search: Search | undefined): { slots: NearSlot[] | undefined; why: unknown } {
  const [slots, setSlots] = useState<NearSlot[] | undefined>(undefined);
  const [why, setWhy] = useState<unknown>(undefined);
  const key = JSON.stringify(search);
  useEffect(() => {
    if (!search) return;
    let gone = false;
    const look = async () => {
      if (document.hidden) return;
      try {
        const query = { service: search.service, unit_id: search.unitId, from: search.from, people: search.people };
        const found = await told(api.GET("/api/v1/slots/nearest", { params: { query } }));
        if (gone) return;
        setSlots(found.slots);
        setWhy(undefined);
      } catch (error) {
        if (!gone) setWhy(error);
      }
    };
    setSlots(undefined);
    void look();
    const timer = setInterval(() => void look(), AGAIN_MS);
    const seen = () => void look();
    document.addEventListener("visibilitychange", seen);
    return () => {
      gone = true;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [key]);
  return { slots, why };
}

/** Groups in the order in which their first member comes. */
export function groupBy<T>(all: T[], key: (one: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return [...groups];
}

export function SlotList({ slots, pick, busy }: { slots: NearSlot[]; pick: (slot: NearSlot) => void; busy?: boolean }) {
  const today = day(new Date());
  return (
    <>
      {groupBy(slots, (slot) => day(slot.starts_at)).map(([on, ofDay]) => (
        <section key={on} class={on === today ? "day today" : "day"}>
          <h2>{spellDay(on, today)}</h2>
          {groupBy(ofDay, (slot) => String(slot.office_id)).map(([office, ofOffice]) => (
            <div key={office} class="office">
              <h3>{ofOffice[0]!.office_name}</h3>
              <p class="soft">{ofOffice[0]!.address}</p>
              <ul class="hours">
                {ofOffice.map((slot) => (
                  <li key={slot.starts_at}>
                    <button type="button" class="hour" disabled={busy} onClick={() => pick(slot)}>
                      <strong>{hour(slot.starts_at)}</strong>
                      <span>{left(slot)}</span>
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

function left(slot: NearSlot): string {
  const free = slot.free_unverified;
  return t(`còn ${free} chỗ`, free === 1 ? "1 place" : `${free} places`);
}

export function FoundSlots({ search, pick, none }: { search: Search; pick: (slot: NearSlot) => void; none: preact.ComponentChildren }) {
  const { slots, why } = useSlots(search);
  if (!slots) return why === undefined ? <Loading /> : <Trouble why={why} />;
  return (
    <>
      {why !== undefined && <p class="soft" role="status">{t("Mất liên lạc: số chỗ có thể đã cũ.", "Connection lost: these numbers may be old.")}</p>}
      {slots.length > 0 ? <SlotList slots={slots} pick={pick} /> : none}
    </>
  );
}
