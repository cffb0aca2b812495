/** One's own operations as a ledger: what lies on this phone, and what only the server still knows. */
import { computed } from "@preact/signals";

import type { Schemas } from "../api.ts";
import { day } from "../words.ts";
import { type Saved, saved, type State } from "./outbox.ts";
import { entries } from "./pull.ts";

type Entry = Schemas["LedgerEntry"];

export interface Line {
  op_id: string;
  at: string;
  kind: string;
  stage?: string | null | undefined;
  outcome?: string | null | undefined;
  village_id?: number | null | undefined;
  state: State;
  code?: string | null | undefined;
  message?: string | null | undefined;
  voided: boolean;
  counted: boolean;
  /** It lies on this phone. */
  saved?: Saved | undefined;
  entry?: Entry | undefined;
}

const STATES: Record<string, State> = { applied: "recognised", merged: "merged", held: "held", rejected: "refused" };
const DAY_MS = 86_400_000;

/** The newest first. */
export const lines = computed<Line[]>(() => {
  const told = new Map(entries.value.map((entry) => [entry.op_id, entry]));
  const taken = new Set(saved.value.flatMap((one) => (one.kind === "void" && one.state !== "refused" && one.target_op_id ? [one.target_op_id] : [])));
  const own = saved.value.map((one): Line => {
    const entry = told.get(one.op_id);
    told.delete(one.op_id);
    const voided = entry?.voided === true || taken.has(one.op_id);
    return {
      op_id: one.op_id, at: one.saved_at, kind: one.kind, stage: one.stage, outcome: one.outcome, village_id: one.village_id,
      state: one.state, code: one.code, message: one.message, voided, counted: entry?.counted ?? false, saved: one, entry,
    };
  });
  const others = [...told.values()].map((entry): Line => ({
    op_id: entry.op_id, at: entry.received_at, kind: entry.kind, stage: entry.stage, village_id: entry.village_id,
    state: STATES[entry.result] ?? "held", code: entry.code, message: entry.message, voided: entry.voided, counted: entry.counted, entry,
  }));
  return [...own, ...others].sort((a, b) => (a.at < b.at ? 1 : -1));
});

/** Within these hours an author takes a mistake back alone. */
export const TAKE_BACK_HOURS = 24;

export function mayTakeBack(line: Line, now: number): boolean {
  const isWork = line.kind === "record" || line.kind === "visit" || line.kind === "activity" || line.kind === "request_appointment";
  return isWork && !line.voided && line.state !== "refused" && now - Date.parse(line.at) < TAKE_BACK_HOURS * 3_600_000;
}

export interface Work {
  today: number;
  week: number;
  total: number;
  /** Recorded here and not yet sent. */
  waiting: number;
  /** The last two weeks, day by day. */
  days: { on: string; many: number }[];
}

const TREND_DAYS = 14;

/** Records that the server has recognised, by the day for which it took them; not what was taken back. */
export function workOf(all: Line[], now: Date): Work {
  const today = day(now);
  const weekday = (new Date(`${today}T12:00:00+07:00`).getUTCDay() + 6) % 7;
  const monday = day(new Date(now.getTime() - weekday * DAY_MS));
  const many = new Map<string, number>();
  let [week, total, waiting] = [0, 0, 0];
  for (const line of all) {
    if (line.kind !== "record" || line.voided) continue;
    if (line.state === "waiting") waiting += 1;
    if (line.state !== "recognised" && line.state !== "merged") continue;
    const on = line.entry?.recorded_on ?? day(line.at);
    many.set(on, (many.get(on) ?? 0) + 1);
    total += 1;
    if (on >= monday) week += 1;
  }
  const days = Array.from({ length: TREND_DAYS }, (_, index) => {
    const on = day(new Date(now.getTime() - (TREND_DAYS - 1 - index) * DAY_MS));
    return { on, many: many.get(on) ?? 0 };
  });
  return { today: many.get(today) ?? 0, week, total, waiting, days };
}
