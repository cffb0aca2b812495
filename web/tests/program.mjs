// The program under test: the one at TO06_ORIGIN, or TO06_API started with a throwaway data folder and
// the demo province.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const READY_WAIT_MS = 120_000;

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Where it is, and how it is stopped. */
export async function startProgram() {
  if (process.env.TO06_ORIGIN) return { origin: process.env.TO06_ORIGIN, stop: async () => {} };
  const program = process.env.TO06_API;
  assert.ok(program, "TO06_API names the program, or TO06_ORIGIN where one runs");
  const folder = await mkdtemp(join(tmpdir(), "to06-pages-"));
  // As root, its PostgreSQL runs under an account of its own.
  await chmod(folder, 0o755);
  const port = await freePort();
  const server = spawn(program, ["serve", "--demo"], {
    env: { PATH: process.env.PATH, TO06_DATA_DIR: folder, TO06_BIND: `127.0.0.1:${port}` },
    stdio: "ignore",
  });
  const origin = `http://127.0.0.1:${port}`;
  const isOver = () => server.exitCode !== null || server.signalCode !== null;
  const stop = async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    if (!isOver()) {
      server.kill("SIGTERM");
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + READY_WAIT_MS;
  for (;;) {
    const ready = await fetch(`${origin}/health/ready`).catch(() => undefined);
    if (ready?.ok) return { origin, stop };
    if (isOver() || Date.now() > deadline) {
      await stop();
      assert.fail("the program is not ready");
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
