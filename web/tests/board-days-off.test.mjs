// Days on which nobody is received: an administrator decides a day for the province, a commander closes a whole unit.
import { test } from "node:test";

import { ADMIN, COMMANDER, onBoard } from "./board.mjs";
import { assertAccessible } from "./pages.mjs";

const open = onBoard();
const inDays = (days) => new Date(Date.now() + 7 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);

test("an administrator makes a day off for the whole province, and takes it back", async (t) => {
  const page = await open(t, ADMIN, "#quan-ly/ngay-nghi");
  const panel = page.getByRole("region", { name: "Lịch nghỉ của cả tỉnh" });
  await panel.getByLabel("Ngày", { exact: true }).fill(inDays(20));
  await panel.getByLabel("Căn cứ, bà con đọc được").fill("Nghỉ hoán đổi thử");
  await panel.getByRole("button", { name: "Ghi vào lịch" }).click();
  const row = panel.locator("li", { hasText: "Nghỉ hoán đổi thử" });
  await row.getByText("ngày nghỉ").waitFor();
  await assertAccessible(page, "days-off");
  await row.getByRole("button", { name: /^Bỏ quyết định/ }).click();
  await row.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "bàn tiếp nhận, mục Thiết lập" }).waitFor();
});

test("a commander sees first whom closing a commune's offices would move, and closes them", async (t) => {
  const page = await open(t, COMMANDER, "#quan-ly/ngay-nghi");
  const panel = page.getByRole("region", { name: "Đóng cửa mọi điểm của một đơn vị" });
  await panel.getByLabel("Đơn vị").locator("option", { hasText: "Xã Ninh Sơn" }).waitFor({ state: "attached" });
  await panel.getByLabel("Đơn vị").selectOption({ label: "Xã Ninh Sơn" });
  await panel.getByLabel("Từ ngày").fill(inDays(9));
  await panel.getByLabel("Lý do (để lưu)").fill("Nâng cấp hệ thống thử");
  await panel.getByLabel("Lời nhắn cho bà con").fill("Tạm ngừng để nâng cấp");
  await panel.getByRole("button", { name: "Xem trước ai bị ảnh hưởng" }).click();
  await panel.getByRole("heading", { name: /^Đóng cửa mọi điểm của Xã Ninh Sơn/ }).waitFor();
  await assertAccessible(page, "closure-preview");
  await panel.getByRole("button", { name: "Thôi, không đổi" }).click();
  await panel.getByRole("button", { name: "Xem trước ai bị ảnh hưởng" }).click();
  await panel.getByRole("button", { name: /^Đổi, / }).click();
  await panel.locator(".done", { hasText: "Đã đổi." }).waitFor();
});
