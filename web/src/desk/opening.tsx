/** When the office is open, and what becomes of people when that changes. */
import { useState } from "preact/hooks";

import { api, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Loading, Trouble } from "../kit.tsx";
import { day as dayOf, spellDay, spellMinute, t } from "../words.ts";
import { Change } from "./change.tsx";
import { Conflicts } from "./conflicts.tsx";
import { Extra } from "./extra.tsx";
import { office } from "./state.ts";
import { Unreached } from "./unreached.tsx";
import { Waitlist } from "./waitlist.tsx";

const DAYS_SHOWN = 14;

export function Opening() {
  const { office_id } = office.value!;
  const [round, setRound] = useState(0);
  const from = dayOf(new Date());
  const to = dayOf(new Date(Date.now() + DAYS_SHOWN * 86_400_000));
  const params = { path: { office_id } };
  const days = useAsked(`${from}${round}`, () => told(api.GET("/api/v1/offices/{office_id}/days", { params: { ...params, query: { from, to } } })));
  const exceptions = useAsked(`${from}${round}`, () => told(api.GET("/api/v1/offices/{office_id}/exceptions", { params })));
  const changed = () => setRound(round + 1);
  return (
    <>
      <h1 class="unseen">{t("Giờ mở cửa và số chỗ", "Hours and places")}</h1>
      <div class="halves">
        <div class="stack">
          <Change changed={changed} exceptions={exceptions} />
          <Extra />
          <Waitlist />
        </div>
        <div class="stack">
          <Conflicts key={`conflicts${round}`} />
          <Unreached key={`unreached${round}`} />
          <section class="panel" aria-labelledby="days">
            <h2 id="days">{t("Hai tuần tới", "The next two weeks")}</h2>
            {!days.told ? (days.why === undefined ? <Loading /> : <Trouble why={days.why} again={days.again} />) : (
              <ul class="days">
                {days.told.days.map((one) => (
                  <li key={one.on} class={one.open ? undefined : "shut"}>
                    <span>{spellDay(one.on, from)}</span>
                    <span class="time">{one.open ? one.sessions.map((session) => `${spellMinute(session.opens_min)}–${spellMinute(session.closes_min)}`).join(", ") : t("Nghỉ", "Closed")}</span>
                    {one.open && one.place.address !== office.value!.address && <span class="note">{t("Tại", "At")} {one.place.address}</span>}
                    {one.note && <span class="soft note">{one.note}</span>}
                  </li>
                ))}
              </ul>
            )}
          </section>
        </div>
      </div>
    </>
  );
}
