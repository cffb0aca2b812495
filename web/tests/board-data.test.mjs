// Data of people on the board: who is one, what is wrong of somebody, what is taken away; how to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { call, COMMANDER, LEAD, onBoard, VOLUNTEER } from "./board.mjs";
import { assertAccessible } from "./pages.mjs";

const open = onBoard();
const OFFICER = "0900000004";

/** A volunteer's phone sends what was done about somebody without an ID number, in a village of its commune. */
async function send(page, person_id, act) {
  const me = (await call(page, "GET", "/me")).body;
  const village = (await call(page, "GET", `/units?level=village&within=${me.unit_id}&limit=50`)).body.items[0];
  const now = new Date().toISOString();
  const op = {
    op_id: crypto.randomUUID(), author_id: me.account_id, recorded_at: now, clock_offset_ms: 0, clock_offset_age_s: 0, village_id: village.unit_id,
    subject: { kind: "provisional", person_id }, consent: { method: "spoken" }, ...act,
  };
  const told = await call(page, "POST", "/sync/push", { protocol: 1, device_id: crypto.randomUUID(), client_time: now, ops: [op] });
  assert.equal(told.body.results[0].result, "applied", JSON.stringify(told.body));
}

async function record(page, name, more = {}) {
  const person_id = crypto.randomUUID();
  await send(page, person_id, { kind: "record", stage: "installed", device_holder: "own", name, birth_year: 1985, ...more });
  return person_id;
}

/** A name that nobody else has, in letters. */
const newName = (first) => `${first} ${[...Array(7)].map(() => "aebikomuty"[Math.floor(Math.random() * 10)]).join("")}`;

