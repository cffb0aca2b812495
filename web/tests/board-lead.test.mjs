// What a lead decides about members on the board: who works which village, handing work over, and putting right what
// was recorded; how to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { ADMIN, call, COMMANDER, goTo, LEAD, onBoard, someone, VOLUNTEER } from "./board.mjs";
import { assertAccessible } from "./pages.mjs";

const open = onBoard();

const FIRST = "Thôn 1 (Phước Bình)";
const SECOND = "Thôn 2 (Phước Bình)";
const worker = (page, name) => page.locator(".worker", { hasText: name });

/** A volunteer of the lead's commune and union, as nobody knows them yet. */
async function invite(page) {
  const who = someone();
  const me = (await call(page, "GET", "/me")).body;
  const told = await call(page, "POST", "/account-invitations", `phone,name,role,mass_union,unit_id\n${who.phone},${who.name},volunteer,youth,${me.unit_id}\n`);
  assert.equal(told.body.invited, 1, JSON.stringify(told.body));
  return { ...who, account_id: told.body.lines[0].account_id };
}

async function give(page, who, ...villages) {
  await worker(page, who.name).getByRole("button", { name: "Giao thôn" }).click();
  await page.getByLabel("Tìm thôn").fill("phuoc binh");
  for (const village of villages) await page.getByRole("dialog").getByLabel(village, { exact: true }).check();
  await page.getByRole("button", { name: `Giao ${villages.length} thôn` }).click();
  await page.getByText(`${who.name} phụ trách thêm ${villages.join(", ")}.`).waitFor();
}

test("villages are given, ended and given back, and it is all told in the history", async (t) => {
  const page = await open(t, LEAD, "#quan-ly/phan-cong");
  const who = await invite(page);
  await page.reload();
  await worker(page, who.name).getByText("Chưa phụ trách thôn nào.").waitFor();
  await page.getByText(/thôn, khu phố \(tính người của đoàn, hội mình\)/).click();
  await worker(page, who.name).getByRole("button", { name: "Giao thôn" }).click();
  await page.getByText("Đang phụ trách 0, giao thêm được 20.").waitFor();
  await assertAccessible(page, "assign");
  await page.keyboard.press("Escape");
  await give(page, who, FIRST, SECOND);
  await assertAccessible(page, "assignments");
  await page.getByLabel("Tìm người hay thôn").fill("thon 2 phuoc binh");
  await worker(page, who.name).getByRole("button", { name: `Thôi giao ${SECOND} cho ${who.name}` }).click();
  await page.getByText(`${who.name} thôi phụ trách ${SECOND}.`).waitFor();
  await page.getByRole("button", { name: "Hoàn tác" }).first().click();
  await page.getByText(`${who.name} lại phụ trách ${SECOND}.`).waitFor();
  await worker(page, who.name).getByRole("button", { name: "Lịch sử" }).click();
  await page.getByRole("dialog").getByText("đang phụ trách").nth(1).waitFor();
  assert.equal(await page.getByRole("dialog").getByText("dừng bởi Bí Thư Đoàn Thử").count(), 1);
  await assertAccessible(page, "assignment-history");
});

test("work is handed over after it was seen what moves, and the handing over is undone", async (t) => {
  const page = await open(t, LEAD, "#quan-ly/phan-cong");
  const [from, to] = [await invite(page), await invite(page)];
  await page.reload();
  await give(page, from, FIRST, SECOND);
  await worker(page, from.name).getByRole("button", { name: "Bàn giao" }).click();
  const dialog = page.getByRole("dialog");
  assert.ok(!(await dialog.getByLabel("Giao cho").textContent()).includes("Lan Thử"), "a lead hands over within the own union");
  await dialog.getByLabel("Giao cho").selectOption(to.account_id);
  await dialog.getByLabel("Chỉ một số thôn, cùng người trong đó").check();
  await dialog.getByLabel(SECOND, { exact: true }).check();
  await dialog.getByLabel("Vì sao (không ghi tên công dân)").fill("Chuyển trường");
  await dialog.getByRole("button", { name: "Xem trước" }).click();
  await dialog.getByText("Sẽ chuyển (chưa ghi gì)").waitFor();
  await dialog.getByText("Sau đó người nhận có 1 trên tối đa 20 thôn.").waitFor();
  await assertAccessible(page, "hand-over");
  // What was seen is not what is asked for now.
  await dialog.getByLabel("Mọi thôn, và mọi người đang phụ trách riêng").check();
  assert.equal(await dialog.getByText("Sẽ chuyển (chưa ghi gì)").count(), 0);
  await dialog.getByRole("button", { name: "Xem trước" }).click();
  await dialog.getByText("Sau đó người nhận có 2 trên tối đa 20 thôn.").waitFor();
  await dialog.getByRole("button", { name: "Bàn giao", exact: true }).click();
  await page.getByText(`Đã bàn giao việc của ${from.name} cho ${to.name}.`).waitFor();
  await worker(page, to.name).getByText(SECOND).waitFor();
  const kept = page.getByRole("region", { name: "Đã bàn giao" }).locator("li").first();
  await kept.getByText("Chuyển trường").waitFor();
  await assertAccessible(page, "handed-over");
  await kept.getByRole("button", { name: "Hoàn tác" }).click();
  await page.getByText("Đã hoàn tác lần bàn giao: mọi thôn về người cũ.").waitFor();
  await worker(page, from.name).getByText(SECOND).waitFor();
  await kept.getByText("đã hoàn tác", { exact: true }).waitFor();
});

