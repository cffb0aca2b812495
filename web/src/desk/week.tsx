/** The week of the office: when it opens and how many places each slot has. */
import { useRef, useState } from "preact/hooks";

import { api, type Schemas, told, uuid } from "../api.ts";
import { Field, faultAt, Trouble } from "../kit.tsx";
import { WEEKDAYS } from "../weekdays.ts";
import { lower, readMinute, spellMinute, t } from "../words.ts";
import { Outcome, Preview, ReachChoice, useRearranging } from "./rearrange.tsx";
import { office } from "./state.ts";

type Hours = Schemas["OfficeHours"];

const SPANS_MAX = 2;
const DAY_MIN = 1440;

/** A span as typed. */
interface Span {
  id: string;
  opens: string;
  closes: string;
  places: string;
}

function spansOf(hours: Hours[], weekday: number): Span[] {
  const own = hours.filter((one) => one.weekday === weekday).sort((one, other) => one.opens_min - other.opens_min);
  return own.map((one) => ({ id: uuid(), opens: spellMinute(one.opens_min), closes: spellMinute(one.closes_min % DAY_MIN), places: String(one.capacity) }));
}

/** The end of a day is typed as its midnight. */
const closesOf = (one: Span) => readMinute(one.closes) || DAY_MIN;

function sentOf(week: Span[][]): { ids: string[]; hours: Hours[] } {
  const all = week.flatMap((spans, day) =>
    [...spans].sort((one, other) => one.opens.localeCompare(other.opens)).map((one, index) => ({
      id: one.id,
      hours: { weekday: day + 1, session: index + 1, opens_min: readMinute(one.opens) ?? 0, closes_min: closesOf(one), capacity: Number(one.places) },
    })),
  );
  return { ids: all.map((one) => one.id), hours: all.map((one) => one.hours) };
}

function linesOf(hours: Hours[], weekday: number): string[] {
  const own = hours.filter((one) => one.weekday === weekday).sort((one, other) => one.opens_min - other.opens_min);
  return own.map((one) => `${spellMinute(one.opens_min)}–${spellMinute(one.closes_min)} · ${t(`${one.capacity} chỗ`, `${one.capacity} places`)}`);
}

/** What differs of each day; a session that stays is not told again. */
function differences(before: Hours[], after: Hours[]): string[] {
  return WEEKDAYS.flatMap((name, day) => {
    const [old, next] = [linesOf(before, day + 1), linesOf(after, day + 1)];
    const [gone, come] = [old.filter((one) => !next.includes(one)).join(", "), next.filter((one) => !old.includes(one)).join(", ")];
    if (!gone && !come) return [];
    if (next.length === 0) return [`${name}: ${gone} → ${t("nghỉ", "closed")}`];
    if (old.length === 0) return [`${name}: ${t("nghỉ", "closed")} → ${come}`];
    if (!gone) return [t(`${name}: thêm ${come}`, `${name}: ${come} added`)];
    return [come ? `${name}: ${gone} → ${come}` : t(`${name}: bỏ ${gone}`, `${name}: ${gone} removed`)];
  });
}

export function Week() {
  const { hours, open_on_holidays } = office.value!;
  const [week, setWeek] = useState<Span[][]>();
  const rearranging = useRearranging(() => setWeek(undefined));
  return (
    <section class="panel" aria-labelledby="week">
      <h2 id="week">{t("Lịch tuần", "The week")}</h2>
      <Trouble why={rearranging.why} />
      <Outcome of={rearranging} />
      <Preview of={rearranging} />
      {!rearranging.planned && (week ? (
        <Edit week={week} setWeek={setWeek} of={rearranging} />
      ) : (
        <>
          <p class="soft">{open_on_holidays ? t("Ngày lễ vẫn mở.", "Open on public holidays too.") : t("Ngày lễ nghỉ.", "Closed on public holidays.")}</p>
          <ul class="days week">
            {WEEKDAYS.map((name, day) => {
              const lines = linesOf(hours, day + 1);
              return (
                <li key={name} class={lines.length === 0 ? "shut" : undefined}>
                  <span>{name}</span>
                  <span class="time">{lines.length === 0 ? t("Nghỉ", "Closed") : lines.map((one) => <span key={one}>{one}</span>)}</span>
                </li>
              );
            })}
          </ul>
          <button
            type="button"
            onClick={() => {
              rearranging.forget();
              setWeek(WEEKDAYS.map((_, day) => spansOf(hours, day + 1)));
            }}
          >
            {t("Sửa lịch tuần", "Change the week")}
          </button>
        </>
      ))}
    </section>
  );
}

/** What was pressed is gone once it is drawn anew: whoever uses the keys stays beside it. */
const focusSoon = (id: string) => requestAnimationFrame(() => document.getElementById(id)?.focus());

interface EditProps {
  week: Span[][];
  setWeek: (week: Span[][] | undefined) => void;
  of: ReturnType<typeof useRearranging>;
}

