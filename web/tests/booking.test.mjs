// The citizen's booking in a real browser, against the real program with the demo province:
//
//   TO06_API=../target/debug/api node --test tests/        starts it
//   TO06_ORIGIN=http://127.0.0.1:8006 node --test tests/   takes the one that runs
//
// CHROMIUM names the browser; TO06_SCREENS a folder for a picture of every view. Everybody here is
// invented; each run makes people of its own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { book, fillPerson, idNumber, LATER, onBooking, pickHour } from "./booking.mjs";
import { assertAccessible } from "./pages.mjs";

const FIRST_LOAD_MAX_BYTES = 40 * 1024;
const { origin, open } = onBooking();

/** The next call of this finds its place gone, and is told of three others. */
async function refuseOnce(page, path, slug, title) {
  const other = await page.evaluate("fetch('/api/v1/slots/nearest?service=cccd_new').then((answer) => answer.json())");
  await page.route(`**/api/v1/${path}`, (route) =>
    route.fulfill({
      status: 409,
      contentType: "application/problem+json",
      body: JSON.stringify({ type: `/problems/${slug}`, title, status: 409, instance: "urn:uuid:0", alternatives: other.slots.slice(LATER + 1, LATER + 4) }),
    }), { times: 1 });
}

test("somebody books for today, moves it, cancels it and takes the cancellation back", async (t) => {
  const page = await open(t, "/dat-lich");
  await page.locator("button.hour").first().waitFor();
  await assertAccessible(page, "find");
  await pickHour(page);
  await fillPerson(page, idNumber());
  assert.match(await page.locator("#p0-id-about").textContent(), /Nữ, sinh năm 1990/);
  await page.getByLabel("Nơi ở").selectOption({ label: "Xã Bác Ái Tây" });
  await page.getByLabel("Thôn, khu phố").selectOption({ index: 1 });
  await page.getByText("Đồng ý để lượt này").click();
  await assertAccessible(page, "who");
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  await page.getByRole("timer").waitFor();
  assert.match(await page.getByRole("timer").textContent(), /còn [1-5]:\d\d/);
  await assertAccessible(page, "hold");
  await page.getByRole("button", { name: "Xác nhận đặt lịch" }).click();
  await page.getByRole("heading", { name: "Đã đặt lịch" }).waitFor();
  await assertAccessible(page, "booked");
  const [code, secret] = await page.locator("dd.code").allTextContents();

  await page.goto(`${origin()}/lich-hen#${code}.${secret}`);
  await page.locator(".state.booked").waitFor();
  assert.equal(new URL(page.url()).hash, "", "the key does not stay in the address");
  await assertAccessible(page, "own");
  const before = await page.locator(".when").textContent();
  await page.getByRole("button", { name: "Đổi sang giờ khác" }).click();
  await page.locator("button.hour").nth(LATER + 2).click();
  await page.locator("section h2", { hasText: "Đổi sang giờ nào?" }).waitFor({ state: "detached" });
  // Told as soon as the server has answered, on a busy machine a moment later.
  await page.locator(".when", { hasNotText: before }).waitFor();

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Thêm vào lịch của máy" }).click();
  assert.equal((await download).suggestedFilename(), "lich-hen.ics");

  await page.getByRole("button", { name: "Hủy lịch hẹn" }).click();
  await assertAccessible(page, "own-sure");
  await page.getByRole("button", { name: "Giữ lịch hẹn" }).click();
  await page.locator(".state.booked").waitFor();
  await page.getByRole("button", { name: "Hủy lịch hẹn" }).click();
  await page.getByRole("button", { name: "Đúng, hủy lịch hẹn" }).click();
  await page.locator(".state.cancelled").waitFor();
  await assertAccessible(page, "cancelled");
  await page.getByRole("button", { name: "Lấy lại lịch hẹn" }).click();
  await page.locator(".state.booked").waitFor();
  await page.getByRole("button", { name: "Hủy lịch hẹn" }).click();
  await page.getByRole("button", { name: "Đúng, hủy lịch hẹn" }).click();
  await page.locator(".state.cancelled").waitFor();
});

