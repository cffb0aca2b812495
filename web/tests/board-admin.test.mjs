// What leads and administrators keep in order on the board: targets, units, village lists, accounts and phones; how to
// run it: booking.test.mjs. Who works where, and what was recorded: board-lead.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { ADMIN, call, COMMANDER, csv, goTo, LEAD, onBoard, someone, VOLUNTEER } from "./board.mjs";
import { assertAccessible } from "./pages.mjs";

const open = onBoard();

test("a target is set, changed, removed and brought back, and one that is passed is to be looked at", async (t) => {
  const page = await open(t, ADMIN, "#quan-ly/chi-tieu");
  await page.getByText(/^\d+ chỉ tiêu\.$/).waitFor();
  await page.getByLabel("Tìm theo tên hay nguồn").fill("bac ai tay");
  await page.getByText("3 chỉ tiêu.", { exact: true }).waitFor();
  await assertAccessible(page, "targets");

  // Marks do not matter, and a unit that is not chosen is asked for in a sentence.
  await page.getByRole("button", { name: "Đặt chỉ tiêu" }).click();
  await page.getByLabel("Số người", { exact: true }).fill("1.25");
  await page.getByLabel("Nguồn: kế hoạch, công văn nào").fill("Kế hoạch 73");
  await page.getByRole("button", { name: "Ghi", exact: true }).click();
  await page.getByText("Chọn một đơn vị.").waitFor();
  await page.getByText("Ghi một số lớn hơn 0, như 1.250.").waitFor();
  await page.getByRole("dialog").getByLabel("Đơn vị", { exact: true }).fill("thon 1 phuoc binh bac ai tay");
  await page.getByRole("button", { name: /^Thôn 1 \(Phước Bình\), Xã Bác Ái Tây/ }).click();
  await page.getByLabel("Số người", { exact: true }).fill("1.250");
  await page.getByLabel("Là phần của").selectOption("eligible");
  await assertAccessible(page, "target-new");
  await page.getByRole("button", { name: "Ghi", exact: true }).click();
  await page.getByText("Đã ghi chỉ tiêu 1.250 người của Thôn 1 (Phước Bình), Xã Bác Ái Tây.").waitFor();
  await page.getByText("4 chỉ tiêu.", { exact: true }).waitFor();

  // Another of the same unit and stage in those days is refused in the server's words.
  await page.getByRole("button", { name: "Đặt chỉ tiêu" }).click();
  await page.getByRole("dialog").getByLabel("Đơn vị", { exact: true }).fill("thon 1 phuoc binh bac ai tay");
  await page.getByRole("button", { name: /^Thôn 1 \(Phước Bình\), Xã Bác Ái Tây/ }).click();
  await page.getByLabel("Số người", { exact: true }).fill("900");
  await page.getByLabel("Từ ngày", { exact: true }).fill("2026-03-01");
  await page.getByLabel("Nguồn: kế hoạch, công văn nào").fill("Kế hoạch 74");
  await page.getByRole("button", { name: "Ghi", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: "chỉ tiêu khác" }).waitFor();
  await page.keyboard.press("Escape");

  const row = page.locator("tr", { hasText: "Thôn 1 (Phước Bình)" });
  await row.getByRole("button", { name: "Sửa" }).click();
  await page.getByLabel("Đến hết ngày (bỏ trống: chưa có hạn)").fill("2027-06-30");
  await assertAccessible(page, "target-change");
  await page.getByRole("button", { name: "Ghi", exact: true }).click();
  await row.getByText("30/06/2027").waitFor();
  await row.getByRole("button", { name: "Sửa" }).click();
  await page.getByRole("button", { name: "Bỏ chỉ tiêu" }).click();
  await page.getByText("Đã bỏ chỉ tiêu của Thôn 1 (Phước Bình), Xã Bác Ái Tây.").waitFor();
  await row.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Hoàn tác" }).click();
  await page.getByText("Chỉ tiêu đã trở lại như trước.").waitFor();
  await row.getByText("30/06/2027").waitFor();
  await row.getByRole("button", { name: "Sửa" }).click();
  await page.getByRole("button", { name: "Bỏ chỉ tiêu" }).click();
  await row.waitFor({ state: "detached" });

  // Fewer than were counted: more than 100 %, which is a question to whoever set it.
  const passed = page.locator("tr", { hasText: "Xã Bác Ái Tây" }).filter({ hasText: "Đã cài VNeID" });
  const setTo = async (people) => {
    await passed.getByRole("button", { name: "Sửa" }).click();
    await page.getByLabel("Số người", { exact: true }).fill(people);
    await page.getByRole("button", { name: "Ghi", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
  };
  await setTo("100");
  await passed.getByText("xem lại chỉ tiêu").waitFor();
  await page.getByText("Chỉ tiêu, mẫu số, vượt 100 % nghĩa là gì?").click();
  await page.getByText("Vượt 100 % là chuyện bình thường").waitFor();
  await assertAccessible(page, "targets-passed");
  await setTo("500");
  await passed.getByText("xem lại chỉ tiêu").waitFor({ state: "detached" });
});

test("targets come from a file that is seen first, and are taken away with what was reached", async (t) => {
  const page = await open(t, COMMANDER, "#quan-ly/chi-tieu");
  const header = "unit_code,stage,starts_on,ends_on,people,denominator,source";
  await page.getByRole("button", { name: "Nhập từ tệp CSV" }).click();
  const taken = page.waitForEvent("download");
  await page.getByRole("button", { name: "Lấy bảng về (CSV)" }).click();
  assert.equal((await taken).suggestedFilename(), "chi-tieu.csv");
  await page.getByLabel("Tệp CSV", { exact: true }).setInputFiles(csv(`${header}\n22786,level2_approved,2025-08-01,2025-12-31,300,assigned,KH 1\n99999,level2_approved,2025-08-01,,300,assigned,KH 1`));
  await page.getByRole("button", { name: "Xem trước" }).click();
  await page.getByText("1 dòng sai, 1 dòng đúng; chưa ghi gì.").waitFor();
  await page.getByText("Dòng 3:").waitFor();
  await assertAccessible(page, "targets-import");
  await page.getByLabel("Tệp CSV", { exact: true }).setInputFiles(csv(`${header}\n22786,level2_approved,2025-08-01,2025-12-31,300,assigned,KH 1`));
  await page.getByRole("button", { name: "Xem trước" }).click();
  await page.getByText("1 dòng đúng, sẽ được ghi.").waitFor();
  await page.getByRole("button", { name: "Ghi 1 chỉ tiêu" }).click();
  await page.getByText("Đã ghi 1 chỉ tiêu.").first().waitFor();
  await page.keyboard.press("Escape");
  await page.getByLabel("Thời gian").selectOption("all");
  await page.getByLabel("Bước", { exact: true }).selectOption("level2_approved");
  await page.getByText("đã hết", { exact: true }).waitFor();

  await page.getByRole("button", { name: "Lấy bảng kèm số đã đạt" }).click();
  await page.getByLabel("Để làm gì (không ghi tên công dân)").fill("Họp giao ban");
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "Excel (.xlsx)" }).click();
  assert.match((await file).suggestedFilename(), /^chi-tieu-.*\.xlsx$/);
});

