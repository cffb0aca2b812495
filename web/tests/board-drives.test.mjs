// Drives of a lead on a phone: opened, with targets and teams, and closed; how to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { call, COMMANDER, goTo, LEAD, onBoard } from "./board.mjs";
import { assertAccessible } from "./pages.mjs";

const open = onBoard();

const PHONE = { viewport: { width: 360, height: 800 } };
const day = (daysAhead = 0) => new Date(Date.now() + 7 * 3_600_000 + daysAhead * 86_400_000).toISOString().slice(0, 10);

test("a lead runs a drive on a phone: opens it, sets a target, forms a team, and closes it with a reason", async (t) => {
  const page = await open(t, LEAD, "#ra-quan", PHONE);
  await page.getByText("Chưa có đợt ra quân nào.").waitFor();
  await assertAccessible(page, "drives-empty");
  await page.getByRole("button", { name: "Mở đợt ra quân" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Tên đợt").fill("Tháng Thanh niên");
  await dialog.getByLabel("Theo kế hoạch, công văn nào").fill("KH 12/ĐTN");
  await dialog.getByLabel("Đến hết ngày").fill(day(20));
  await assertAccessible(page, "drive-open");
  await dialog.getByRole("button", { name: "Mở", exact: true }).click();
  await page.getByRole("heading", { name: /Tháng Thanh niên\s*đang chạy/ }).waitFor();

  await page.getByRole("button", { name: "Đặt chỉ tiêu" }).click();
  await dialog.getByLabel("Lực lượng").selectOption("youth");
  await dialog.getByLabel("Số người trong đợt").fill("nhiều");
  await dialog.getByRole("button", { name: "Ghi", exact: true }).click();
  await dialog.getByText("Ghi một số lớn hơn 0, như 1.250.").waitFor();
  await dialog.getByLabel("Số người trong đợt").fill("1.250");
  await dialog.getByRole("button", { name: "Ghi", exact: true }).click();
  await page.getByText(/Đã ghi chỉ tiêu 1\.250 người/).waitFor();
  await page.getByText(/\/1\.250/).waitFor();
  await page.getByRole("button", { name: /Sửa .*Đoàn Thanh niên/ }).click();
  await dialog.getByRole("button", { name: "Bỏ chỉ tiêu" }).click();
  await page.getByText("Đợt này chưa có chỉ tiêu nào ở đây.").waitFor();
  await page.getByRole("button", { name: "Hoàn tác" }).click();
  await page.getByText(/\/1\.250/).waitFor();

  await page.getByRole("button", { name: "Lập đội" }).click();
  await dialog.getByLabel("Tên đội").fill("Đội 1");
  await dialog.getByLabel("Hà Thử").check();
  await assertAccessible(page, "drive-team");
  await dialog.getByRole("button", { name: "Lập đội" }).click();
  await page.getByText("Đội 1 có 1 người.").waitFor();
  await page.getByText(/1 người: Hà Thử/).waitFor();
  // The name is taken: the dialog says so, and stays.
  await page.getByRole("button", { name: "Lập đội" }).click();
  await dialog.getByLabel("Tên đội").fill("Đội 1");
  await dialog.getByLabel("Bí Thư Đoàn Thử").check();
  await dialog.getByRole("button", { name: "Lập đội" }).click();
  await dialog.getByText("Xã này đã có đội cùng tên trong chiến dịch.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Đổi tên, thành viên Đội 1" }).click();
  await dialog.getByLabel(/Bí Thư Đoàn Thử/).check();
  await dialog.getByRole("button", { name: "Ghi", exact: true }).click();
  await page.getByText("Đội 1 có 2 người.").waitFor();
  // What the team is to bring: given, changed, taken away and brought back.
  await page.getByRole("button", { name: "Giao chỉ tiêu Đội 1" }).click();
  await dialog.getByLabel("Số người trong đợt").fill("60");
  await assertAccessible(page, "drive-team-target");
  await dialog.getByRole("button", { name: "Ghi", exact: true }).click();
  await page.getByText("Đã giao Đội 1 60 người.").waitFor();
  await page.getByText(/\/60/).waitFor();
  await page.getByRole("button", { name: /^Sửa chỉ tiêu Đội 1/ }).click();
  await dialog.getByLabel("Số người trong đợt").fill("90");
  await dialog.getByRole("button", { name: "Ghi", exact: true }).click();
  await page.getByText(/\/90/).waitFor();
  await page.getByRole("button", { name: /^Sửa chỉ tiêu Đội 1/ }).click();
  await dialog.getByRole("button", { name: "Bỏ chỉ tiêu" }).click();
  await page.getByText("Chưa đội nào có chỉ tiêu.").waitFor();
  await page.getByRole("button", { name: "Hoàn tác" }).click();
  await page.getByText(/\/90/).waitFor();
  // The same, and a target of the other union, from a file.
  const { unit_id } = (await call(page, "GET", "/me")).body;
  const lines = ["unit_id,mass_union,team,stage,people,source,made_on", `${unit_id},women,,level2_activated,70,KH 12,${day()}`, `${unit_id},,Đội 1,level2_activated,45,KH 12,${day()}`];
  await page.getByRole("button", { name: "Nhập từ tệp CSV" }).click();
  await dialog.getByLabel("Tệp CSV").setInputFiles({ name: "dot.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\n")) });
  await dialog.getByRole("button", { name: "Xem trước" }).click();
  await dialog.getByText("2 dòng đúng, sẽ được ghi.").waitFor();
  await assertAccessible(page, "drive-import");
  await dialog.getByRole("button", { name: "Ghi 2 chỉ tiêu" }).click();
  await page.getByText("Đã ghi 2 chỉ tiêu.").waitFor();
  await page.getByText(/\/45/).waitFor();
  await page.getByText(/\/70/).waitFor();
  await assertAccessible(page, "drive");
  // Both lists are taken away as they are shown, the members by name as here.
  for (const [title, file, words] of [["Kết quả ra quân", /^ket-qua-ra-quan-.*\.csv$/, "Đoàn Thanh niên"], ["Các đội, có tên thành viên", /^doi-ra-quan-.*\.csv$/, "Hà Thử"]]) {
    await page.getByRole("button", { name: `Lấy bảng (CSV, Excel) ${title}` }).click();
    await dialog.getByLabel(/^Để làm gì/).fill("Họp giao ban");
    await assertAccessible(page, "drive-take");
    const taken = page.waitForEvent("download");
    await dialog.getByRole("button", { name: "CSV" }).click();
    const download = await taken;
    assert.match(download.suggestedFilename(), file);
    assert.ok(readFileSync(await download.path(), "utf8").includes(words), title);
    await page.keyboard.press("Escape");
  }

  await page.getByRole("button", { name: "Sửa tên, ngày" }).click();
  await dialog.getByLabel("Tên đợt").fill("Tháng Thanh niên 2026");
  await dialog.getByRole("button", { name: "Ghi", exact: true }).click();
  await page.getByRole("heading", { name: /Tháng Thanh niên 2026/ }).waitFor();
  await page.getByRole("button", { name: "Giải thể Đội 1" }).click();
  await page.getByRole("button", { name: "Giải thể thật" }).click();
  await page.getByText("Chưa có đội nào.").waitFor();

  await page.getByRole("button", { name: "Đóng đợt" }).click();
  await dialog.getByLabel("Vì sao (không ghi tên công dân)").fill("Đã xong");
  await dialog.getByRole("button", { name: "Đóng đợt" }).click();
  await page.getByText("Đã đóng vì: Đã xong").waitFor();
  assert.equal(await page.getByRole("button", { name: "Đặt chỉ tiêu" }).count(), 0);
  await page.getByRole("button", { name: "Mở lại" }).click();
  await page.getByText("Đã mở lại đợt ra quân.").waitFor();
  await page.getByRole("link", { name: "Mọi đợt ra quân" }).click();
  await page.getByText("Tháng Thanh niên 2026").waitFor();
  await assertAccessible(page, "drives");
});

