/** Days on which nobody is received: by the calendar of the whole province, or because a unit closes its offices. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Choice, Field, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { Outcome, Preview, ReachChoice, useRearranging } from "../../rearrange.tsx";
import { may, me } from "../../session.ts";
import { day, spellDay, t } from "../../words.ts";
import { UnitOptions } from "./pieces.tsx";
import { communesOf, labelOf, useUnits } from "./units.ts";

export function DaysOff() {
  return (
    <>
      <h1 class="unseen">{t("Ngày nghỉ và đóng cửa", "Days off and closures")}</h1>
      <div class="halves">
        <div class="stack"><Closure /></div>
        <div class="stack"><Calendar /></div>
      </div>
      <p class="soft below">{t("Mở điểm tiếp nhận, đặt giờ, quầy và địa chỉ: ", "To open an office, set its hours, desks and address: ")}<a href="/quay#thiet-lap">{t("bàn tiếp nhận, mục Thiết lập", "the desk, under Set up")}</a></p>
    </>
  );
}

/** `07:30` as minutes after midnight; nothing of nothing. */
function minutesOf(clock: string): number | undefined {
  const [hours, minutes] = clock.split(":").map(Number);
  return hours === undefined || minutes === undefined ? undefined : hours * 60 + minutes;
}

/** Every office within a unit, once what it does to people was seen. */
function Closure() {
  const today = day(new Date());
  const units = useUnits();
  const [unit, setUnit] = useState("");
  const [from, setFrom] = useState(today);
  const [to, setTo] = useState("");
  const [hours, setHours] = useState({ from: "", to: "" });
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const rearranging = useRearranging(() => {
    setReason("");
    setNote("");
  });
  const { planned, busy, why, preview } = rearranging;
  const body: Schemas["CloseOffices"] = {
    unit_id: Number(unit) || me.value!.unit_id, from_on: from, to_on: to || from, reason, note,
    from_min: minutesOf(hours.from), to_min: minutesOf(hours.to),
  };
  const look = () => {
    const days = body.to_on === from ? spellDay(from, today) : `${spellDay(from, today)} – ${spellDay(body.to_on, today)}`;
    const span = hours.from && hours.to ? `, ${hours.from}–${hours.to}` : "";
    const where = unit ? labelOf(units.told, Number(unit)) : me.value!.unit_label;
    preview([t(`Đóng cửa mọi điểm của ${where}: ${days}${span}`, `Every office of ${where} closes: ${days}${span}`)], (query, key) =>
      told(api.POST("/api/v1/closures", { params: { query, header: { "Idempotency-Key": key } }, body })));
  };
  return (
    <section class="panel" aria-labelledby="closure">
      <h2 id="closure">{t("Đóng cửa mọi điểm của một đơn vị", "Close every office of a unit")}</h2>
      <Trouble why={why} />
      <Outcome of={rearranging} />
      <Preview of={rearranging} />
      {!planned && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            look();
          }}
        >
          <div class="pair">
            <Choice id="closure-unit" label={t("Đơn vị", "Unit")} value={unit} chosen={setUnit}><UnitOptions communes={communesOf(units.told)} /></Choice>
            <ReachChoice id="closure-reach" of={rearranging} />
            <Field id="closure-from" label={t("Từ ngày", "From")} type="date" value={from} typed={setFrom} min={today} required fault={faultAt(why, "/from_on")} />
            <Field id="closure-to" label={t("Đến hết ngày", "To")} type="date" value={to || from} typed={setTo} min={from} fault={faultAt(why, "/to_on")} />
            <Field id="closure-from-min" label={t("Từ giờ (bỏ trống: cả ngày)", "From (empty: all day)")} type="time" value={hours.from} typed={(value) => setHours({ ...hours, from: value })} fault={faultAt(why, "/from_min")} />
            <Field id="closure-to-min" label={t("Đến giờ", "To")} type="time" value={hours.to} typed={(value) => setHours({ ...hours, to: value })} fault={faultAt(why, "/to_min")} />
          </div>
          <Trouble why={units.why} again={units.again} />
          <Field id="closure-reason" label={t("Lý do (để lưu)", "Reason (for the record)")} value={reason} typed={setReason} maxLength={300} required fault={faultAt(why, "/reason")} />
          <Field id="closure-note" label={t("Lời nhắn cho bà con (hiện cạnh ngày đó)", "What citizens read beside the day")} value={note} typed={setNote} maxLength={300} fault={faultAt(why, "/note")} />
          <button disabled={busy}>{busy ? t("Đang tính…", "Looking…") : t("Xem trước ai bị ảnh hưởng", "See first who is affected")}</button>
        </form>
      )}
    </section>
  );
}

