// What administrators look after for everybody: what reports count, what is kept how long, whether notices get out; how
// to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { ADMIN, call, COMMANDER, onBoard } from "./board.mjs";
import { assertAccessible } from "./pages.mjs";

const open = onBoard();

test("what is kept how long is told with what the next purge would do; and whether notices get out", async (t) => {
  const page = await open(t, ADMIN, "#quan-ly/he-thong");
  await page.getByText(/Lần xóa tới: \d\d:\d\d/).waitFor();
  const audit = page.getByRole("row").last();
  await audit.getByText("không xóa").waitFor();
  await page.getByRole("region", { name: "Gửi tin cho người dân" }).getByText("gửi được").waitFor();
  await assertAccessible(page, "system");
  // A channel that fails says since when.
  await page.route(/\/api\/v1\/notices\/channels/, (route) => route.fulfill({ json: { channels: [{ name: "sms", is_up: false, failing_since: new Date().toISOString(), last_failure: "timeout" }], due: 12, due_since: new Date().toISOString(), later: 3, failed_today: 2 } }));
  await page.getByRole("button", { name: "Xem lại" }).click();
  await page.getByText("đang nghỉ").waitFor();
  await page.getByText("Tin chờ lâu nhất từ").waitFor();
  await assertAccessible(page, "system-failing");
});

test("what each night's recount found is told, and that a board is wrong", async (t) => {
  const page = await open(t, ADMIN, "#quan-ly/he-thong", { viewport: { width: 360, height: 800 } });
  const recounts = page.getByRole("region", { name: "Đếm lại mỗi đêm" });
  // What the program itself has found since it began.
  const found = await call(page, "GET", "/recounts?limit=7");
  assert.equal(found.status, 200);
  await (found.body.items.length === 0 ? recounts.getByText("Chưa đêm nào đếm lại.") : recounts.getByRole("listitem").first()).waitFor();
  // No night passes while a test looks on: the page is told of three, by the rules of the contract.
  const line = "village_total village 212 level2_activated youth: kept 4/0/1/0/0, counted 5/0/1/0/0";
  await page.route(/\/api\/v1\/recounts/, (route) => route.fulfill({ json: { items: [
    { night: "2026-11-29", began_at: "2026-11-28T19:10:00Z", first_differences: [] },
    { night: "2026-11-28", began_at: "2026-11-27T19:10:00Z", done_at: "2026-11-27T19:14:07Z", facts: 184213, differences: 2, first_differences: [line] },
    { night: "2026-11-27", began_at: "2026-11-26T19:10:00Z", done_at: "2026-11-26T19:10:41Z", facts: 184001, differences: 0, first_differences: [] },
  ] } }));
  await recounts.getByRole("button", { name: "Đọc lại" }).click();
  await recounts.locator("li", { hasText: "Đêm 29/11/2026" }).getByText("đang đếm, hoặc đã bị ngắt").waitFor();
  await recounts.locator("li", { hasText: "Đêm 27/11/2026" }).getByText("khớp hết").waitFor();
  const wrong = recounts.locator("li", { hasText: "Đêm 28/11/2026" });
  await wrong.getByText("2 số khác bản ghi").waitFor();
  await wrong.getByText("184.213 bản ghi, mất 4 phút 7 giây").waitFor();
  await wrong.getByText("1 chỗ khác đầu tiên").click();
  await wrong.getByText(line).waitFor();
  await assertAccessible(page, "system-recounts");
  // Nobody else is told.
  assert.equal((await call(await open(t, COMMANDER), "GET", "/recounts")).status, 403);
});

test("what will go is told with its callers, and that nothing will where nothing does", async (t) => {
  const page = await open(t, ADMIN, "#quan-ly/he-thong", { viewport: { width: 360, height: 800 } });
  const going = page.getByRole("region", { name: "Thao tác sắp bỏ" });
  await going.getByText("Không có thao tác nào sắp bỏ.").waitFor();
  await page.route(/\/api\/v1\/contract\/deprecated/, (route) => route.fulfill({ json: { since: "2026-11-01", as_of: "2026-11-30T03:00:00Z", items: [
    { operation_id: "list_old", method: "GET", path: "/api/v1/old", deprecated_on: "2026-11-01", sunset_on: "2027-06-01", successor: "GET /api/v1/new", callers: [
      { client: "to06-web/1.8.2", calls: 1204, last_on: "2026-11-30" }, { client: "unnamed", calls: 3, last_on: "2026-11-12" },
    ] },
    { operation_id: "list_unused", method: "GET", path: "/api/v1/unused", deprecated_on: "2026-11-01", sunset_on: "2027-06-01", callers: [] },
  ] } }));
  await going.getByRole("button", { name: "Đọc lại" }).click();
  await going.getByText("Báo bỏ từ 01/11/2026, sớm nhất ngày 01/06/2027 thì bỏ.").first().waitFor();
  await going.getByRole("row", { name: /to06-web\/1\.8\.2 .*1\.204 .*30\/11\/2026/ }).waitFor();
  await going.getByRole("row", { name: /Không xưng tên .*3 .*12\/11\/2026/ }).waitFor();
  await going.getByText("GET /api/v1/new").waitFor();
  await going.getByText("30 ngày qua không ai gọi").waitFor();
  await assertAccessible(page, "system-going");
  assert.equal((await call(await open(t, COMMANDER), "GET", "/contract/deprecated")).status, 403);
});