test("a lost answer opens no campaign twice", async (t) => {
  const page = await open(t, LEAD, "#ra-quan");
  await page.getByRole("button", { name: "Mở đợt ra quân" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Tên đợt").fill("Đợt mất sóng");
  await dialog.getByLabel("Theo kế hoạch, công văn nào").fill("KH 13");
  await page.route("**/api/v1/campaigns", async (route) => {
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  await dialog.getByRole("button", { name: "Mở", exact: true }).click();
  await dialog.getByText("Chưa nhận được trả lời của máy chủ.").waitFor();
  await dialog.getByRole("button", { name: "Mở", exact: true }).click();
  await page.getByRole("heading", { name: /Đợt mất sóng/ }).waitFor();
  const all = (await call(page, "GET", "/campaigns")).body.items;
  assert.equal(all.filter((one) => one.name === "Đợt mất sóng").length, 1);
});

test("who leads a commune sets targets in a campaign of the province, and does not change it", async (t) => {
  const commander = await open(t, COMMANDER);
  const me = (await call(commander, "GET", "/me")).body;
  const body = { unit_id: me.unit_id, name: "Cả tỉnh ra quân", source: "KH 01/UBND", starts_on: day(), ends_on: day(30) };
  const made = await call(commander, "POST", "/campaigns", body, { "Idempotency-Key": crypto.randomUUID() });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  // The board of teams leads to where teams are formed.
  await goTo(commander, `#xep-hang/team?campaign_id=${made.body.campaign_id}`);
  await commander.getByRole("link", { name: "Lập đội" }).click();
  await commander.getByRole("heading", { name: /Cả tỉnh ra quân/ }).waitFor();
  await commander.getByRole("button", { name: "Đóng đợt" }).waitFor();
  const page = await open(t, LEAD, `#ra-quan/chien-dich/${made.body.campaign_id}`, PHONE);
  await page.getByText("bạn đặt chỉ tiêu và lập đội trong đơn vị mình").waitFor();
  assert.equal(await page.getByRole("button", { name: "Đóng đợt" }).count(), 0);
  await page.getByRole("button", { name: "Đặt chỉ tiêu" }).click();
  await page.getByLabel("Số người trong đợt").fill("300");
  await page.getByRole("button", { name: "Ghi", exact: true }).click();
  await page.getByText(/\/300/).waitFor();
});
