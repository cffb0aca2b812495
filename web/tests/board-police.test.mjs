// The police's list of a commune, taking back the wrong one, and finding out why numbers lie apart; how to run it:
// booking.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { idNumber } from "./app.mjs";
import { call, COMMANDER, csv, LEAD, onBoard, VOLUNTEER } from "./board.mjs";
import { assertAccessible } from "./pages.mjs";

const open = onBoard();
const OFFICER = "0900000004";
const APART = "Lệch hơn một phần mười";

/** Numbers of people of whom nobody here has heard. */
const numbers = (many) => [...Array(many)].map((_, at) => `058190${String(Math.floor(Math.random() * 9e5) + 1e5 - at).slice(0, 6).padStart(6, "7")}`);

test("an officer sees a list first, imports it, and finds out why the numbers lie apart", async (t) => {
  const page = await open(t, OFFICER, "#du-lieu/cong-an", { viewport: { width: 360, height: 800 } });
  const all = page.getByRole("region", { name: "Nhập danh sách của công an" });
  await page.getByText("Không có xã nào lệch.").waitFor();
  await assertAccessible(page, "police-empty");
  await all.getByLabel("Tháng").fill("10/2026");
  await all.getByText("Ghi như 2026-10.").waitFor();
  await all.getByLabel("Tháng").fill("2026-10");
  await all.getByLabel("Tệp .xlsx hoặc .csv").setInputFiles(csv("id_number,stage\n123,level2_activated"));
  await all.getByRole("button", { name: "Xem trước" }).click();
  await all.getByText("1 dòng sai; chưa ghi gì.").waitFor();
  await all.getByText("Dòng 2").waitFor();
  await all.getByLabel("Tệp .xlsx hoặc .csv").setInputFiles(csv(["id_number,stage", ...numbers(12).map((number) => `${number},level2_activated`)].join("\n")));
  await all.getByRole("button", { name: "Xem trước" }).click();
  await all.getByText("Mọi dòng đều đọc được").waitFor();
  await all.getByText("lệch hơn 10 %").waitFor();
  await assertAccessible(page, "police-seen");
  await all.getByRole("button", { name: "Nhập danh sách" }).click();
  await page.getByText("Đã nhập danh sách: 0 bản ghi được xác nhận thêm.").waitFor();
  const task = page.getByRole("region", { name: APART }).locator("li", { hasText: "Kích hoạt mức 2" }).first();
  await task.getByRole("button").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Chỉ công an có").waitFor();
  await dialog.getByLabel("Trạng thái").selectOption("explained");
  await dialog.getByLabel(/^Vì sao/).fill("Công an làm tại trường, ta chưa ghi");
  await assertAccessible(page, "police-task");
  await dialog.getByRole("button", { name: "Ghi", exact: true }).click();
  await dialog.getByText("Công an làm tại trường, ta chưa ghi").waitFor();
  await page.keyboard.press("Escape");
  await task.getByText("đã giải thích").waitFor();
  await assertAccessible(page, "police-tasks");
});

/** Somebody whose level 2 is activated, as a volunteer says. */
async function activate(page, id_number) {
  const me = (await call(page, "GET", "/me")).body;
  const village = (await call(page, "GET", `/units?level=village&within=${me.unit_id}&limit=50`)).body.items[0];
  const now = new Date().toISOString();
  const op = {
    op_id: crypto.randomUUID(), kind: "record", author_id: me.account_id, recorded_at: now, clock_offset_ms: 0, clock_offset_age_s: 0, village_id: village.unit_id,
    stage: "level2_activated", device_holder: "own", subject: { kind: "plain", id_number }, consent: { method: "spoken" }, name: "Katơr Thử",
  };
  const told = await call(page, "POST", "/sync/push", { protocol: 1, device_id: crypto.randomUUID(), client_time: now, ops: [op] });
  assert.equal(told.body.results[0].result, "applied", JSON.stringify(told.body));
}

