// What the board tells is what is known: no more exactly, no fresher and no less than that; how to run it:
// booking.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { call, COMMANDER, goTo, LEAD, onBoard, VOLUNTEER } from "./board.mjs";
import { assertAccessible } from "./pages.mjs";

const open = onBoard();
const number = (text) => Number(text.replaceAll(".", "").replace(",", "."));
/** What is told in tens, and the sum of such and of one's own. */
const TENS = /^(< 10|≈ [\d.]*0)$/;
const ABOUT = /^≈ [\d.]+$/;

/** Somebody is recorded, in a village of the volunteer's. */
async function record(page) {
  const me = (await call(page, "GET", "/me")).body;
  const village = (await call(page, "GET", `/units?level=village&within=${me.unit_id}&limit=50`)).body.items[0];
  const now = new Date().toISOString();
  const op = {
    op_id: crypto.randomUUID(), kind: "record", author_id: me.account_id, recorded_at: now, clock_offset_ms: 0, clock_offset_age_s: 0, village_id: village.unit_id,
    stage: "level2_activated", device_holder: "own", subject: { kind: "plain", id_number: `0581902${String(Math.floor(Math.random() * 1e5)).padStart(5, "0")}` }, consent: { method: "spoken" },
  };
  assert.equal((await call(page, "POST", "/sync/push", { protocol: 1, device_id: crypto.randomUUID(), client_time: now, ops: [op] })).body.results[0].result, "applied");
}

test("ten changes are told over the line, and cost no other question each", async (t) => {
  const author = await open(t, VOLUNTEER);
  const page = await open(t, COMMANDER);
  await page.locator(".funnel strong").first().waitFor();
  await page.locator(".trend").waitFor();
  await page.locator(".line.good", { hasText: "Trực tuyến" }).waitFor();
  const asked = [];
  page.on("request", (request) => {
    if (/leaderboards\/(trend|commune\?.*limit=1(&|$))/.test(request.url())) asked.push(request.url());
  });
  const total = async () => number(await page.locator(".counts dd").first().textContent());
  for (let turn = 0; turn < 10; turn++) {
    const before = await total();
    await record(author);
    await page.waitForFunction((before) => Number(document.querySelector(".counts dd").textContent.replaceAll(".", "")) > before, before);
  }
  // The steps once a minute, the trend twice.
  assert.ok(asked.length <= 8, `${asked.length} questions`);
});

test("steps that do not come are said not to have come; those of another union never stand in their place", async (t) => {
  const page = await open(t, COMMANDER);
  const steps = page.locator(".steps-part");
  await steps.locator(".funnel strong").first().waitFor();
  await steps.getByText(/^Số liệu lúc \d\d:\d\d, cập nhật mỗi phút\.$/).waitFor();
  const failing = /leaderboards\/commune\?.*limit=1(&|$)/;
  await page.route(failing, (route) => route.abort());
  // The same choice: what was told stays, and says of when it is.
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await steps.getByText(/^Không tải được; đây là số lúc \d\d:\d\d\.$/).waitFor();
  assert.equal(await steps.locator(".funnel strong").count(), 5);
  await assertAccessible(page, "board-steps-old");
  await page.locator("#union").selectOption("youth");
  await steps.getByText(/^Chưa tải được/).waitFor();
  assert.equal(await steps.locator(".funnel strong").count(), 0);
  await page.unroute(failing);
  await steps.getByRole("button", { name: "Thử lại" }).click();
  await steps.locator(".funnel strong").nth(4).waitFor();
});

test("where not every village stands on the first page it says so, and leads to all of them", async (t) => {
  const page = await open(t, COMMANDER);
  await page.locator("#stage").selectOption("installed");
  await page.locator("#metric").selectOption("count");
  await page.getByRole("heading", { name: "Xã, phường, đã cài VNeID" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "xem tất cả" }).count(), 0, "every commune stands there");
  await page.locator("#level").selectOption("village");
  const rest = page.getByText(/^200 trong \d+ thôn, khu phố: xem tất cả$/);
  await rest.waitFor();
  await assertAccessible(page, "board-not-all");
  await rest.getByRole("link").click();
  await page.getByRole("heading", { name: "Thôn, khu phố: đã cài VNeID" }).waitFor();
  assert.equal(await page.evaluate("location.hash"), "#xep-hang/village?stage=installed&metric=count");
});

