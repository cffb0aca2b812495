/** What the server says of one's own work: the ledger's three numbers, this phone's statement, the unit's targets. */
import { computed, signal } from "@preact/signals";

import type { Schemas } from "../api.ts";
import { keep, kept } from "./box.ts";
import { deviceOf } from "./phone.ts";
import { targets, units } from "./pull.ts";
import { asked, mayRecord, me } from "./session.ts";

type Row = Schemas["BoardRow"];

export interface Own {
  counts: Schemas["LedgerCounts"];
  statement: Schemas["DeviceStatement"];
  /** How far one's own unit has come with each stage that has a target. */
  reached: { stage: string; row: Row }[];
  as_of: string;
  /** Which villages somebody was given, and until when. */
  work?: Schemas["OwnWork"];
  standing?: Schemas["OwnStanding"];
}

const OWN = "own";

export const own = signal<Own | undefined>(undefined);

export async function resumeOwn(): Promise<void> {
  own.value = await kept<Own>(OWN);
}

export function dropOwn(): void {
  own.value = undefined;
}

export async function refreshOwn(account: string): Promise<void> {
  const path = { device_id: await deviceOf(account) };
  const statement = await asked((client) => client.GET("/api/v1/devices/{device_id}/statement", { params: { path } }));
  const ledger = await asked((client) => client.GET("/api/v1/me/ledger", { params: { query: { limit: 1 } } }));
  own.value = { counts: ledger.counts, statement, as_of: ledger.as_of, ...(mayRecord() ? await worker() : { reached: [] }) };
  await keep({ [OWN]: own.value });
}

/** What matters to whoever records. */
async function worker(): Promise<Pick<Own, "work" | "standing" | "reached">> {
  const work = await asked((client) => client.GET("/api/v1/me/assignments"));
  const standing = await asked((client) => client.GET("/api/v1/leaderboards/volunteer/me", { params: { query: {} } }));
  return { work, standing, reached: await reachedOf(me.value?.unit_id) };
}

/** The villages that are one's own to work, each with its last moment if it has one. */
export const assigned = computed(() => new Map(own.value?.work?.villages.map((one) => [one.village_id, one.until_at ?? undefined])));

async function reachedOf(unit: number | undefined): Promise<Own["reached"]> {
  const level = units.value.find((one) => one.unit_id === unit)?.level;
  const stages = [...new Set(targets.value.filter((target) => target.unit_id === unit).map((target) => target.stage))];
  if (!unit || !level || level === "province") return [];
  const rows = stages.map(async (stage) => {
    const query = { stage, period: "start", limit: 200, ...(level === "village" && { within: unit }) };
    const board = await asked((client) => client.GET("/api/v1/leaderboards/{level}", { params: { path: { level }, query } }));
    const row = board.rows.find((one) => one.unit_id === unit);
    return row ? [{ stage, row }] : [];
  });
  return (await Promise.all(rows)).flat();
}
