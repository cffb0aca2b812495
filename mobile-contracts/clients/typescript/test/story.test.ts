/**
 * The client against the real program, whose path is in `TO06_API`: it is started with a throwaway data
 * folder and the demo province.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { type Client, createClient, packed, Refused, type Schemas, told, Unreachable } from "../src/index.ts";

const PASSWORD = "tổ 06 dùng thử";

let server: ChildProcess;
let folder: string;
let origin: string;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

before(async () => {
  const program = process.env["TO06_API"];
  assert.ok(program, "TO06_API names the program");
  folder = await mkdtemp(join(tmpdir(), "to06-client-"));
  // As root, its PostgreSQL runs under an account of its own.
  await chmod(folder, 0o755);
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  server = spawn(program, ["serve", "--demo"], {
    env: { PATH: process.env["PATH"], TO06_DATA_DIR: folder, TO06_BIND: `127.0.0.1:${port}` },
    stdio: "ignore",
  });
  const client = createClient({ origin, name: "to06-client/test", timeoutMs: 1_000 });
  const deadline = Date.now() + 240_000;
  for (;;) {
    const ready = await told(client.GET("/health/ready")).catch(() => undefined);
    if (ready !== undefined) return;
    assert.ok(server.exitCode === null && Date.now() < deadline, "the program is not ready");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});

after(async () => {
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  await ended;
  await rm(folder, { recursive: true, force: true });
});

function stranger(language: "vi" | "en" = "vi"): Client {
  return createClient({ origin, language, name: "to06-client/test" });
}

async function volunteer(phone: string): Promise<{ client: Client; session: Schemas["Session"] }> {
  const body = { phone, password: PASSWORD };
  const session = await told(stranger().POST("/api/v1/sessions", { body }));
  const token = () => session.access_token;
  return { client: createClient({ origin, token, name: "to06-client/test" }), session };
}

/** A push by a volunteer of the demo province about this citizen. */
async function pushOf(client: Client, session: Schemas["Session"], id_number: string): Promise<Schemas["PushOperations"]> {
  const query = { q: "bac ai tay thon 1", level: "village" } as const;
  const villages = await told(client.GET("/api/v1/units", { params: { query } }));
  const village = villages.items[0];
  assert.ok(village);
  const now = new Date().toISOString();
  const record: Schemas["Operation"] = {
    op_id: crypto.randomUUID(),
    kind: "record",
    author_id: session.account_id,
    recorded_at: now,
    village_id: village.unit_id,
    stage: "level2_activated",
    device_holder: "own",
    consent: { method: "spoken" },
    subject: { kind: "plain", id_number },
  };
  return { protocol: 1, device_id: crypto.randomUUID(), client_time: now, ops: [record] };
}

test("a volunteer pushes a batch twice, and it counts once", async () => {
  const { client, session } = await volunteer("0900000007");
  const body = await pushOf(client, session, "058190123456");
  const results: string[] = [];
  for (let time = 0; time < 2; time += 1) {
    const pushed = await told(client.POST("/api/v1/sync/push", { body }));
    results.push(...pushed.results.map((one) => one.result));
  }
  assert.deepEqual(results, ["applied", "replayed"]);
});

test("a packed push is read like any other, and is measured by what comes out of it", async () => {
  const { session } = await volunteer("0900000007");
  let onTheWay = 0;
  const client = createClient({
    origin,
    token: () => session.access_token,
    name: "to06-client/test",
    fetch: async (input) => {
      const request = input as Request;
      onTheWay = (await request.clone().arrayBuffer()).byteLength;
      return fetch(request);
    },
  });
  const small = await pushOf(client, session, "058190123457");
  assert.deepEqual(await packed(small), {}, "what is short goes as it is");
  const record = small.ops[0];
  assert.ok(record);
  const send = async (ops: Schemas["Operation"][]) => {
    const body = { ...small, ops };
    return told(client.POST("/api/v1/sync/push", { body, ...(await packed(body)) }));
  };
  const ops = Array.from({ length: 20 }, () => ({ ...record, op_id: crypto.randomUUID() }));
  const { results } = await send(ops);
  assert.ok(onTheWay > 0 && onTheWay < JSON.stringify(ops).length / 3, `${onTheWay} bytes`);
  assert.deepEqual(results.map((one) => one.result).sort(), ["applied", ...Array<string>(19).fill("merged")]);

  const { limits } = await told(client.GET("/api/v1/meta"));
  const swelling = send([{ ...record, op_id: crypto.randomUUID(), name: " ".repeat(limits.bytes_per_push) }]);
  await assert.rejects(swelling, (why) => why instanceof Refused && why.problem.status === 413);
  assert.ok(onTheWay < 10_000, "it is small while packed");
});