test("what is typed wrong is said at its field, and nothing is sent", async (t) => {
  const page = await open(t, "/dat-lich");
  let sent = 0;
  await page.route("**/api/v1/holds", (route) => {
    sent += 1;
    return route.continue();
  });
  await pickHour(page);
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  assert.match(await page.locator("#p0-id-about").textContent(), /nhập số định danh 12 chữ số/);
  for (const [typed, told] of [["05819012345", /thiếu số 0/], ["123456789", /CMND cũ/], ["05819O123456", /chỉ gồm chữ số/], ["0581901234567", /đúng 12 chữ số/]]) {
    await page.getByLabel("Số định danh (12 số)").fill(typed);
    assert.match(await page.locator("#p0-id-about").textContent(), told);
  }
  assert.match(await page.locator("#p0-name-about").textContent(), /Hãy nhập họ và tên/);
  await assertAccessible(page, "who-wrong");
  assert.equal(sent, 0);
  // What only the server knows stands at its field too.
  await fillPerson(page, idNumber());
  await page.getByLabel("Họ và tên", { exact: true }).fill("Nguyễn 123");
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  await page.getByRole("button", { name: "Xác nhận đặt lịch" }).click();
  await page.getByRole("button", { name: "Sửa lại thông tin" }).click();
  assert.match(await page.locator("#p0-name-about.fault").textContent(), /\S/);
  await page.getByLabel("Họ và tên", { exact: true }).fill("Nguyễn Thị Thử");
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  await page.getByRole("button", { name: "Xác nhận đặt lịch" }).click();
  await page.getByRole("heading", { name: "Đã đặt lịch" }).waitFor();
});

test("an answer that got lost is asked for again, and books once", async (t) => {
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
  await assertAccessible(page, "lost");
  await page.getByRole("button", { name: "Gửi lại" }).click();
  await page.getByRole("heading", { name: "Đã đặt lịch" }).waitFor();
  assert.equal(await page.locator("dd.code").count(), 2, "one code, one secret");
  assert.equal(new Set(keys).size, 1, "both under one key");
});

test("whoever finds a slot full is shown others, and types nothing again", async (t) => {
  const page = await open(t, "/dat-lich");
  await pickHour(page);
  await fillPerson(page, idNumber());
  await refuseOnce(page, "holds", "slot-full", "Khung giờ này đã hết chỗ.");
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  await page.getByRole("alert").waitFor();
  await assertAccessible(page, "full");
  await page.locator(".others button.hour").first().click();
  assert.equal(await page.getByLabel("Họ và tên", { exact: true }).inputValue(), "Nguyễn Thị Thử");
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  await page.getByRole("timer").waitFor();
  await page.getByRole("button", { name: "Bỏ chỗ này" }).click();
  await page.locator("button.hour").first().waitFor();
});

test("a family books together, one code for each", async (t) => {
  const page = await open(t, "/dat-lich");
  await page.getByLabel("Số người đi cùng một lượt").selectOption("2");
  // Of the office that is open all day, whose hours hold three.
  await page.locator("button.hour").nth(LATER - 1).click();
  for (const [index, fieldset] of (await page.locator("fieldset").all()).entries()) {
    await fieldset.getByLabel("Số định danh (12 số)").fill(idNumber());
    await fieldset.getByLabel("Họ và tên", { exact: true }).fill(index === 0 ? "Nguyễn Thị Thử" : "Nguyễn Văn Thử");
  }
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  await page.getByRole("button", { name: "Xác nhận đặt lịch" }).click();
  await page.getByRole("heading", { name: "Đã đặt lịch" }).waitFor();
  assert.equal(await page.locator("dd.code").count(), 4);
});

test("a son books for his mother, who has no phone: the slip names both", async (t) => {
  const page = await open(t, "/dat-lich");
  await pickHour(page);
  await page.getByText("Tôi đặt hộ người nhà").click();
  await fillPerson(page, idNumber());
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  assert.match(await page.locator("#proxy-name-about").textContent(), /Hãy nhập họ và tên của bạn/);
  await page.getByLabel("Họ và tên của bạn").fill("Nguyễn Văn Nam");
  await page.getByLabel("Bạn là gì của người đến làm?").fill("con trai");
  await page.getByLabel("Số điện thoại của bạn").fill("123");
  assert.equal(await page.getByLabel("Số điện thoại của chính người đến").inputValue(), "", "his number is not hers");
  await assertAccessible(page, "who-for-another");
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  await page.getByText("Người đặt hộ: Nguyễn Văn Nam (con trai)").waitFor();
  await assertAccessible(page, "hold-for-another");
  await page.getByRole("button", { name: "Xác nhận đặt lịch" }).click();
  await page.getByRole("button", { name: "Sửa lại thông tin" }).click();
  await page.locator("#proxy-phone-about.fault").waitFor();
  await page.getByLabel("Số điện thoại của bạn").fill("0912 000 002");
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  await page.getByRole("button", { name: "Xác nhận đặt lịch" }).click();
  await page.getByRole("heading", { name: "Đã đặt lịch" }).waitFor();
  const [slip] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("button", { name: "In phiếu hẹn" }).click()]);
  await slip.getByText("Người nhà đặt hộ: Nguyễn Văn Nam (con trai)").waitFor();
});

