// A month's report on the board, from its first figure to a correction of what was issued; how to run it:
// booking.test.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible, startBrowser } from "./pages.mjs";
import { startProgram } from "./program.mjs";

const PASSWORD = "tổ 06 dùng thử";
const COMMANDER = "0900000002";
const ADMIN = "0900000001";
const REPORTER = "0900000003";
const VOLUNTEER = "0900000007";

let browser;
let program;
let origin;
before(async () => {
  program = await startProgram();
  origin = program.origin;
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

/** Signed in on the board; every complaint of the page fails the test. */
async function open(t, phone, hash = "", options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "vi-VN", ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (line) => {
    if (line.type() === "error" && !/Failed to load resource|ERR_INTERNET_DISCONNECTED|dynamically imported/.test(line.text())) complaints.push(line.text());
  });
  t.after(() => assert.deepEqual(complaints, []));
  await page.goto(`${origin}/chi-huy${hash}`);
  await page.getByLabel("Số điện thoại").fill(phone);
  await page.getByLabel("Mật khẩu").fill(PASSWORD);
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
  await page.getByRole("button", { name: "Đăng xuất" }).waitFor();
  return page;
}

/** Speaks to the server as the page does, in its session. */
function call(page, method, path, body) {
  return page.evaluate(
    async ([method, path, body]) => {
      const headers = { "Content-Type": "application/json" };
      const answer = await fetch(`/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
      const text = await answer.text();
      return { status: answer.status, body: text ? JSON.parse(text) : undefined };
    },
    [method, path, body],
  );
}

let months = 0;

/** A period of its own for each test: months of years gone by. */
async function openPeriod(page) {
  const month = `2024-${String(++months).padStart(2, "0")}`;
  const me = await call(page, "GET", "/me");
  const body = { unit_id: me.body.unit_id, month, starts_on: `${month}-01`, ends_on: `${month}-28`, cumulative_from: "2022-01-18" };
  const made = await call(page, "POST", "/reporting-periods", body);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.period_id;
}

const goTo = (page, hash) => page.evaluate((hash) => (location.hash = hash), hash);
const valueOf = (page, name) => page.getByLabel(`Giá trị, ${name}`, { exact: true });
const ofOf = (page, name) => page.getByLabel(`Trên tổng số, ${name}`, { exact: true });
const sourceOf = (page, name) => page.getByLabel(`Nguồn, ${name}`, { exact: true });
const BIRTHS = "Đăng ký khai sinh";
const DEATHS = "Đăng ký khai tử";
const ALL = "Hồ sơ 25 dịch vụ công thiết yếu đã tiếp nhận và giải quyết";

test("a report goes from its first figure to a correction of what was issued", async (t) => {
  const page = await open(t, COMMANDER, "#bao-cao");
  await page.getByText("Chưa có kỳ báo cáo nào.").waitFor();
  await assertAccessible(page, "report-empty");

  // A period of free days.
  await page.getByLabel("Báo cáo tháng (năm-tháng)").fill("2026-11");
  await page.getByLabel("Từ ngày", { exact: true }).fill("2026-10-17");
  await page.getByLabel("Đến hết ngày").fill("2026-10-10");
  await page.getByRole("button", { name: "Mở kỳ", exact: true }).click();
  await page.getByText("Ngày cuối không trước ngày đầu, và tối đa 366 ngày.").first().waitFor();
  await page.getByLabel("Đến hết ngày").fill("2026-11-16");
  await page.getByRole("button", { name: "Mở kỳ", exact: true }).click();
  await page.getByRole("heading", { name: /Báo cáo tháng 11\/2026/ }).waitFor();

  // Figures as people write them; the percentage computes itself.
  await valueOf(page, ALL).fill("319.914");
  await ofOf(page, ALL).fill("548950");
  await page.getByText("58,28").waitFor();
  assert.ok(await page.getByRole("button", { name: "Ghi 1 số" }).isDisabled(), "a figure needs a source");
  await sourceOf(page, ALL).fill("Báo cáo 02");
  await page.getByLabel(`Nguồn ghi “hơn”, ${ALL}`).check();
  await valueOf(page, BIRTHS).fill("ba trăm");
  assert.equal(await valueOf(page, BIRTHS).getAttribute("aria-invalid"), "true");
  await valueOf(page, BIRTHS).fill("325000");
  await sourceOf(page, BIRTHS).fill("Sở Tư pháp");
  assert.equal(await valueOf(page, BIRTHS).inputValue(), "325.000");
  assert.equal(await ofOf(page, ALL).inputValue(), "548.950");
  await assertAccessible(page, "report-figures-typed");
  await page.getByRole("button", { name: "Ghi 2 số" }).click();
  await page.getByText("Đã ghi 2 số.").waitFor();
  await page.getByRole("button", { name: `Chi tiết, ${ALL}`, exact: true }).click();
  await page.getByText("hơn 319.914/548.950").waitFor();
  await assertAccessible(page, "report-figure");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await assertAccessible(page, "report-figures");

  // What does not hold together is told in a sentence, and overruled for a reason.
  await page.getByRole("button", { name: "Lũy kế" }).click();
  await valueOf(page, ALL).fill("300000");
  await ofOf(page, ALL).fill("548950");
  await sourceOf(page, ALL).fill("Báo cáo 02");
  await page.getByRole("button", { name: "Ghi 1 số" }).click();
  await page.getByText("Đã ghi 1 số.").waitFor();
  await page.getByRole("link", { name: "2. Rà soát" }).click();
  await page.getByText(/lỗi phải sửa hoặc nêu lý do trước khi chốt/).waitFor();
  await assertAccessible(page, "report-findings");
  await page.getByRole("link", { name: "4. Chốt, phát hành" }).click();
  await page.getByRole("button", { name: "Chốt số liệu" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Chốt số liệu" }).click();
  await page.getByRole("alert").filter({ hasText: "Số liệu còn lỗi chưa sửa" }).waitFor();
  await page.getByRole("link", { name: "Xem những chỗ chưa khớp" }).click();
  await page.getByRole("heading", { name: "Những chỗ số liệu chưa khớp" }).waitFor();
  for (;;) {
    const next = page.locator(".cases li", { has: page.locator(".badge.grave") }).filter({ has: page.getByRole("button", { name: "Giữ nguyên, nêu lý do" }) });
    const left = await next.count();
    if (left === 0) break;
    await next.first().getByRole("button").click();
    await page.getByLabel("Vì sao số vẫn đúng").fill("Hai nguồn khác nhau, đã đối chiếu");
    await page.getByRole("dialog").getByRole("button", { name: "Giữ nguyên", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.waitForFunction((left) => [...document.querySelectorAll(".cases li")].filter((li) => li.querySelector(".badge.grave") && li.querySelector("button")).length < left, left);
  }
  await page.getByText("Không còn lỗi nào ngăn việc chốt.").waitFor();
  await page.getByText("Giữ nguyên vì: Hai nguồn khác nhau, đã đối chiếu").first().waitFor();

  // What people write, with what stood there before.
  await page.getByRole("link", { name: "3. Phần viết" }).click();
  await page.getByRole("button", { name: "III.1. Ưu điểm" }).click();
  const words = page.getByLabel("Nội dung (không ghi tên công dân)");
  await words.fill("Các xã đã chủ động triển khai.");
  await page.getByRole("button", { name: "Ghi lại" }).click();
  await page.getByText("Đã ghi bản 1.").waitFor();
  await words.fill("Các xã đã chủ động triển khai.\nĐoàn viên, hội viên đi từng ngõ.");
  await page.getByRole("button", { name: "Ghi lại" }).click();
  await page.getByText("Đã ghi bản 2.").waitFor();
  await page.getByText("Các bản trước (1)").click();
  await assertAccessible(page, "report-texts");

  // Closed, issued, corrected, issued again.
  await page.getByRole("link", { name: "4. Chốt, phát hành" }).click();
  await page.getByText("Đoàn viên, hội viên đi từng ngõ.").waitFor();
  const [which, files] = [page.getByLabel("Bản", { exact: true }), page.getByRole("region", { name: /^Lấy về/ })];
  const take = async (name) => (await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]))[0];
  assert.equal(await which.locator("option:checked").textContent(), "bản dự thảo, chưa phát hành");
  await page.getByText("Bản dự thảo, chưa phát hành: không gửi đi thay báo cáo.").waitFor();
  await files.getByRole("heading", { name: "Lấy về: bản dự thảo, chưa phát hành" }).waitFor();
  assert.equal((await take("JSON")).suggestedFilename(), "bao-cao-2026-11-du-thao.json");
  await page.getByRole("button", { name: "Chốt số liệu" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Chốt số liệu" }).click();
  await page.getByText(/^Đã chốt/).first().waitFor();
  await page.getByRole("button", { name: "Phát hành báo cáo" }).click();
  await assertAccessible(page, "report-issue-asked");
  await page.getByRole("dialog").getByRole("button", { name: "Phát hành", exact: true }).click();
  await page.getByText("Đã phát hành 1 bản.").waitFor();
  // What was issued is what is shown and taken from then on; the draft only by who asks for it.
  await files.getByRole("heading", { name: "Lấy về: bản chính" }).waitFor();
  assert.equal(await which.inputValue(), "0");
  assert.equal((await take("JSON")).suggestedFilename(), "bao-cao-2026-11-ban-chinh.json");
  await which.selectOption("");
  await files.getByRole("heading", { name: "Lấy về: bản dự thảo, chưa phát hành" }).waitFor();
  await assertAccessible(page, "report-draft-again");
  await page.getByRole("link", { name: "1. Nhập số" }).click();
  await valueOf(page, BIRTHS).fill("3250");
  await page.getByLabel("Lý do sửa sau khi chốt").fill("Gõ thừa hai chữ số");
  await page.getByRole("button", { name: "Ghi 1 số" }).click();
  await page.getByText("Đã ghi 1 số, lần sửa thứ 1.").waitFor();
  await page.getByRole("link", { name: "4. Chốt, phát hành" }).click();
  await page.getByRole("button", { name: "Phát hành bản sửa" }).click();
  await page.getByLabel("Vì sao phát hành lại").fill("Sửa số đăng ký khai sinh");
  await page.getByRole("dialog").getByRole("button", { name: "Phát hành", exact: true }).click();
  await page.getByText("Đã phát hành 2 bản.").waitFor();
  await files.getByRole("heading", { name: "Lấy về: bản sửa 1" }).waitFor();
  assert.equal(await which.inputValue(), "1");
  await page.locator(".paper").waitFor();
  await assertAccessible(page, "report-issued");

  // Files, each under its own name.
  for (const [name, ending, begin] of [["Word (.docx)", "docx", "PK"], ["Excel (.xlsx)", "xlsx", "PK"], ["Bản ngắn gửi nhóm", "txt", ""], ["Ảnh gửi nhóm (PNG)", "png", "\x89PNG"], ["Ảnh để in (SVG)", "svg", "<svg"], ["JSON", "json", "{"]]) {
    const download = await take(name);
    assert.equal(download.suggestedFilename(), `bao-cao-2026-11-dinh-chinh-1.${ending}`);
    const chunks = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("latin1");
    assert.ok(text.length > 100 && text.startsWith(begin), `${ending}: ${text.slice(0, 20)}`);
  }
  await goTo(page, "#bao-cao");
  await page.getByText("đã chốt, 1 lần sửa").waitFor();
  await assertAccessible(page, "report-periods");
});

test("two who write the same figure, and the same text, are told, and neither is written over unseen", async (t) => {
  const page = await open(t, COMMANDER);
  const period = await openPeriod(page);
  await goTo(page, `#bao-cao/${period}`);
  await valueOf(page, BIRTHS).fill("100");
  await sourceOf(page, BIRTHS).fill("Sở Tư pháp");
  const values = [{ code: "dvc25.khai_sinh", span: "in_period", value: 200, source: "Người khác" }];
  assert.equal((await call(page, "PUT", `/reporting-periods/${period}/values`, { values })).status, 200);
  await page.getByRole("button", { name: "Ghi 1 số" }).click();
  await page.getByRole("alert").filter({ hasText: "Người khác vừa ghi số này" }).waitFor();
  await page.getByText("Số bạn gõ: 100.").waitFor();
  await assertAccessible(page, "report-passed");
  await page.getByRole("button", { name: "Giữ số của tôi" }).click();
  await page.getByRole("button", { name: "Ghi 1 số" }).click();
  await page.getByText("Đã ghi 1 số.").waitFor();
  const now = (await call(page, "GET", `/reporting-periods/${period}/values`)).body.items;
  assert.deepEqual(now.map((one) => [one.value, one.revision]), [[100, 2]]);

  await goTo(page, `#bao-cao/${period}/phan-viet`);
  const words = page.getByLabel("Nội dung (không ghi tên công dân)");
  await words.fill("Của tôi.");
  const text = { section: "work", text: "Của người khác." };
  assert.equal((await call(page, "PUT", `/reporting-periods/${period}/texts`, text)).status, 200);
  await page.getByRole("button", { name: "Ghi lại" }).click();
  await page.getByText("Của người khác.").waitFor();
  await assertAccessible(page, "report-text-passed");
  await page.getByRole("button", { name: "Giữ bản của tôi" }).click();
  await page.getByRole("button", { name: "Ghi lại" }).click();
  await page.getByText("Đã ghi bản 2.").waitFor();
});

test("a table is taken away, seen first, and brought back", async (t) => {
  const page = await open(t, COMMANDER);
  const period = await openPeriod(page);
  await goTo(page, `#bao-cao/${period}`);
  await page.getByRole("button", { name: "Tệp bảng tính" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Excel (.xlsx)" }).click()]);
  assert.match(download.suggestedFilename(), /^chi-tieu-2024-\d\d\.xlsx$/);
  const file = (rows) => ({ name: "bang.csv", mimeType: "text/csv", buffer: Buffer.from(`code,span,value,source\n${rows}\n`) });
  const bring = page.getByLabel("Tệp .xlsx hoặc .csv");
  await bring.setInputFiles(file("dvc25.khai_sinh,in_period,ba,Sở Tư pháp"));
  await page.getByRole("button", { name: "Xem trước" }).click();
  await page.getByText("1 dòng sai; chưa ghi gì.").waitFor();
  await assertAccessible(page, "report-upload");
  await bring.setInputFiles(file("dvc25.khai_sinh,in_period,1234,Sở Tư pháp\ndvc25.khai_tu,in_period,56,Sở Tư pháp"));
  await page.getByRole("button", { name: "Xem trước" }).click();
  await page.getByText("2 số sẽ đổi, 0 số giữ nguyên.").waitFor();
  await page.getByRole("button", { name: "Ghi 2 số" }).click();
  await page.getByText("Đã ghi 2 số.").waitFor();
  await page.getByRole("button", { name: "Lấy số của phần mềm" }).click();
  await page.getByText(/Đã ghi \d+ số mới/).waitFor();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.querySelector("input[aria-label='Giá trị, Đăng ký khai sinh']")?.value === "1.234");
  assert.equal(await valueOf(page, DEATHS).inputValue(), "56");
});

test("registers keep what no figure says, with everything that became of it", async (t) => {
  const page = await open(t, COMMANDER, "#so-theo-doi");
  await page.getByText("Sổ chưa có gì ở mục này.").waitFor();
  await page.getByLabel("Nội dung (không ghi tên công dân)").fill("Trang cấp thiết bị đọc mã QR cho bộ phận một cửa");
  await page.getByLabel("Cơ quan thực hiện").fill("Công an tỉnh");
  await page.getByLabel("Hạn (nếu có)").fill("2026-01-31");
  await page.getByRole("button", { name: "Ghi vào sổ" }).click();
  await page.getByText("Đã ghi vào sổ.").waitFor();
  await page.getByText("Hạn 31/01/2026, đã quá hạn").waitFor();
  await page.getByRole("region", { name: "Ghi vào sổ" }).getByLabel("Loại").selectOption("directive");
  await page.getByLabel("Nội dung (không ghi tên công dân)").fill("Kế hoạch thực hiện Đề án 06");
  await page.getByLabel("Cơ quan ban hành").fill("Công an tỉnh");
  await page.getByLabel("Số, ký hiệu").fill("73/KH-CAT-PC06");
  await page.getByRole("button", { name: "Ghi vào sổ" }).click();
  await page.locator(".cases strong", { hasText: "73/KH-CAT-PC06" }).waitFor();
  await assertAccessible(page, "registers");
  await page.getByRole("button", { name: "Xem Trang cấp thiết bị đọc mã QR cho bộ phận một cửa" }).click();
  await page.getByLabel("Nay là").selectOption("done");
  await page.getByLabel("Vì sao, kết quả gì (không ghi tên công dân)").fill("Đã cấp 65 thiết bị");
  await page.getByRole("dialog").getByRole("button", { name: "Ghi", exact: true }).click();
  await page.getByRole("dialog").getByText("Đã cấp 65 thiết bị").waitFor();
  await assertAccessible(page, "register-entry");
  await page.keyboard.press("Escape");
  await page.getByText(/^Đã xong \d\d\/\d\d\/\d{4}$/).waitFor();

  // A directive that was mistyped is corrected, and one that should not stand there is taken out.
  const directive = () => page.getByRole("button", { name: "Xem Kế hoạch thực hiện Đề án 06" });
  await directive().click();
  await page.getByRole("dialog").getByRole("button", { name: "Sửa chỗ ghi nhầm" }).click();
  await page.getByRole("dialog").getByLabel("Số, ký hiệu").fill("37/KH-CAT-PC06");
  await page.getByRole("dialog").getByLabel("Vì sao sửa").fill("Gõ nhầm số");
  await assertAccessible(page, "register-mend");
  await page.getByRole("dialog").getByRole("button", { name: "Ghi bản đúng" }).click();
  await page.getByText("Trước đó ghi: 73/KH-CAT-PC06").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Bỏ khỏi sổ" }).click();
  await page.getByLabel("Vì sao bỏ").fill("Văn bản của đơn vị khác");
  await page.getByRole("dialog").getByRole("button", { name: "Bỏ khỏi sổ" }).click();
  await page.getByText("Đã bỏ khỏi sổ; không báo cáo nào in mục này.").waitFor();
  await page.keyboard.press("Escape");
  await directive().waitFor({ state: "detached" });
  await page.getByLabel("Trạng thái").selectOption("withdrawn");
  await directive().click();
  await page.getByRole("button", { name: "Đưa lại vào sổ" }).click();
  await page.getByLabel("Vì sao đưa lại").fill("Đúng của đơn vị này");
  await page.getByRole("button", { name: "Đưa lại", exact: true }).click();
  await page.getByRole("dialog").getByText("Đưa lại vào sổ: Đúng của đơn vị này").waitFor();
});

test("without a network what was typed stays, and a view that never came is asked for again", async (t) => {
  const page = await open(t, COMMANDER, "", { viewport: { width: 360, height: 740 } });
  const period = await openPeriod(page);
  await page.route("**/assets/board-report.js*", (route) => route.abort());
  await goTo(page, `#bao-cao/${period}`);
  await page.getByText("Chưa nhận được trả lời của máy chủ.").waitFor();
  await page.unroute("**/assets/board-report.js*");
  await page.getByRole("button", { name: "Thử lại" }).click();
  await valueOf(page, BIRTHS).fill("77");
  await sourceOf(page, BIRTHS).fill("Sở Tư pháp");
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Ghi 1 số" }).click();
  await page.getByRole("alert").filter({ hasText: "Máy đang không có mạng" }).waitFor();
  await page.getByRole("link", { name: "3. Phần viết" }).click();
  await page.getByRole("link", { name: "1. Nhập số" }).click();
  await page.context().setOffline(false);
  await page.getByRole("link", { name: "2. Rà soát" }).click();
  await page.getByText("Mọi con số đều khớp nhau.").waitFor();
  await page.getByRole("link", { name: "1. Nhập số" }).click();
  assert.equal(await valueOf(page, BIRTHS).inputValue(), "77");
  await page.getByRole("button", { name: "Ghi 1 số" }).click();
  await page.getByText("Đã ghi 1 số.").waitFor();
});

test("an administrator says whose figures somebody enters", async (t) => {
  const page = await open(t, ADMIN, "#bao-cao");
  const panel = page.getByRole("region", { name: "Ai nhập số của cơ quan nào" });
  await panel.getByLabel("Người nhập số").selectOption({ index: 1 });
  await panel.getByLabel("Sở Tư pháp").check();
  await assertAccessible(page, "report-departments");
  await panel.getByRole("button", { name: "Ghi", exact: true }).click();
  await panel.getByText("Đã ghi.").waitFor();
  const reporter = await open(t, REPORTER);
  const commander = await open(t, COMMANDER);
  const period = await openPeriod(commander);
  await goTo(reporter, `#bao-cao/${period}`);
  await reporter.getByText("Tài khoản này nhập số của Sở Tư pháp.").waitFor();
  assert.ok(await valueOf(reporter, BIRTHS).isEnabled());
  assert.ok(await valueOf(reporter, ALL).isDisabled(), "another department answers for it");
  await panel.getByLabel("Sở Tư pháp").uncheck();
  await panel.getByRole("button", { name: "Ghi", exact: true }).click();
  await panel.getByText("Đã ghi: nhập số của mọi cơ quan.").waitFor();
});

test("by the keyboard alone a figure is typed and written", async (t) => {
  const page = await open(t, COMMANDER);
  const period = await openPeriod(page);
  await goTo(page, `#bao-cao/${period}`);
  await valueOf(page, BIRTHS).focus();
  await page.keyboard.type("12");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Sở Tư pháp");
  await page.getByRole("button", { name: "Ghi 1 số" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Đã ghi 1 số.").waitFor();
});

test("a volunteer is shown no reports, and the first load of the board carries none of their views", async (t) => {
  const page = await open(t, VOLUNTEER);
  await page.locator(".ranks tbody tr").first().waitFor();
  assert.equal(await page.getByRole("link", { name: "Báo cáo", exact: true }).count(), 0);
  const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name));
  assert.ok(!loaded.some((address) => address.includes("board-report")), loaded.join(" "));
});