test("how long to wait is heard from the server, and from a proxy in its place", async () => {
  const answering = (status: number, type: string, body: string, headers: Record<string, string>) =>
    told(createClient({
      origin,
      name: "to06-client/test",
      fetch: async () => new Response(body, { status, headers: { "Content-Type": type, ...headers } }),
    }).GET("/api/v1/meta")).then(() => undefined, (why: unknown) => (why instanceof Refused || why instanceof Unreachable ? why.retryAfterS : undefined));
  const problem = { type: "/problems/too-many-requests", title: "Quá nhiều yêu cầu.", status: 429, retry_after_s: 30 };
  assert.equal(await answering(429, "application/problem+json", JSON.stringify(problem), { "Retry-After": "30" }), 30);
  assert.equal(await answering(503, "text/html", "<h1>503</h1>", { "Retry-After": "120" }), 120);
  const moments = { "Date": "Mon, 30 Nov 2026 08:00:00 GMT", "Retry-After": "Mon, 30 Nov 2026 08:01:30 GMT" };
  assert.equal(await answering(503, "text/html", "<h1>503</h1>", moments), 90);
  for (const nothing of ["", "0", "soon", "Mon, 30 Nov 2020 08:00:00 GMT"]) {
    assert.equal(await answering(503, "text/html", "<h1>503</h1>", { ...moments, "Retry-After": nothing }), undefined);
  }
});

test("a refusal is told in the reader's language, with a code to decide by", async () => {
  for (const [language, title] of [["vi", "Số điện thoại hoặc mật khẩu không đúng."], ["en", "The phone number or the password is wrong."]] as const) {
    const body = { phone: "0900000007", password: "sai" };
    const call = told(stranger(language).POST("/api/v1/sessions", { body }));
    const refused = await call.then(() => undefined, (why: unknown) => why);
    assert.ok(refused instanceof Refused);
    assert.equal(refused.code, "wrong-credentials");
    assert.equal(refused.message, title);
    assert.equal(refused.retryAfterS, undefined);
  }
});

test("every code that the client may meet is in the catalogue", async () => {
  const catalogue = await told(stranger().GET("/api/v1/contract/errors"));
  const known = catalogue.items.find((item) => item.code === "wrong-credentials");
  assert.equal(known?.action, "sign_in");
});

test("a server that is not there, and one that is not ours, are told apart from a refusal", async () => {
  const nowhere = createClient({ origin: "http://127.0.0.1:9", name: "to06-client/test" });
  await assert.rejects(told(nowhere.GET("/api/v1/meta")), Unreachable);
  const portal = createClient({
    origin,
    name: "to06-client/test",
    fetch: async () => new Response("<h1>Đăng nhập Wi-Fi</h1>", { status: 511 }),
  });
  await assert.rejects(told(portal.GET("/api/v1/meta")), Unreachable);
  const slow = createClient({
    origin,
    name: "to06-client/test",
    timeoutMs: 20,
    fetch: (request) =>
      new Promise((_, reject) => {
        const { signal } = request as Request;
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  });
  await assert.rejects(told(slow.GET("/api/v1/meta")), Unreachable);
});

test("what the document does not know does not compile", () => {
  const client = stranger();
  // Never called: the compiler is what is asked.
  const wrong = () => [
    // @ts-expect-error There is no such path.
    client.GET("/api/v1/nowhere"),
    // @ts-expect-error A password is missing.
    client.POST("/api/v1/sessions", { body: { phone: "0900000007" } }),
    // @ts-expect-error Nobody deletes the server.
    client.DELETE("/api/v1/meta"),
  ];
  assert.equal(typeof wrong, "function");
});
