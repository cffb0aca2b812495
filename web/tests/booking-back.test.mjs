// Back, a reload and the other language, which on a phone are a slip of the finger: nothing typed and no code is lost.
import assert from "node:assert/strict";
import { test } from "node:test";

import { book, fillPerson, idNumber, onBooking, pickHour } from "./booking.mjs";
import { assertAccessible } from "./pages.mjs";

const { origin, open } = onBooking();

const heading = (page, name) => page.getByRole("heading", { name, level: 1 }).waitFor();
const typedName = (page) => page.getByLabel("Họ và tên", { exact: true }).inputValue();
const held = (page) => page.getByRole("timer").waitFor();
const stored = (page) => page.evaluate("JSON.stringify({ ...sessionStorage }) + JSON.stringify({ ...localStorage }) + JSON.stringify(history.state)");

test("at each step of booking Back goes one step back and a reload stays, and the place stays held", async (t) => {
  const page = await open(t, "/dat-lich");
  const id = idNumber();
  await pickHour(page);
  await fillPerson(page, id);
  await page.reload();
  await heading(page, "Ai đến làm thủ tục?");
  assert.equal(await typedName(page), "Nguyễn Thị Thử");
  await page.goBack();
  await heading(page, "Đặt lịch làm thẻ Căn cước");
  await page.goForward();
  assert.equal(await page.getByLabel("Số định danh (12 số)").inputValue(), id);

  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  await held(page);
  const when = await page.locator(".when").textContent();
  await page.reload();
  await held(page);
  assert.equal(await page.locator(".when").textContent(), when);
  await page.goBack();
  await heading(page, "Ai đến làm thủ tục?");
  assert.equal(await typedName(page), "Nguyễn Thị Thử");
  await page.goBack();
  await page.getByText("đang được giữ cho bạn").waitFor();
  await assertAccessible(page, "find-held");
  await page.getByRole("button", { name: "Tiếp tục đặt" }).click();
  await page.getByRole("button", { name: "Xác nhận đặt lịch" }).click();
  await heading(page, "Đã đặt lịch");

  const codes = await page.locator("dd.code").allTextContents();
  await page.reload();
  await heading(page, "Đã đặt lịch");
  assert.deepEqual(await page.locator("dd.code").allTextContents(), codes);
  assert.doesNotMatch(await stored(page), new RegExp(id), "what was typed is gone once it is booked");
  await page.goBack();
  await heading(page, "Đặt lịch làm thẻ Căn cước");
  await assertAccessible(page, "find-booked");
  await page.getByRole("button", { name: "Xem lại các mã" }).click();
  assert.deepEqual(await page.locator("dd.code").allTextContents(), codes);
  await page.getByRole("button", { name: "Đã giữ mã, xóa khỏi máy này" }).click();
  await heading(page, "Đặt lịch làm thẻ Căn cước");
  assert.equal(await page.getByRole("button", { name: "Xem lại các mã" }).count(), 0);
  assert.ok(!(await stored(page)).includes(codes[1]), "and so are the codes once they are wiped");
});

test("another language loses nothing that was typed", async (t) => {
  const page = await open(t, "/dat-lich");
  await page.getByLabel("Số người đi cùng một lượt").selectOption("2");
  await page.locator("button.hour").first().waitFor();
  await page.locator("button.hour").nth(1).click();
  const names = ["Nguyễn Thị Thử", "Nguyễn Văn Thử"];
  for (const [index, fieldset] of (await page.locator("fieldset.person").all()).entries()) await fieldset.getByLabel("Họ và tên", { exact: true }).fill(names[index]);
  await page.getByRole("button", { name: "English" }).click();
  await heading(page, "Who comes?");
  assert.deepEqual(await Promise.all((await page.getByLabel("Full name").all()).map((one) => one.inputValue())), names);
});

