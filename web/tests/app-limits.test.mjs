// How often the app speaks to the server, and how much it keeps: the server says. How to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { atWork, idNumber, LAN, opsOf, record, status } from "./app.mjs";
import { startBrowser } from "./pages.mjs";
import { startProgram } from "./program.mjs";

let browser;
let program;
let origin;
before(async () => {
  program = await startProgram();
  origin = program.origin;
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

/** The server as it would be with these limits. */
const saying = (context, limits) =>
  context.route("**/api/v1/meta", async (route) => {
    const answer = await route.fetch();
    const meta = await answer.json();
    return route.fulfill({ response: answer, json: { ...meta, limits: { ...meta.limits, ...limits } } });
  });

test("the app syncs as often as the server says, and takes no more than the server trusts it with", async (t) => {
  const { context, page } = await atWork(t, browser, origin, LAN);
  await status(page).getByText("Đã gửi hết").waitFor();
  await saying(context, { sync_every_s: 10, ops_waiting_max: 1 });
  await status(page).click();
  await page.waitForFunction(() => document.querySelector("header .status.complete"));
  // Nobody touches anything: it comes by itself.
  await page.waitForRequest("**/api/v1/meta");
  await status(page).getByText("Đã gửi hết").waitFor();
  await context.setOffline(true);
  await record(page, idNumber(), "Cài đặt VNeID");
  await page.getByLabel("Số định danh (12 số)").fill(idNumber());
  await page.getByRole("button", { name: "Cài đặt VNeID", exact: true }).click();
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText("Quá nhiều việc chưa gửi.").waitFor();
});

/** Longer than two syncs take on a busy machine. */
const REST_S = 15;

test("what the server wants tomorrow is not sent every few minutes, and is sent when its time has come", async (t) => {
  const { context, page } = await atWork(t, browser, origin, LAN);
  await status(page).getByText("Đã gửi hết").waitFor();
  const sent = [];
  let isTomorrow = false;
  await context.route("**/api/v1/sync/push", async (route) => {
    const ops = opsOf(route.request());
    sent.push(...ops.map((op) => op.op_id));
    if (isTomorrow) return route.continue();
    const results = ops.map(({ op_id }) => ({ op_id, result: "retry", code: "QUOTA", counted: false, message: "Đã đủ số người được ghi trong hôm nay.", retry_after_s: REST_S }));
    return route.fulfill({ json: { server_time: new Date().toISOString(), epoch: "e1", results } });
  });
  await record(page, idNumber(), "Cài đặt VNeID");
  await status(page).getByText("01 chờ gửi").waitFor();
  for (let again = 0; again < 2; again += 1) {
    const asked = page.waitForResponse("**/api/v1/meta");
    await status(page).click();
    await asked;
    await page.waitForFunction(() => !document.querySelector("header .status").disabled);
  }
  assert.equal(sent.length, 1);
  isTomorrow = true;
  await page.waitForTimeout(REST_S * 1_000);
  await status(page).click();
  await status(page).getByText("Đã gửi hết").waitFor();
  assert.deepEqual(sent, [sent[0], sent[0]]);
});

/** Longer than the first wait of a phone that was told nothing. */
const BUSY_S = 7;
const problem = (status) => ({ type: "/problems/too-many-requests", title: "Quá nhiều yêu cầu.", status, instance: "urn:uuid:0", retry_after_s: BUSY_S });

for (const [who, busy] of [
  ["a proxy in the server's place", { status: 503, contentType: "text/html", body: "<h1>503</h1>", headers: { "retry-after": String(BUSY_S) } }],
  ["the server", { status: 429, contentType: "application/problem+json", body: JSON.stringify(problem(429)) }],
]) {
  test(`whatever happens on the phone, it is silent for as long as ${who} says, and comes back by itself`, async (t) => {
    const { context, page } = await atWork(t, browser, origin, LAN);
    await status(page).getByText("Đã gửi hết").waitFor();
    await context.route("**/api/v1/sync/push", (route) => route.fulfill(busy), { times: 1 });
    const refused = page.waitForResponse("**/api/v1/sync/push");
    await record(page, idNumber(), "Cài đặt VNeID");
    await refused;
    const silentUntil = Date.now() + BUSY_S * 1_000;
    await page.waitForFunction(() => !document.querySelector("header .status").disabled);
    const asked = [];
    page.on("request", (request) => request.url().includes("/api/v1/") && asked.push(Date.now()));
    await record(page, idNumber(), "Cài đặt VNeID");
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await status(page).click();
    await status(page).getByText("02 chờ gửi").waitFor();
    await status(page).getByText("Đã gửi hết").waitFor();
    assert.ok(asked[0] >= silentUntil - 100, `it asked ${silentUntil - asked[0]} ms too early`);
  });
}

test("a push of many is packed on its way, and goes as it is where the browser cannot", async (t) => {
  for (const isOld of [false, true]) {
    const { context, page } = await atWork(t, browser, origin, LAN);
    await status(page).getByText("Đã gửi hết").waitFor();
    // A browser of before 2023.
    if (isOld) await page.evaluate(() => delete globalThis.CompressionStream);
    await context.setOffline(true);
    for (let one = 0; one < 4; one += 1) await record(page, idNumber(), "Cài đặt VNeID", "Kích hoạt mức 1");
    const sending = page.waitForRequest("**/api/v1/sync/push");
    await context.setOffline(false);
    const request = await sending;
    const ops = opsOf(request);
    assert.equal(ops.length, 8);
    assert.equal(request.headers()["content-encoding"], isOld ? undefined : "gzip");
    const share = request.postDataBuffer().length / JSON.stringify(ops).length;
    assert.ok(isOld ? share > 1 : share < 0.6, `${share} of its length`);
    const { results } = await (await request.response()).json();
    assert.deepEqual(results.map((one) => one.result), Array(8).fill("applied"));
    await status(page).getByText("Đã gửi hết").waitFor();
  }
});
