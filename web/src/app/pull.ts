/** What the server tells this phone: units, targets, hints, and what became of one's own operations. */
import { computed, signal } from "@preact/signals";
import { type Change, checksum, Refused } from "@to06/client";

import { keep, kept } from "./box.ts";
import { limits } from "./meta.ts";
import { lastError, learn } from "./outbox.ts";
import { asked } from "./session.ts";

interface Place {
  cursor: string;
  as_of: string;
}

/** The rows of each collection by their ids. */
type Rows = Record<string, Record<string, Change>>;

const PLACE = "pull";
const CHECKED = "pull-checked";
const rowsName = (collection: string) => `pull/${collection}`;
const COLLECTIONS = ["operation", "unit", "target", "hint", "campaign"];

const rows = signal<Rows>({});
export const pulledAsOf = signal<string | undefined>(undefined);

const there = (collection: string) => Object.values(rows.value[collection] ?? {}).filter((row) => row.op === "put");

export const entries = computed(() => there("operation").flatMap((row) => (row.data ? [row.data] : [])));
export const units = computed(() => there("unit").flatMap((row) => (row.unit ? [row.unit] : [])));
export const targets = computed(() => there("target").flatMap((row) => (row.target ? [row.target] : [])));
export const campaigns = computed(() => there("campaign").flatMap((row) => (row.campaign ? [row.campaign] : [])));
export const hints = computed(() => new Map(there("hint").flatMap((row) => (row.hint ? [[row.hint.village_id, row.hint]] : []))));

export const villages = computed(() => units.value.filter((unit) => unit.level === "village").sort((a, b) => a.name.localeCompare(b.name, "vi", { numeric: true })));

/** A unit's name, also of one that has ended. */
export function unitName(id: number | undefined): string {
  const known = Object.values(rows.value["unit"] ?? {}).find((row) => row.unit?.unit_id === id);
  return known?.unit?.name ?? "";
}

/** The village that continues one that has ended, through every change; itself while it is there. */
export function heirOf(village: number): number | undefined {
  const known = new Map(Object.values(rows.value["unit"] ?? {}).flatMap((row) => (row.unit ? [[row.unit.unit_id, row] as const] : [])));
  for (let row = known.get(village), steps = 0; row?.unit && steps < known.size; steps += 1) {
    if (row.op === "put") return row.unit.unit_id;
    const [heir, ...others] = row.unit.successor_ids ?? [];
    row = heir === undefined || others.length > 0 ? undefined : known.get(heir);
  }
  return undefined;
}

export async function resumePull(): Promise<void> {
  const all = await Promise.all(COLLECTIONS.map(async (one) => [one, (await kept<Record<string, Change>>(rowsName(one))) ?? {}] as const));
  rows.value = Object.fromEntries(all);
  pulledAsOf.value = (await kept<Place>(PLACE))?.as_of;
}

/** Forgets what was pulled, on the screen; on the disk it was forgotten before. */
export function dropPulled(): void {
  rows.value = {};
  pulledAsOf.value = undefined;
}

/** Pulls until nothing more comes. Where what is here can no longer be brought up to date, it is pulled anew beside it. */
export async function pull(account: string): Promise<void> {
  // An older app passed over what it did not know.
  const known = await Promise.all(COLLECTIONS.map((one) => kept(rowsName(one))));
  const place = known.includes(undefined) ? undefined : await kept<Place>(PLACE);
  try {
    await pullFrom(account, place?.cursor, place ? rows.value : {});
  } catch (why) {
    if (!(why instanceof Refused) || why.problem.status !== 410) throw why;
    await pullFrom(account, undefined, {});
  }
  await check(account);
}

async function pullFrom(account: string, cursor: string | undefined, base: Rows): Promise<void> {
  const next: Rows = Object.fromEntries(COLLECTIONS.map((one) => [one, { ...base[one] }]));
  const touched = new Set<string>(cursor === undefined ? COLLECTIONS : []);
  const told = [];
  let as_of = "";
  for (;;) {
    const query = { limit: 500, ...(cursor !== undefined && { cursor }) };
    const page = await asked((client) => client.GET("/api/v1/sync/pull", { params: { query } }));
    for (const change of page.items) {
      const collection = next[change.collection];
      // A newer server may tell of more than this app knows.
      if (!collection) continue;
      touched.add(change.collection);
      // A unit that is gone still has its name, for what was recorded there.
      if (change.op === "put" || change.collection === "unit") collection[change.id] = change;
      else delete collection[change.id];
      if (change.data) told.push(change.data);
    }
    cursor = page.next_cursor;
    as_of = page.as_of;
    if (!page.more) break;
  }
  await learn(account, told);
  const changed = Object.fromEntries([...touched].map((one) => [rowsName(one), next[one]]));
  await keep({ ...changed, [PLACE]: { cursor, as_of } });
  rows.value = next;
  pulledAsOf.value = as_of;
}

/** Now and then: whether what is here is what it should be. If not, everything is pulled again. */
async function check(account: string): Promise<void> {
  const last = (await kept<number>(CHECKED)) ?? 0;
  const place = await kept<Place>(PLACE);
  if (!place || Math.abs(Date.now() - last) < limits.value.checkEveryMs) return;
  const params = { query: { cursor: place.cursor } };
  const { collections } = await asked((client) => client.GET("/api/v1/sync/checksums", { params }));
  for (const told of collections) {
    if (!COLLECTIONS.includes(told.collection)) continue;
    const own = await checksum(Object.values(rows.value[told.collection] ?? {}));
    if (own.rows === told.rows && own.checksum === told.checksum) continue;
    lastError.value = "CHECKSUM";
    await pullFrom(account, undefined, {});
    break;
  }
  await keep({ [CHECKED]: Date.now() });
}