test("an indicator is added, written anew by whoever saw its last state, given to a department, and retired", async (t) => {
  const page = await open(t, ADMIN, "#quan-ly/danh-muc");
  const dialog = page.getByRole("dialog");
  const code = `thu_${Date.now()}`;
  const name = `Chỉ tiêu thử ${code.slice(-6)}`;
  await page.getByText(/\d+ chỉ tiêu\./).waitFor();
  await assertAccessible(page, "catalogue");
  await page.getByRole("button", { name: "Thêm chỉ tiêu" }).click();
  await dialog.getByLabel("Mã (không bao giờ đổi)").fill("Mã sai");
  await dialog.getByText(/Chữ thường không dấu/).waitFor();
  await dialog.getByLabel("Mã (không bao giờ đổi)").fill("dvc25");
  await dialog.getByText("Mã này đã có.").waitFor();
  await dialog.getByLabel("Mã (không bao giờ đổi)").fill(code);
  await dialog.getByLabel("Tên như báo cáo in").fill(name);
  await dialog.getByLabel("Đếm bằng").fill("hồ sơ");
  await dialog.getByLabel("Vì sao ghi như vậy").fill("Công văn 15 yêu cầu");
  await assertAccessible(page, "catalogue-new");
  await dialog.getByRole("button", { name: "Ghi", exact: true }).click();
  await page.getByText(`Đã ghi “${name}”.`).waitFor();
  await page.getByLabel("Tìm tên, mã, cơ quan").fill(code);
  const row = page.locator("li", { hasText: code });
  const change = row.getByRole("button", { name: `Xem, sửa ${name}` });
  await change.click();
  await dialog.getByRole("button", { name: "Cơ quan" }).click();
  await dialog.getByLabel(/^Cơ quan chịu trách nhiệm/).fill("Sở Tư pháp");
  await dialog.getByRole("button", { name: "Đổi cơ quan" }).click();
  await row.getByText("Sở Tư pháp").waitFor();
  // Somebody else writes it meanwhile: what was not seen is not written over.
  await change.click();
  const now = (await call(page, "GET", "/indicators?limit=200")).body.items.find((one) => one.code === code);
  const other = await call(page, "PUT", `/indicators/${code}`, { name, counted_in: "trường hợp", section: now.section, measure: now.measure, revision: now.revision, reason: "Đếm theo trường hợp" });
  assert.equal(other.status, 200, JSON.stringify(other.body));
  await dialog.getByLabel("Thôi dùng từ ngày").fill("2027-01-01");
  await dialog.getByLabel("Vì sao ghi như vậy").fill("Hết hiệu lực");
  await dialog.getByRole("button", { name: "Ghi", exact: true }).click();
  await dialog.locator(".notice[role=alert]").waitFor();
  await page.keyboard.press("Escape");
  await page.reload();
  await page.getByLabel("Tìm tên, mã, cơ quan").fill(code);
  await change.click();
  await dialog.getByLabel("Thôi dùng từ ngày").fill("2027-01-01");
  await dialog.getByLabel("Vì sao ghi như vậy").fill("Hết hiệu lực");
  await dialog.getByRole("button", { name: "Ghi", exact: true }).click();
  await row.getByText("thôi dùng từ 01/01/2027").waitFor();
  await change.click();
  await dialog.getByRole("button", { name: "Các bản cũ" }).click();
  await dialog.getByText("Đếm theo trường hợp").waitFor();
  await dialog.getByText("Công văn 15 yêu cầu").waitFor();
  await assertAccessible(page, "catalogue-history");
});

test("a commander changes no catalogue and sees no retention", async (t) => {
  const page = await open(t, COMMANDER, "#quan-ly");
  await page.getByRole("link", { name: "Chỉ tiêu", exact: true }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Danh mục báo cáo" }).count(), 0);
  assert.equal(await page.getByRole("link", { name: "Lưu giữ, gửi tin" }).count(), 0);
});