test("a lead reads targets and changes none; a volunteer finds words and nothing to manage", async (t) => {
  const page = await open(t, LEAD, "#quan-ly/chi-tieu", { viewport: { width: 360, height: 740 } });
  await page.getByText("3 chỉ tiêu.", { exact: true }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Đặt chỉ tiêu" }).count(), 0);
  assert.equal(await page.getByRole("button", { name: "Sửa" }).count(), 0);
  await assertAccessible(page, "targets-lead");

  const other = await open(t, VOLUNTEER, "#quan-ly/chi-tieu");
  await other.locator(".ranks tbody tr").first().waitFor();
  assert.equal(await other.getByRole("link", { name: "Quản lý" }).count(), 0);
  const loaded = () => other.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name));
  assert.ok(!(await loaded()).some((address) => address.includes("board-admin")));
  await other.getByRole("link", { name: "Giải thích" }).click();
  await other.getByLabel("Tìm từ").fill("den muon");
  await other.getByText("hơn ba ngày sau khi làm").waitFor();
  await assertAccessible(other, "words");
});

test("an administrator reads how a decree changes units: which files, which command, what follows", async (t) => {
  const page = await open(t, ADMIN, "#quan-ly/don-vi");
  await page.getByRole("heading", { name: "Đổi đơn vị theo nghị quyết" }).click();
  await page.getByText("api units import --units F --successors F --villages F --dry-run").waitFor();
  await page.getByText("việc đã làm và người dân theo về đơn vị tiếp nối").waitFor();
  await assertAccessible(page, "unit-changes");
});

