// The volunteer's app in a real browser, against the real program with the demo province; how to run it:
// booking.test.mjs. Everybody here is invented; each run makes people of its own.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";

import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";

import { assertAccessible, startBrowser } from "./pages.mjs";
import { startProgram } from "./program.mjs";

const PASSWORD = "tổ 06 dùng thử";
const HA = "0900000007";
const LAN = "0900000008";
/** Of scripts. */
const FIRST_LOAD_MAX_BYTES = 40 * 1024;
const KEPT_MAX_BYTES = 150 * 1024;

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

/** A number of a woman born in 1990 that nobody had in this run. */
function idNumber() {
  return `0581901${String(Math.floor(Math.random() * 1e5)).padStart(5, "0")}`;
}

/** A phone of its own, whose every complaint fails the test. */
async function phone(t, options = {}) {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: "vi-VN", ...options });
  t.after(() => context.close());
  context.on("weberror", (error) => assert.fail(error.error().message));
  const page = await open(context);
  return { context, page };
}

async function open(context, path = "/app") {
  const page = await context.newPage();
  await page.goto(origin + path);
  return page;
}

async function signIn(page, number = HA) {
  await page.getByLabel("Số điện thoại của bạn").fill(number);
  await page.getByLabel("Mật khẩu", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
  await page.getByRole("navigation").waitFor();
}

/** Signed in, at work in a village whose list has come. */
async function atWork(t, number = HA, options = {}) {
  const { context, page } = await phone(t, options);
  await signIn(page, number);
  await page.locator("button.tile").first().click();
  await page.locator(".chips").waitFor();
  return { context, page };
}

const goTo = (page, tab) => page.getByRole("navigation").getByRole("link", { name: tab }).click();
const status = (page) => page.locator("header .status");

/** Records a number with these stages, up to Save. */
async function record(page, id, ...stages) {
  await goTo(page, "Ghi");
  await page.getByLabel("Số định danh (12 số)").fill(id);
  for (const stage of stages) await page.getByRole("button", { name: stage, exact: true }).click();
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText("Đã lưu trên máy").waitFor();
}

async function figures(page) {
  const [recognised, waiting, review] = await page.locator(".figures dd").allTextContents();
  const number = (text) => Number(text.replaceAll(".", ""));
  return { recognised: number(recognised), waiting: number(waiting), review: number(review) };
}

test("a volunteer signs in, sees the village, records somebody of its list in three taps, and the server counts it", async (t) => {
  const { page } = await phone(t);
  await assertAccessible(page, "app-sign-in");
  await page.getByRole("button", { name: "Tôi có mã dùng một lần" }).click();
  await assertAccessible(page, "app-code");
  await page.getByRole("button", { name: "Quay lại đăng nhập" }).click();
  await page.getByLabel("Số điện thoại của bạn").fill(HA);
  await page.getByLabel("Mật khẩu", { exact: true }).fill("không phải mật khẩu");
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
  await page.getByRole("alert").waitFor();
  await assertAccessible(page, "app-refused");
  await signIn(page);
  await page.locator("button.tile").first().waitFor();
  await assertAccessible(page, "app-villages");
  await page.locator("button.tile").first().click();
  await page.locator("button.person").first().waitFor();
  await page.getByText("Đã gửi hết").waitFor();
  await assertAccessible(page, "app-todo");

  const someone = page.locator("button.person").first();
  const whose = (await someone.locator(".who").textContent()).split("·").at(-1).trim();
  await someone.click();
  await page.getByRole("button", { name: /^Kích hoạt mức 1/ }).click();
  await assertAccessible(page, "app-record-listed");
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText(/^Đã lưu trên máy: Kích hoạt mức 1 — /).getByText(whose).waitFor();
  await status(page).getByText("Đã gửi hết").waitFor();
  await goTo(page, "Sổ");
  const line = page.locator(".lines li").first();
  await line.getByText(/Đã công nhận|Đã có người ghi trước/).waitFor();
  await line.getByRole("button").first().click();
  await line.getByText(whose).waitFor();
  await assertAccessible(page, "app-ledger");
  await page.getByText(/Thao tác 1 đến 1: 1 đã xử lý, 0 chờ duyệt, 0 thiếu/).waitFor();
});

/** What the server has of somebody's operations, beside any phone. */
async function ledgerOf(number) {
  const json = { "content-type": "application/json" };
  const signedIn = await fetch(`${origin}/api/v1/sessions`, { method: "POST", headers: json, body: JSON.stringify({ phone: number, password: PASSWORD }) });
  const { access_token } = await signedIn.json();
  const entries = [];
  for (let cursor; ; ) {
    const answer = await fetch(`${origin}/api/v1/me/ledger?limit=200${cursor ? `&cursor=${cursor}` : ""}`, { headers: { authorization: `Bearer ${access_token}` } });
    const page = await answer.json();
    entries.push(...page.items);
    cursor = page.next_cursor;
    if (!cursor) return entries;
  }
}

test("offline, closed, reopened, and the server's answer lost: everything has exactly one effect", async (t) => {
  const { context, page } = await atWork(t, LAN);
  await page.evaluate("navigator.serviceWorker.ready");
  await status(page).getByText("Đã gửi hết").waitFor();
  const before = new Set((await ledgerOf(LAN)).map((entry) => entry.op_id));
  await context.setOffline(true);
  await record(page, idNumber(), "Cài đặt VNeID", "Kích hoạt mức 1");
  await goTo(page, "Việc");
  await assertAccessible(page, "app-offline");
  await page.close();

  const again = await open(context);
  await again.getByRole("navigation").waitFor();
  await again.locator("button.person").first().waitFor();
  await record(again, idNumber(), "Kích hoạt mức 2");
  await goTo(again, "Sổ");
  await assertAccessible(again, "app-waiting");
  assert.equal((await figures(again)).waiting, 3);
  // What is not done yet is work too, and so is booking for somebody.
  await goTo(again, "Ghi");
  await again.getByRole("button", { name: "Chưa xong" }).click();
  await again.getByText("Người này chưa có số định danh").click();
  await again.getByLabel("Họ và tên").fill("Pi Năng Thị Thử");
  await again.getByText("Không có điện thoại thông minh").click();
  await assertAccessible(again, "app-unfinished");
  await again.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await again.getByText("Đã lưu trên máy: Không có điện thoại thông minh — Pi Năng Thị Thử.").waitFor();

  let lost = 0;
  await context.route("**/api/v1/sync/push", async (route) => {
    if (lost > 0) return route.continue();
    lost += 1;
    // The server has done it; the phone never hears of it.
    await route.fetch();
    return route.abort("connectionreset");
  });
  await context.setOffline(false);
  await status(again).getByText("Đã gửi hết").waitFor();
  assert.equal(lost, 1);
  const fresh = (await ledgerOf(LAN)).filter((entry) => !before.has(entry.op_id));
  assert.deepEqual(fresh.map((entry) => entry.result), ["applied", "applied", "applied", "applied"]);
  await goTo(again, "Sổ");
  await again.getByText(/0 thiếu/).waitFor();
});

test("what lies on the phone after a day offline names nobody", async (t) => {
  const { context, page } = await atWork(t);
  const listed = (await page.locator("button.person .who").allTextContents()).map((text) => text.split("·").at(-1).trim()).slice(0, 20);
  assert.ok(listed.length > 0);
  await context.setOffline(true);
  const id = idNumber();
  await record(page, id, "Cài đặt VNeID");
  await page.goto(`${origin}/app#/dat-hen`);
  await page.getByLabel("Số định danh (12 số)").fill(id);
  await page.getByLabel("Họ và tên").fill("Chamaléa Thị Thử Nghiệm");
  await page.getByLabel("Số điện thoại để báo (nếu có)").fill("0912 345 678");
  await page.getByText("đồng ý để tôi đặt hẹn hộ").click();
  await assertAccessible(page, "app-appointment");
  await page.getByRole("button", { name: "Gửi yêu cầu đặt hẹn" }).click();
  await page.getByText("Đã lưu yêu cầu đặt hẹn").waitFor();
  const dump = await page.evaluate(async () => {
    const seen = new Set();
    const lines = [];
    const spell = (value) => {
      if (value instanceof ArrayBuffer) return spell(new Uint8Array(value));
      if (ArrayBuffer.isView(value)) return new TextDecoder("utf-8").decode(value);
      if (value instanceof CryptoKey) return value.extractable && value.type !== "public" ? "a key that can be taken out" : "";
      if (typeof value === "object" && value !== null) return seen.has(value) ? "" : (seen.add(value), Object.entries(value).map(([name, one]) => `${name} ${spell(one)}`).join(" "));
      return String(value);
    };
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise((resolve) => { indexedDB.open(name).onsuccess = (event) => resolve(event.target.result); });
      for (const store of db.objectStoreNames) {
        const read = (what) => new Promise((resolve) => { db.transaction(store).objectStore(store)[what]().onsuccess = (event) => resolve(event.target.result); });
        for (const value of [...await read("getAll"), ...await read("getAllKeys")]) lines.push(spell(value));
      }
    }
    for (const store of [localStorage, sessionStorage]) lines.push(spell({ ...store }));
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) lines.push(request.url, await (await cache.match(request)).text());
    }
    lines.push(document.cookie, location.href);
    return lines.join("\n");
  });
  assert.match(dump, /request_appointment/, "the queue is in it");
  assert.doesNotMatch(dump, /a key that can be taken out/);
  for (const secret of [id, id.slice(-6), "Chamaléa", "345 678", "345678", PASSWORD, HA, ...listed]) {
    assert.ok(!dump.includes(secret), `${secret} lies in the clear`);
  }
});