test("somebody joins the waitlist, sees where they stand, and leaves", async (t) => {
  const page = await open(t, "/cho/vao");
  await page.locator("input[type=checkbox]").first().check();
  await assertAccessible(page, "join");
  await page.getByLabel("Số định danh (12 số)").fill(idNumber());
  await page.getByLabel("Số điện thoại để báo khi có chỗ").fill("0912 345 678");
  const tomorrow = await page.evaluate("new Date(Date.now() + 86400000 * 2).toISOString().slice(0, 10)");
  await page.getByLabel("Đến ngày").fill(tomorrow);
  await page.getByLabel("Sớm nhất lúc").fill("08:30");
  await page.getByLabel("Và trước").fill("08:00");
  await page.getByRole("button", { name: "Vào danh sách chờ" }).click();
  await page.locator("#to-at-about.fault").waitFor();
  await page.getByLabel("Và trước").fill("11:00");
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/api/v1/waitlist"));
  await page.getByRole("button", { name: "Vào danh sách chờ" }).click();
  const { from_min, to_min } = (await sent).postDataJSON();
  assert.deepEqual([from_min, to_min], [8 * 60 + 30, 11 * 60]);
  await page.getByRole("heading", { name: "Đã vào danh sách chờ" }).waitFor();
  await assertAccessible(page, "joined");
  await page.getByRole("link", { name: "Xem lượt chờ" }).click();
  await page.locator(".state").waitFor();
  await assertAccessible(page, "wait");
  await page.getByRole("button", { name: "Thôi không chờ nữa" }).click();
  await page.getByText("Đã thôi chờ").waitFor();
});

test("wrong codes are told alike, and a page without a network says so", async (t) => {
  const page = await open(t, "/lich-hen");
  await page.getByLabel("Mã lịch hẹn").fill("K7QM-2XRT");
  await page.getByLabel("Mã bí mật").fill("9F3K2-M7QXA");
  await page.getByRole("button", { name: "Xem", exact: true }).click();
  await page.getByText("Mã lịch hẹn hoặc mã bí mật không đúng.").waitFor();
  await assertAccessible(page, "wrong-codes");
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Xem", exact: true }).click();
  await page.getByText("Máy đang không có mạng.").waitFor();
});

test("without scripts the same address has the plain forms, and in English it speaks English", async (t) => {
  const plain = await open(t, "/dat-lich", { javaScriptEnabled: false });
  await plain.getByRole("button", { name: "Tìm chỗ trống gần nhất" }).click();
  await plain.locator(".choices a").first().click();
  await plain.getByRole("button", { name: "Giữ chỗ" }).waitFor();
  const page = await open(t, "/dat-lich");
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { name: "Book an identity-card appointment" }).waitFor();
  await page.locator("button.hour").first().waitFor();
  assert.equal(await page.locator(".office h3").first().getAttribute("lang"), "vi", "what has no English is read out as what it is");
  assert.equal(await page.locator("#service option").first().getAttribute("lang"), "vi");
  await assertAccessible(page, "find-english");
  await pickHour(page);
  await page.locator("ul.bring[lang=vi]").waitFor();
});

test("inside Zalo booking goes on, and the way to one's own browser takes the codes of a link along", async (t) => {
  const userAgent = "Mozilla/5.0 (Linux; Android 13; SM-A045F) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0 Mobile Safari/537.36 Zalo android/24100578 ZaloLanguage/vi";
  const permissions = ["clipboard-read", "clipboard-write"];
  const page = await open(t, "/dat-lich", { userAgent, permissions });
  await page.getByText("Bạn đang mở trong Zalo.").waitFor();
  await page.locator("button.hour").first().waitFor();
  await assertAccessible(page, "find-inside");
  assert.equal(await page.getByRole("link", { name: "Mở bằng Chrome" }).getAttribute("href"), `intent://${new URL(origin()).host}/dat-lich#Intent;scheme=http;action=android.intent.action.VIEW;end`);
  const link = await open(t, "/lich-hen#AAAABBBB.CCCCDDDDEE", { userAgent, permissions });
  await link.getByRole("button", { name: "Chép địa chỉ" }).click();
  await link.getByRole("button", { name: "Đã chép địa chỉ" }).waitFor();
  assert.equal(await link.evaluate("navigator.clipboard.readText()"), `${origin()}/lich-hen#AAAABBBB.CCCCDDDDEE`);
  assert.doesNotMatch(link.url() + (await link.locator("main").innerText()), /CCCCDDDDEE/, "nobody reads it over a shoulder");
  // A browser that copies nothing marks the address for its reader.
  const old = await open(t, "/dat-lich", { userAgent });
  await old.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error()); document.execCommand = () => false");
  await old.getByRole("button", { name: "Chép địa chỉ" }).click();
  await old.getByText("giữ tay vào địa chỉ").waitFor();
});

