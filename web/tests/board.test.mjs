// The board in a real browser, against the real program with the demo province; how to run it:
// booking.test.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";

import { assertAccessible, startBrowser } from "./pages.mjs";
import { startProgram } from "./program.mjs";

const PASSWORD = "tổ 06 dùng thử";
const ADMIN = "0900000001";
const COMMANDER = "0900000002";
const VOLUNTEER = "0900000007";
const FIRST_LOAD_MAX_BYTES = 60 * 1024;

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

/** A page whose every complaint fails the test. */
async function open(t, phone, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "vi-VN", ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (line) => {
    if (line.type() === "error" && !/Failed to load resource/.test(line.text())) complaints.push(line.text());
  });
  t.after(() => assert.deepEqual(complaints, []));
  await page.goto(`${origin}/chi-huy`);
  await page.getByLabel("Số điện thoại").fill(phone);
  await page.getByLabel("Mật khẩu").fill(PASSWORD);
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
  await page.getByRole("button", { name: "Đăng xuất" }).waitFor();
  return page;
}

const number = (text) => Number(text.replaceAll(".", "").replace(",", "."));

test("the way in, and the password that somebody else gave, which is changed before anything else", async (t) => {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: "vi-VN" });
  t.after(() => context.close());
  await context.route("**/api/v1/me", async (route) => {
    const answer = await route.fetch();
    return route.fulfill({ response: answer, json: { ...(await answer.json()), must_change_password: true } });
  });
  const page = await context.newPage();
  await page.goto(`${origin}/chi-huy`);
  await page.getByLabel("Số điện thoại").fill(COMMANDER);
  await page.getByLabel("Mật khẩu").fill(PASSWORD);
  await assertAccessible(page, "board-sign-in");
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
  await page.getByRole("heading", { name: "Đặt mật khẩu của riêng bạn" }).waitFor();
  await assertAccessible(page, "board-own-password");
});

test("a commander sees who leads and who lags, and the sums agree", async (t) => {
  const page = await open(t, COMMANDER);
  await page.locator(".ranks tbody tr").first().waitFor();
  await page.locator(".trend").waitFor();
  await page.locator(".funnel").waitFor();
  await assertAccessible(page, "board");
  // What the words mean stands behind a question mark beside them.
  for (const about of ["Hạng, %, xác nhận tính thế nào?", "Ô, màu và góc đỏ nghĩa là gì?", "Vì sao bước sau ít hơn bước trước?"]) await page.getByText(about).click();
  assert.equal(await page.locator(".note[open]").getByRole("link", { name: "Mọi từ được giải thích" }).count(), 3);
  await assertAccessible(page, "board-notes");
  const rows = await page.locator(".ranks tbody tr").count();
  assert.equal(rows, 24, "the communes of today");
  assert.equal(await page.locator(".tile").count(), rows);
  const counts = await page.locator(".ranks tbody td:nth-child(4)").allTextContents();
  const total = number(await page.locator(".counts dd").first().textContent());
  assert.equal(counts.map(number).reduce((sum, count) => sum + count, 0), total);
  const ranks = (await page.locator(".ranks .rank").allTextContents()).map(Number);
  assert.deepEqual(ranks, [...ranks].sort((one, other) => one - other));
  assert.match(await page.locator(".fresh").textContent(), /Số liệu lúc \d\d:\d\d, chỉ tính bản ghi đã được công nhận/);
});

test("the tiles are places: no two of them on one, north above south, and each tells itself to the keyboard", async (t) => {
  const page = await open(t, COMMANDER);
  await page.locator(".tile").first().waitFor();
  const places = await page.locator(".tile").evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute("transform")));
  assert.equal(new Set(places).size, places.length);
  const at = async (name) => (await page.getByRole("button", { name: new RegExp(`^${name.replaceAll(" ", "\\s*")}\\s*[\\d–]`) }).getAttribute("transform")).match(/\d+/g).map(Number);
  assert.ok((await at("Bác Ái Tây"))[1] < (await at("Cà Ná"))[1]);
  assert.ok((await at("Lâm Sơn"))[0] < (await at("Đông Hải"))[0]);
  await page.getByRole("button", { name: /^Phan Rang/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Phường Phan Rang" }).waitFor();
  await page.locator(".ranks tr.chosen", { hasText: "Phan Rang" }).waitFor();
  await assertAccessible(page, "board-commune");
});

