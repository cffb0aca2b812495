// A lead books a class from a list, in an office of the own commune: against the real program with the demo province; how
// to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { ADMIN, call, COMMANDER, LEAD, onBoard } from "./board.mjs";
import { assertAccessible } from "./pages.mjs";

const open = onBoard();

const OFFICE = "Công an xã Bác Ái Tây (thử)";
const SERVICE = "cccd_new";
const inDays = (days) => new Date(Date.now() + 7 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
const idNumber = () => `0581901${String(Math.floor(Math.random() * 1e5)).padStart(5, "0")}`;
const list = (lines) => ({ name: "lop.csv", mimeType: "text/csv", buffer: Buffer.from(`id_number,name,birth_on\n${lines.join("\n")}\n`) });

/** A day on which that office has room for several people. */
async function workingDay(page) {
  const { body } = await call(page, "GET", "/offices?limit=200");
  const { office_id } = body.items.find((one) => one.name === OFFICE);
  for (let days = 3; days < 20; days += 1) {
    const { body } = await call(page, "GET", `/offices/${office_id}/slots?on=${inDays(days)}&service=${SERVICE}`);
    if (body.slots.reduce((sum, slot) => sum + slot.free, 0) > 6) return inDays(days);
  }
  assert.fail("no day has room");
}

test("a lead books a class: each line is seen first, wrong ones mended, then slips and list are taken", async (t) => {
  const page = await open(t, LEAD, "#ra-quan/doan");
  const panel = page.getByRole("region", { name: "Đặt cho cả đoàn" });
  await panel.getByLabel("Điểm tiếp nhận").waitFor();
  assert.deepEqual(await panel.getByLabel("Điểm tiếp nhận").locator("option").allTextContents(), [OFFICE], "only one's own");
  await panel.getByLabel("Ngày", { exact: true }).fill(await workingDay(page));
  const people = [idNumber(), idNumber(), idNumber()].map((id, index) => `${id},Đỗ Thị Thử ${["Một", "Hai", "Ba"][index]},15/09/1990`);
  await panel.getByLabel("Danh sách CSV").setInputFiles(list([...people, people[0]]));
  await panel.getByRole("button", { name: "Xem trước từng dòng" }).click();
  await panel.getByText("Còn dòng sai thì không ai được đặt").waitFor();
  assert.match(await panel.locator(".moves li").first().textContent(), /^Dòng 5.*trùng với dòng 2/);
  assert.equal(await panel.getByRole("button", { name: /^Đặt cho \d/ }).count(), 0);
  await assertAccessible(page, "board-group-wrong");
  await panel.getByLabel("Danh sách CSV").setInputFiles(list(people));
  await panel.getByRole("button", { name: "Xem trước từng dòng" }).click();
  await panel.getByRole("button", { name: "Đặt cho 3 người" }).click();
  await panel.getByText("Đã đặt", { exact: true }).waitFor();
  await assertAccessible(page, "board-group");
  const [slips] = await Promise.all([page.context().waitForEvent("page"), panel.getByRole("link", { name: "In phiếu cho cả đoàn" }).click()]);
  await slips.getByText("Đỗ Thị Thử Ba").waitFor();
  assert.equal(await slips.locator(".slip").count(), 3);
  const [file] = await Promise.all([page.waitForEvent("download"), panel.getByRole("button", { name: "Tải danh sách (CSV)" }).click()]);
  const lines = (await readFile(await file.path(), "utf8")).trim().split("\n");
  assert.equal(lines.length, 4);
  const code = (await panel.locator(".code-cell").first().textContent()).trim();
  assert.ok(lines.some((line) => line.includes(code)), "the list has the codes that were told");
});

test("hours that end before they begin are told at their field, and whoever books no groups sees no such page", async (t) => {
  const page = await open(t, LEAD, "#ra-quan/doan", { viewport: { width: 360, height: 740 } });
  await page.getByLabel("Danh sách CSV").setInputFiles(list([`${idNumber()},Đỗ Thị Thử,15/09/1990`]));
  await page.getByLabel("Từ giờ").fill("10:00");
  await page.getByLabel("Trước giờ").fill("09:00");
  await page.getByRole("button", { name: "Xem trước từng dòng" }).click();
  await page.locator("#group-to-about.fault").waitFor();
  await assertAccessible(page, "board-group-hours");
  const admin = await open(t, ADMIN, "#ra-quan/doan");
  await admin.locator("#group-office option").nth(7).waitFor({ state: "attached" });
  const commander = await open(t, COMMANDER, "#ra-quan");
  await commander.getByRole("link", { name: "Huy động đoàn viên" }).waitFor();
  assert.equal(await commander.getByRole("link", { name: "Đặt cho đoàn" }).count(), 0);
});
