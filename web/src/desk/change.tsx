/** Some days other than the weeks: first what it would do to people, then the change, and nothing else. */
import { useEffect, useRef, useState } from "preact/hooks";

import { api, Refused, type Schemas, told, uuid } from "../api.ts";
import type { Asked } from "../ask.ts";
import { Choice, Field, faultAt, Trouble, useDeed } from "../kit.tsx";
import { day as dayOf, spellDay, spellTime, t } from "../words.ts";
import { readMinute, spellMinute } from "./opening.tsx";
import { office } from "./state.ts";

type AddException = Schemas["AddException"];
type Exception = Schemas["OfficeException"];
type Rearrangement = Schemas["Rearrangement"];
type Kind = AddException["kind"];
type Reach = "office" | "commune" | "province";

const KINDS: [Kind, string][] = [
  ["closed", t("Đóng cửa", "Closed")],
  ["capacity", t("Đổi số chỗ mỗi khung giờ", "Other places in each slot")],
  ["open", t("Mở cửa, kể cả ngày nghỉ", "Open, on a holiday too")],
];
const REACHES: [Reach, string][] = [
  ["office", t("giờ khác ở điểm này", "other hours here")],
  ["commune", t("các điểm trong xã", "offices of the commune")],
  ["province", t("mọi điểm trong tỉnh", "offices of the province")],
];

interface Props {
  exceptions: Asked<Schemas["OfficeExceptions"]>;
  changed: () => void;
}

/** What would be done, and how it is done. */
interface Planned {
  what: string;
  plan: Rearrangement;
  /** One key for every press of the button. */
  key: string;
  send: (query: { dry_run: boolean; on_conflict: "move"; reach: Reach; preview?: string }, key: string) => Promise<Rearrangement>;
}