test("a wall shows every commune, a page after the other, and says which they are", async (t) => {
  const page = await open(t, COMMANDER, "#giai-thich", { viewport: { width: 1920, height: 1080 } });
  // A province of 65.
  await page.route(/leaderboards\/commune/, async (route) => {
    if (route.request().url().includes("/stream")) return route.abort();
    const answer = await route.fetch();
    // Nothing new has no body.
    if (answer.status() === 304) return route.fulfill({ response: answer });
    const told = await answer.json();
    const rows = [...Array(65)].map((_, at) => ({ ...told.rows[at % told.rows.length], unit_id: 100_000 + at, name: `Xã ${at + 1}`, rank: at + 1 }));
    return route.fulfill({ response: answer, json: { ...told, rows, total: { ...told.total, rows: rows.length } } });
  });
  await goTo(page, "#man-hinh?giay=60&bang=xa,so-do");
  const title = page.locator(".slide-head h2");
  const pages = [["1–24", 24], ["25–48", 24], ["49–65", 17]];
  for (const [range, rows] of pages) {
    await page.waitForFunction((range) => document.querySelector(".slide-head h2")?.textContent === `Xã, phường: kích hoạt mức 2, ${range} trong 65`, range);
    assert.equal(await page.locator(".far li").count(), rows);
    assert.ok(await page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "a wall does not scroll");
    await assertAccessible(page, `wall-page-${range}`);
    await page.keyboard.press("ArrowRight");
  }
  await page.waitForFunction(() => document.querySelector(".slide-head h2")?.textContent === "Toàn tỉnh: kích hoạt mức 2");
  assert.equal(await page.locator(".dot").count(), 4);
  await page.keyboard.press("ArrowLeft");
  assert.equal(await title.textContent(), "Xã, phường: kích hoạt mức 2, 49–65 trong 65");
  await page.getByText("Xã 65", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Xã, phường: kích hoạt mức 2, 25–48 trong 65" }).click();
  await page.getByText("Xã 48", { exact: true }).waitFor();
});

test("where nobody was confirmed it says nought, on every board alike", async (t) => {
  const author = await open(t, VOLUNTEER);
  await record(author);
  const page = await open(t, COMMANDER, "#xep-hang/village?period=today&metric=count");
  await page.locator(".ranks.full tbody tr").first().waitFor();
  const told = (rows, people, confirmed) => page.locator(rows).evaluateAll((all, [people, confirmed]) => all.map((row) => [row.querySelector("th").firstChild.textContent, row.querySelector(people).textContent, row.querySelector(confirmed)?.textContent]).filter(([, count]) => count !== "0"), [people, confirmed]);
  const full = await told(".ranks.full tbody tr", ".people", "[data-label='Xác nhận, %']");
  assert.ok(full.some(([, , confirmed]) => confirmed === "0,0"), JSON.stringify(full));
  await goTo(page, "#");
  await page.locator("#level").selectOption("village");
  await page.locator("#period").selectOption("today");
  await page.locator("#metric").selectOption("count");
  await page.waitForFunction((name) => document.querySelector(".ranks:not(.full) tbody th")?.firstChild.textContent === name, full[0][0]);
  assert.deepEqual(await told(".ranks tbody tr", "td:nth-child(4)", "td:nth-child(8)"), full);
});

test("whoever reads of elsewhere is told in tens on the first page, its tiles and a wall, and no share of tens", async (t) => {
  const page = await open(t, LEAD);
  await page.locator("#metric").selectOption("count");
  await page.locator(".funnel strong").nth(4).waitFor();
  await page.locator(".trend").waitFor();
  const rows = await page.locator(".ranks tbody tr").evaluateAll((all) => all.map((row) => [row.querySelector("th").firstChild.textContent, row.cells[3].textContent, row.cells[7].textContent]));
  assert.equal(rows.length, 24);
  for (const [name, people, confirmed] of rows) {
    if (name === "Xã Bác Ái Tây") assert.match(people, /^[\d.]+$/, "one's own are counted one by one");
    else {
      assert.match(people, TENS, name);
      assert.equal(confirmed, "–", name);
    }
  }
  const tiles = await page.locator(".tile").evaluateAll((all) => all.map((tile) => [tile.querySelector(".tile-name").textContent, tile.querySelector(".tile-value").textContent]));
  assert.equal(tiles.filter(([, value]) => TENS.test(value)).length, 23, JSON.stringify(tiles));
  const totals = await page.locator(".counts dd").allTextContents();
  assert.match(totals[0], ABOUT);
  assert.equal(totals[3], "–");
  for (const people of await page.locator(".funnel strong").allTextContents()) assert.match(people, ABOUT);
  assert.match(await page.locator(".days-part p").textContent(), /(≈|<) [\d.]+ người trong 28 ngày/);
  await page.getByRole("button", { name: /^Phan\s*Rang/ }).click();
  await page.getByText(/^Hạng \d+.*(≈|<) [\d.]+ người/).waitFor();
  await assertAccessible(page, "board-tens");
  await goTo(page, "#man-hinh?giay=60&bang=so-do,buoc");
  await page.locator(".far-numbers dd").nth(1).waitFor();
  assert.match(await page.locator(".far-numbers dd").nth(1).textContent(), ABOUT);
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => /\d/.test(document.querySelector(".steps-far li:last-child strong")?.textContent ?? ""));
  for (const people of await page.locator(".steps-far strong, .far-numbers dd").allTextContents()) assert.match(people, TENS);
});

test("the picture of the evening is of the day it is in Vietnam, after midnight too", async (t) => {
  const page = await open(t, COMMANDER);
  await page.evaluate(() => {
    globalThis.drawn = [];
    const draw = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
      globalThis.drawn.push(text);
      return draw.call(this, text, ...rest);
    };
  });
  await page.route(/api\/v1\/brief(\?|$)/, async (route) => {
    const answer = await route.fetch();
    return route.fulfill({ response: answer, json: { ...(await answer.json()), as_of: "2026-11-29T18:05:00Z" } });
  });
  await goTo(page, "#hom-nay");
  await page.getByLabel("Nội dung tin").waitFor();
  const foot = (await page.evaluate("drawn")).find((text) => text.startsWith("Số liệu lúc"));
  assert.match(foot, /^Số liệu lúc 01:05 ngày 30\/11\/2026\./);
});