test("nobody signs out over unsent work, and signing out leaves no list behind", async (t) => {
  const { context, page } = await atWork(t);
  await context.setOffline(true);
  await record(page, idNumber(), "Cài đặt VNeID");
  await goTo(page, "Tôi");
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await page.getByText("01 việc chưa gửi").waitFor();
  await assertAccessible(page, "app-me-unsent");
  await context.setOffline(false);
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await page.getByLabel("Số điện thoại của bạn").waitFor();
  const left = await page.evaluate(() => new Promise((resolve) => {
    indexedDB.open("to06-app").onsuccess = ({ target }) => {
      target.result.transaction("kept").objectStore("kept").getAllKeys().onsuccess = (event) => resolve(event.target.result);
    };
  }));
  assert.deepEqual(left.filter((name) => /village|pull|session|^me$|own/.test(name)), []);
});

test("two tabs send each operation once, and both see it", async (t) => {
  const { context, page } = await atWork(t, LAN);
  const other = await open(context);
  await other.getByRole("navigation").waitFor();
  await status(other).getByText("Đã gửi hết").waitFor();
  const sent = [];
  await context.route("**/api/v1/sync/push", (route) => {
    sent.push(...route.request().postDataJSON().ops.map((op) => op.op_id));
    return route.continue();
  });
  await context.setOffline(true);
  await record(page, idNumber(), "Cài đặt VNeID");
  await record(other, idNumber(), "Cài đặt VNeID");
  await status(page).getByText("02 chờ gửi").waitFor();
  await context.setOffline(false);
  await status(page).getByText("Đã gửi hết").waitFor();
  await status(other).getByText("Đã gửi hết").waitFor();
  assert.equal(sent.length, 2);
  assert.equal(new Set(sent).size, 2);
  // Who leaves in one tab has left in all.
  await goTo(page, "Tôi");
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await other.getByRole("heading", { name: "Đăng nhập tình nguyện viên" }).waitFor();
});

