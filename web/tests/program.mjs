// The program under test: the one at TO06_ORIGIN, or TO06_API started with a throwaway data folder and
// the demo province. Sowing that province takes longer than most stories: where TO06_SOWN names a folder
// that was sown, a copy of it is worked on.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const READY_WAIT_MS = 240_000;

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function throwawayFolder() {
  const folder = await mkdtemp(join(tmpdir(), "to06-pages-"));
  // As root, its PostgreSQL runs under an account of its own.
  await chmod(folder, 0o755);
  return folder;
}

const remove = (folder) => rm(folder, { recursive: true, force: true });

/** Serves from a throwaway data folder until it is stopped. */
async function serve(program, folder) {
  const port = await freePort();
  // Whoever works on pages looks at theirs without building the program: TO06_PAGES_DIR=dist.
  const { PATH, TO06_PAGES_DIR = "" } = process.env;
  const server = spawn(program, ["serve", "--demo"], {
    env: { PATH, TO06_PAGES_DIR, TO06_DATA_DIR: folder, TO06_BIND: `127.0.0.1:${port}` },
    stdio: "ignore",
  });
  const origin = `http://127.0.0.1:${port}`;
  const isOver = () => server.exitCode !== null || server.signalCode !== null;
  const stop = async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    if (isOver()) return;
    server.kill("SIGTERM");
    await ended;
  };
  const deadline = Date.now() + READY_WAIT_MS;
  for (;;) {
    const ready = await fetch(`${origin}/health/ready`).catch(() => undefined);
    if (ready?.ok) return { origin, stop };
    if (isOver() || Date.now() > deadline) {
      await stop();
      await remove(folder);
      assert.fail("the program is not ready");
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A data folder with the demo province, that nobody serves from; and how it is removed. */
export async function sow(program) {
  const folder = await throwawayFolder();
  const { stop } = await serve(program, folder);
  await stop();
  return { folder, remove: () => remove(folder) };
}

/** Where it is, and how it is stopped. */
export async function startProgram() {
  const { TO06_ORIGIN, TO06_API, TO06_SOWN } = process.env;
  if (TO06_ORIGIN) return { origin: TO06_ORIGIN, stop: async () => {} };
  assert.ok(TO06_API, "TO06_API names the program, or TO06_ORIGIN where one runs");
  const folder = await throwawayFolder();
  // With its owners, which Node's own copy loses: PostgreSQL takes no folder of somebody else's.
  if (TO06_SOWN) execFileSync("cp", ["--archive", `${TO06_SOWN}/.`, folder]);
  const { origin, stop } = await serve(TO06_API, folder);
  return {
    origin,
    stop: async () => {
      await stop();
      await remove(folder);
    },
  };
}
