// The volunteer's app in a browser, for the tests of it. Everybody here is invented; each run makes people of its own.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { gunzipSync } from "node:zlib";

export const PASSWORD = "tổ 06 dùng thử";
export const HA = "0900000007";
export const LAN = "0900000008";
export const PHONE = { viewport: { width: 360, height: 740 }, locale: "vi-VN" };

/** A number of a woman born in 1990 that nobody had in this run. */
export function idNumber() {
  return `0581901${String(Math.floor(Math.random() * 1e5)).padStart(5, "0")}`;
}

/** A phone of its own with the app open, whose every complaint fails the test. */
export async function phone(t, browser, origin) {
  const context = await browser.newContext(PHONE);
  t.after(() => context.close());
  context.on("weberror", (error) => assert.fail(error.error().message));
  return { context, page: await open(context, origin) };
}

export async function open(context, origin) {
  const page = await context.newPage();
  await page.goto(`${origin}/app`);
  return page;
}

export async function signIn(page, number = HA) {
  await page.getByLabel("Số điện thoại của bạn").fill(number);
  await page.getByLabel("Mật khẩu", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
  await page.getByRole("navigation").waitFor();
}

/** To the first village, until its list has come. */
export async function chooseVillage(page) {
  await page.locator("button.tile").first().click();
  await page.locator(".chips").waitFor();
}

/** Signed in, at work in a village. */
export async function atWork(t, browser, origin, number = HA) {
  const { context, page } = await phone(t, browser, origin);
  await signIn(page, number);
  await chooseVillage(page);
  return { context, page };
}

export const goTo = (page, tab) => page.getByRole("navigation").getByRole("link", { name: tab }).click();
export const status = (page) => page.locator("header .status");

async function saveWithConsent(page) {
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText("Đã lưu trên máy").waitFor();
}

/** Records a number with these stages. */
export async function record(page, id, ...stages) {
  await goTo(page, "Ghi");
  await page.getByLabel("Số định danh (12 số)").fill(id);
  for (const stage of stages) await page.getByRole("button", { name: stage, exact: true }).click();
  await saveWithConsent(page);
}

/** The same of somebody who says what they are called. */
export async function recordNamed(page, id, name, ...stages) {
  await goTo(page, "Ghi");
  const field = page.getByLabel("Họ và tên");
  // It stays open after the first of them.
  if (!(await field.isVisible())) await page.getByText("Thêm tên, số điện thoại").click();
  await field.fill(name);
  await record(page, id, ...stages);
}

/** The operations of a push, packed or not. */
export function opsOf(request) {
  const body = request.postDataBuffer();
  return JSON.parse(request.headers()["content-encoding"] === "gzip" ? gunzipSync(body) : body).ops;
}

/** Records one, without a network, and makes it a thousand on the disk; starts the app anew. */
export async function queueThousand(page) {
  await record(page, idNumber(), "Cài đặt VNeID");
  await page.evaluate(() => new Promise((resolve) => {
    indexedDB.open("to06-outbox").onsuccess = ({ target }) => {
      const change = target.result.transaction("ops", "readwrite");
      const ops = change.objectStore("ops");
      ops.getAll().onsuccess = ({ target }) => {
        const waiting = target.result.find((one) => one.state === "waiting");
        for (let index = 1; index < 1_000; index += 1) ops.put({ ...waiting, op_id: crypto.randomUUID(), seq: waiting.seq + index });
      };
      change.oncomplete = resolve;
    };
  }));
  await page.reload();
  await page.getByRole("navigation").waitFor();
  await status(page).getByText("1.000 chờ gửi").waitFor();
}

/** What the ledger counts as recognised, waiting, and to be looked at. */
export async function figures(page) {
  const [recognised, waiting, review] = await page.locator(".figures dd").allTextContents();
  const number = (text) => Number(text.replaceAll(".", ""));
  return { recognised: number(recognised), waiting: number(waiting), review: number(review) };
}

/** What the server has of somebody's operations, beside any phone. */
export async function ledgerOf(origin, number) {
  const ask = await speaker(origin, number);
  const entries = [];
  for (let cursor; ; ) {
    const page = await ask("GET", `/me/ledger?limit=200${cursor ? `&cursor=${cursor}` : ""}`);
    entries.push(...page.items);
    cursor = page.next_cursor;
    if (!cursor) return entries;
  }
}

/** Asks the server in somebody's name; what it answers. */
export async function speaker(origin, number) {
  const json = { "content-type": "application/json" };
  const signedIn = await fetch(`${origin}/api/v1/sessions`, { method: "POST", headers: json, body: JSON.stringify({ phone: number, password: PASSWORD }) });
  const { access_token } = await signedIn.json();
  return async (method, path, body) => {
    const headers = { ...json, authorization: `Bearer ${access_token}`, "idempotency-key": randomUUID() };
    const answer = await fetch(`${origin}/api/v1${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
    return answer.status === 204 ? undefined : answer.json();
  };
}

/** Everything that the keys of this page open of what it keeps, as whoever has the phone in hand could have it. */
export function readableOf(page) {
  return page.evaluate(async () => {
    const lines = [];
    const boxes = (value) => (typeof value !== "object" || value === null ? [] : value.iv ? [value] : Object.values(value).flatMap(boxes));
    for (const name of ["to06-app", "to06-outbox"]) {
      const db = await new Promise((resolve) => { indexedDB.open(name).onsuccess = (event) => resolve(event.target.result); });
      const read = (store) => new Promise((resolve) => { db.transaction(store).objectStore(store).getAll().onsuccess = (event) => resolve(event.target.result); });
      const [key] = (await read("keys")).filter((one) => one.algorithm?.name === "AES-GCM");
      for (const { iv, data } of boxes(await read(name === "to06-app" ? "kept" : "ops"))) {
        lines.push(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data)));
      }
      db.close();
    }
    return lines.join("\n");
  });
}

/** Everything that this page keeps in its browser, as whoever copies the files would read it. */
export function diskOf(page) {
  return page.evaluate(async () => {
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
}