test("steps, windows, unions and classes each change the board", async (t) => {
  const page = await open(t, COMMANDER);
  const first = page.locator(".counts dd").first();
  await page.locator(".ranks tbody tr").first().waitFor();
  const activated = number(await first.textContent());
  await page.locator("#stage").selectOption("installed");
  await page.getByRole("heading", { name: "Xã, phường, đã cài VNeID" }).waitFor();
  assert.ok(number(await first.textContent()) >= activated);
  await page.locator("#class").selectOption("upland");
  await page.waitForFunction(() => document.querySelectorAll(".ranks tbody tr").length === 3);
  await page.locator("#class").selectOption("");
  await page.locator("#level").selectOption("union");
  await page.waitForFunction(() => document.querySelectorAll(".ranks tbody tr").length === 3);
  await assertAccessible(page, "board-unions");
  await page.locator("#level").selectOption("village");
  await page.getByRole("heading", { name: /^Thôn, khu phố/ }).waitFor();
  await page.locator("#period").selectOption("today");
  await page.locator("#metric").selectOption("count");
  await assertAccessible(page, "board-villages");
});

test("what waits to be judged is there, and what is left in each commune", async (t) => {
  const page = await open(t, COMMANDER);
  await page.getByRole("link", { name: "Cần xem xét" }).click();
  await page.getByText("Không có dấu hiệu nào đang mở.").waitFor();
  await page.getByText("Không có gì chờ duyệt.").waitFor();
  await page.locator(".counts dd").nth(5).waitFor();
  await assertAccessible(page, "board-review");
});