export function Change({ exceptions, changed }: Props) {
  const today = dayOf(new Date());
  const [kind, setKind] = useState<Kind>("closed");
  const [from, setFrom] = useState(today);
  const [to, setTo] = useState("");
  const [hours, setHours] = useState({ from: "", to: "" });
  const [places, setPlaces] = useState("2");
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const [reach, setReach] = useState<Reach>("commune");
  const [planned, setPlanned] = useState<Planned>();
  const [done, setDone] = useState<Rearrangement>();
  const head = useRef<HTMLHeadingElement>(null);
  const { busy, why, forget, run } = useDeed();
  const inForce = exceptions.told?.exceptions ?? [];
  // What would be done is read out as soon as it is drawn, not the form that it takes the place of.
  useEffect(() => head.current?.focus(), [planned]);
  const { office_id } = office.value!;

  const preview = (what: string, send: Planned["send"]) =>
    run(async () => {
      setDone(undefined);
      const plan = await send({ dry_run: true, on_conflict: "move", reach }, uuid());
      setPlanned({ what, plan, key: uuid(), send });
    });
  const carryOut = ({ what, plan, key, send }: Planned) =>
    run(async () => {
      try {
        setDone(await send({ dry_run: false, on_conflict: "move", reach, preview: plan.preview }, key));
        setPlanned(undefined);
        setReason("");
        setNote("");
        changed();
      } catch (error) {
        // Somebody booked meanwhile: what would happen now comes with the refusal.
        const next = error instanceof Refused ? (error.problem as { rearrangement?: Rearrangement }).rearrangement : undefined;
        if (next) setPlanned({ what, plan: next, key: uuid(), send });
        throw error;
      }
    });
  const body: AddException = {
    kind, from_on: from, to_on: to || from, reason, note,
    from_min: kind === "open" ? undefined : readMinute(hours.from),
    to_min: kind === "open" ? undefined : readMinute(hours.to),
    capacity: kind === "capacity" ? Number(places) : undefined,
    sessions: sessionsOf(kind, hours, places),
  };
  const params = { path: { office_id } };
  const add = () =>
    void preview(spellChange(body, today), async (query, key) => {
      const path = "/api/v1/offices/{office_id}/exceptions";
      const told_ = await told(api.POST(path, { params: { ...params, query, header: { "Idempotency-Key": key } }, body }));
      return told_.rearrangement;
    });
  const remove = (one: Exception) =>
    void preview(t(`Bỏ: ${spellChange(one, today)}`, `Taken back: ${spellChange(one, today)}`), async (query, key) => {
      const path = "/api/v1/offices/{office_id}/exceptions/{exception_id}";
      const told_ = await told(api.DELETE(path, { params: { path: { office_id, exception_id: one.exception_id }, query, header: { "Idempotency-Key": key } } }));
      return told_.rearrangement;
    });

  return (
    <section class="panel" aria-labelledby="change">
      <h2 id="change">{t("Đóng cửa, đổi giờ, đổi số chỗ", "Close, other hours, other places")}</h2>
      <Trouble why={why} />
      {done && <Outcome done={done} />}
      {planned ? (
        <div class="plan">
          <h3 tabIndex={-1} ref={head}>{planned.what}</h3>
          <Plan plan={planned.plan} />
          <div class="deeds">
            <button type="button" class={planned.plan.people.length > 0 ? "grave" : undefined} disabled={busy} onClick={() => void carryOut(planned)}>{spellGo(planned.plan)}</button>
            <button type="button" class="quiet" disabled={busy} onClick={() => { forget(); setPlanned(undefined); }}>{t("Thôi, không đổi", "Change nothing")}</button>
          </div>
        </div>
      ) : (
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
            <Choice id="reach" label={t("Người mất chỗ được chuyển sang", "Whoever loses a place goes to")} value={reach} chosen={(word) => setReach(word as Reach)}>
              {REACHES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
            </Choice>
            <Field id="from-on" label={t("Từ ngày", "From")} type="date" value={from} typed={setFrom} min={today} required fault={faultAt(why, "/from_on")} />
            <Field id="to-on" label={t("Đến hết ngày", "To")} type="date" value={to || from} typed={setTo} min={from} fault={faultAt(why, "/to_on")} />
            <Field id="from-min" label={t("Từ giờ (bỏ trống: cả ngày)", "From (empty: all day)")} type="time" value={hours.from} typed={(value) => setHours({ ...hours, from: value })} fault={faultAt(why, "/from_min")} />
            <Field id="to-min" label={t("Đến giờ", "To")} type="time" value={hours.to} typed={(value) => setHours({ ...hours, to: value })} fault={faultAt(why, "/to_min")} />
          </div>
          {kind !== "closed" && <Field id="places" label={t("Số chỗ mỗi khung giờ", "Places of each slot")} type="number" value={places} typed={setPlaces} min="1" max="50" fault={faultAt(why, "/capacity")} />}
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
  return `${kind}: ${days}${hours}${places}`;
}

function spellGo(plan: Rearrangement): string {
  if (plan.people.length === 0) return t("Đổi, không ai mất chỗ", "Change it; nobody loses a place");
  if (plan.conflicts === 0) return t(`Đổi, chuyển ${plan.moved} người`, `Change it: ${plan.moved} moved`);
  return t(`Đổi, chuyển ${plan.moved} người, ${plan.conflicts} người cần xếp lại`, `Change it: ${plan.moved} moved, ${plan.conflicts} without a place`);
}

function Outcome({ done }: { done: Rearrangement }) {
  return (
    <p class="notice done" role="status">
      {done.people.length === 0
        ? t("Đã đổi. Không ai mất chỗ.", "Done. Nobody lost a place.")
        : t(`Đã đổi. ${done.moved} người đã được chuyển và được báo; ${done.conflicts} người cần xếp lại, ở mục “Cần xếp lại giờ”.`, `Done. ${done.moved} moved and told; ${done.conflicts} under “Need another time”.`)}
    </p>
  );
}

const PEOPLE_SHOWN = 20;

function Plan({ plan }: { plan: Rearrangement }) {
  if (plan.people.length === 0) return <p>{t("Không ai đã đặt hẹn bị mất chỗ.", "Nobody who has booked loses a place.")}</p>;
  return (
    <>
      <dl class="counts">
        <div><dt>{t("Khung giờ thay đổi", "Slots that change")}</dt><dd>{plan.slots.length}</dd></div>
        <div><dt>{t("Được chuyển", "Moved")}</dt><dd>{plan.moved}</dd></div>
        <div class={plan.conflicts > 0 ? "warn" : undefined}><dt>{t("Chưa có chỗ", "Without a place")}</dt><dd>{plan.conflicts}</dd></div>
      </dl>
      <ul class="moves">
        {plan.people.slice(0, PEOPLE_SHOWN).map((one) => (
          <li key={one.appointment_id}>
            <strong class="code-cell">{one.code}</strong> {spellTime(one.starts_at)}
            <br />
            {one.to ? <span class="good">→ {spellTime(one.to.starts_at)}, {one.to.office_name}</span> : <span class="warn">→ {t("chưa có chỗ, cần xếp lại", "no place: needs another time")}</span>}
          </li>
        ))}
      </ul>
      {plan.moved + plan.conflicts > PEOPLE_SHOWN && <p class="soft">{t(`và ${plan.moved + plan.conflicts - PEOPLE_SHOWN} người nữa`, `and ${plan.moved + plan.conflicts - PEOPLE_SHOWN} more`)}</p>}
    </>
  );
}
