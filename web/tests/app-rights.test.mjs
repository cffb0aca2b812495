// What people at a door ask of their data, here and with the police; and a volunteer's own account. How to run it:
// booking.test.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { atWork, chooseVillage, goTo, HA, idNumber, LAN, open, opsOf, PASSWORD, PHONE, phone, readableOf, record, recordNamed, signIn, speaker, status } from "./app.mjs";
import { browserSeeing, cardOf } from "./camera.mjs";
import { assertAccessible, startBrowser } from "./pages.mjs";
import { startProgram } from "./program.mjs";

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

/** Leads the union that Hà works for, in the same commune. */
const LEAD = "0900000005";

test("whoever shows a card asks for their data; the day of the answer is told, and what becomes of it", async (t) => {
  const id = idNumber();
  const camera = await browserSeeing(t, cardOf(id, "Katơr Thị Thử"));
  const page = await camera.newPage(PHONE);
  await page.goto(`${origin}/app`);
  await signIn(page, HA);
  await chooseVillage(page);
  await goTo(page, "Tôi");
  await page.getByRole("link", { name: "Yêu cầu về dữ liệu cá nhân" }).click();
  await page.getByText("Chưa có yêu cầu nào.").waitFor();
  await page.getByRole("button", { name: "Ghi nhận yêu cầu" }).click();
  await page.getByText("Hãy chọn điều họ yêu cầu.").waitFor();
  await assertAccessible(page, "app-rights");
  await page.getByRole("button", { name: "Quét mã QR trên thẻ" }).click();
  await page.getByText("Nữ, sinh năm 1990").waitFor();
  await page.getByText("Sửa điều ghi sai").click();
  await page.getByRole("button", { name: "Ghi nhận yêu cầu" }).click();
  await page.getByText("Hãy ghi rõ, bằng lời của họ.").waitFor();
  await page.getByText("Xóa hết").click();
  await page.getByRole("button", { name: "Ghi nhận yêu cầu" }).click();
  await page.getByText(/trả lời chậm nhất ngày \d\d\/\d\d\/\d{4}/).waitFor();
  const line = page.locator(".lines li").first();
  await line.getByText("hạn trả lời").waitFor();
  await assertAccessible(page, "app-rights-received");

  const lead = await speaker(origin, LEAD);
  const { items } = await lead("GET", "/rights-requests");
  assert.equal(items.length, 1);
  await lead("POST", `/rights-requests/${items[0].rights_request_id}/settlement`, { decision: "done", answer: "Đã xóa" });
  await goTo(page, "Việc");
  await page.evaluate("location.hash = '/quyen'");
  await page.locator(".lines li").first().getByText("Đã thực hiện").waitFor();
});

test("whoever was erased is nowhere on the phone that recorded them, and is not sent anew after a restore", async (t) => {
  const { context, page } = await atWork(t, browser, origin);
  const [card, name] = [idNumber(), "Chamaléa Thị Được Quên"];
  await recordNamed(page, card, name, "Cài đặt VNeID");
  await record(page, idNumber(), "Kích hoạt mức 1");
  await status(page).getByText("Đã gửi hết").waitFor();
  assert.ok((await readableOf(page)).includes(name));

  const { rights_request_id } = await (await speaker(origin, HA))("POST", "/rights-requests", { kind: "erase", card_number: card });
  await (await speaker(origin, LEAD))("POST", `/rights-requests/${rights_request_id}/settlement`, { decision: "done", answer: "Đã xóa" });
  const read = page.waitForResponse("**/api/v1/sync/pull**");
  await status(page).click();
  await read;
  await page.waitForFunction(() => document.querySelector("header .status.complete"));
  assert.ok(!(await readableOf(page)).includes(name), "the erased person can still be read");

  // The server stands where it stood before it had heard of either.
  await context.route("**/api/v1/meta", async (route) => {
    const answer = await route.fetch();
    return route.fulfill({ response: answer, json: { ...(await answer.json()), epoch: "e-restored" } });
  });
  await context.route("**/api/v1/devices/*/statement", async (route) => {
    const answer = await route.fetch();
    const told = { complete_to: 0, highest: 2, decided: 1, held: 0, missing: 1, gaps: [{ from: 1, to: 1 }], sentence: "Thao tác 1 đến 2: 1 đã xử lý, 0 chờ duyệt, 1 thiếu." };
    return route.fulfill({ response: answer, json: { ...(await answer.json()), ...told } });
  });
  const pushes = [];
  page.on("request", (request) => request.url().endsWith("/sync/push") && pushes.push(...opsOf(request).map((op) => op.seq)));
  const asked = page.waitForResponse("**/statement");
  await status(page).click();
  await asked;
  await page.waitForFunction(() => document.querySelector("header .status.complete"));
  assert.deepEqual(pushes, [2]);
  await goTo(page, "Sổ");
  await page.getByText("Trong số thiếu có 01 thao tác về người đã xóa dữ liệu, không gửi lại.").waitFor();
  // What is left of it is shown, and taking it back begins no form with anybody in it.
  await page.locator(".lines li", { hasText: "Cài đặt VNeID" }).first().getByRole("button").first().click();
  await page.getByRole("button", { name: "Ghi nhầm — hủy bản ghi" }).click();
  await page.getByText("Nhầm bước").click();
  await page.getByRole("button", { name: "Hủy và ghi lại cho đúng" }).click();
  await page.getByRole("heading", { name: "Ghi nhận" }).waitFor();
  assert.ok(!(await readableOf(page)).includes(name));
  await context.unrouteAll({ behavior: "ignoreErrors" });
});