test("a list that was the wrong file is taken back, with what it alone confirmed", async (t) => {
  const number = idNumber();
  await activate(await open(t, VOLUNTEER), number);
  const page = await open(t, COMMANDER, "#du-lieu/cong-an", { viewport: { width: 360, height: 800 } });
  const all = page.getByRole("region", { name: "Nhập danh sách của công an" });
  const lists = page.getByRole("region", { name: "Danh sách đã nhập" });
  const dialog = page.getByRole("dialog");
  const file = csv(["id_number,stage", ...[number, ...numbers(8)].map((one) => `${one},level2_activated`)].join("\n"));
  await all.getByLabel("Xã, phường").selectOption({ label: "Xã Bác Ái Tây" });
  await all.getByLabel("Tháng").fill("2026-08");
  await all.getByLabel("Tệp .xlsx hoặc .csv").setInputFiles(file);
  await all.getByRole("button", { name: "Xem trước" }).click();
  await all.getByRole("button", { name: "Nhập danh sách" }).click();
  await page.getByText("Đã nhập danh sách: 1 bản ghi được xác nhận thêm.").waitFor();
  const row = lists.locator("li", { hasText: "tháng 08/2026" }).first();
  await row.getByText("đang dùng").waitFor();
  await assertAccessible(page, "police-lists");
  await row.getByRole("button").click();
  await dialog.getByText("1 bản ghi chỉ có danh sách này xác nhận.").waitFor();
  assert.ok(!(await dialog.textContent()).includes(number), "a list names nobody");
  await dialog.getByText("Nhập nhầm tệp").click();
  await dialog.getByText("1 bản ghi chỉ danh sách này xác nhận sẽ trở lại thành tự khai").waitFor();
  await assertAccessible(page, "police-undo");
  await dialog.getByLabel(/^Vì sao/).fill("Nhầm tệp của xã bên");
  await dialog.getByRole("button", { name: "Rút lại danh sách" }).click();
  await dialog.getByText("Đã rút lại. Hãy nhập lại tệp đúng.").waitFor();
  await dialog.getByText("Nhầm tệp của xã bên").waitFor();
  assert.equal(await dialog.getByText("Nhập nhầm tệp").count(), 0, "once is enough");
  await page.keyboard.press("Escape");
  await row.getByText("đã rút lại").waitFor();
  assert.equal(await page.getByText("Đã nhập danh sách: 1 bản ghi").count(), 0, "what was said of it holds no more");
  await page.getByRole("region", { name: APART }).locator("li", { hasText: "tháng 08/2026" }).getByText("danh sách đã được rút").waitFor();
  // Nothing but that list had confirmed the record: it would be confirmed anew.
  await all.getByRole("button", { name: "Xem trước" }).click();
  await all.getByText("1 bản ghi sẽ được xác nhận").waitFor();
});

test("a commander chooses the commune and who finds out; a lead imports nothing", async (t) => {
  const page = await open(t, COMMANDER, "#du-lieu/cong-an");
  const all = page.getByRole("region", { name: "Nhập danh sách của công an" });
  await all.getByLabel("Xã, phường").selectOption({ label: "Xã Bác Ái Tây" });
  await all.getByLabel("Tệp .xlsx hoặc .csv").setInputFiles(csv(["id_number,stage", ...numbers(9).map((number) => `${number},level2_collected`)].join("\n")));
  await all.getByRole("button", { name: "Xem trước" }).click();
  await all.getByRole("button", { name: "Nhập danh sách" }).click();
  const task = page.getByRole("region", { name: APART }).locator("li", { hasText: "Xã Bác Ái Tây" }).filter({ hasText: "hồ sơ mức 2" }).first();
  await task.getByRole("button").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Người tìm hiểu").selectOption({ label: "Bí Thư Đoàn Thử" });
  await dialog.getByLabel(/^Vì sao/).fill("Giao tìm hiểu");
  await dialog.getByRole("button", { name: "Ghi", exact: true }).click();
  await dialog.getByText("người tìm hiểu Bí Thư Đoàn Thử").waitFor();
  const lead = await open(t, LEAD, "#du-lieu/cong-an");
  await lead.locator("li", { hasText: "đang tìm hiểu" }).first().waitFor();
  assert.equal(await lead.getByRole("region", { name: "Nhập danh sách của công an" }).count(), 0);
  // A lead sees what was imported, and takes nothing back.
  await lead.getByRole("region", { name: "Danh sách đã nhập" }).getByRole("button").first().click();
  await lead.getByRole("dialog").getByText("Có trong danh sách công an").first().waitFor();
  assert.equal(await lead.getByRole("dialog").getByText("Nhập nhầm tệp").count(), 0);
  assert.ok((await call(lead, "GET", "/reconciliation-tasks")).body.items.length > 0);
});
