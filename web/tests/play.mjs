// Plays every story in a browser, or those of the files named: `npm run play -- tests/desk.test.mjs`.
// What they need: see program.mjs. The demo province is sown once, and each file works on a copy.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { sow } from "./program.mjs";

const { TO06_API, TO06_ORIGIN } = process.env;
const folder = import.meta.dirname;
const named = process.argv.slice(2);
const files = named.length > 0 ? named : readdirSync(folder).filter((file) => file.endsWith(".test.mjs")).map((file) => join(folder, file));

const sown = TO06_API && !TO06_ORIGIN ? await sow(TO06_API) : undefined;
try {
  // One after another: each starts a program and a browser.
  const { status } = spawnSync(process.execPath, ["--test", "--test-concurrency=1", "--test-reporter=spec", ...files], {
    env: { ...process.env, ...(sown && { TO06_SOWN: sown.folder }) },
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
} finally {
  await sown?.remove();
}
