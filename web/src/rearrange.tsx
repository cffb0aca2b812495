/** What a change would do to people who have booked: first seen, then done, and nothing else. */
import { useEffect, useRef, useState } from "preact/hooks";

import { Refused, type Schemas, uuid } from "./api.ts";
import { Choice, useDeed } from "./kit.tsx";
import { WEEKDAYS } from "./weekdays.ts";
import { lower, spellTime, t } from "./words.ts";

/** Of one office, or of several. */
interface Changed {
  office?: Schemas["Office"];
  rearrangement: Rearrangement;
  unfilled?: Unfilled[];
}
type Unfilled = Schemas["UnfilledEnd"];
type Rearrangement = Schemas["Rearrangement"];
type Reach = "office" | "commune" | "province";

const REACHES: [Reach, string][] = [
  ["office", t("giờ khác ở điểm này", "other hours here")],
  ["commune", t("các điểm trong xã", "offices of the commune")],
  ["province", t("mọi điểm trong tỉnh", "offices of the province")],
];

type Send = (query: { dry_run: boolean; on_conflict: "move"; reach: Reach; preview?: string }, key: string) => Promise<Changed>;

/** What would be done, and how it is done. */
interface Planned {
  /** A line for each thing that changes, the most of it first. */
  what: string[];
  plan: Rearrangement;
  /** Ends of sessions that no slot fills. */
  unfilled: Unfilled[];
  /** One key for every press of the button. */
  key: string;
  send: Send;
}

export interface Rearranging {
  reach: Reach;
  setReach: (reach: Reach) => void;
  planned: Planned | undefined;
  done: Rearrangement | undefined;
  busy: boolean;
  why: unknown;
  preview: (what: string[], send: Send) => void;
  carryOut: () => void;
  giveUp: () => void;
  forget: () => void;
}

export function useRearranging(changed: (office: Schemas["Office"] | undefined) => void): Rearranging {
  const [reach, setReach] = useState<Reach>("commune");
  const [planned, setPlanned] = useState<Planned>();
  const [done, setDone] = useState<Rearrangement>();
  const { busy, why, forget, run } = useDeed();
  const preview = (what: string[], send: Send) =>
    void run(async () => {
      setDone(undefined);
      const { rearrangement, unfilled = [] } = await send({ dry_run: true, on_conflict: "move", reach }, uuid());
      setPlanned({ what, plan: rearrangement, unfilled, key: uuid(), send });
    });
  const carryOut = () =>
    void run(async () => {
      if (!planned) return;
      const { plan, key, send } = planned;
      try {
        const { office, rearrangement } = await send({ dry_run: false, on_conflict: "move", reach, preview: plan.preview }, key);
        setDone(rearrangement);
        setPlanned(undefined);
        changed(office);
      } catch (error) {
        // Somebody booked meanwhile: what would happen now comes with the refusal.
        const next = error instanceof Refused ? (error.problem as { rearrangement?: Rearrangement }).rearrangement : undefined;
        if (next) setPlanned({ ...planned, plan: next, key: uuid() });
        throw error;
      }
    });
  const giveUp = () => {
    forget();
    setPlanned(undefined);
  };
  const begin = () => {
    forget();
    setDone(undefined);
  };
  return { reach, setReach, planned, done, busy, why, preview, carryOut, giveUp, forget: begin };
}

export function ReachChoice({ id, of: { reach, setReach } }: { id: string; of: Rearranging }) {
  return (
    <Choice id={id} label={t("Người mất chỗ được chuyển sang", "Whoever loses a place goes to")} value={reach} chosen={(word) => setReach(word as Reach)}>
      {REACHES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
    </Choice>
  );
}

/** In the place of the form: what would be done, and the button that does it. */
export function Preview({ of: { planned, busy, carryOut, giveUp } }: { of: Rearranging }) {
  const head = useRef<HTMLHeadingElement>(null);
  // What would be done is read out as soon as it is drawn, not the form that it takes the place of.
  useEffect(() => head.current?.focus(), [planned]);
  if (!planned) return null;
  const { what: [first, ...more], plan, unfilled } = planned;
  return (
    <div class="plan">
      <h3 tabIndex={-1} ref={head}>{first}</h3>
      {more.length > 0 && <ul class="moves">{more.map((one) => <li key={one}>{one}</li>)}</ul>}
      {unfilled.length > 0 && <p class="soft">{spellUnfilled(unfilled)}</p>}
      <Plan plan={plan} />
      <div class="deeds">
        <button type="button" class={plan.people.length > 0 ? "grave" : undefined} disabled={busy} onClick={carryOut}>{spellGo(plan)}</button>
        <button type="button" class="quiet" disabled={busy} onClick={giveUp}>{t("Thôi, không đổi", "Change nothing")}</button>
      </div>
    </div>
  );
}

/** The last length of slots says it for the days to come. */
function spellUnfilled(all: Unfilled[]): string {
  const ends = all.filter((one) => one.first_on === all.at(-1)!.first_on);
  const each = ends.map(({ weekday, session, minutes }) => {
    const name = WEEKDAYS[weekday - 1]!;
    return t(`${lower(name)} buổi ${session} (${minutes} phút)`, `${name}, session ${session} (${minutes} minutes)`);
  });
  return t(`Cuối buổi còn lẻ, không đủ một khung, không ai đặt được: ${each.join("; ")}.`, `Left at the end of a session, too short for a slot: ${each.join("; ")}.`);
}

function spellGo(plan: Rearrangement): string {
  if (plan.people.length === 0) return t("Đổi, không ai mất chỗ", "Change it; nobody loses a place");
  if (plan.conflicts === 0) return t(`Đổi, chuyển ${plan.moved} người`, `Change it: ${plan.moved} moved`);
  return t(`Đổi, chuyển ${plan.moved} người, ${plan.conflicts} người cần xếp lại`, `Change it: ${plan.moved} moved, ${plan.conflicts} without a place`);
}

export function Outcome({ of: { done } }: { of: Rearranging }) {
  if (!done) return null;
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
