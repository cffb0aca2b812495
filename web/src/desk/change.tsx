/** Some days other than the weeks: first what it would do to people, then the change, and nothing else. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../api.ts";
import type { Asked } from "../ask.ts";
import { Choice, Field, faultAt, Trouble } from "../kit.tsx";
import { day as dayOf, readMinute, spellDay, spellMinute, t } from "../words.ts";
import { usePlaces } from "./places.ts";
import { Outcome, Preview, ReachChoice, useRearranging } from "./rearrange.tsx";
import { office } from "./state.ts";

type AddException = Schemas["AddException"];
type Exception = Schemas["OfficeException"];
type Kind = AddException["kind"];

const KINDS: [Kind, string][] = [
  ["closed", t("Đóng cửa", "Closed")],
  ["capacity", t("Đổi số chỗ mỗi khung giờ", "Other places in each slot")],
  ["open", t("Mở cửa, kể cả ngày nghỉ, hoặc ở nơi khác", "Open, on a holiday too, or elsewhere")],
];

interface Props {
  exceptions: Asked<Schemas["OfficeExceptions"]>;
  changed: () => void;
}

export function Change({ exceptions, changed }: Props) {
  const today = dayOf(new Date());
  const [kind, setKind] = useState<Kind>("closed");
  const [from, setFrom] = useState(today);
  const [to, setTo] = useState("");
  const [hours, setHours] = useState({ from: "", to: "" });
  const [places, setPlaces] = useState("2");
  const [stands, setStands] = useState<Stands>();
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const rearranging = useRearranging(() => {
    setReason("");
    setNote("");
    setStands(undefined);
    changed();
  });
  const { planned, busy, why, preview } = rearranging;
  const inForce = exceptions.told?.exceptions ?? [];
  const { office_id } = office.value!;
  const body: AddException = {
    kind, from_on: from, to_on: to || from, reason, note,
    from_min: kind === "open" ? undefined : readMinute(hours.from),
    to_min: kind === "open" ? undefined : readMinute(hours.to),
    capacity: kind === "capacity" ? Number(places) : undefined,
    sessions: sessionsOf(kind, hours, places),
    place: kind === "open" && stands ? { unit_id: Number(stands.unitId) || office.value!.unit_id, address: stands.address.trim(), directions: stands.directions.trim() } : undefined,
  };
  const params = { path: { office_id } };
  const add = () =>
    preview([spellChange(body, today)], (query, key) => {
      const path = "/api/v1/offices/{office_id}/exceptions";
      return told(api.POST(path, { params: { ...params, query, header: { "Idempotency-Key": key } }, body }));
    });
  const remove = (one: Exception) =>
    preview([t(`Bỏ: ${spellChange(one, today)}`, `Taken back: ${spellChange(one, today)}`)], (query, key) => {
      const path = "/api/v1/offices/{office_id}/exceptions/{exception_id}";
      return told(api.DELETE(path, { params: { path: { office_id, exception_id: one.exception_id }, query, header: { "Idempotency-Key": key } } }));
    });

  return (
    <section class="panel" aria-labelledby="change">
      <h2 id="change">{t("Đóng cửa, đổi giờ, đổi số chỗ", "Close, other hours, other places")}</h2>
      <Trouble why={why} />
      <Outcome of={rearranging} />
      <Preview of={rearranging} />
      {!planned && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          <div class="pair">
            <Choice id="kind" label={t("Việc", "What")} value={kind} chosen={(word) => setKind(word as Kind)}>
              {KINDS.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
            </Choice>
            <ReachChoice id="reach" of={rearranging} />
            <Field id="from-on" label={t("Từ ngày", "From")} type="date" value={from} typed={setFrom} min={today} required fault={faultAt(why, "/from_on")} />
            <Field id="to-on" label={t("Đến hết ngày", "To")} type="date" value={to || from} typed={setTo} min={from} fault={faultAt(why, "/to_on")} />
            <Field id="from-min" label={t("Từ giờ (bỏ trống: cả ngày)", "From (empty: all day)")} type="time" value={hours.from} typed={(value) => setHours({ ...hours, from: value })} fault={faultAt(why, "/from_min")} />
            <Field id="to-min" label={t("Đến giờ", "To")} type="time" value={hours.to} typed={(value) => setHours({ ...hours, to: value })} fault={faultAt(why, "/to_min")} />
          </div>
          {kind !== "closed" && <Field id="places" label={t("Số chỗ mỗi khung giờ", "Places of each slot")} type="number" value={places} typed={setPlaces} min="1" max="50" fault={faultAt(why, "/capacity")} />}
          {kind === "open" && <StandsElsewhere stands={stands} change={setStands} why={why} />}
          <Field id="reason" label={t("Lý do (để lưu)", "Reason (for the record)")} value={reason} typed={setReason} maxLength={300} required fault={faultAt(why, "/reason")} />
          <Field id="note" label={t("Lời nhắn cho bà con (hiện cạnh ngày đó)", "What citizens read beside the day")} value={note} typed={setNote} maxLength={300} fault={faultAt(why, "/note")} />
          <button disabled={busy}>{busy ? t("Đang tính…", "Looking…") : t("Xem trước ai bị ảnh hưởng", "See first who is affected")}</button>
        </form>
      )}
      {!planned && !exceptions.told && <Trouble why={exceptions.why} again={exceptions.again} />}
      {!planned && inForce.length > 0 && (
        <>
          <h3>{t("Đã đặt", "In force")}</h3>
          <ul class="short">
            {inForce.map((one) => (
              <li key={one.exception_id}>
                <span class="whole">{spellChange(one, today)}<br /><span class="soft">{one.reason}</span></span>
                <button type="button" class="quiet small" disabled={busy} onClick={() => remove(one)}>{t("Bỏ", "Take back")}</button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** Where a mobile team stands on those days, as typed. */