test("an administrator invites from a file seen first, gives out a code, stops and lets in again", async (t) => {
  const page = await open(t, ADMIN);
  await page.getByRole("link", { name: "Tài khoản" }).click();
  await page.locator(".account", { hasText: "Hà Thử" }).waitFor();
  await assertAccessible(page, "board-accounts");
  const phone = `09${String(Math.floor(Math.random() * 1e8)).padStart(8, "0")}`;
  const file = (line) => ({ name: "moi.csv", mimeType: "text/csv", buffer: Buffer.from(`phone,name,role,mass_union,unit_code\n${line}\n`) });
  await page.getByLabel("Tệp", { exact: true }).setInputFiles(file(`${phone},Người Thử Mời,boss,youth,22786`));
  await page.getByRole("button", { name: "Xem trước" }).click();
  await page.getByText("0 dòng sẽ được mời, 1 dòng sai.").waitFor();
  await page.getByLabel("Tệp", { exact: true }).setInputFiles(file(`${phone},Người Thử Mời,volunteer,youth,22786`));
  await page.getByRole("button", { name: "Xem trước" }).click();
  await page.getByRole("button", { name: "Mời 1 người" }).click();
  await page.getByText("Đã mời 1 người.").waitFor();
  assert.match(await page.locator("#invite ~ ul .code-cell").textContent(), /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  const row = page.locator(".account", { hasText: `${phone.slice(-3)}` }).filter({ hasText: "Người Thử Mời" });
  await row.getByRole("button", { name: "Sửa" }).click();
  await page.getByRole("button", { name: "Cấp mã một lần" }).click();
  await page.getByText("Mã không hiện lại.").waitFor();
  await assertAccessible(page, "board-account");
  await page.getByRole("button", { name: "Dừng tài khoản" }).click();
  await page.getByRole("button", { name: "Cho dùng lại" }).click();
  await page.getByRole("button", { name: "Dừng tài khoản" }).waitFor();
});

test("a volunteer sees the ranks and nothing to judge; without a network the board says how old it is", async (t) => {
  const page = await open(t, VOLUNTEER, { viewport: { width: 360, height: 740 } });
  await page.locator(".ranks tbody tr").first().waitFor();
  assert.equal(await page.getByRole("link", { name: "Tài khoản" }).count(), 0);
  const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  assert.equal(overflow, 0);
  await page.context().setOffline(true);
  await page.locator(".line.lost").waitFor();
  await assertAccessible(page, "board-offline");
  assert.match(await page.locator(".line.lost").textContent(), /Máy không có mạng, số liệu lúc \d\d:\d\d/);
  await page.context().setOffline(false);
  await page.locator(".line.good").waitFor();
});

/** Somebody records an install in a village, beside any page. */
async function recordOne() {
  const json = { "content-type": "application/json" };
  const post = async (path, body, headers = {}) => {
    const answer = await fetch(`${origin}/api/v1${path}`, { method: "POST", headers: { ...json, ...headers }, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer.json();
  };
  const { access_token } = await post("/sessions", { phone: VOLUNTEER, password: PASSWORD });
  const authorization = `Bearer ${access_token}`;
  const me = await (await fetch(`${origin}/api/v1/me`, { headers: { authorization } })).json();
  const villages = await (await fetch(`${origin}/api/v1/units?level=village&within=${me.unit_id}&limit=1`)).json();
  const id_number = `0581901${String(Math.floor(Math.random() * 1e5)).padStart(5, "0")}`;
  const now = new Date().toISOString();
  const operation = {
    op_id: crypto.randomUUID(), kind: "record", author_id: me.account_id, recorded_at: now, clock_offset_ms: 0, clock_offset_age_s: 0,
    village_id: villages.items[0].unit_id, stage: "installed", device_holder: "own", subject: { kind: "plain", id_number }, consent: { method: "spoken" },
  };
  const told = await post("/records", { device_id: crypto.randomUUID(), client_time: now, operation }, { authorization });
  assert.equal(told.result, "applied", JSON.stringify(told));
}

test("a record that somebody makes comes to the board by itself, though nobody asks for it", async (t) => {
  const page = await open(t, COMMANDER);
  let lines = 0;
  page.on("request", (request) => {
    if (request.url().includes("/stream?stage=installed")) lines += 1;
  });
  await page.locator("#stage").selectOption("installed");
  await page.getByRole("heading", { name: "Xã, phường, đã cài VNeID" }).waitFor();
  await page.locator(".line.good", { hasText: "Trực tuyến" }).waitFor();
  const count = page.locator(".counts dd").first();
  const before = number(await count.textContent());
  // From here on only the line can tell.
  await page.route(/leaderboards\/commune\?/, (route) => new Promise(() => route));
  await recordOne();
  await page.waitForFunction((before) => Number(document.querySelector(".counts dd").textContent.replaceAll(".", "")) === before + 1, before);
  const counts = await page.locator(".ranks tbody td:nth-child(4)").allTextContents();
  assert.equal(counts.map(number).reduce((sum, one) => sum + one, 0), before + 1);
  // The line that told of it is the one that was called when the board was asked for.
  assert.equal(lines, 1);
});

test("where no line stands the board is asked for again and again, and says so", async (t) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "vi-VN" });
  t.after(() => context.close());
  await context.route(/leaderboards\/.*\/stream/, (route) => route.abort());
  const page = await context.newPage();
  await page.goto(`${origin}/chi-huy`);
  await page.getByLabel("Số điện thoại").fill(COMMANDER);
  await page.getByLabel("Mật khẩu").fill(PASSWORD);
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
  await page.locator("#stage").selectOption("installed");
  await page.getByText("Cập nhật mỗi 5 giây").waitFor();
  await page.getByRole("heading", { name: "Xã, phường, đã cài VNeID" }).waitFor();
  const before = number(await page.locator(".counts dd").first().textContent());
  await assertAccessible(page, "board-asked");
  await recordOne();
  await page.waitForFunction((before) => Number(document.querySelector(".counts dd").textContent.replaceAll(".", "")) === before + 1, before);
});

test("the board's first load is small and lets nothing foreign in", async () => {
  const page = await fetch(`${origin}/chi-huy`);
  assert.match(page.headers.get("content-security-policy"), /default-src 'none'/);
  assert.doesNotMatch(page.headers.get("content-security-policy"), /unsafe|https?:|\*/);
  const addresses = [...(await page.text()).matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((found) => found[1]);
  assert.equal(addresses.length, 2);
  let bytes = 0;
  for (const address of addresses) bytes += gzipSync(Buffer.from(await (await fetch(origin + address)).arrayBuffer()), { level: 9 }).length;
  assert.ok(bytes < FIRST_LOAD_MAX_BYTES, `${bytes} bytes`);
});