/** Fills what is left of the phone's space with rubbish, down to the last bytes. */
function fill() {
  return new Promise((resolve) => {
    const opening = indexedDB.open("rubbish");
    opening.onupgradeneeded = () => opening.result.createObjectStore("rubbish", { autoIncrement: true });
    opening.onsuccess = () => {
      const db = opening.result;
      const add = (size) => {
        if (size < 64) return resolve(db.close());
        const change = db.transaction("rubbish", "readwrite");
        change.objectStore("rubbish").add(crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536))));
        change.oncomplete = () => add(size);
        change.onabort = () => add(Math.floor(size / 2));
      };
      add(65_536);
    };
  });
}

test("a full phone says so, and neither what was saved nor what was typed is lost", async (t) => {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: "vi-VN" });
  t.after(() => context.close());
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 4 * 1024 * 1024 });
  await page.goto(`${origin}/app`);
  await signIn(page);
  await page.locator("button.tile").first().click();
  await page.locator(".chips").waitFor();
  await context.setOffline(true);
  await record(page, idNumber(), "Cài đặt VNeID");
  await page.evaluate(fill);
  const id = idNumber();
  await page.getByLabel("Số định danh (12 số)").fill(id);
  await page.getByRole("button", { name: "Kích hoạt mức 1", exact: true }).click();
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText("máy đã hết chỗ").waitFor();
  await assertAccessible(page, "app-full");
  assert.equal(await page.getByLabel("Số định danh (12 số)").inputValue(), id);
  await status(page).getByText("01 chờ gửi").waitFor();
  await cdp.send("Storage.overrideQuotaForOrigin", { origin });
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText("Đã lưu trên máy: Kích hoạt mức 1").waitFor();
  await status(page).getByText("02 chờ gửi").waitFor();
});