test("whoever was stopped with work left stands out, and their work goes on with somebody else", async (t) => {
  const page = await open(t, LEAD, "#quan-ly/phan-cong");
  const [gone, next] = [await invite(page), await invite(page)];
  await page.reload();
  await give(page, gone, FIRST);
  await page.getByRole("link", { name: "Tài khoản" }).click();
  await page.getByRole("button", { name: `Sửa ${gone.name}` }).click();
  await page.getByRole("button", { name: "Dừng tài khoản" }).click();
  await page.getByText("mọi phiên đăng nhập chấm dứt ngay").waitFor();
  await page.getByRole("link", { name: "bàn giao cho người khác" }).click();
  const stranded = page.getByRole("region", { name: "Đã nghỉ mà còn việc" });
  await stranded.getByText(gone.name).first().waitFor();
  await assertAccessible(page, "stranded");
  await stranded.locator("li", { hasText: gone.name }).getByRole("button", { name: "Bàn giao" }).click();
  await page.getByLabel("Giao cho").selectOption(next.account_id);
  await page.getByLabel("Vì sao (không ghi tên công dân)").fill("Đã nghỉ");
  await page.getByRole("button", { name: "Xem trước" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Bàn giao", exact: true }).click();
  await page.getByText(`Đã bàn giao việc của ${gone.name} cho ${next.name}.`).waitFor();
  await stranded.locator("li", { hasText: gone.name }).waitFor({ state: "detached" });
  await worker(page, next.name).getByText(FIRST).waitFor();
  // So does whoever is no volunteer any more.
  const admin = await open(t, ADMIN);
  assert.equal((await call(admin, "PATCH", `/accounts/${next.account_id}`, { role: "reporter" })).status, 200);
  await page.reload();
  await stranded.locator("li", { hasText: next.name }).getByText("không còn là tình nguyện viên").waitFor();
});

let ids = 0;

/** An id in the order of time, as phones mint them. */
function mint() {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}

/** Somebody records an install in a village of theirs, or something else, with that verdict. */
async function record(page, more = {}, verdict = "applied") {
  const me = (await call(page, "GET", "/me")).body;
  const villages = (await call(page, "GET", `/units?level=village&within=${me.unit_id}&limit=50`)).body.items;
  const village = villages.find((one) => one.name === FIRST);
  const now = new Date().toISOString();
  const id_number = `0581902${String(Math.floor(Math.random() * 9e4) + ++ids).padStart(5, "0")}`;
  const operation = {
    op_id: mint(), kind: "record", author_id: me.account_id, recorded_at: now, clock_offset_ms: 0, clock_offset_age_s: 0,
    village_id: village.unit_id, stage: "installed", device_holder: "own", subject: { kind: "plain", id_number }, consent: { method: "spoken" }, ...more,
  };
  const told = await call(page, "POST", "/records", { device_id: crypto.randomUUID(), client_time: now, operation });
  assert.equal(told.body.result, verdict, JSON.stringify(told.body));
}

/** Waits until so many records of the first village are recognised. */
function counted(page, many) {
  return page.waitForFunction(([first, many]) => [...document.querySelectorAll("tr")].filter((row) => row.textContent.includes(first) && row.textContent.includes("được công nhận")).length === many, [FIRST, many]);
}

/** Opens the record that was taken back, and is still, for that reason. */
async function openVoided(page, reason) {
  const dialog = page.getByRole("dialog");
  await page.getByLabel("Hiện", { exact: true }).selectOption("voided");
  for (const row of await page.locator("tr", { hasText: "đã hủy hoặc sửa" }).getByRole("button").all()) {
    await row.click();
    await dialog.getByText("Đã làm gì với bản ghi này").waitFor();
    if (await dialog.locator("li", { hasText: reason }).filter({ hasNotText: "Khôi phục" }).count()) return;
    await page.keyboard.press("Escape");
  }
  assert.fail(`nothing was taken back for “${reason}”`);
}

test("a record is corrected and let stand again, taken back and let stand again, each with its reason", async (t) => {
  const author = await open(t, VOLUNTEER);
  await record(author);
  const page = await open(t, LEAD, "#quan-ly/ban-ghi");
  await page.getByText("Chọn một thành viên").waitFor();
  await page.getByLabel("Tìm tên").fill("ha thu");
  await page.getByRole("button", { name: /^Hà Thử/ }).click();
  const standing = page.locator("tr", { hasText: FIRST }).filter({ hasText: "được công nhận" });
  await standing.first().waitFor();
  await assertAccessible(page, "records");
  const before = await standing.count();
  await standing.first().getByRole("button").click();
  const dialog = page.getByRole("dialog");
  assert.ok(await dialog.getByRole("button", { name: "Ghi bản sửa" }).isDisabled(), "nothing is changed yet");
  await dialog.getByRole("button", { name: "Chọn đơn vị khác" }).click();
  await dialog.getByLabel("Thôn, khu phố").fill("thon 2 phuoc binh");
  await dialog.getByRole("button", { name: SECOND }).click();
  await dialog.getByLabel("Bước").selectOption("level1_activated");
  await dialog.getByLabel(/^Vì sao/).fill("Nhầm thôn và bước");
  await assertAccessible(page, "record-correct");
  await dialog.getByRole("button", { name: "Ghi bản sửa" }).click();
  await page.getByText("Đã sửa: bản mới đứng thay bản cũ").waitFor();
  const corrected = page.locator("tr", { hasText: SECOND }).filter({ hasText: "Kích hoạt mức 1" }).filter({ hasText: "được công nhận" });
  await corrected.first().waitFor();

  // What was done to it is told on both.
  await corrected.first().getByRole("button").click();
  await dialog.getByRole("button", { name: "Xem bản cũ" }).click();
  await dialog.getByText("Nhầm thôn và bước").first().waitFor();
  await dialog.getByRole("button", { name: "Khôi phục bản ghi" }).waitFor();
  await assertAccessible(page, "record-history");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Hoàn tác" }).click();
  await page.getByText("Đã hoàn tác: bản cũ lại có hiệu lực.").waitFor();
  await counted(page, before);

  await standing.first().getByRole("button").click();
  await dialog.getByRole("button", { name: "Hủy", exact: true }).click();
  await dialog.getByLabel(/^Vì sao/).fill("Ghi thử");
  await dialog.getByRole("button", { name: "Hủy bản ghi" }).click();
  await page.getByText("Đã hủy bản ghi: không tính nữa.").waitFor();
  await counted(page, before - 1);
  await openVoided(page, "Ghi thử");
  await dialog.getByLabel(/^Vì sao/).fill("Công dân xác nhận là đúng");
  await dialog.getByRole("button", { name: "Khôi phục bản ghi" }).click();
  await page.getByText("Đã khôi phục: bản ghi lại có hiệu lực").waitFor();
});

test("a visit's outcome is corrected, and what its author took back stays so", async (t) => {
  const author = await open(t, VOLUNTEER);
  const me = (await call(author, "GET", "/me")).body;
  const person_id = crypto.randomUUID();
  await record(author, { kind: "visit", stage: undefined, device_holder: undefined, outcome: "no_signal", name: "Người Thử", birth_year: 1990, subject: { kind: "provisional", person_id } });
  const own = mint();
  await record(author, { op_id: own });
  const now = new Date().toISOString();
  const taken = await call(author, "POST", "/records", { device_id: crypto.randomUUID(), client_time: now, operation: { op_id: crypto.randomUUID(), kind: "void", author_id: me.account_id, recorded_at: now, clock_offset_ms: 0, clock_offset_age_s: 0, target_op_id: own, reason: "Nhầm người" } });
  assert.equal(taken.body.result, "applied", JSON.stringify(taken.body));

  const page = await open(t, LEAD, "#quan-ly/ban-ghi");
  await page.getByLabel("Tìm tên").fill("ha thu");
  await page.getByRole("button", { name: /^Hà Thử/ }).click();
  await page.locator("tr", { hasText: "Lượt vận động: Không có sóng" }).filter({ hasText: "có hiệu lực" }).first().getByRole("button").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Kết quả").selectOption("no_smartphone");
  await dialog.getByLabel(/^Vì sao/).fill("Hỏi lại hàng xóm");
  await dialog.getByRole("button", { name: "Ghi bản sửa" }).click();
  await page.locator("tr", { hasText: "Lượt vận động: Không có điện thoại thông minh" }).first().waitFor();
  await openVoided(page, "Nhầm người");
  await dialog.getByText("Chính người ghi đã hủy nên không ai khôi phục được").waitFor();
  assert.equal(await dialog.getByRole("button", { name: "Khôi phục bản ghi" }).count(), 0);
});

test("by the keyboard alone a village is given; nothing is wider than a phone at 200 percent", async (t) => {
  const page = await open(t, COMMANDER, "#quan-ly/phan-cong");
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  await worker(page, "Minh Thử").getByRole("button", { name: "Giao thôn" }).focus();
  await press("Enter");
  await page.getByRole("dialog").getByRole("checkbox").first().focus();
  await press("Space");
  await page.getByRole("button", { name: "Giao 1 thôn" }).focus();
  await press("Enter");
  await page.getByText("Minh Thử phụ trách thêm").waitFor();
  await worker(page, "Minh Thử").locator(".chip-end").first().focus();
  await press("Enter");
  await page.getByText("Minh Thử thôi phụ trách").waitFor();
  for (const hash of ["#quan-ly/phan-cong", "#quan-ly/ban-ghi"]) {
    await goTo(page, hash);
    await page.getByLabel(/^Tìm/).first().waitFor();
    for (const width of [720, 360, 320]) {
      await page.setViewportSize({ width, height: 640 });
      assert.equal(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0, `${hash}, ${width} px`);
    }
  }
});

test("single people are given to a volunteer from a worklist, and given back", async (t) => {
  const page = await open(t, LEAD, "#quan-ly/phan-cong");
  const name = `Chị ${someone().name}`;
  const me = (await call(page, "GET", "/me")).body;
  const text = `Họ tên,Năm sinh,Thôn,Xã\n${name},1990,${FIRST},Xã Bác Ái Tây\n`;
  const query = `unit_id=${me.unit_id}&list_name=${encodeURIComponent("Danh sách giao người")}&list_source=CV&listed_on=2026-11-01`;
  const told = await call(page, "POST", `/rosters?${query}`, text, { "Idempotency-Key": crypto.randomUUID() });
  assert.equal(told.body.new, 1, JSON.stringify(told.body));
  await worker(page, "Hà Thử").getByRole("button", { name: "Giao từng người" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Thôn, khu phố").selectOption({ label: FIRST });
  await dialog.locator("#care-list option[value=not_contacted]").waitFor({ state: "attached" });
  await dialog.getByLabel("Danh sách việc").selectOption("not_contacted");
  for (;;) {
    await dialog.locator(".cases li").first().waitFor();
    if (await dialog.locator("li", { hasText: name }).count()) break;
    const first = await dialog.locator(".cases li").first().textContent();
    await dialog.getByRole("button", { name: "Trang sau" }).click();
    await page.waitForFunction((first) => document.querySelector("dialog .cases li") && document.querySelector("dialog .cases li").textContent !== first, first);
  }
  const row = dialog.locator("li", { hasText: name });
  await row.getByRole("button", { name: "Giao" }).click();
  await dialog.getByText(`Hà Thử lo cho ${name}.`).waitFor();
  await row.getByText("đã giao").waitFor();
  await assertAccessible(page, "caretaker");
  await dialog.getByRole("button", { name: "Hoàn tác" }).click();
  await dialog.getByText("lại do người phụ trách thôn lo").waitFor();
  await row.getByRole("button", { name: "Giao" }).waitFor();
});

test("a signal leads to its records, where they are put right", async (t) => {
  const author = await open(t, VOLUNTEER);
  const recorded_at = new Date().toISOString();
  for (let one = 0; one < 4; one++) await record(author, { recorded_at });
  const page = await open(t, LEAD, "#xem-xet");
  const me = (await call(page, "GET", "/me")).body;
  const today = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
  const found = await call(page, "POST", "/signal-runs", { from: today, to: today, within: me.unit_id });
  assert.equal(found.status, 200, JSON.stringify(found.body));
  await page.reload();
  await page.getByText("Thấy dấu hiệu thì làm gì?").click();
  await page.locator(".cases li", { hasText: "cùng một giây" }).first().getByRole("button", { name: "Trả lời" }).click();
  await page.getByText(/^Xem \d+ bản ghi$/).click();
  await assertAccessible(page, "signal-records");
  await page.getByRole("link", { name: "Bản ghi 1", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Đã cài VNeID" });
  await dialog.getByRole("button", { name: "Hủy", exact: true }).click();
  await dialog.getByLabel(/^Vì sao/).fill("Ghi hộ cả tổ trong một giây");
  await dialog.getByRole("button", { name: "Hủy bản ghi" }).click();
  await page.getByText("Đã hủy bản ghi: không tính nữa.").waitFor();
  await page.getByRole("button", { name: "Hoàn tác" }).click();
  await page.getByText("Đã khôi phục bản ghi.").waitFor();
});

test("what was sent for a village elsewhere is approved in the right one", async (t) => {
  const author = await open(t, VOLUNTEER);
  const elsewhere = (await call(author, "GET", "/units?level=village&q=phu+tho&limit=1")).body.items[0];
  const held = mint();
  await record(author, { op_id: held, village_id: elsewhere.unit_id }, "held");
  const page = await open(t, LEAD, "#xem-xet");
  // What waits is a table too, for whoever has to be asked about it.
  await page.getByRole("button", { name: "Lấy bảng (CSV, Excel) Bản ghi chờ duyệt" }).click();
  await page.getByRole("dialog").getByLabel(/^Để làm gì/).fill("Họp giao ban");
  const taken = page.waitForEvent("download");
  await page.getByRole("dialog").getByRole("button", { name: "CSV" }).click();
  assert.match((await taken).suggestedFilename(), /^cho-duyet-.*\.csv$/);
  await page.keyboard.press("Escape");
  await page.locator(".cases li", { hasText: "Gửi cho một thôn ngoài phạm vi của bạn" }).last().getByRole("button", { name: "Xem và quyết định" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("ngoài phạm vi của bạn (đơn vị số").waitFor();
  await dialog.getByText("ghi một bước").waitFor();
  await dialog.getByText("Mọi trường như máy đã gửi").click();
  await dialog.getByText("clock_offset_ms").waitFor();
  await dialog.getByLabel(/^Thôn đúng/).fill("thon 3 phuoc binh");
  await dialog.getByRole("button", { name: /^Thôn 3 \(Phước Bình\)/ }).click();
  await dialog.getByLabel("Lý do (không ghi tên)").fill("Chọn nhầm thôn");
  await assertAccessible(page, "held-decide");
  await dialog.getByRole("button", { name: "Duyệt", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  const told = await call(page, "GET", `/records/${held}`);
  assert.equal(told.status, 200, JSON.stringify(told.body));
  const villages = (await call(page, "GET", `/units/${told.body.act.village_id}`)).body;
  assert.equal(villages.unit.name, "Thôn 3 (Phước Bình)");
});

test("limits on booking are lifted for a citizen and for a helper, by whoever may", async (t) => {
  const page = await open(t, LEAD, "#tai-khoan");
  const lift = page.getByRole("region", { name: "Gỡ hạn chế đặt lịch" });
  await lift.getByText("Gỡ thì được gì?").click();
  const id = lift.getByLabel("Số định danh (12 số)");
  await id.fill("123456789");
  await lift.getByLabel("Vì sao gỡ (không ghi tên)").fill("Con ốm, đã gặp trực tiếp");
  await lift.getByRole("button", { name: "Gỡ hạn chế" }).click();
  await lift.getByText(/số CMND cũ 9 số/).waitFor();
  await assertAccessible(page, "lift");
  await id.fill(`0581901${String(Math.floor(Math.random() * 1e5)).padStart(5, "0")}`);
  await lift.getByRole("button", { name: "Gỡ hạn chế" }).click();
  await lift.getByText("Người này tự đặt được đến").waitFor();
  assert.equal(await id.inputValue(), "", "the number does not stay");

  await page.getByRole("button", { name: "Sửa Hà Thử" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Gỡ hạn chế đặt lịch giúp").click();
  await dialog.getByLabel("Trong bao nhiêu giờ").fill("48");
  await dialog.getByLabel("Vì sao gỡ (không ghi tên)").fill("Ngày hội ở thôn");
  const told = page.waitForResponse("**/booking-limits/lifts");
  await dialog.getByRole("button", { name: "Gỡ hạn chế", exact: true }).click();
  assert.equal((await told).status(), 201);
  await dialog.getByText("Hà Thử đặt giúp không bị hạn chế đến").waitFor();
  await assertAccessible(page, "lift-account");

  // An administrator keeps accounts and lifts nothing.
  const admin = await open(t, ADMIN, "#tai-khoan");
  await admin.locator(".account", { hasText: "Hà Thử" }).getByRole("button", { name: "Sửa" }).click();
  await admin.getByRole("dialog").waitFor();
  assert.equal(await admin.getByText("Gỡ hạn chế", { exact: false }).count(), 0);
});
