/** What a phone that pulls computes for itself: whether it missed nothing. */
import type { components } from "./schema.ts";

type Schemas = components["schemas"];
export type Change = Schemas["Change"];

const text = new TextEncoder();

/** What is hashed of a row, field by field; `undefined` of a collection that this client does not know. */
function fields(change: Change): unknown[] | undefined {
  const { data, unit, target } = change;
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