test("a thousand operations that wait are listed at once", async (t) => {
  const { context, page } = await atWork(t);
  await context.setOffline(true);
  await record(page, idNumber(), "Cài đặt VNeID");
  await page.evaluate(() => new Promise((resolve) => {
    indexedDB.open("to06-outbox").onsuccess = ({ target }) => {
      const change = target.result.transaction("ops", "readwrite");
      const ops = change.objectStore("ops");
      ops.getAll().onsuccess = ({ target }) => {
        for (let index = 1; index < 1_000; index += 1) ops.put({ ...target.result[0], op_id: crypto.randomUUID(), seq: index + 1 });
      };
      change.oncomplete = resolve;
    };
  }));
  await page.reload();
  await page.getByRole("navigation").waitFor();
  await status(page).getByText("1.000 chờ gửi").waitFor();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const took = await page.evaluate(() => new Promise((resolve) => {
    const began = performance.now();
    new MutationObserver((_, observer) => {
      if (!document.querySelector(".lines li")) return;
      observer.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - began));
    }).observe(document.body, { childList: true, subtree: true });
    location.hash = "/so";
  }));
  t.diagnostic(`${Math.round(took)} ms`);
  assert.ok(took < 1_000, `${took} ms`);
  assert.equal((await figures(page)).waiting, 1_000);
});

test("a mistake is taken back and recorded anew", async (t) => {
  const { page } = await atWork(t);
  const id = idNumber();
  await record(page, id, "Kích hoạt mức 2");
  await status(page).getByText("Đã gửi hết").waitFor();
  await goTo(page, "Sổ");
  const line = page.locator(".lines li").first();
  await line.getByRole("button").first().click();
  await line.getByText(`…${id.slice(-4)}`).waitFor();
  await line.getByRole("button", { name: /Ghi nhầm/ }).click();
  await line.getByText("Nhầm bước").click();
  await assertAccessible(page, "app-take-back");
  await line.getByRole("button", { name: "Hủy và ghi lại cho đúng" }).click();
  await page.getByRole("heading", { name: "Ghi nhận" }).waitFor();
  await record(page, id, "Kích hoạt mức 1");
  await status(page).getByText("Đã gửi hết").waitFor();
  await goTo(page, "Sổ");
  await page.locator(".badge.voided").first().waitFor();
  const told = (await ledgerOf(HA)).slice(0, 3);
  assert.deepEqual(told.map((entry) => [entry.kind, entry.stage, entry.voided]).sort(), [
    ["record", "level1_activated", false],
    ["record", "level2_activated", true],
    ["void", undefined, false],
  ].sort());
});

