// How many members were mobilised, who has not begun, and what was done to tell people; how to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { call, COMMANDER, LEAD, onBoard, VOLUNTEER } from "./board.mjs";
import { assertAccessible } from "./pages.mjs";

const open = onBoard();
const PHONE = { viewport: { width: 360, height: 800 } };

test("a lead writes how many members there are, sees who has not begun, and takes a wrong count back", async (t) => {
  const page = await open(t, LEAD, "#ra-quan/huy-dong", PHONE);
  const dialog = page.getByRole("dialog");
  await page.getByText("chưa ghi").first().waitFor();
  await page.getByRole("button", { name: /Ghi số .*Đoàn Thanh niên/ }).click();
  await dialog.getByLabel("Số người").fill("40");
  await dialog.getByLabel("Theo văn bản nào").fill("BC 05/ĐTN");
  await assertAccessible(page, "members-write");
  await dialog.getByRole("button", { name: "Ghi", exact: true }).click();
  await page.getByText(/Đã ghi: .* có 40 người của Đoàn Thanh niên\./).waitFor();
  const youth = page.locator("tr", { hasText: "Đoàn Thanh niên" });
  await youth.getByText("BC 05/ĐTN").waitFor();
  assert.match(await youth.textContent(), /\(\d+,\d %\)/);
  const waiting = page.getByRole("region", { name: "Ai chưa bắt đầu" });
  await waiting.getByLabel("Đoàn thể").selectOption("women");
  await waiting.locator("li, .empty").first().waitFor();
  assert.ok(!(await waiting.textContent()).includes("Bí Thư Đoàn"), "given names only");
  await assertAccessible(page, "members");
  await page.getByRole("button", { name: /Ghi số .*Đoàn Thanh niên/ }).click();
  await dialog.getByRole("button", { name: "Bỏ số này" }).click();
  await page.getByText(/Đã bỏ số của/).waitFor();
  await youth.getByText("chưa ghi").waitFor();
  await page.getByRole("button", { name: "Hoàn tác" }).click();
  await youth.getByText("BC 05/ĐTN").waitFor();
});

test("a commander compares communes, and is asked to choose one for names", async (t) => {
  const page = await open(t, COMMANDER, "#ra-quan/huy-dong");
  await page.getByText("Chọn một xã, phường ở trên").waitFor();
  await page.locator("tbody tr").nth(10).waitFor();
  await assertAccessible(page, "members-province");
  await page.getByLabel("Đơn vị", { exact: true }).selectOption({ label: "Xã Bác Ái Tây" });
  await page.getByText("Chỉ tên gọi; mỗi lần xem được ghi nhật ký.").waitFor();
});

/** A volunteer tells of an activity in a village of theirs. */
async function tell(page, more) {
  const me = (await call(page, "GET", "/me")).body;
  const villages = (await call(page, "GET", `/units?level=village&within=${me.unit_id}&limit=50`)).body.items;
  const now = new Date().toISOString();
  const op = { op_id: crypto.randomUUID(), kind: "activity", author_id: me.account_id, recorded_at: now, clock_offset_ms: 0, clock_offset_age_s: 0, village_id: villages[0].unit_id, ...more };
  const told = await call(page, "POST", "/sync/push", { protocol: 1, device_id: crypto.randomUUID(), client_time: now, ops: [op] });
  assert.equal(told.body.results[0].result, "applied", JSON.stringify(told.body));
}

test("outreach is summed, corrected, taken back and let stand again", async (t) => {
  const author = await open(t, VOLUNTEER);
  await tell(author, { activity: "meeting", attended: 450, text: "Họp ở nhà văn hóa" });
  const page = await open(t, LEAD, "#ra-quan/tuyen-truyen");
  const dialog = page.getByRole("dialog");
  const one = page.locator("li", { hasText: "450 người dự" });
  await one.waitFor();
  await page.getByRole("row", { name: /Tổng cộng/ }).getByText("450").waitFor();
  await page.getByLabel("Theo", { exact: true }).selectOption("kind");
  await page.getByRole("row", { name: /Họp dân/ }).waitFor();
  await assertAccessible(page, "outreach");
  await one.getByRole("button").click();
  await dialog.getByText("Họp ở nhà văn hóa").waitFor();
  await dialog.getByLabel("Người dự").fill("45");
  await dialog.getByLabel("Tờ rơi").fill("3o");
  assert.ok(await dialog.getByRole("button", { name: "Ghi bản sửa" }).isDisabled());
  await dialog.getByLabel("Tờ rơi").fill("30");
  await dialog.getByLabel(/^Vì sao/).fill("Gõ thừa số 0");
  await assertAccessible(page, "outreach-correct");
  await dialog.getByRole("button", { name: "Ghi bản sửa" }).click();
  await dialog.getByText("Gõ thừa số 0").waitFor();
  await page.locator("li", { hasText: "45 người dự, 30 tờ rơi" }).first().waitFor();
  await dialog.getByRole("button", { name: "Hủy", exact: true }).click();
  await dialog.getByLabel(/^Vì sao/).fill("Ghi hai lần");
  await dialog.getByRole("button", { name: "Hủy buổi này" }).click();
  await dialog.getByText("đã hủy").first().waitFor();
  await assertAccessible(page, "outreach-voided");
  await dialog.getByRole("button", { name: "Hoàn tác" }).click();
  await dialog.getByRole("button", { name: "Hủy", exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Đã hoàn tác: lời trước đó lại có hiệu lực.").waitFor();
  await page.getByRole("row", { name: /Tổng cộng/ }).getByText("45", { exact: true }).waitFor();
  // Days in which nothing was done.
  await page.getByLabel("Từ ngày").fill("2024-01-01");
  await page.getByLabel("Đến hết ngày").fill("2024-01-31");
  await page.getByText("Không có buổi tuyên truyền nào trong những ngày này.").waitFor();
});
