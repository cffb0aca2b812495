/** What a phone computes against the vectors of the contract, whose folder is in `TO06_EXAMPLES`. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { type Change, checksum, maybeRecorded, rowHash, stagesMaybeRecorded } from "../src/index.ts";

const folder = process.env["TO06_EXAMPLES"];
assert.ok(folder, "TO06_EXAMPLES names the folder of the examples");

test("rows are summed up as the server sums them up", async () => {
  const vectors = JSON.parse(await readFile(join(folder, "checksum-vectors.json"), "utf8"));
  const rows: { change: Change; hash: string }[] = vectors.rows;
  const beside: { change: Change; hash: string }[] = vectors.beside;
  for (const { change, hash } of [...rows, ...beside]) {
    assert.equal((await rowHash(change))?.toString(16).padStart(16, "0"), hash);
  }
  const changes = rows.map((row) => row.change).reverse();
  const told = await checksum(changes);
  assert.deepEqual(told, { rows: vectors.rows_together, checksum: vectors.checksum });
  const first = changes[0];
  assert.ok(first);
  assert.equal(await rowHash({ ...first, op: "del" }), undefined);
});

test("a tag is found by the number that it is of", async () => {
  const vectors = JSON.parse(await readFile(join(folder, "checksum-vectors.json"), "utf8"));
  const tags: { id_number: string; tag: number }[] = vectors.tags;
  for (const { id_number, tag } of tags) {
    const hint = { village_id: 112, key: vectors.tags_key, tags: [tag] };
    assert.equal(await maybeRecorded(hint, id_number), true);
    assert.equal(await maybeRecorded({ ...hint, tags: [(tag + 1) % 65_536] }, id_number), false);
  }
});

test("a number is doubted at the stages that stand beside its tag, and at all where none are told", async () => {
  const vectors = JSON.parse(await readFile(join(folder, "checksum-vectors.json"), "utf8"));
  const [{ id_number, tag }, { id_number: stranger }] = vectors.tags;
  const tags = [tag - 1, tag];
  const hint = { village_id: 112, key: vectors.tags_key, tags, stages: [{ stage: "installed", marks: "11" }, { stage: "level2_activated", marks: "10" }] };
  const asked = ["installed", "level1_activated", "level2_activated"] as const;
  assert.deepEqual(await stagesMaybeRecorded(hint, id_number, asked), ["installed"]);
  assert.deepEqual(await stagesMaybeRecorded(hint, stranger, asked), []);
  assert.deepEqual(await stagesMaybeRecorded({ ...hint, stages: [] }, id_number, asked), asked);
});