function Edit({ week, setWeek, of }: EditProps) {
  const { office_id, hours, open_on_holidays, slot_min, slot_lengths = [] } = office.value!;
  const longest = Math.max(slot_min, ...slot_lengths.map((one) => one.slot_min));
  const [holidays, setHolidays] = useState(open_on_holidays);
  const [same, setSame] = useState(false);
  // Where each span stood in what was sent: what is wrong is told by that.
  const ids = useRef<string[]>([]);
  const fault = (one: Span, ...names: string[]) => {
    const at = ids.current.indexOf(one.id);
    return names.map((name) => faultAt(of.why, `/hours/${at}/${name}`)).find(Boolean);
  };
  const setDay = (day: number, spans: Span[]) => {
    setSame(false);
    setWeek(week.map((own, at) => (at === day ? spans : own)));
  };
  const look = () => {
    const sent = sentOf(week);
    const what = differences(hours, sent.hours);
    if (holidays !== open_on_holidays) what.push(holidays ? t("Ngày lễ: nghỉ → mở", "Public holidays: closed → open") : t("Ngày lễ: mở → nghỉ", "Public holidays: open → closed"));
    setSame(what.length === 0);
    if (what.length === 0) return;
    ids.current = sent.ids;
    const body = { hours: sent.hours, open_on_holidays: holidays };
    of.preview([t("Đổi lịch tuần", "Change the week"), ...what], (query, key) =>
      told(api.PUT("/api/v1/offices/{office_id}/hours", { params: { path: { office_id }, query, header: { "Idempotency-Key": key } }, body })));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        look();
      }}
    >
      <p class="soft">{t(`Mỗi ngày tối đa hai buổi, không buổi nào ngắn hơn một khung giờ (${longest} phút). Đến 00:00 là đến hết ngày. Ngày không có buổi nào là ngày nghỉ.`, `At most two sessions a day, none shorter than a slot (${longest} minutes). Until 00:00 is until the end of the day. A day without sessions is closed.`)}</p>
      {week.map((spans, day) => (
        <fieldset key={WEEKDAYS[day]} class="weekday">
          <legend>{WEEKDAYS[day]}</legend>
          {spans.length === 0 && <p class="soft">{t("Nghỉ", "Closed")}</p>}
          {spans.map((one, index) => {
            const id = `week-${day}-${index}`;
            const change = (part: Partial<Span>) => setDay(day, spans.map((each) => (each === one ? { ...one, ...part } : each)));
            return (
              <div class="span" key={one.id}>
                <Field id={`${id}-opens`} label={t("Mở", "Opens")} type="time" value={one.opens} typed={(opens) => change({ opens })} required fault={fault(one, "opens_min", "session")} />
                <Field id={`${id}-closes`} label={t("Đóng", "Closes")} type="time" value={one.closes} typed={(closes) => change({ closes })} required fault={fault(one, "closes_min")} />
                <Field id={`${id}-places`} label={t("Chỗ mỗi khung", "Places a slot")} type="number" value={one.places} typed={(places) => change({ places })} required fault={fault(one, "capacity")} />
                <button
                  type="button" class="quiet small" aria-label={t(`Bỏ buổi ${one.opens}–${one.closes}, ${lower(WEEKDAYS[day]!)}`, `Remove ${one.opens}–${one.closes}, ${WEEKDAYS[day]}`)}
                  onClick={() => {
                    setDay(day, spans.filter((each) => each !== one));
                    focusSoon(`week-${day}-more`);
                  }}
                >
                  {t("Bỏ", "Remove")}
                </button>
              </div>
            );
          })}
          <div class="deeds">
            {spans.length < SPANS_MAX && (
              <button
                id={`week-${day}-more`} type="button" class="quiet small"
                onClick={() => {
                  const morning = spans.length === 0;
                  setDay(day, [...spans, { id: uuid(), opens: morning ? "07:30" : "13:30", closes: morning ? "11:30" : "17:00", places: spans[0]?.places ?? "2" }]);
                  focusSoon(`week-${day}-${spans.length}-opens`);
                }}
              >
                {t("Thêm buổi", "Another session")}
              </button>
            )}
            {day > 0 && <button type="button" class="quiet small" onClick={() => setDay(day, week[day - 1]!.map((one) => ({ ...one, id: uuid() })))}>{t(`Như ${lower(WEEKDAYS[day - 1]!)}`, `As ${WEEKDAYS[day - 1]}`)}</button>}
          </div>
        </fieldset>
      ))}
      <label class="check">
        <input
          type="checkbox" checked={holidays}
          onChange={(event) => {
            setSame(false);
            setHolidays(event.currentTarget.checked);
          }}
        />
        {t("Mở cả ngày lễ", "Open on public holidays too")}
      </label>
      <ReachChoice id="week-reach" of={of} />
      {same && <p class="fault" role="alert">{t("Lịch tuần chưa có gì khác.", "Nothing differs yet.")}</p>}
      <div class="deeds">
        <button disabled={of.busy}>{of.busy ? t("Đang tính…", "Looking…") : t("Xem trước lịch tuần mới", "See first what it changes")}</button>
        <button
          type="button" class="quiet"
          onClick={() => {
            of.forget();
            setWeek(undefined);
          }}
        >
          {t("Thôi, giữ như cũ", "Leave it as it is")}
        </button>
      </div>
    </form>
  );
}