test("a unit is found as of any day, and what became of it is followed", async (t) => {
  const page = await open(t, COMMANDER, "#quan-ly/don-vi");
  await page.getByLabel("Tên, có dấu hay không").fill("phuoc dinh");
  await page.getByRole("link", { name: "Xã Phước Dinh" }).waitFor();
  await page.getByLabel("Vào ngày").fill("2023-02-17");
  await page.getByLabel("Tên, có dấu hay không").fill("dong hai");
  await page.getByRole("link", { name: "Phường Đông Hải" }).click();
  const unit = page.getByRole("region", { name: "Phường Đông Hải" });
  await unit.getByText("22768").waitFor();
  await unit.getByText("một phần (thôn Phú Thọ)").waitFor();
  await unit.getByText("đến hết 30/06/2025").waitFor();
  await assertAccessible(page, "unit");
  // The part of it that went elsewhere, as of the first day there; and back again.
  await unit.getByRole("link", { name: /^Xã Phước Dinh/ }).click();
  await page.getByRole("region", { name: "Xã Phước Dinh" }).getByText("Tiếp nối từ").waitFor();
  assert.equal(await page.getByLabel("Vào ngày").inputValue(), "2025-07-01");
  await page.goBack();
  await unit.waitFor();
  // Not there today, and its last day is offered.
  await page.getByLabel("Vào ngày").fill("2026-01-01");
  await page.getByRole("link", { name: "Xem Phường Đông Hải vào ngày 30/06/2025" }).click();
  await unit.waitFor();
  await page.getByText("Đơn vị đổi theo nghị quyết, do quản trị viên nạp").waitFor();
  await page.getByLabel("Tên, có dấu hay không").fill("khong co");
  await page.getByText("Ngày đó không có đơn vị nào tên như vậy.").waitFor();
});

test("a village list is seen line by line, imported whole, and taken back", async (t) => {
  const page = await open(t, LEAD, "#quan-ly/danh-sach");
  const header = "Họ tên,Năm sinh,Thôn,Xã,Ghi chú riêng";
  const name = `Người Thử ${Date.now()}`.replace(/\d/g, (digit) => "ABCDEGHIKL"[digit]);
  await page.getByText("Tệp gồm những cột nào, và giữ lại gì?").click();
  await page.getByLabel("Tệp .xlsx hoặc .csv").setInputFiles(csv(`${header}\n${name},1990,Thôn 1 (Phước Bình),Xã Bác Ái Tây,x\n${name} Hai,1991,Thôn Không Có,Xã Bác Ái Tây,y`));
  await page.getByLabel("Tên danh sách").fill("Danh sách thử");
  await page.getByLabel("Văn bản nào (căn cứ để giữ)").fill("Công văn 12");
  await page.getByRole("button", { name: "Xem trước từng dòng" }).click();
  await page.getByText("1 dòng sai; chưa ghi gì.").waitFor();
  await page.getByText("Không đọc cột: Ghi chú riêng.").waitFor();
  await page.getByText("Dòng 3:").waitFor();
  await assertAccessible(page, "roster-refused");
  await page.getByLabel("Tệp .xlsx hoặc .csv").setInputFiles(csv(`${header}\n${name},1990,Thôn 1 (Phước Bình),Xã Bác Ái Tây,x`));
  await page.getByRole("button", { name: "Xem trước từng dòng" }).click();
  await page.getByText("người mới: 1;").waitFor();
  await page.getByRole("button", { name: "Nhập 1 dòng" }).click();
  await page.getByText("Đã nhập danh sách.").waitFor();
  const kept = page.getByRole("region", { name: "Đã nhập" }).locator("li").first();
  await kept.getByText("1 người").waitFor();
  await assertAccessible(page, "rosters");
  await kept.getByRole("button", { name: "Rút lại" }).click();
  await kept.getByRole("button", { name: "Rút thật" }).click();
  await kept.getByText("đã rút").waitFor();
});