test("an appointment that was asked for without a network comes back with its codes", async (t) => {
  const { context, page } = await atWork(t);
  await context.setOffline(true);
  await page.evaluate("location.hash = '/dat-hen'");
  await page.getByRole("button", { name: "Gửi yêu cầu đặt hẹn" }).click();
  await page.getByText("Cần sự đồng ý").waitFor();
  await page.getByLabel("Số định danh (12 số)").fill(idNumber());
  await page.getByLabel("Họ và tên").fill("Nguyễn Thị Thử");
  await page.getByText("đồng ý để tôi đặt hẹn hộ").click();
  await page.getByRole("button", { name: "Gửi yêu cầu đặt hẹn" }).click();
  await status(page).getByText("01 chờ gửi").waitFor();
  await context.setOffline(false);
  await status(page).getByText("Đã gửi hết").waitFor();
  await page.locator(".lines li").first().getByRole("button").first().click();
  await page.locator(".slip-small .code").first().waitFor();
  await assertAccessible(page, "app-booked");
});

test("a session that has ended, an app that is too old, and a restored server stop no work", async (t) => {
  const { context, page } = await atWork(t, LAN);
  await status(page).getByText("Đã gửi hết").waitFor();

  let epoch = "";
  await context.route("**/api/v1/meta", async (route) => {
    const answer = await route.fetch();
    const meta = await answer.json();
    return route.fulfill({ response: answer, json: { ...meta, ...(epoch && { epoch }), client_min: "9.0.0", banner: "Bảo trì lúc 22:00 tối nay." } });
  });
  await context.route(/\/api\/v1\/(sync\/pull|me\/ledger)/, (route) =>
    route.fulfill({ status: 426, contentType: "application/problem+json", body: JSON.stringify({ type: "/problems/client-too-old", title: "Ứng dụng trên máy đã cũ.", status: 426, instance: "urn:uuid:0" }) }));
  await record(page, idNumber(), "Cài đặt VNeID");
  await page.getByText("Ứng dụng trên máy đã cũ.").waitFor();
  await page.getByText("Bảo trì lúc 22:00 tối nay.").waitFor();
  await status(page).getByText("Đã gửi hết").waitFor();
  await assertAccessible(page, "app-too-old");
  await context.unroute(/\/api\/v1\/(sync\/pull|me\/ledger)/);

  const sent = [];
  await context.route("**/api/v1/sync/push", async (route) => {
    const answer = await route.fetch();
    sent.push(...(await answer.json()).results.map((result) => result.result));
    return route.fulfill({ response: answer });
  });
  epoch = "e-restored";
  await status(page).click();
  await page.waitForFunction(() => document.querySelector("header .status.complete"));
  assert.ok(sent.length > 0 && sent.every((result) => result === "replayed"), sent.join());
  await context.unroute("**/api/v1/sync/push");

  await context.route("**/api/v1/**", (route) => {
    if (!route.request().headers().authorization && !route.request().url().includes("/refresh")) return route.continue();
    return route.fulfill({ status: 401, contentType: "application/problem+json", body: JSON.stringify({ type: "/problems/session-ended", title: "Phiên đăng nhập đã kết thúc.", status: 401, instance: "urn:uuid:0" }) });
  });
  await record(page, idNumber(), "Cài đặt VNeID");
  await page.getByText("việc chưa gửi vẫn được giữ trên máy").waitFor();
  await assertAccessible(page, "app-ended");
  await page.reload();
  await page.getByText("việc chưa gửi vẫn được giữ trên máy").waitFor();
  await context.unroute("**/api/v1/**");
  await page.getByLabel("Số điện thoại của bạn").fill(LAN);
  await page.getByLabel("Mật khẩu", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Đăng nhập lại" }).click();
  await status(page).getByText("Đã gửi hết").waitFor();
});

test("a phone that was reported lost forgets the names, and keeps what it has not sent", async (t) => {
  const { context, page } = await atWork(t, LAN);
  await status(page).getByText("Đã gửi hết").waitFor();
  await context.setOffline(true);
  await record(page, idNumber(), "Cài đặt VNeID");
  const lead = { "content-type": "application/json" };
  const body = JSON.stringify({ phone: "0900000006", password: PASSWORD });
  const { access_token } = await (await fetch(`${origin}/api/v1/sessions`, { method: "POST", headers: lead, body })).json();
  lead.authorization = `Bearer ${access_token}`;
  const { items } = await (await fetch(`${origin}/api/v1/devices?limit=200`, { headers: lead })).json();
  const [newest] = items.sort((a, b) => b.registered_at.localeCompare(a.registered_at));
  const loss = JSON.stringify({ lost: true, reason: "Rơi trên đường vào thôn" });
  assert.equal((await fetch(`${origin}/api/v1/devices/${newest.device_id}/loss`, { method: "PUT", headers: lead, body: loss })).status, 200);
  await context.setOffline(false);
  await page.getByRole("heading", { name: "Máy này đã được báo mất" }).waitFor();
  await assertAccessible(page, "app-lost");
  await page.getByRole("button", { name: "Đăng nhập lại" }).click();
  await signIn(page, LAN);
  await status(page).getByText("Đã gửi hết").waitFor();
  await goTo(page, "Sổ");
  assert.equal(await page.locator(".lines li").first().locator("strong").textContent(), "Cài đặt VNeID");
});

test("what has not come yet, what is empty and what went wrong is said", async (t) => {
  const { context, page } = await phone(t);
  await context.route("**/api/v1/sync/pull**", (route) => route.abort("connectionreset"));
  await signIn(page, "0900000009");
  await page.getByText("Danh sách thôn chưa về máy.").waitFor();
  await assertAccessible(page, "app-nothing-yet");
  await goTo(page, "Sổ");
  await page.getByText("Chưa có bản ghi nào.").waitFor();
  await assertAccessible(page, "app-ledger-empty");
  await goTo(page, "Tôi");
  await assertAccessible(page, "app-me-empty");
  await context.unroute("**/api/v1/sync/pull**");
  await page.getByRole("button", { name: "Đồng bộ ngay", exact: true }).last().click();
  await goTo(page, "Việc");
  await page.locator("button.tile").first().click();
  await page.locator(".chips").waitFor();
  await page.getByLabel("Tìm trong thôn").fill("khong co ai nhu vay");
  await page.getByText("Không thấy ai trong danh sách của thôn").waitFor();
  await page.evaluate("location.hash = '/tuyen-truyen'");
  await page.getByLabel("Số người dự").fill("1.200");
  await assertAccessible(page, "app-activity");
  await page.getByRole("button", { name: "Lưu buổi tuyên truyền" }).click();
  await status(page).getByText("Đã gửi hết").waitFor();
  await goTo(page, "Tôi");
  await assertAccessible(page, "app-me");
});

/** A film of one QR code, as a camera would send it: YUV4MPEG2. */
async function film(text) {
  const wasmBinary = readFileSync(createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm"));
  prepareZXingModule({ overrides: { wasmBinary } });
  const { symbol } = await writeBarcode(text, { format: "QRCode" });
  const [width, height] = [640, 480];
  const scale = Math.floor((height * 0.8) / symbol.height);
  const [left, top] = [(width - symbol.width * scale) >> 1, (height - symbol.height * scale) >> 1];
  const light = Buffer.alloc(width * height, 235);
  for (let y = 0; y < symbol.height * scale; y += 1)
    for (let x = 0; x < symbol.width * scale; x += 1)
      if (symbol.data[Math.floor(y / scale) * symbol.width + Math.floor(x / scale)] < 128) light[(top + y) * width + left + x] = 16;
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420mpeg2\nFRAME\n`), light, Buffer.alloc((width * height) / 2, 128)]);
}

test("of a scanned card the number is sealed, and nothing of the address is kept", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "to06-film-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const id = idNumber();
  const files = {
    insurance: "GD4580123456789|4e677579e1bb856e205468e1bb8b205468e1bbad|01/01/1990|2|||||||||",
    card: `${id}|264123456|Katơr Thị Thử|05061990|Nữ|Thôn Ẩn Danh, Xã Bác Ái Tây|01072023`,
  };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, `${name}.y4m`), await film(text));
    const camera = await startBrowser("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-video-capture=${join(folder, `${name}.y4m`)}`);
    t.after(() => camera.close());
    const page = await camera.newPage({ viewport: { width: 360, height: 740 }, locale: "vi-VN" });
    await page.goto(`${origin}/app`);
    await signIn(page);
    await page.locator("button.tile").first().click();
    await goTo(page, "Ghi");
    await page.getByRole("button", { name: "Quét mã QR trên thẻ" }).click();
    if (name === "insurance") {
      await page.getByText("Đây là thẻ bảo hiểm y tế.").waitFor();
      await assertAccessible(page, "app-scan");
      continue;
    }
    await page.getByLabel("Họ và tên").waitFor();
    assert.equal(await page.getByLabel("Số định danh (12 số)").inputValue(), id);
    assert.equal(await page.getByLabel("Họ và tên").inputValue(), "Katơr Thị Thử");
    const pushed = page.waitForRequest((request) => request.url().endsWith("/sync/push") && (request.postData() ?? "").includes("level1_activated"));
    await page.getByRole("button", { name: "Kích hoạt mức 1", exact: true }).click();
    await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
    const sent = (await pushed).postData();
    for (const secret of [id, "264123456", "Ẩn Danh", "05061990", "01072023"]) assert.ok(!sent.includes(secret), secret);
    const [op] = JSON.parse(sent).ops;
    assert.equal(op.subject.kind, "sealed");
    assert.deepEqual([op.name, op.birth_year, op.sex], ["Katơr Thị Thử", 1990, "female"]);
    await status(page).getByText("Đã gửi hết").waitFor();
  }
});

