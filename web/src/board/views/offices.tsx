/** Places of a day, office by office: what was freed, and whether somebody took it again. Read when it is opened. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Loading } from "../../kit.tsx";
import { t } from "../../words.ts";
import { spell } from "../state.ts";
import { Failed } from "./fresh.tsx";

type Office = Schemas["Office"];
type Day = Schemas["DayStatistics"];

const OFFICES = 200;
/** Asked at once: a browser has no more lines to one server. */
const AT_ONCE = 4;

export function Offices({ on, within }: { on: string; within: number | undefined }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <section class="panel" aria-labelledby="places">
      <details class="narrow" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary><h2 id="places">{t("Chỗ hẹn trong ngày, từng điểm", "Places of the day, by office")}</h2></summary>
        {isOpen && <Days key={`${on} ${within}`} on={on} within={within} />}
      </details>
    </section>
  );
}

/** The offices in their order, with what each says of the day. */
async function readDays(on: string, within: number | undefined): Promise<[Office, Day | undefined][]> {
  const offices = (await told(api.GET("/api/v1/offices", { params: { query: { unit_id: within, limit: OFFICES } } }))).items;
  const days: [Office, Day | undefined][] = [];
  for (let from = 0; from < offices.length; from += AT_ONCE) {
    const some = offices.slice(from, from + AT_ONCE);
    days.push(...(await Promise.all(some.map(async (office): Promise<[Office, Day | undefined]> => {
      const read = await told(api.GET("/api/v1/offices/{office_id}/statistics", { params: { path: { office_id: office.office_id }, query: { on } } }));
      return [office, read.days[0]];
    }))));
  }
  return days;
}

function Days({ on, within }: { on: string; within: number | undefined }) {
  const days = useAsked("days", () => readDays(on, within));
  if (!days.told) return days.why === undefined ? <Loading /> : <Failed why={days.why} again={days.again} />;
  const told = days.told.filter((pair): pair is [Office, Day] => pair[1] !== undefined && (pair[1].booked > 0 || pair[1].freed > 0 || pair[1].arrived > 0));
  if (told.length === 0) return <p class="empty">{t("Ngày này chưa điểm nào có người hẹn hay đến.", "Nobody booked or came anywhere on this day.")}</p>;
  const sum = (of: (day: Day) => number) => told.reduce((all, [, one]) => all + of(one), 0);
  const cells = (one: (of: (day: Day) => number) => number) => [one((of) => of.booked), one((of) => of.freed), one((of) => of.refilled), one((of) => of.no_show), one((of) => of.served)];
  return (
    <div class="scroll" tabIndex={0} role="region" aria-labelledby="places">
      <table class="changes">
        <thead>
          <tr>
            <th scope="col">{t("Điểm", "Office")}</th>
            {[t("Hẹn", "Booked"), t("Trống lại", "Freed"), t("Có người nhận", "Refilled"), t("Không đến", "Missed"), t("Đã làm", "Served")].map((name) => <th key={name} scope="col" class="number">{name}</th>)}
          </tr>
        </thead>
        <tbody>
          <tr class="all"><th scope="row">{t("Tất cả", "All")}</th>{cells(sum).map((number, index) => <td key={index} class="number"><strong>{spell(number)}</strong></td>)}</tr>
          {told.map(([office, one]) => (
            <tr key={office.office_id}>
              <th scope="row">{office.name}</th>
              {cells((of) => of(one)).map((number, index) => <td key={index} class={index === 2 && one.refilled < one.freed ? "number warn" : "number"}>{spell(number)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
