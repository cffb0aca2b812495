/** Today's appointments: who is still to come, who is late, who is here. */
import { useState } from "preact/hooks";

import { Loading, Trouble } from "../kit.tsx";
import { hour, lower, spellDay, t, day as dayOf } from "../words.ts";
import { CheckInListed } from "./door.tsx";
import { question } from "./verbs.ts";
import { type Appointment, isLate, lost, office, serviceName, visits } from "./state.ts";
import { spellStatus } from "./tell.ts";

type Filter = "all" | "coming" | "late" | "here";

export function Day() {
  const [filter, setFilter] = useState<Filter>("all");
  const all = visits.value;
  const today = dayOf(new Date());
  if (!all) return lost.value === undefined ? <Loading /> : <Trouble why={lost.value} />;
  const kinds: [Filter, string, (one: Appointment) => boolean][] = [
    ["all", t("Tất cả", "All"), () => true],
    ["coming", t("Chưa đến", "Not here yet"), (one) => one.status === "booked"],
    ["late", t("Trễ hẹn", "Late"), isLate],
    ["here", t("Đã đến", "Came"), (one) => ["checked_in", "called", "serving", "served"].includes(one.status)],
  ];
  const shown = all.filter(kinds.find(([kind]) => kind === filter)![2]);
  return (
    <section class="panel" aria-labelledby="day">
      <div class="panel-head">
        <h1 id="day">{t(`Lịch hẹn ${lower(spellDay(today, today))}`, `Appointments: ${spellDay(today, today)}`)}</h1>
        <p class="deeds">
          <a class="button quiet small" href={`/api/v1/offices/${office.value?.office_id}/desk/sheet`} target="_blank" rel="noreferrer">{t("In danh sách", "Print the list")}</a>
        </p>
      </div>
      <div class="filters" role="group" aria-label={t("Lọc", "Filter")}>
        {kinds.map(([kind, name, fits]) => (
          <button key={kind} type="button" class={filter === kind ? "small" : "quiet small"} aria-pressed={filter === kind} onClick={() => setFilter(kind)}>
            {name} <span class="count">{all.filter(fits).length}</span>
          </button>
        ))}
      </div>
      {shown.length === 0 ? (
        <p class="empty">{all.length === 0 ? t("Hôm nay chưa ai đặt hẹn ở đây.", "Nobody has booked here today.") : t("Không có ai trong nhóm này.", "Nobody is in this group.")}</p>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label={t("Bảng lịch hẹn", "The table")}>
          <table class="listed">
            <thead>
              <tr>
                <th scope="col">{t("Giờ", "Hour")}</th>
                <th scope="col">{t("Họ và tên", "Name")}</th>
                <th scope="col">{t("Thủ tục", "Service")}</th>
                <th scope="col">{t("Mã hẹn", "Code")}</th>
                <th scope="col">{t("Tình trạng", "State")}</th>
                <th scope="col"><span class="unseen">{t("Việc", "Act")}</span></th>
              </tr>
            </thead>
            <tbody>
              {shown.map((one) => (
                <tr key={one.appointment_id}>
                  <td class="time">{hour(one.starts_at)}</td>
                  <td>
                    {one.name} <span class="soft">…{one.id_tail}, {one.birth_year}</span>
                    {one.guardian_name && <><br /><span class="soft">{t("Người giám hộ", "Guardian")}: {one.guardian_name}</span></>}
                    {one.booked_by && <><br /><span class="soft">{t("Người nhà đặt hộ", "Booked by")}: {one.booked_by.name} ({one.booked_by.relation})</span></>}
                    {one.helper_name && <><br /><span class="soft">{t("Người giúp đặt", "Helper")}: {one.helper_name}</span></>}
                  </td>
                  <td>{serviceName(one.service_code)}</td>
                  <td class="code-cell">{one.code}</td>
                  <td class={isLate(one) ? "warn" : undefined}>{isLate(one) ? t("Trễ hẹn", "Late") : spellStatus(one.status)}</td>
                  <td>
                    {one.status === "booked" && (
                      <div class="row-deeds">
                        <CheckInListed one={one} />
                        <button type="button" class="quiet small" aria-label={t(`Mã, giờ… của ${one.name}`, `Codes, hour… of ${one.name}`)} onClick={() => (question.value = { kind: "booking", one })}>{t("Mã, giờ…", "Codes, hour…")}</button>
                      </div>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
