/** Who waits for a place that comes free, by service and day; nobody is named. */
import { useState } from "preact/hooks";

import { api, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Field, Loading, Trouble } from "../kit.tsx";
import { day as dayOf, hour, t } from "../words.ts";
import { office, serviceName } from "./state.ts";
import { spellClass } from "./tell.ts";

/** `07:30 28/11`. */
function spellSince(at: string): string {
  const [, month, date] = dayOf(at).split("-");
  return dayOf(at) === dayOf(new Date()) ? hour(at) : `${hour(at)}, ${date}/${month}`;
}

export function Waitlist() {
  const { office_id } = office.value!;
  const today = dayOf(new Date());
  const [on, setOn] = useState(today);
  const list = useAsked(on, () => told(api.GET("/api/v1/offices/{office_id}/desk/waitlist", { params: { path: { office_id }, query: { on: on || undefined } } })));
  const lines = list.told;
  const sum = (pick: (one: NonNullable<typeof lines>[number]) => number) => lines?.reduce((all, one) => all + pick(one), 0) ?? 0;
  return (
    <section class="panel" aria-labelledby="waitlist">
      <h2 id="waitlist">{t("Danh sách chờ chỗ trống", "The waitlist")}</h2>
      <Field id="waitlist-on" label={t("Chờ chỗ của ngày", "Waiting for a place on")} type="date" value={on} typed={setOn} min={today} required />
      {!lines && (list.why === undefined ? <Loading /> : <Trouble why={list.why} again={list.again} />)}
      {lines?.length === 0 && <p class="empty">{t("Không ai chờ chỗ của ngày này.", "Nobody waits for this day.")}</p>}
      {lines && lines.length > 0 && (
        <>
          <div class="scroll" tabIndex={0} role="region" aria-label={t("Bảng người chờ", "The table")}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t("Thủ tục", "Service")}</th>
                  <th scope="col" class="number">{t("Đang chờ", "Waiting")}</th>
                  <th scope="col" class="number">{t("Được mời", "Offered")}</th>
                </tr>
              </thead>
              <tbody>
                {lines.map((one) => (
                  <tr key={`${one.service_code} ${one.class}`}>
                    <td>
                      {serviceName(one.service_code)} {spellClass(one.class) && <span class="badge">{spellClass(one.class)}</span>}
                      <br />
                      <span class="soft">{t(`Người đầu chờ từ ${spellSince(one.since)}`, `The first since ${spellSince(one.since)}`)}</span>
                    </td>
                    <td class="number">{one.waiting}</td>
                    <td class="number">{one.offered}</td>
                  </tr>
                ))}
              </tbody>
              {lines.length > 1 && (
                <tfoot>
                  <tr>
                    <th scope="row">{t("Cộng", "All")}</th>
                    <td class="number">{sum((one) => one.waiting)}</td>
                    <td class="number">{sum((one) => one.offered)}</td>
                  </tr>
                </tfoot>
              )}
            </table>
          </div>
          <p class="soft">{t("Có chỗ trống thì từng người được mời trong ít phút, không nhận thì đến người sau. Chỗ tăng thêm ở trên cũng vậy.", "A free place is offered to one for some minutes, then to the next. So are places added above.")}</p>
        </>
      )}
    </section>
  );
}
