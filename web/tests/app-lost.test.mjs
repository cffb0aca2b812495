// A volunteer's phone that was reported lost, and the numbers by which a phone proves that nothing of it is
// missing. How to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { atWork, chooseVillage, goTo, idNumber, LAN, ledgerOf, opsOf, PASSWORD, readableOf, record, recordNamed, signIn, speaker, status } from "./app.mjs";
import { assertAccessible, startBrowser } from "./pages.mjs";
import { startProgram } from "./program.mjs";

/** Leads the union that Lan works for, in the same commune. */
const LEAD = "0900000006";

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

const [SENT, UNSENT] = ["Pi Năng Thị Đã Gửi", "Katơr Thị Chưa Gửi"];
/** What every list of a village has in it. */
const LIST = `"people":`;

/** Lan at work, whose phone has sent everything and holds one record more; and her lead. */
async function withUnsent(t) {
  const { context, page } = await atWork(t, browser, origin, LAN);
  await recordNamed(page, idNumber(), SENT, "Cài đặt VNeID");
  await status(page).getByText("Đã gửi hết").waitFor();
  const known = new Set((await ledgerOf(origin, LAN)).map((entry) => entry.op_id));
  const lead = await speaker(origin, LEAD);
  const phones = async () => (await lead("GET", "/devices?limit=200")).items;
  const [{ device_id }] = (await phones()).sort((a, b) => b.registered_at.localeCompare(a.registered_at));
  await context.setOffline(true);
  await recordNamed(page, idNumber(), UNSENT, "Cài đặt VNeID");
  const readable = await readableOf(page);
  for (const name of [SENT, UNSENT, LIST]) assert.ok(readable.includes(name), `${name} is seen while the phone has it`);
  return {
    context, page,
    loseIt: () => lead("PUT", `/devices/${device_id}/loss`, { lost: true, reason: "Rơi trên đường vào thôn" }),
    asItStands: async () => (await phones()).find((one) => one.device_id === device_id),
    fresh: async () => (await ledgerOf(origin, LAN)).filter((entry) => !known.has(entry.op_id)),
  };
}

/** What is left of operations: how each stands, and what of it can be opened. */
const opsLeft = (page) =>
  page.evaluate(() => new Promise((resolve) => {
    indexedDB.open("to06-outbox").onsuccess = ({ target }) => {
      target.result.transaction("ops").objectStore("ops").getAll().onsuccess = (event) => {
        target.result.close();
        resolve(event.target.result.map((one) => [one.state, ["op", "label"].filter((part) => one[part])]));
      };
    };
  }));

test("a phone that was reported lost forgets the names, and what it had not sent is held and not lost", async (t) => {
  const { context, page, loseIt, asItStands, fresh } = await withUnsent(t);
  await loseIt();
  // The first report that everything is forgotten is lost on its way.
  let heard = 0;
  await context.route("**/orders", (route) => {
    if (!route.request().postDataJSON().wiped || (heard += 1) > 1) return route.continue();
    return route.abort("connectionreset");
  });
  await context.setOffline(false);
  await page.getByRole("heading", { name: "Máy này đã được báo mất" }).waitFor();
  await assertAccessible(page, "app-lost");
  const readable = await readableOf(page);
  for (const name of [SENT, LIST]) assert.ok(!readable.includes(name), `${name} can still be read`);
  // What is unsent is whole, for it is still to be sent; nothing else says whom it is about.
  assert.deepEqual(await opsLeft(page), [["waiting", ["op"]]]);
  await page.getByRole("button", { name: "Đăng nhập lại" }).click();
  await signIn(page, LAN);
  await status(page).getByText("Đã gửi hết").waitFor();
  const held = await fresh();
  assert.deepEqual(held.map((entry) => [entry.result, entry.code]), [["held", "DEVICE_LOST"]]);
  await goTo(page, "Sổ");
  const first = page.locator(".lines li").first();
  await first.getByText("Chờ duyệt").waitFor();
  assert.equal(await first.locator("strong").textContent(), "Cài đặt VNeID");
  assert.ok((await asItStands()).wiped_at, "the lead knows that it has forgotten everything");

  // From now on it is another phone, which counts from the beginning.
  await goTo(page, "Việc");
  await chooseVillage(page);
  await record(page, idNumber(), "Kích hoạt mức 1");
  await status(page).getByText("Đã gửi hết").waitFor();
  const [applied] = await fresh();
  assert.equal(applied.result, "applied");
  await goTo(page, "Sổ");
  await page.getByText("Thao tác 1 đến 1: 1 đã xử lý, 0 chờ duyệt, 0 thiếu.").waitFor();
});

test("whoever signs in on a lost phone before it knows of its loss sends what it has, reads nothing, and it forgets", async (t) => {
  const { context, page, loseIt, asItStands, fresh } = await withUnsent(t);
  await loseIt();
  await context.route("**/orders", (route) => route.abort("connectionreset"));
  await context.setOffline(false);
  await page.getByText("việc chưa gửi vẫn được giữ trên máy").waitFor();
  const read = [];
  page.on("request", (request) => /sync\/pull|worklists/.test(request.url()) && read.push(request.url()));
  await page.getByLabel("Số điện thoại của bạn").fill(LAN);
  await page.getByLabel("Mật khẩu", { exact: true }).fill(PASSWORD);
  // It asks again and again, and must not learn of it before.
  const signedIn = page.waitForResponse((answer) => answer.url().endsWith("/api/v1/sessions") && answer.ok());
  await page.getByRole("button", { name: "Đăng nhập lại" }).click();
  await signedIn;
  await context.unroute("**/orders");
  await page.getByRole("heading", { name: "Máy này đã được báo mất" }).waitFor();
  assert.deepEqual((await fresh()).map((entry) => [entry.result, entry.code]), [["held", "DEVICE_LOST"]]);
  assert.deepEqual(read, []);
  assert.deepEqual(await opsLeft(page), []);
  const readable = await readableOf(page);
  for (const name of [SENT, UNSENT, LIST]) assert.ok(!readable.includes(name), `${name} can still be read`);
  assert.ok((await asItStands()).wiped_at);
});

test("numbers are given once, also where the phone's database dies between writing and reading back", async (t) => {
  const { context, page } = await atWork(t, browser, origin, LAN);
  await status(page).getByText("Đã gửi hết").waitFor();
  const numbers = [];
  await context.route("**/api/v1/sync/push", (route) => {
    numbers.push(...opsOf(route.request()).map((op) => op.seq));
    return route.continue();
  });
  await page.evaluate(() => {
    const { getKey } = IDBObjectStore.prototype;
    let died = false;
    IDBObjectStore.prototype.getKey = function (...asked) {
      if (died || this.name !== "ops" || this.transaction.mode !== "readonly") return getKey.apply(this, asked);
      died = true;
      throw new DOMException("the connection is closed", "UnknownError");
    };
  });
  await record(page, idNumber(), "Cài đặt VNeID", "Kích hoạt mức 1");
  await record(page, idNumber(), "Cài đặt VNeID");
  await status(page).getByText("Đã gửi hết").waitFor();
  assert.deepEqual(numbers.sort((a, b) => a - b), [1, 2, 3]);
  await goTo(page, "Sổ");
  await page.getByText("Thao tác 1 đến 3: 3 đã xử lý, 0 chờ duyệt, 0 thiếu.").waitFor();
});
