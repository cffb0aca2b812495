/** How long a slot is, and from which day on it will be another: seen first with whom it moves. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../api.ts";
import { Choice, Field, faultAt, Trouble } from "../kit.tsx";
import { day as dayOf, lower, spellDay, t } from "../words.ts";
import { Outcome, Preview, ReachChoice, useRearranging } from "./rearrange.tsx";
import { office } from "./state.ts";

const LENGTHS = [10, 15, 20, 30, 60];
const DAY_MS = 86_400_000;
const PATH = "/api/v1/offices/{office_id}/slot-lengths/{first_on}";

/** A day within a sentence. */
const dayIn = (on: string, today: string) => t(lower(spellDay(on, today)), spellDay(on, today));
const spellLength = (minutes: number) => t(`${minutes} phút`, `${minutes} minutes`);

/** The length that holds just before a day, as far as is known. */
function lengthBefore({ slot_min, slot_lengths = [] }: Schemas["Office"], from: string): number {
  return slot_lengths.filter((one) => one.first_on < from).at(-1)?.slot_min ?? slot_min;
}

/** How many people an hour a slot with the most places then serves. */
function spellHour({ hours }: Schemas["Office"], before: number, after: number): string[] {
  const places = Math.max(0, ...hours.map((one) => one.capacity));
  if (places === 0) return [];
  const [old, next] = [(places * 60) / before, (places * 60) / after];
  return [t(
    `Mỗi khung vẫn có số chỗ như lịch tuần; khung ${places} chỗ: ${old} → ${next} người một giờ. Máy, quầy không theo kịp thì sửa số chỗ ở lịch tuần.`,
    `Each slot keeps the places of the week; with ${places} places: ${old} → ${next} people an hour. If kits and desks cannot, change the places of the week.`,
  )];
}

export function SlotLength() {
  const here = office.value!;
  const { office_id, slot_min, slot_lengths = [] } = here;
  const today = dayOf(new Date());
  const tomorrow = dayOf(new Date(Date.now() + DAY_MS));
  const [isChanging, change] = useState(false);
  const rearranging = useRearranging(() => change(false));
  const takeBack = (one: Schemas["SlotLength"]) => {
    const next = lengthBefore(here, one.first_on);
    const what = t(`Không đổi nữa từ ${dayIn(one.first_on, today)}: khung vẫn ${spellLength(next)}`, `No change on ${dayIn(one.first_on, today)}: slots stay at ${spellLength(next)}`);
    rearranging.preview([what, ...spellHour(here, one.slot_min, next)], (query, key) =>
      told(api.DELETE(PATH, { params: { path: { office_id, first_on: one.first_on }, query, header: { "Idempotency-Key": key } } })));
  };
  return (
    <section class="panel" aria-labelledby="slot-length">
      <h2 id="slot-length">{t("Độ dài khung giờ", "Length of a slot")}</h2>
      <Trouble why={rearranging.why} />
      <Outcome of={rearranging} />
      <Preview of={rearranging} />
      {!rearranging.planned && (
        <>
          <p class="soft">{t(`Hôm nay mỗi khung dài ${spellLength(slot_min)}, tính từ giờ mở của buổi.`, `Today each slot takes ${spellLength(slot_min)}, from the opening of the session on.`)}</p>
          {slot_lengths.length > 0 && (
            <ul class="short">
              {slot_lengths.map((one) => (
                <li key={one.first_on}>
                  <span class="whole">{t(`Từ ${dayIn(one.first_on, today)}: ${spellLength(one.slot_min)}`, `From ${dayIn(one.first_on, today)}: ${spellLength(one.slot_min)}`)}</span>
                  <button type="button" class="quiet small" disabled={rearranging.busy} onClick={() => takeBack(one)}>{t("Bỏ", "Take back")}<span class="unseen"> {dayIn(one.first_on, today)}</span></button>
                </li>
              ))}
            </ul>
          )}
          {isChanging ? <Edit tomorrow={tomorrow} today={today} of={rearranging} close={() => change(false)} /> : (
            <button
              type="button"
              onClick={() => {
                rearranging.forget();
                change(true);
              }}
            >
              {t("Đổi độ dài từ một ngày", "Change it from a day on")}
            </button>
          )}
        </>
      )}
    </section>
  );
}

interface EditProps {
  tomorrow: string;
  today: string;
  of: ReturnType<typeof useRearranging>;
  close: () => void;
}

function Edit({ tomorrow, today, of, close }: EditProps) {
  const here = office.value!;
  const [from, setFrom] = useState(tomorrow);
  const before = lengthBefore(here, from);
  const others = LENGTHS.filter((minutes) => minutes !== before);
  const [picked, pick] = useState("");
  const slot_min = others.includes(Number(picked)) ? Number(picked) : others[0]!;
  const look = () =>
    of.preview(
      [t(`Khung giờ từ ${dayIn(from, today)}: ${before} → ${spellLength(slot_min)}`, `Slots from ${dayIn(from, today)}: ${before} → ${spellLength(slot_min)}`), ...spellHour(here, before, slot_min)],
      (query, key) => told(api.PUT(PATH, { params: { path: { office_id: here.office_id, first_on: from }, query, header: { "Idempotency-Key": key } }, body: { slot_min } })),
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        look();
      }}
    >
      <div class="pair">
        <Field id="length-from" label={t("Từ ngày", "From")} type="date" value={from} typed={setFrom} min={tomorrow} required fault={faultAt(of.why, "#first_on")} />
        <Choice id="length-minutes" label={t("Mỗi khung dài", "Each slot takes")} value={String(slot_min)} chosen={pick} fault={faultAt(of.why, "/slot_min")}>
          {others.map((minutes) => <option key={minutes} value={String(minutes)}>{spellLength(minutes)}</option>)}
        </Choice>
      </div>
      <p class="soft">{t("Ai đã đặt vào giờ không còn khung nào bắt đầu thì được chuyển sang giờ sau gần nhất, không bao giờ sớm hơn giờ đã hẹn.", "Whoever is booked at a time when no slot begins any more goes to the next later one, never to an earlier time.")}</p>
      <ReachChoice id="length-reach" of={of} />
      <div class="deeds">
        <button disabled={of.busy}>{of.busy ? t("Đang tính…", "Looking…") : t("Xem trước ai phải đổi giờ", "See first who has to move")}</button>
        <button
          type="button" class="quiet"
          onClick={() => {
            of.forget();
            close();
          }}
        >
          {t("Thôi, giữ như cũ", "Leave it as it is")}
        </button>
      </div>
    </form>
  );
}