test("a phone whose clock is wrong books all the same, and a hold that ran out is held again", async (t) => {
  const page = await open(t, "/dat-lich");
  await pickHour(page);
  await fillPerson(page, idNumber());
  // The clock of a cheap phone: twenty minutes fast.
  await page.evaluate("(() => { const real = Date.now.bind(Date); window.fast = 20 * 60_000; Date.now = () => real() + window.fast; })()");
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  await page.getByRole("timer").waitFor();
  assert.match(await page.getByRole("timer").textContent(), /còn [1-5]:\d\d/);
  // Six minutes later, as far as the page can know.
  await page.evaluate("window.fast += 6 * 60_000");
  await page.getByText("Thời gian giữ chỗ đã hết.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Xác nhận đặt lịch" }).count(), 0);
  await assertAccessible(page, "hold-over");
  await page.getByRole("button", { name: "Giữ lại giờ này" }).click();
  assert.equal(await page.getByLabel("Họ và tên", { exact: true }).inputValue(), "Nguyễn Thị Thử");
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  await page.getByRole("button", { name: "Xác nhận đặt lịch" }).click();
  await page.getByRole("heading", { name: "Đã đặt lịch" }).waitFor();
});

test("whoever loses the place at the last moment is shown others beside the confirmation", async (t) => {
  const page = await open(t, "/dat-lich");
  await pickHour(page);
  await fillPerson(page, idNumber());
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  await page.getByRole("timer").waitFor();
  await refuseOnce(page, "appointments", "place-taken", "Chỗ này đã dành cho người khác.");
  await page.getByRole("button", { name: "Xác nhận đặt lịch" }).click();
  await page.locator(".others button.hour").first().waitFor();
  assert.equal(await page.getByRole("button", { name: "Xác nhận đặt lịch" }).count(), 0, "pressing again would change nothing");
  await assertAccessible(page, "taken");
  await page.locator(".others button.hour").first().click();
  assert.equal(await page.getByLabel("Họ và tên", { exact: true }).inputValue(), "Nguyễn Thị Thử");
});

test("what to bring is said before and after booking, and a booking for a later day says what is left to do", async (t) => {
  const page = await open(t, "/dat-lich");
  const inThreeDays = await page.evaluate("new Date(Date.now() + 3 * 86400000).toISOString().slice(0, 10)");
  await page.getByLabel("Từ ngày").fill(inThreeDays);
  await page.locator(".day.today").waitFor({ state: "detached" });
  await pickHour(page);
  await page.getByText("Mang theo khi đến").waitFor();
  await fillPerson(page, idNumber());
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  await page.getByRole("button", { name: "Xác nhận đặt lịch" }).click();
  await page.getByText("Còn một việc nữa.").waitFor();
  await page.getByText("Mang theo khi đến").waitFor();
  await assertAccessible(page, "booked-later");
  await page.getByRole("link", { name: "Xem, đổi hoặc hủy" }).click();
  await page.locator(".state.booked").waitFor();
  assert.equal(await page.getByRole("button", { name: "Tôi sẽ đến" }).count(), 0, "it is too early to say so");
});

test("a link that opens without a network keeps its codes, and moving goes to any day", async (t) => {
  const page = await open(t, "/dat-lich");
  const { code, secret } = await book(page, idNumber());
  await page.route("**/appointments/lookup", (route) => route.abort("connectionreset"), { times: 1 });
  await page.goto(`${origin()}/lich-hen#${code}.${secret}`);
  await page.getByText("Chưa nhận được trả lời của máy chủ.").waitFor();
  await assertAccessible(page, "own-lost");
  await page.getByRole("button", { name: "Thử lại" }).click();
  await page.locator(".state.booked").waitFor();
  await page.getByRole("button", { name: "Đổi sang giờ khác" }).click();
  const day = await page.evaluate("new Date(Date.now() + 2 * 86400000).toISOString().slice(0, 10)");
  await page.getByLabel("Từ ngày").fill(day);
  await page.locator(".day.today").waitFor({ state: "detached" });
  await page.locator("button.hour").first().waitFor();
  await assertAccessible(page, "move");
  // The answer gets lost once it is moved: sent again, it is moved once.
  const keys = [];
  await page.route("**/appointments/reschedule", async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length > 1) return route.continue();
    await route.fetch();
    return route.abort("connectionreset");
  });
  await page.locator("button.hour").first().click();
  await page.getByRole("button", { name: "Thử lại" }).click();
  await page.getByText("Đã đổi giờ.").waitFor();
  assert.equal(new Set(keys).size, 1);
  // Left open without a network, it says how old it is, and is renewed by itself.
  await page.context().setOffline(true);
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
  await page.getByText("Mất liên lạc: dưới đây là lúc").waitFor();
  await assertAccessible(page, "own-old");
  await page.context().setOffline(false);
  await page.getByText("Mất liên lạc: dưới đây là lúc").waitFor({ state: "detached" });
});

