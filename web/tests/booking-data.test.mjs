// One's own data: what one agrees to, and asking to see, correct or erase it with the codes of an appointment; how to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { COMMANDER, PASSWORD } from "./board.mjs";
import { book, idNumber, onBooking, pickHour } from "./booking.mjs";
import { assertAccessible } from "./pages.mjs";

const { origin, open } = onBooking();

const heading = (page, name) => page.getByRole("heading", { name, level: 1 }).waitFor();
const button = (page, name) => page.getByRole("button", { name, exact: true });
const right = (page, name) => page.getByRole("radio", { name });
const stored = (page) => page.evaluate("JSON.stringify({ ...sessionStorage }) + JSON.stringify(history.state)");

/** Speaks to the server as somebody who decides. */
async function ask(method, path, body, token) {
  const answer = await fetch(`${origin()}/api/v1${path}`, { method, headers: { "Content-Type": "application/json", ...(token && { authorization: `Bearer ${token}` }) }, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
}

/** An appointment of somebody's own, and the page on which it stands. */
async function ownAppointment(t) {
  const page = await open(t, "/dat-lich");
  const codes = await book(page, idNumber());
  await page.goto(`${origin()}/lich-hen#${codes.code}.${codes.secret}`);
  await page.locator(".state.booked").waitFor();
  return { page, codes };
}

test("beside the consent stands what one agrees to, asked for when somebody wants to know", async (t) => {
  const page = await open(t, "/dat-lich");
  let asked = 0;
  await page.route("**/rights/consent-text", (route) => {
    asked += 1;
    return asked === 1 ? route.abort("connectionreset") : route.continue();
  });
  await pickHour(page);
  await page.getByLabel("Nơi ở").selectOption({ label: "Xã Bác Ái Tây" });
  await page.getByLabel("Thôn, khu phố").selectOption({ index: 1 });
  const about = page.getByText("Đồng ý là đồng ý gì?");
  await about.waitFor();
  assert.equal(asked, 0);
  await about.click();
  await page.getByText("Chưa nhận được trả lời của máy chủ.").waitFor();
  await button(page, "Thử lại").click();
  await page.getByText("không ghi ảnh, mật khẩu, mã OTP").waitFor();
  await assertAccessible(page, "who-consent");
});

test("somebody asks to have a word put right, is told until when, and takes it back", async (t) => {
  const { page, codes } = await ownAppointment(t);
  await button(page, "Dữ liệu của tôi").click();
  await heading(page, "Dữ liệu của tôi");
  await page.getByText("Chưa có yêu cầu nào.").waitFor();
  await assertAccessible(page, "data");

  let sent = 0;
  await page.route("**/api/v1/own-rights-requests", (route) => {
    sent += 1;
    return route.continue();
  });
  await button(page, "Gửi yêu cầu").click();
  await page.getByText("Hãy chọn một điều.").waitFor();
  await right(page, "Sửa điều ghi sai").check();
  await button(page, "Gửi yêu cầu").click();
  await page.getByText("Hãy ghi rõ, để biết phải làm gì.").waitFor();
  const words = page.getByLabel("Sai ở đâu, đúng là gì?");
  assert.ok(await words.evaluate((field) => field === document.activeElement));
  for (const number of ["058190000001", "058 190 000 001", "264123456"]) {
    await words.fill(`Số đúng là ${number}`);
    await page.getByText("Hãy bỏ số định danh ra").waitFor();
  }
  await assertAccessible(page, "data-wrong");
  await button(page, "Gửi yêu cầu").click();
  assert.equal(sent, 0);
  await words.fill("Số điện thoại đúng là 0912 345 678, sinh 15/03/1990");
  await page.getByText("Không ghi số định danh, mật khẩu hay mã OTP.").waitFor();
  // Nothing typed is lost by a reload, and one step back is the appointment.
  await page.reload();
  await heading(page, "Dữ liệu của tôi");
  assert.match(await words.inputValue(), /0912 345 678/);
  await button(page, "Gửi yêu cầu").click();
  await page.getByRole("heading", { name: "Đã nhận yêu cầu của bạn" }).waitFor();
  await page.getByText("Yêu cầu sửa dữ liệu đã được ghi nhận.").waitFor();
  const row = page.locator(".asked li");
  await row.getByText(/Xác nhận chậm nhất .* Trả lời chậm nhất/).waitFor();
  await row.getByText("Đã nhận", { exact: true }).waitFor();
  await assertAccessible(page, "data-asked");
  assert.doesNotMatch(await stored(page), /0912 345 678/, "what was typed is gone once it was sent");

  // The same again changes nothing, and says so.
  await button(page, "Gửi yêu cầu khác").click();
  await right(page, "Sửa điều ghi sai").check();
  await words.fill("Họ tên viết sai dấu");
  await button(page, "Gửi yêu cầu").click();
  await page.getByRole("heading", { name: "Bạn đã gửi yêu cầu này rồi" }).waitFor();
  assert.equal(await row.count(), 1);

  await button(page, "Rút yêu cầu: Sửa điều ghi sai").click();
  await page.getByRole("heading", { name: "Rút yêu cầu “Sửa điều ghi sai”?" }).waitFor();
  await assertAccessible(page, "data-take-back");
  await button(page, "Giữ yêu cầu").click();
  await button(page, "Rút yêu cầu: Sửa điều ghi sai").click();
  await button(page, "Đúng, rút yêu cầu").click();
  await row.getByText("Bạn đã rút").waitFor();
  assert.equal(await button(page, "Rút yêu cầu: Sửa điều ghi sai").count(), 0);

  await page.goBack();
  await page.locator(".state.booked").waitFor();
  await button(page, "Xóa mã khỏi máy này").click();
  await page.getByLabel("Mã lịch hẹn").waitFor();
  for (const step of ["reload", "goForward", "goBack"]) {
    await page[step]();
    await page.getByLabel("Mã lịch hẹn").waitFor();
    assert.ok(!(await page.evaluate("JSON.stringify(history.state)")).includes(codes.secret), "nor are the codes kept once they are wiped");
  }
});

test("whoever had everything erased reads the answer with the same codes", async (t) => {
  const { page: before, codes } = await ownAppointment(t);
  await button(before, "Dữ liệu của tôi").click();
  await right(before, "Xóa dữ liệu của tôi").check();
  await button(before, "Gửi yêu cầu").click();
  await before.getByRole("heading", { name: "Đã nhận yêu cầu của bạn" }).waitFor();
  const { access_token } = await ask("POST", "/sessions", { phone: COMMANDER, password: PASSWORD });
  const { requests } = await ask("POST", "/own-rights-requests/find", codes);
  await ask("POST", `/rights-requests/${requests[0].rights_request_id}/settlement`, { decision: "done", answer: "Đã xóa hết dữ liệu", identity_shown: "card" }, access_token);
  const page = await open(t, "/lich-hen");
  await page.getByLabel("Mã lịch hẹn").fill(codes.code);
  await page.getByLabel("Mã bí mật").fill(codes.secret);
  await button(page, "Xem").click();
  await page.getByRole("alert").waitFor();
  await page.getByRole("button", { name: /^Đã yêu cầu xóa dữ liệu bằng hai mã này/ }).click();
  await page.getByText("Đã xóa hết dữ liệu").waitFor();
  await page.locator(".state.done").waitFor();
  await page.getByText("chỉ xem được yêu cầu đã gửi").waitFor();
  assert.equal(await button(page, "Gửi yêu cầu").count(), 0);
  await assertAccessible(page, "data-gone");
  await page.reload();
  await page.getByText("Đã xóa hết dữ liệu").waitFor();
});

test("without a network it says so, and what was sent and not answered is asked for once", async (t) => {
  const { page } = await ownAppointment(t);
  await page.context().setOffline(true);
  await button(page, "Dữ liệu của tôi").click();
  await page.getByText("Máy đang không có mạng.").waitFor();
  await assertAccessible(page, "data-offline");
  await page.context().setOffline(false);
  await page.getByText("Chưa có yêu cầu nào.").waitFor();
  await page.route("**/api/v1/own-rights-requests", async (route) => {
    // The server has heard it; its answer gets lost on the way.
    await route.fetch();
    return route.abort("connectionreset");
  }, { times: 1 });
  await right(page, "Xem dữ liệu của tôi").check();
  await button(page, "Gửi yêu cầu").click();
  await page.getByText("Chưa nhận được trả lời của máy chủ.").waitFor();
  await button(page, "Gửi yêu cầu").click();
  await page.getByRole("heading", { name: "Đã nhận yêu cầu của bạn" }).waitFor();
  assert.equal(await page.locator(".asked li").count(), 1);
  // Left open without a network, it says how old it is.
  await page.context().setOffline(true);
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
  await page.getByText("Mất liên lạc: dưới đây là lúc").waitFor();
});

test("in English all of it is said in English", async (t) => {
  const { page } = await ownAppointment(t);
  await button(page, "Dữ liệu của tôi").click();
  await page.getByRole("button", { name: "English" }).click();
  await heading(page, "My data");
  await right(page, "Take my consent back").check();
  await assertAccessible(page, "data-english");
});
