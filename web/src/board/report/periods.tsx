/** The periods of which one's unit reports, and opening the next one. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Field, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { may, me } from "../../session.ts";
import { day, t } from "../../words.ts";
import { Departments } from "./departments.tsx";
import { date, month } from "./numbers.ts";

type Period = Schemas["ReportingPeriod"];

const PAGE = 50;

export function Periods() {
  const [cursors, setCursors] = useState<string[]>([]);
  const cursor = cursors.at(-1);
  const list = useAsked(`periods ${cursor}`, () => told(api.GET("/api/v1/reporting-periods", { params: { query: { cursor, limit: PAGE } } })));
  return (
    <>
      <h1 class="unseen">{t("Báo cáo", "Reports")}</h1>
      <div class="halves">
        <section class="panel" aria-labelledby="periods">
          <h2 id="periods">{t("Kỳ báo cáo", "Reporting periods")}</h2>
          {!list.told ? (list.why === undefined ? <Loading /> : <Trouble why={list.why}><button type="button" class="quiet small" onClick={list.again}>{t("Thử lại", "Try again")}</button></Trouble>) : list.told.items.length === 0 ? (
            <p class="empty">{t("Chưa có kỳ báo cáo nào.", "There is no reporting period yet.")}</p>
          ) : (
            <>
              <ul class="cases">
                {list.told.items.map((one) => (
                  <li key={one.period_id} class="period">
                    <p><a href={`#bao-cao/${one.period_id}`}><strong>{t("Báo cáo", "Report")} {month(one.month)}</strong></a><br /><span class="soft">{one.unit_name}, {date(one.starts_on)}–{date(one.ends_on)}</span></p>
                    <Standing period={one} />
                  </li>
                ))}
              </ul>
              <p class="deeds">
                {cursors.length > 0 && <button type="button" class="quiet small" onClick={() => setCursors(cursors.slice(0, -1))}>{t("Trang trước", "Before")}</button>}
                {list.told.next_cursor && <button type="button" class="quiet small" onClick={() => setCursors([...cursors, list.told!.next_cursor!])}>{t("Trang sau", "Next")}</button>}
              </p>
            </>
          )}
        </section>
        <div>
          {may("issue_reports") && <Open last={list.told?.items[0]} />}
          {may("manage_indicators") && <Departments />}
        </div>
      </div>
    </>
  );
}

/** Open, or closed with how many corrections. */
export function Standing({ period }: { period: Period }) {
  if (!period.closed_at) return <span class="badge good">{t("đang nhập", "open")}</span>;
  return <span class="badge calm">{period.corrections === 0 ? t("đã chốt", "closed") : t(`đã chốt, ${period.corrections} lần sửa`, `closed, ${period.corrections} corrections`)}</span>;
}

/** `2026-12` after `2026-11`. */
function monthAfter(word: string): string {
  const [year, number] = word.split("-").map(Number) as [number, number];
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
}

/** The day after the last period, until today; named after the month of its last day, or the next that is free. */
function proposed(last: Period | undefined) {
  const ends_on = day(new Date());
  const thisMonth = ends_on.slice(0, 7);
  const next = last ? day(new Date(Date.parse(`${last.ends_on}T12:00:00+07:00`) + 86_400_000)) : `${ends_on.slice(0, 8)}01`;
  return { month: last && last.month >= thisMonth ? monthAfter(last.month) : thisMonth, starts_on: next <= ends_on ? next : ends_on, ends_on, cumulative_from: last?.cumulative_from ?? "2022-01-18" };
}

function Open({ last }: { last: Period | undefined }) {
  const [changed, change] = useState<Partial<ReturnType<typeof proposed>>>({});
  const { busy, why, run } = useDeed();
  const wanted = { ...proposed(last), ...changed };
  const set = (name: keyof typeof wanted) => (value: string) => change({ ...changed, [name]: value });
  return (
    <section class="panel" aria-labelledby="open">
      <h2 id="open">{t("Mở kỳ mới", "Open a period")}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(async () => {
            const made = await told(api.POST("/api/v1/reporting-periods", { body: { unit_id: me.value!.unit_id, ...wanted } }));
            location.hash = `#bao-cao/${made.period_id}`;
          });
        }}
      >
        <p class="soft">{t("Kỳ của", "Of")} {me.value?.unit_label}. {t("Ngày đầu, ngày cuối chọn tự do, không trùng kỳ khác.", "Its days are free, and shared with no other period.")}</p>
        <Trouble why={why} />
        <Field id="month" label={t("Báo cáo tháng (năm-tháng)", "Month (year-month)")} value={wanted.month} typed={set("month")} required maxLength={7} inputMode="numeric" fault={faultAt(why, "/month")} />
        <div class="pair">
          <Field id="starts" type="date" label={t("Từ ngày", "From")} value={wanted.starts_on} typed={set("starts_on")} required fault={faultAt(why, "/starts_on")} />
          <Field id="ends" type="date" label={t("Đến hết ngày", "To the end of")} value={wanted.ends_on} typed={set("ends_on")} required fault={faultAt(why, "/ends_on")} />
        </div>
        <Field id="cumulative" type="date" label={t("Lũy kế từ ngày", "Cumulative from")} value={wanted.cumulative_from} typed={set("cumulative_from")} required fault={faultAt(why, "/cumulative_from")} />
        <button disabled={busy}>{t("Mở kỳ", "Open it")}</button>
      </form>
    </section>
  );
}