const NATURES: Record<Schemas["DayNature"], string> = {
  working_day: t("ngày làm việc", "worked"),
  weekly_rest: t("nghỉ cuối tuần", "weekend"),
  day_off: t("ngày nghỉ", "day off"),
};

const DAYS_AHEAD = 120;

/** What law and weekday do not say of themselves: holidays, and what an administrator decided. */
function Calendar() {
  const today = day(new Date());
  const to = day(new Date(Date.now() + DAYS_AHEAD * 86_400_000));
  const list = useAsked(`calendar ${today}`, () => told(api.GET("/api/v1/calendar", { params: { query: { from: today, to } } })));
  const { busy, why, run } = useDeed();
  const shown = list.told?.days.filter((one) => one.overridden || one.because);
  const takeBack = (on: string) =>
    run(async () => {
      await told(api.DELETE("/api/v1/calendar/{on}", { params: { path: { on } } }));
      list.again();
    });
  return (
    <section class="panel" aria-labelledby="calendar">
      <h2 id="calendar">{t("Lịch nghỉ của cả tỉnh, bốn tháng tới", "The province’s days off, four months ahead")}</h2>
      <Trouble why={why} />
      {!shown ? (list.why === undefined ? <Loading /> : <Trouble why={list.why} again={list.again} />) : shown.length === 0 ? <p class="empty">{t("Không có ngày nghỉ lễ nào.", "No holiday.")}</p> : (
        <ul class="moves">
          {shown.map((one) => (
            <li key={one.on}>
              <strong>{spellDay(one.on, today)}</strong>: {NATURES[one.nature]}{one.because && <span class="soft"> · {one.because}</span>}
              {one.overridden && may("manage_calendar") && <>{" "}<button type="button" class="link" disabled={busy} aria-label={t(`Bỏ quyết định về ${spellDay(one.on, today)}`, `Take back what was decided of ${spellDay(one.on, today)}`)} onClick={() => void takeBack(one.on)}>{t("Bỏ", "Take back")}</button></>}
            </li>
          ))}
        </ul>
      )}
      {may("manage_calendar") && <Decide changed={list.again} />}
    </section>
  );
}

type Decision = Schemas["SetCalendarDay"]["decision"];

function Decide({ changed }: { changed: () => void }) {
  const today = day(new Date());
  const [on, setOn] = useState("");
  const [decision, setDecision] = useState<Decision>("day_off");
  const [reason, setReason] = useState("");
  const [done, setDone] = useState("");
  const { busy, why, run } = useDeed();
  const set = () =>
    run(async () => {
      setDone("");
      await told(api.PUT("/api/v1/calendar/{on}", { params: { path: { on } }, body: { decision, reason } }));
      setDone(t(`Đã ghi ${spellDay(on, today)}.`, `${spellDay(on, today)} is set.`));
      setReason("");
      changed();
    });
  return (
    <>
      <h3>{t("Quyết định một ngày", "Decide a day")}</h3>
      <Trouble why={why} />
      {done && <p class="notice done" role="status">{done}</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void set();
        }}
      >
        <div class="pair">
          <Field id="decide-on" label={t("Ngày", "Day")} type="date" value={on} typed={setOn} min={today} required fault={faultAt(why, "/on")} />
          <Choice id="decide-what" label={t("Là", "Is")} value={decision} chosen={(word) => setDecision(word as Decision)} fault={faultAt(why, "/decision")}>
            <option value="day_off">{t("ngày nghỉ của mọi điểm", "a day off everywhere")}</option>
            <option value="working_day">{t("ngày làm việc (làm bù: theo giờ thứ sáu)", "worked (at a weekend by Friday’s hours)")}</option>
          </Choice>
        </div>
        <Field id="decide-reason" label={t("Căn cứ, bà con đọc được", "Reason, which citizens read")} value={reason} typed={setReason} maxLength={200} required fault={faultAt(why, "/reason")} />
        <button disabled={busy}>{t("Ghi vào lịch", "Set it")}</button>
      </form>
    </>
  );
}
