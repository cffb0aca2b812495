// Plays every story in a browser, or those of the files named: `npm run play -- tests/desk.test.mjs`.
// What they need: see program.mjs. The demo province is sown once, and each file works on a copy.
// Where TO06_STORIES_BEGIN_WITHIN_S is set, no file is begun after so many seconds: those that were not are
// counted and named, for a quicker machine to play. Each day begins with another file, so that none is always left out.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
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

const sown = TO06_API && !TO06_ORIGIN ? await sow(TO06_API) : undefined;
const env = { ...process.env, ...(sown && { TO06_SOWN: sown.folder }) };
const failed = [];
const leftOut = [];
try {
  // One after another: each starts a program and a browser.
  for (const file of named.length > 0 ? named : filesOfToday()) {
    if (Date.now() > until) {
      leftOut.push(file);
      continue;
    }
    const { status } = spawnSync(process.execPath, ["--test", "--test-reporter=spec", file], { env, stdio: "inherit" });
    if (status !== 0) failed.push(file);
  }
} finally {
  await sown?.remove();
}
if (leftOut.length > 0) console.log(`${leftOut.length} files not begun within ${TO06_STORIES_BEGIN_WITHIN_S} s: ${leftOut.join(" ")}`);
if (failed.length > 0) console.log(`failed: ${failed.join(" ")}`);
process.exitCode = failed.length > 0 ? 1 : 0;