test("an administrator invites one person, changes role, union and unit, and everybody stays below themselves", async (t) => {
  const page = await open(t, ADMIN, "#tai-khoan");
  const who = someone();
  await page.getByLabel("Họ tên").fill(who.name);
  await page.getByLabel("Số điện thoại di động").fill("0912");
  await page.getByRole("button", { name: "Mời", exact: true }).click();
  await page.getByText("Chọn đơn vị của người này.").waitFor();
  await page.getByLabel("Đơn vị (phạm vi)").fill("bac ai tay");
  await page.getByRole("button", { name: /^Xã Bác Ái Tây/ }).click();
  await page.getByRole("button", { name: "Mời", exact: true }).click();
  await page.locator("form [role=alert]").waitFor();
  await page.getByLabel("Số điện thoại di động").fill(who.phone);
  await page.getByRole("button", { name: "Mời", exact: true }).click();
  assert.match(await page.locator("form .code").textContent(), /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  await assertAccessible(page, "account-invited");
  await page.getByLabel("Tìm tên hay đơn vị").fill(who.name);
  await page.getByText("1 tài khoản.", { exact: true }).waitFor();
  await page.getByRole("button", { name: `Sửa ${who.name}` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Vai trò").selectOption("reporter");
  await dialog.getByLabel("Đoàn thể").selectOption("none");
  await dialog.getByRole("button", { name: "Chọn đơn vị khác" }).click();
  await dialog.getByLabel("Đơn vị (phạm vi)").fill("phan rang");
  await dialog.getByRole("button", { name: /^Phường Phan Rang/ }).click();
  await dialog.getByRole("button", { name: "Ghi thay đổi" }).click();
  await dialog.getByText("Báo cáo, Phường Phan Rang").first().waitFor();
  await assertAccessible(page, "account-changed");
  // A volunteer without a union is refused in the server's words.
  await dialog.getByLabel("Vai trò").selectOption("volunteer");
  await dialog.getByRole("button", { name: "Ghi thay đổi" }).click();
  await dialog.getByRole("alert").filter({ hasText: "Đoàn Thanh niên" }).waitFor();
  await page.keyboard.press("Escape");

  const lower = await open(t, COMMANDER, "#tai-khoan");
  await lower.locator(".account", { hasText: "Hà Thử" }).getByRole("button", { name: "Sửa" }).waitFor();
  assert.equal(await lower.locator(".account", { hasText: "Quản Trị Thử" }).getByRole("button").count(), 0);
  assert.equal(await lower.locator(".account", { hasText: "Chỉ Huy Thử" }).getByRole("button").count(), 0);
  assert.ok(!(await lower.getByLabel("Vai trò").nth(1).textContent()).includes("Quản trị"));
});

test("a lost phone is told so and found again", async (t) => {
  const page = await open(t, VOLUNTEER);
  const me = (await call(page, "GET", "/me")).body;
  const device_id = crypto.randomUUID();
  const { publicKey, privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign"]);
  const base64url = (bytes) => Buffer.from(bytes).toString("base64url");
  const text = new TextEncoder().encode(["to06/device/register/v1", device_id, me.account_id].join("\n"));
  const registered = await call(page, "POST", "/devices", {
    app: "to06-web", version: "0.1.0", device_id, public_key: base64url(await crypto.subtle.exportKey("raw", publicKey)),
    signature: base64url(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, text)),
  });
  assert.ok([200, 201].includes(registered.status), JSON.stringify(registered.body));
  assert.equal((await call(page, "POST", `/devices/${device_id}/report`, { app: "to06-web", version: "0.1.0", pending: 12, oldest_pending_at: "2026-11-20T01:00:00Z", storage_free_mb: 40 })).status, 200);

  const lead = await open(t, LEAD, "#tai-khoan");
  const phones = lead.getByRole("region", { name: "Điện thoại" });
  const phone = phones.locator("li", { hasText: "12 bản ghi chờ gửi" }).first();
  await phone.getByText("Máy sắp đầy").waitFor();
  await phone.getByRole("button", { name: "Báo mất Hà Thử" }).click();
  await lead.getByLabel("Vì sao (không ghi tên)").fill("Rơi ở suối");
  await assertAccessible(lead, "phone-lost");
  await lead.getByRole("dialog").getByRole("button", { name: "Báo mất" }).click();
  await phone.getByText("mất, chờ tự xóa").waitFor();
  await phone.getByRole("button", { name: "Đã tìm thấy Hà Thử" }).click();
  await lead.getByLabel("Vì sao (không ghi tên)").fill("Người nhà giữ hộ");
  await lead.getByRole("dialog").getByRole("button", { name: "Đã tìm thấy" }).click();
  await phone.getByText("đang dùng").waitFor();
});

test("by the keyboard alone a target is set, and Escape brings back where one was", async (t) => {
  const page = await open(t, ADMIN, "#quan-ly/chi-tieu");
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  const set = page.getByRole("button", { name: "Đặt chỉ tiêu" });
  await page.getByText(/^\d+ chỉ tiêu\.$/).waitFor();
  await set.focus();
  await press("Enter");
  await page.getByRole("dialog").waitFor();
  await press("Escape");
  await page.waitForFunction(() => document.activeElement?.textContent === "Đặt chỉ tiêu");
  await press("Enter");
  await page.getByRole("dialog").getByLabel("Đơn vị", { exact: true }).focus();
  await page.keyboard.type("thon 2 phuoc binh bac ai tay");
  await press("Tab", "Enter");
  await page.getByText("Chọn đơn vị khác").waitFor();
  await page.getByLabel("Số người", { exact: true }).focus();
  await page.keyboard.type("80");
  await page.getByLabel("Nguồn: kế hoạch, công văn nào").focus();
  await page.keyboard.type("Kế hoạch 75");
  await press("Enter");
  await page.getByText("Đã ghi chỉ tiêu 80 người của Thôn 2 (Phước Bình), Xã Bác Ái Tây.").waitFor();
  await page.getByLabel("Tìm theo tên hay nguồn").fill("thon 2 phuoc binh");
  await page.getByRole("button", { name: /^Sửa Thôn 2/ }).focus();
  await press("Enter");
  await page.getByRole("button", { name: "Bỏ chỉ tiêu" }).focus();
  await press("Enter");
  await page.getByText("Đã bỏ chỉ tiêu").waitFor();
});

test("at 200 percent zoom and on a phone nothing is wider than the screen", async (t) => {
  const page = await open(t, ADMIN, "#quan-ly/chi-tieu", { viewport: { width: 720, height: 450 } });
  for (const hash of ["#quan-ly/chi-tieu", "#quan-ly/danh-sach", "#quan-ly/don-vi/8/2023-02-17", "#tai-khoan", "#giai-thich"]) {
    await goTo(page, hash);
    await page.getByText("Đang tải…").first().waitFor({ state: "detached" });
    for (const width of [720, 360, 320]) {
      await page.setViewportSize({ width, height: 640 });
      assert.equal(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0, `${hash}, ${width} px`);
    }
  }
});
