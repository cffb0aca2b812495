/** What a phone that syncs computes for itself: a smaller push, whether it missed nothing, whom it may have met before. */
import { bytesOf } from "./base64url.ts";
import type { components } from "./schema.ts";

type Schemas = components["schemas"];
export type Change = Schemas["Change"];
type Hint = Schemas["VillageHint"];

const text = new TextEncoder();

/** What is shorter goes as it is. */
const PACKED_FROM_BYTES = 1024;

/**
 * How to send this body with fewer bytes, beside it: `client.POST(path, { body, ...(await packed(body)) })`. A push of
 * 35 kB is one of 10 kB then. A browser without `CompressionStream` sends it as it is.
 */
export async function packed(body: unknown) {
  const plain = text.encode(JSON.stringify(body));
  if (plain.length < PACKED_FROM_BYTES || !("CompressionStream" in globalThis)) return {};
  const stream = new Blob([plain]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = await new Response(stream).arrayBuffer();
  return { headers: { "Content-Encoding": "gzip" }, bodySerializer: () => bytes };
}

/** What is hashed of a row, field by field; `undefined` of a collection that this client does not know. */
function fields(change: Change): unknown[] | undefined {
  const { data, unit, target, hint, campaign } = change;
  if (change.collection === "operation" && data) {
    return [data.result, data.code, data.counted, data.voided];
  }
  if (change.collection === "unit" && unit) {
    const { unit_id, name, level, parent_id, valid_from, valid_to, successor_ids } = unit;
    return [unit_id, name, level, parent_id, valid_from, valid_to, successor_ids];
  }
  if (change.collection === "target" && target) {
    const { unit_id, stage, starts_on, ends_on, people, denominator, source } = target;
    return [unit_id, stage, starts_on, ends_on, people, denominator, source];
  }
  if (change.collection === "hint" && hint) {
    return [hint.village_id, hint.key, hint.tags];
  }
  if (change.collection === "campaign" && campaign) {
    const { campaign_id, unit_id, name, source, starts_on, ends_on, closed } = campaign;
    return [campaign_id, unit_id, name, source, starts_on, ends_on, closed];
  }
  return undefined;
}

/** The hash of a row that is there; `undefined` of one that is gone or unknown. */
export async function rowHash(change: Change): Promise<bigint | undefined> {
  const own = change.op === "put" ? fields(change) : undefined;
  if (own === undefined) return undefined;
  // An array as a string is its members with commas between; an absent field is empty.
  const line = [change.collection, change.id, ...own].map((field) => String(field ?? "")).join("\n");
  const hash = await crypto.subtle.digest("SHA-256", text.encode(line));
  return new DataView(hash).getBigUint64(0);
}

/** Number and sum of the rows of one collection, to be compared with `GET /api/v1/sync/checksums`. */
export async function checksum(rows: Iterable<Change>): Promise<{ rows: number; checksum: string }> {
  let count = 0;
  let sum = 0n;
  for (const row of rows) {
    const hash = await rowHash(row);
    if (hash === undefined) continue;
    count += 1;
    sum = BigInt.asUintN(64, sum + hash);
  }
  return { rows: count, checksum: sum.toString(16).padStart(16, "0") };
}

/**
 * Whether somebody with this ID number may have been recorded in that village already. `true` is wrong with
 * one stranger in a hundred where 600 people are recorded, and `false` is as old as the last pull: warn, and
 * let them be recorded all the same.
 */
export async function maybeRecorded(hint: Hint, idNumber: string): Promise<boolean> {
  return (await placeOf(hint, idNumber)) >= 0;
}

/**
 * At which stages somebody with this ID number may have been recorded in that village, with the same reserve: warn
 * of those that are being recorded. All of them, where the server does not say at which.
 */
export async function stagesMaybeRecorded<Stage extends string>(hint: Hint, idNumber: string, stages: readonly Stage[]): Promise<Stage[]> {
  const place = await placeOf(hint, idNumber);
  if (place < 0) return [];
  const told = hint.stages;
  if (!told?.length) return [...stages];
  return stages.filter((stage) => told.some((one) => one.stage === stage && one.marks[place] === "1"));
}

/** Where the tag of an ID number stands among those of the hint; -1: nowhere. */
async function placeOf(hint: Hint, idNumber: string): Promise<number> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytesOf(hint.key), algorithm, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, text.encode(idNumber));
  return hint.tags.indexOf(new DataView(mac).getUint16(0));
}
