// How counts came about, by day, week and month, of one's own unit and of others: against the real program with the demo
// province; how to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { call, COMMANDER, goTo, LEAD, onBoard } from "./board.mjs";
import { assertAccessible } from "./pages.mjs";

const open = onBoard();

const number = (text) => Number(text.replaceAll(".", "").replace(",", "."));
const hashOf = (page) => page.evaluate("location.hash");
const rows = (page) => page.locator(".steps-told tbody tr");
const tile = (page) => page.locator(".counts dd").first();
const people = async (page) => (await page.locator(".steps-told tbody td:nth-child(2)").allTextContents()).map(number);
const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);

test("a trend is asked for by window, column and unit; the table tells what the columns draw", async (t) => {
  const page = await open(t, COMMANDER);
  await page.getByRole("link", { name: "Xem dài hơn, từng đơn vị" }).click();
  await rows(page).nth(27).waitFor();
  assert.equal(await rows(page).count(), 28);
  assert.equal(sum(await people(page)), number(await tile(page).textContent()));
  await assertAccessible(page, "trends-days");
  // By the keyboard alone.
  await page.locator("#trend-window").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction(() => location.hash === "#dien-bien?window=1y");
  await page.getByRole("columnheader", { name: "Tháng" }).waitFor();
  assert.ok((await rows(page).count()) >= 12);
  const year = number(await tile(page).textContent());
  assert.equal(sum(await people(page)), year);
  await page.getByText("Trung bình mỗi tháng").waitFor();
  await assertAccessible(page, "trends-months");
  // What is drawn stands as high as it counts, and the title of a column says how much that is.
  const drawn = await page.locator(".columns-drawn g").evaluateAll((all) => all.map((one) => [Number(one.querySelector(".told-only").getAttribute("height")), Number(one.querySelector("title").textContent.split(": ")[1].replaceAll(".", ""))]));
  assert.deepEqual(drawn.map(([, count]) => count).reverse(), await people(page));
  for (const [height, count] of drawn) assert.equal(height > 0, count > 0);
  await page.locator("#trend-step").selectOption("week");
  await page.getByRole("columnheader", { name: "Tuần" }).waitFor();
  assert.ok((await rows(page).count()) >= 53, "a year of whole weeks");
  await page.goBack();
  await page.getByRole("columnheader", { name: "Tháng" }).waitFor();
  assert.equal(number(await tile(page).textContent()), year);
});

test("a commune and its villages are parts of it, each under its own address", async (t) => {
  const page = await open(t, COMMANDER, "#dien-bien?stage=installed&window=1y");
  await page.locator("#trend-within option").nth(5).waitFor({ state: "attached" });
  const all = number(await tile(page).textContent());
  const { body: communes } = await call(page, "GET", "/units?level=commune&limit=200");
  const { unit_id, name } = communes.items.find((one) => one.code === "22759");
  await page.locator("#trend-within").selectOption(String(unit_id));
  await page.getByRole("heading", { name: `${name}: đã cài VNeID` }).waitFor();
  const part = number(await tile(page).textContent());
  assert.ok(part > 0 && part < all);
  const { body: villages } = await call(page, "GET", `/units?level=village&within=${unit_id}&limit=200`);
  const counts = [];
  for (const one of villages.items) counts.push((await call(page, "GET", `/leaderboards/trend?stage=installed&within=${one.unit_id}`)).body.count);
  const empty = villages.items[counts.indexOf(0)];
  const some = villages.items[counts.findIndex((count) => count > 0)];
  assert.ok(some && empty, "the demo has a village with somebody in four weeks, and one without");
  await page.locator("#trend-village").selectOption(String(some.unit_id));
  await page.getByRole("heading", { name: some.name }).waitFor();
  assert.ok(number(await tile(page).textContent()) <= part);
  await page.locator("#trend-window").selectOption("4w");
  await page.locator("#trend-village").selectOption(String(empty.unit_id));
  await page.getByText("Chưa có ai trong những ngày này.").waitFor();
  await assertAccessible(page, "trends-nothing");
  await page.reload();
  await page.getByText("Chưa có ai trong những ngày này.").waitFor();
  assert.match(await hashOf(page), new RegExp(`village=${empty.unit_id}$`));
  assert.equal(await page.locator("#trend-village").inputValue(), String(empty.unit_id));
});

test("a lead sees the own commune exactly and the province in tens; a village of others is refused with a way back", async (t) => {
  const page = await open(t, LEAD, "#dien-bien?window=1y");
  await rows(page).first().waitFor();
  assert.doesNotMatch(await tile(page).textContent(), /[≈<]/);
  await page.locator("#trend-village option").nth(1).waitFor({ state: "attached" });
  await page.locator("#trend-within").selectOption("all");
  await page.getByText("Nơi khác chỉ kể từng nhóm đủ 10 người.").waitFor();
  assert.match(await tile(page).textContent(), /^≈ /);
  await assertAccessible(page, "trends-in-tens");
  const { body: communes } = await call(page, "GET", "/units?level=commune&limit=200");
  const { body: me } = await call(page, "GET", "/me");
  const other = communes.items.find((one) => one.unit_id !== me.unit_id);
  const { body: villages } = await call(page, "GET", `/units?level=village&within=${other.unit_id}&limit=1`);
  await goTo(page, `#dien-bien?within=${other.unit_id}&village=${villages.items[0].unit_id}`);
  await page.getByRole("alert").waitFor();
  await page.getByRole("link", { name: "Về đơn vị của tôi" }).click();
  await rows(page).nth(27).waitFor();
});

test("without a network it says of when the numbers are, on a phone too", async (t) => {
  const page = await open(t, COMMANDER, "#dien-bien", { viewport: { width: 360, height: 740 } });
  await rows(page).nth(27).waitFor();
  await page.context().setOffline(true);
  await page.locator(".line.lost", { hasText: "Máy không có mạng, số liệu lúc" }).waitFor();
  assert.equal(await rows(page).count(), 28);
  await page.locator("#trend-step").selectOption("week");
  await page.getByRole("alert").filter({ hasText: "đang không có mạng" }).waitFor();
  await page.context().setOffline(false);
  await page.getByRole("columnheader", { name: "Tuần" }).waitFor();
  await assertAccessible(page, "trends-phone");
});