test("what was typed is wiped at a press, and after a quarter of an hour by itself", async (t) => {
  const page = await open(t, "/dat-lich");
  await pickHour(page);
  await fillPerson(page, idNumber());
  await page.getByRole("button", { name: "Xóa ngay" }).click();
  assert.equal(await typedName(page), "");
  await fillPerson(page, idNumber());
  // As if it had been left alone since.
  await page.evaluate("(() => { const kept = JSON.parse(sessionStorage['to06-booking']); sessionStorage['to06-booking'] = JSON.stringify({ ...kept, at: kept.at - 16 * 60_000 }); })()");
  await page.reload();
  await heading(page, "Đặt lịch làm thẻ Căn cước");
  assert.doesNotMatch(await stored(page), /Nguyễn/);
});

test("a confirmation without an answer is sent again after a reload, and books once", async (t) => {
  const page = await open(t, "/dat-lich");
  const keys = [];
  await page.route("**/api/v1/appointments", async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length > 1) return route.continue();
    // The server has heard it; its answer gets lost on the way.
    await route.fetch();
    return route.abort("connectionreset");
  });
  await pickHour(page);
  await fillPerson(page, idNumber());
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  await page.getByRole("button", { name: "Xác nhận đặt lịch" }).click();
  await page.getByText("không bao giờ bị đặt hai lần").waitFor();
  await page.goBack();
  await page.getByText("mà chưa có trả lời").waitFor();
  await assertAccessible(page, "who-unanswered");
  await page.getByRole("button", { name: "Tiếp tục đặt" }).click();
  await page.reload();
  await page.getByText("không bao giờ bị đặt hai lần").waitFor();
  await assertAccessible(page, "lost-reloaded");
  await page.getByRole("button", { name: "Gửi lại" }).click();
  await heading(page, "Đã đặt lịch");
  assert.equal(await page.locator("dd.code").count(), 2);
  assert.equal(new Set(keys).size, 1, "both under one key");
});

test("one's own appointment stays open after a reload, and Back leaves the choice of another hour", async (t) => {
  const page = await open(t, "/dat-lich");
  const { code, secret } = await book(page, idNumber());
  await page.goto(`${origin()}/lich-hen#${code}.${secret}`);
  await page.locator(".state.booked").waitFor();
  await page.reload();
  await page.locator(".state.booked").waitFor();
  await page.getByRole("button", { name: "Đổi sang giờ khác" }).click();
  await page.locator("section h2", { hasText: "Đổi sang giờ nào?" }).waitFor();
  await page.reload();
  await page.locator("section h2", { hasText: "Đổi sang giờ nào?" }).waitFor();
  await page.goBack();
  await page.locator("section h2", { hasText: "Đổi sang giờ nào?" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Xóa mã khỏi máy này" }).click();
  await page.getByLabel("Mã lịch hẹn").waitFor();
  await page.reload();
  await page.getByLabel("Mã lịch hẹn").waitFor();
});

test("the codes of the waitlist, and what was typed for them, survive a reload", async (t) => {
  const page = await open(t, "/cho/vao");
  const id = idNumber();
  await page.locator("input[type=checkbox]").first().check();
  await page.getByLabel("Số định danh (12 số)").fill(id);
  await page.getByLabel("Số điện thoại để báo khi có chỗ").fill("0912 345 678");
  await page.reload();
  await page.locator("input[type=checkbox]:checked").waitFor();
  assert.equal(await page.getByLabel("Số điện thoại để báo khi có chỗ").inputValue(), "0912 345 678");
  await page.getByRole("button", { name: "Vào danh sách chờ" }).click();
  await heading(page, "Đã vào danh sách chờ");
  const codes = await page.locator("dd.code").allTextContents();
  await page.reload();
  await heading(page, "Đã vào danh sách chờ");
  assert.deepEqual(await page.locator("dd.code").allTextContents(), codes);
  assert.doesNotMatch(await stored(page), new RegExp(id));
  await page.getByRole("link", { name: "Xem lượt chờ" }).click();
  await page.locator(".state").waitFor();
  await page.reload();
  await page.locator(".state").waitFor();
  await page.getByRole("button", { name: "Thôi không chờ nữa" }).click();
  await page.getByText("Đã thôi chờ").waitFor();
});