interface Stands {
  unitId: string;
  address: string;
  directions: string;
}

function StandsElsewhere({ stands, change, why }: { stands: Stands | undefined; change: (next: Stands | undefined) => void; why: unknown }) {
  const places = usePlaces();
  return (
    <>
      <label class="check">
        <input type="checkbox" checked={stands !== undefined} onChange={(event) => change(event.currentTarget.checked ? { unitId: "", address: "", directions: "" } : undefined)} />
        <span>{t("Những ngày này tiếp nhận ở nơi khác", "On those days it stands elsewhere")}</span>
      </label>
      {stands && (
        <>
          <Choice id="stands-unit" label={t("Xã, phường hoặc thôn", "Commune or village")} value={stands.unitId || String(office.value!.unit_id)} chosen={(unitId) => change({ ...stands, unitId })} fault={faultAt(why, "/place/unit_id")}>
            {places.told?.map((one) => <option key={one.unit_id} value={String(one.unit_id)}>{one.name}</option>)}
          </Choice>
          <Trouble why={places.why} again={places.again} />
          <Field id="stands-address" label={t("Địa chỉ, bà con đọc khi đặt", "Address, as citizens read it")} value={stands.address} typed={(address) => change({ ...stands, address })} maxLength={300} required fault={faultAt(why, "/place/address")} />
          <Field id="stands-directions" label={t("Chỉ đường (nếu cần)", "Directions (if needed)")} value={stands.directions} typed={(directions) => change({ ...stands, directions })} maxLength={500} fault={faultAt(why, "/place/directions")} />
        </>
      )}
    </>
  );
}

/** Hours of an open day; without them it has those of its weekday. */
function sessionsOf(kind: Kind, hours: { from: string; to: string }, places: string): AddException["sessions"] {
  const [opens_min, closes_min] = [readMinute(hours.from), readMinute(hours.to)];
  if (kind !== "open" || opens_min === undefined || closes_min === undefined) return [];
  return [{ opens_min, closes_min, capacity: Number(places) }];
}

function spellChange(one: Exception | AddException, today: string): string {
  const kind = KINDS.find(([word]) => word === one.kind)?.[1] ?? one.kind;
  const days = one.from_on === one.to_on ? spellDay(one.from_on, today) : `${spellDay(one.from_on, today)} – ${spellDay(one.to_on, today)}`;
  const whole = !one.to_min || (!one.from_min && one.to_min === 1440);
  const hours = whole ? "" : `, ${spellMinute(one.from_min ?? 0)}–${spellMinute(one.to_min!)}`;
  const places = one.capacity ? t(`, ${one.capacity} chỗ`, `, ${one.capacity} places`) : "";
  const place = one.place ? t(`, tại ${one.place.address}`, `, at ${one.place.address}`) : "";
  return `${kind}: ${days}${hours}${places}${place}`;
}