test("two who are one are merged, and parted again; two who are two are asked about no more", async (t) => {
  const author = await open(t, VOLUNTEER);
  const name = newName("Chamaléa");
  await record(author, name, { stage: "installed" });
  const person = await record(author, name, { stage: "level1_activated", sex: "male" });
  await send(author, person, { kind: "note", text: "Hẹn lại chiều thứ Bảy" });
  const page = await open(t, LEAD, "#du-lieu/trung");
  const pair = page.locator("li", { has: page.locator(".twin", { hasText: name }) });
  await pair.waitFor();
  await pair.getByText("chưa có số định danh").first().waitFor();
  await assertAccessible(page, "twins");
  await pair.getByRole("button", { name: `Ai đã nói gì ${name}` }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("đang hiện").first().waitFor();
  await dialog.getByText("Hà Thử").first().waitFor();
  await assertAccessible(page, "person-words");
  await page.keyboard.press("Escape");
  await pair.getByRole("button", { name: "Là một người: gộp" }).click();
  await page.getByText(`Đã gộp: ${name} là một người`).waitFor();
  await pair.waitFor({ state: "detached" });
  const merges = page.getByRole("region", { name: "Đã gộp" });
  await merges.getByText("Bí Thư Đoàn Thử").first().waitFor();
  await merges.getByRole("button", { name: "Ai đã nói gì" }).first().click();
  await dialog.getByText("Họ tên").waitFor();
  assert.equal(await dialog.getByText(name, { exact: true }).count(), 2, "the words of both");
  // Whichever of them it was noted of: they are one now.
  const notes = dialog.getByRole("region", { name: "Ghi chú" });
  await notes.getByText("Hẹn lại chiều thứ Bảy").waitFor();
  await notes.getByText("Hà Thử").waitFor();
  await assertAccessible(page, "person-notes");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Hoàn tác" }).click();
  await page.getByText("Đã tách lại thành hai người").waitFor();
  await merges.getByText("đã tách lại").first().waitFor();
  await pair.getByRole("button", { name: "Là hai người" }).click();
  await page.getByText("Đã ghi là hai người").waitFor();
  await pair.waitFor({ state: "detached" });
  await assertAccessible(page, "twins-merged");
});

test("a report of wrong data is forwarded, refused with a reason, and opened again", async (t) => {
  const author = await open(t, VOLUNTEER);
  const name = newName("Pinăng");
  const person = await record(author, name);
  const told = await call(author, "POST", "/data-reports", { report_id: crypto.randomUUID(), recorded_person_id: person, what: "wrong_address", words: "Nay ở thôn 2" });
  assert.equal(told.status, 201, JSON.stringify(told.body));
  const page = await open(t, LEAD, "#du-lieu", { viewport: { width: 360, height: 800 } });
  const dialog = page.getByRole("dialog");
  const one = page.locator("li", { hasText: "Sai nơi ở" }).first();
  await one.waitFor();
  assert.ok(!(await page.locator("main").textContent()).includes(name), "the list names nobody");
  await assertAccessible(page, "data-reports");
  await one.getByRole("button").click();
  await dialog.getByText(name).waitFor();
  await dialog.getByText("Nay ở thôn 2").waitFor();
  assert.ok(await dialog.getByRole("button", { name: "Không sửa" }).isDisabled(), "a refusal needs a reason");
  await assertAccessible(page, "data-report");
  await dialog.getByRole("button", { name: "Đã chuyển công an" }).click();
  await dialog.locator("li", { hasText: "Đã chuyển công an" }).waitFor();
  await dialog.getByLabel(/^Vì sao/).fill("Đã đúng từ tháng trước");
  await dialog.getByRole("button", { name: "Không sửa" }).click();
  await dialog.getByText("Đã đúng từ tháng trước").waitFor();
  await dialog.getByLabel(/^Vì sao/).fill("Xem nhầm người");
  await dialog.getByRole("button", { name: "Mở lại" }).click();
  await dialog.getByRole("button", { name: "Đã sửa xong" }).click();
  await dialog.getByRole("button", { name: "Mở lại" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByLabel("Trạng thái").selectOption("corrected");
  await one.waitFor();
  // The table for whoever puts it right.
  await page.getByRole("button", { name: "Lấy bảng kèm tên" }).click();
  await dialog.getByLabel(/^Để làm gì/).fill("Gửi công an xã");
  const download = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "CSV" }).click();
  assert.ok(readFileSync(await (await download).path(), "utf8").includes(name));
});

test("an officer sees what is to be put right, and nothing of what leads decide", async (t) => {
  const page = await open(t, OFFICER, "#du-lieu");
  await page.getByRole("heading", { name: "Dữ liệu cần làm sạch" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Trùng người" }).count(), 0);
  await page.getByText("Không có báo cáo nào như vậy.").waitFor();
});

test("tables are taken away for a reason, those that name people of one commune only", async (t) => {
  const page = await open(t, COMMANDER, "#du-lieu/lay-bang");
  const take = async (format) => {
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: format }).click();
    return readFileSync(await (await download).path());
  };
  await page.getByLabel("Bảng", { exact: true }).waitFor();
  await assertAccessible(page, "tables");
  assert.ok(await page.getByRole("button", { name: "CSV" }).isDisabled(), "it needs a reason");
  assert.equal(await page.getByLabel("Xã, phường").locator("option", { hasText: "Tỉnh" }).count(), 0);
  await page.getByLabel(/^Để làm gì/).fill("Họp giao ban");
  assert.match((await take("CSV")).toString(), /;/);
  await page.getByLabel("Bảng", { exact: true }).selectOption("worklist");
  await page.getByLabel("Danh sách việc").selectOption("approved");
  await page.getByLabel(/^Để làm gì/).fill("Họp giao ban");
  await take("CSV");
  const others = ["records", "visits", "activities", "targets", "campaigns", "mobilisation", "waiting_members", "held", "signals", "draws", "grades", "tasks", "rights"];
  for (const table of others) {
    await page.getByLabel("Bảng", { exact: true }).selectOption(table);
    await page.getByLabel(/^Để làm gì/).fill("Họp giao ban");
    assert.equal((await take("Excel (.xlsx)")).subarray(0, 2).toString(), "PK", table);
    await page.getByText("Đã lấy bảng.").waitFor();
  }
  await assertAccessible(page, "tables-days");
});