/** The last four digits of whoever is first on the list. */
const tailOfFirst = async (page) => /…(\d{4})/.exec(await page.locator("button.person", { hasText: "…" }).first().locator(".who").textContent())[1];

test("somebody of the village's list asks too, and without a network it says what is missing", async (t) => {
  const { context, page } = await atWork(t, browser, origin, LAN);
  const tail = await tailOfFirst(page);
  await page.evaluate("location.hash = '/quyen'");
  await page.getByText("Có trong danh sách thôn").click();
  await page.getByLabel("Tìm trong danh sách thôn").fill(tail);
  await page.locator("button.person").first().click();
  await page.locator(".picked", { hasText: `…${tail}` }).waitFor();
  await page.getByText("Xem: bản sao").click();
  await context.setOffline(true);
  await page.getByRole("button", { name: "Ghi nhận yêu cầu" }).click();
  await page.getByText("Chưa ghi nhận được.").waitFor();
  await context.setOffline(false);
  await page.getByRole("button", { name: "Ghi nhận yêu cầu" }).click();
  await page.getByText("Hãy đọc cho người yêu cầu").waitFor();
  await page.locator(".lines li", { hasText: "Xem: bản sao" }).first().getByText("Đã ghi nhận").waitFor();
});

test("what the police have wrong of somebody is reported, and its author follows it", async (t) => {
  const { page } = await atWork(t, browser, origin);
  const tail = await tailOfFirst(page);
  await goTo(page, "Tôi");
  await page.getByRole("link", { name: "Báo dữ liệu công an sai" }).click();
  await page.getByRole("button", { name: "Báo cho công an xã" }).click();
  await page.getByText("Hãy chọn một người.").waitFor();
  await page.getByLabel("Tìm trong danh sách thôn").fill(tail);
  await page.locator("button.person").first().click();
  await page.getByText("Sai số điện thoại").click();
  await page.getByLabel("Đúng là gì?").fill("Số đang dùng khác số công an có");
  await assertAccessible(page, "app-wrong-data");
  // The answer is lost: pressing again reports nothing twice.
  await page.route("**/api/v1/data-reports", async (route) => {
    await route.fetch();
    return route.abort("connectionreset");
  }, { times: 1 });
  await page.getByRole("button", { name: "Báo cho công an xã" }).click();
  await page.getByText("bấm lại không bị báo hai lần").waitFor();
  await page.getByRole("button", { name: "Báo cho công an xã" }).click();
  await page.getByText("Đã báo cho công an xã.").waitFor();
  const lines = page.locator(".lines li", { hasText: "Sai số điện thoại" });
  await lines.first().getByText("Chờ công an xã").waitFor();
  assert.equal(await lines.count(), 1);
  await assertAccessible(page, "app-wrong-data-own");
  const lead = await speaker(origin, LEAD);
  const { items: [report] } = await lead("GET", "/data-reports");
  await lead("POST", `/data-reports/${report.data_report_id}/steps`, { state: "corrected" });
  await page.reload();
  await lines.first().getByText("Đã sửa").waitFor();
});

test("a volunteer changes the password here, and signs out of every phone and browser", async (t) => {
  const own = "một câu mới rất dài";
  const { page } = await phone(t, browser, origin);
  await signIn(page, LAN);
  const { page: other } = await phone(t, browser, origin);
  await signIn(other, LAN);
  await status(other).getByText("Đã gửi hết").waitFor();
  await goTo(page, "Tôi");
  await page.getByText("Đổi mật khẩu", { exact: true }).first().click();
  const change = async (from, to) => {
    await page.getByLabel("Mật khẩu đang dùng").fill(from);
    await page.getByLabel("Mật khẩu mới").fill(to);
    await page.getByRole("button", { name: "Đổi mật khẩu" }).click();
  };
  t.after(async () => {
    const lan = await fetch(`${origin}/api/v1/sessions`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ phone: LAN, password: own }) });
    const { access_token } = await lan.json();
    await fetch(`${origin}/api/v1/me/password`, { method: "PUT", headers: { "content-type": "application/json", authorization: `Bearer ${access_token}` }, body: JSON.stringify({ current_password: own, new_password: PASSWORD }) });
  });
  await change("không phải mật khẩu", own);
  await page.getByRole("alert").waitFor();
  await change(PASSWORD, own);
  await page.getByText("Đã đổi mật khẩu.").waitFor();
  await assertAccessible(page, "app-account");
  await status(other).click();
  await other.getByText("Phiên đăng nhập đã kết thúc.").waitFor();

  await page.getByText("Đăng xuất khỏi mọi máy", { exact: true }).first().click();
  await page.getByRole("button", { name: "Đăng xuất khỏi mọi máy" }).click();
  await page.getByRole("heading", { name: "Đăng nhập tình nguyện viên" }).waitFor();
});
