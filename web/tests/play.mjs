// Plays every story in a browser, or those of the files named: `npm run play -- tests/desk.test.mjs`.
// What they need: see program.mjs. The demo province is sown once, and each file works on a copy.
// Where TO06_STORIES_BEGIN_WITHIN_S is set, no file is begun after so many seconds: those that were not are
// counted and named, for a quicker machine to play. Each day begins with another file, so that none is always left out.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sow } from "./program.mjs";

const DAY_MS = 86_400_000;

const { TO06_API, TO06_ORIGIN, TO06_STORIES_BEGIN_WITHIN_S } = process.env;
const began = Date.now();
const until = TO06_STORIES_BEGIN_WITHIN_S ? began + Number(TO06_STORIES_BEGIN_WITHIN_S) * 1_000 : Infinity;
const folder = import.meta.dirname;
const named = process.argv.slice(2);

function filesOfToday() {
  const files = readdirSync(folder).filter((file) => file.endsWith(".test.mjs")).sort();
  const first = Math.floor(began / DAY_MS) % files.length;
  return [...files.slice(first), ...files.slice(0, first)].map((file) => join(folder, file));
}

/** Plays one; where it fails, what its reporter says of that once all others are told. */
function play(file, told) {
  const reporters = ["stdout", told].flatMap((to) => ["--test-reporter=spec", `--test-reporter-destination=${to}`]);
  const { status } = spawnSync(process.execPath, ["--test", ...reporters, file], { env, stdio: "inherit" });
  return status === 0 ? undefined : readFileSync(told, "utf8").split("✖ failing tests:").at(-1);
}

const sown = TO06_API && !TO06_ORIGIN ? await sow(TO06_API) : undefined;
const env = { ...process.env, ...(sown && { TO06_SOWN: sown.folder }) };
const failed = new Map();
const leftOut = [];
const scratch = mkdtempSync(join(tmpdir(), "to06-played-"));
try {
  // One after another: each starts a program and a browser.
  for (const file of named.length > 0 ? named : filesOfToday()) {
    if (Date.now() > until) {
      leftOut.push(file);
      continue;
    }
    const why = play(file, join(scratch, "told"));
    if (why !== undefined) failed.set(file, why);
  }
} finally {
  rmSync(scratch, { recursive: true });
  await sown?.remove();
}
// Last, where whoever reads only the end of it finds it.
for (const [file, why] of failed) console.log(`\n${file} failed:\n${why.trim()}\n`);
if (leftOut.length > 0) console.log(`${leftOut.length} files not begun within ${TO06_STORIES_BEGIN_WITHIN_S} s: ${leftOut.join(" ")}`);
if (failed.size > 0) console.log(`failed: ${[...failed.keys()].join(" ")}`);
process.exitCode = failed.size > 0 ? 1 : 0;