test("the waitlist says where something is missing, and a lost answer joins once", async (t) => {
  const page = await open(t, "/cho/vao");
  await page.locator("input[type=checkbox]").first().waitFor();
  await page.getByRole("button", { name: "Vào danh sách chờ" }).click();
  await page.getByText("Hãy chọn ít nhất một điểm.").waitFor();
  await page.waitForFunction("document.activeElement.type === 'checkbox'");
  await page.getByLabel("Ưu tiên").selectOption("elderly");
  await page.getByLabel("Số định danh (12 số)").fill("058200123456");
  await page.getByLabel("Số điện thoại để báo khi có chỗ").fill("0912 345 678");
  await page.locator("input[type=checkbox]").first().check();
  await page.getByRole("button", { name: "Vào danh sách chờ" }).click();
  const about = await page.locator("#class[aria-invalid=true]").getAttribute("aria-describedby");
  assert.match(await page.locator(`#${about}`).textContent(), /từ đủ 60 tuổi/, "a fault of a choice is read out with it");
  await page.getByLabel("Ưu tiên").selectOption("none");
  await assertAccessible(page, "join-faults");
  await page.locator("input[type=checkbox]").first().check();
  await page.getByLabel("Số định danh (12 số)").fill(idNumber());
  await page.getByLabel("Số điện thoại để báo khi có chỗ").fill("0912 345 678");
  let sent = 0;
  await page.route("**/api/v1/waitlist", async (route) => {
    sent += 1;
    if (sent > 1) return route.continue();
    await route.fetch();
    return route.abort("connectionreset");
  });
  await page.getByRole("button", { name: "Vào danh sách chờ" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByRole("button", { name: "Vào danh sách chờ" }).click();
  await page.getByRole("heading", { name: "Đã vào danh sách chờ" }).waitFor();
});

test("where the first look fails the page says so and is tried again", async (t) => {
  const page = await open(t, "/lich-hen");
  await page.route("**/api/v1/services", (route) => route.abort("connectionreset"), { times: 1 });
  await page.goto(`${origin()}/dat-lich`);
  await page.getByText("Hãy thử lại sau ít phút.").waitFor();
  await assertAccessible(page, "find-lost");
  await page.getByRole("button", { name: "Thử lại" }).click();
  await page.locator("button.hour").first().waitFor();
});

test("by keyboard alone a place is held", async (t) => {
  const page = await open(t, "/dat-lich");
  await page.locator("button.hour").nth(LATER).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Ai đến làm thủ tục?" }).waitFor();
  await page.getByLabel("Số định danh (12 số)").focus();
  await page.keyboard.type(idNumber());
  await page.keyboard.press("Tab");
  await page.keyboard.type("Nguyễn Thị Thử");
  await page.keyboard.press("Enter");
  await page.getByRole("timer").waitFor();
});

test("the first load is small, kept for ever under its address, and lets nothing foreign in", async () => {
  const page = await fetch(`${origin()}/dat-lich`);
  const policy = page.headers.get("content-security-policy");
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|https?:|\*/);
  const html = await page.text();
  const addresses = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((found) => found[1]);
  assert.equal(addresses.length, 2);
  let bytes = 0;
  for (const address of addresses) {
    const asset = await fetch(origin() + address);
    assert.equal(asset.status, 200);
    assert.match(asset.headers.get("cache-control"), /immutable/);
    bytes += gzipSync(Buffer.from(await asset.arrayBuffer()), { level: 9 }).length;
  }
  assert.ok(bytes < FIRST_LOAD_MAX_BYTES, `${bytes} bytes`);
  assert.equal((await fetch(`${origin()}/assets/booking.js`)).headers.get("cache-control"), "no-cache");
  assert.equal((await fetch(`${origin()}/assets/other.js`)).status, 404);
});