test("somebody who does not record is told, and in English it speaks English", async (t) => {
  const { page } = await phone(t);
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { name: "Volunteers sign in" }).waitFor();
  await page.getByLabel("Your phone number").fill("0900000003");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "This account does not record" }).waitFor();
  await assertAccessible(page, "app-foreign-english");
});

test("the first load is small, what is kept is small, and nothing foreign gets in", async () => {
  const answer = await fetch(`${origin}/app`);
  const policy = answer.headers.get("content-security-policy");
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy.replace("'wasm-unsafe-eval'", ""), /unsafe|https?:|\*|data:|blob:/);
  const page = await answer.text();
  const worker = await (await fetch(`${origin}/app-worker.js`)).text();
  const addresses = [...new Set([...worker.matchAll(/\/assets\/[\w.-]+\?v=[\w-]+/g)].map(([address]) => address))];
  assert.ok(addresses.length >= 4);
  let [first, all] = [0, 0];
  for (const address of addresses) {
    const asset = await fetch(origin + address);
    assert.match(asset.headers.get("cache-control"), /immutable/, `${address} is the program's own version`);
    const bytes = gzipSync(Buffer.from(await asset.arrayBuffer()), { level: 9 }).length;
    if (page.includes(address) && address.includes(".js?")) first += bytes;
    all += bytes;
  }
  assert.ok(first > 0 && first <= FIRST_LOAD_MAX_BYTES, `${first} bytes`);
  assert.ok(all <= KEPT_MAX_BYTES, `${all} bytes`);
});
