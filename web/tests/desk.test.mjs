// The desk in a real browser, against the real program with the demo province; how to run it:
// booking.test.mjs.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { OFFICE, OFFICER, callUntil, idNumber, issue, mine, nextDesk, onDesk, said, scan, serve, signIn } from "./desk.mjs";
import { assertAccessible } from "./pages.mjs";

const VOLUNTEER = "0900000007";
const FIRST_LOAD_MAX_BYTES = 60 * 1024;

const { ask, atDesk, book, open, origin } = onDesk();

test("an officer signs in, chooses an office, and works by keys alone", async (t) => {
  const page = await open(t);
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).waitFor();
  await assertAccessible(page, "desk-sign-in");
  await signIn(page);
  await page.getByRole("heading", { name: "Hôm nay ngồi ở đâu?" }).waitFor();
  await assertAccessible(page, "desk-offices");
  await page.getByRole("button", { name: OFFICE }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Người mới đến" }).waitFor();
  await assertAccessible(page, "desk-empty");
  await page.evaluate("document.activeElement.blur()");
  await issue(page);
  // Without a number over the desk nobody can be sent there: it is asked for, once.
  await page.keyboard.press("n");
  await page.getByLabel("Số trên quầy, từ 1 đến 99").waitFor();
  await page.keyboard.type(String(nextDesk()));
  await page.keyboard.press("Enter");
  await page.locator(".mine .big.called").waitFor();
  const called = await mine(page).textContent();
  await assertAccessible(page, "desk-called");
  await page.keyboard.press("b");
  await page.getByRole("button", { name: "Xong, ghi kết quả" }).waitFor();
  await assertAccessible(page, "desk-serving");
  await page.keyboard.press("x");
  await page.getByRole("dialog").waitFor();
  await assertAccessible(page, "desk-result");
  await page.keyboard.press("3");
  await page.getByRole("dialog").getByText("Thiếu giấy tờ").waitFor();
  await page.keyboard.press("1");
  await page.locator("#ended ~ ul li", { hasText: called }).getByText("Chưa nhận: thiếu giấy tờ").waitFor();
  // A mistake is taken back, and the same desk calls the same person again.
  await page.keyboard.press("z");
  await said(page, `Đã hoàn tác: ${called}`);
  await callUntil(page, called);
  await serve(page);
  await page.keyboard.press("?");
  await page.getByRole("heading", { name: "Phím tắt" }).waitFor();
  await assertAccessible(page, "desk-keys");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("a scanner is told from fingers: a slip checks in from anywhere, and no letter of it does anything else", async (t) => {
  const { page } = await atDesk(t);
  const code = await book("Nguyễn Thị Thử Quét");
  await scan(page, `TO06:${code.replace("-", "")}`);
  await page.locator(".given .big").waitFor();
  assert.match(await page.locator(".given .big").textContent(), /^A\d{3}$/);
  await assertAccessible(page, "desk-ticket");
  assert.equal(await page.getByRole("dialog").count(), 0);
  await scan(page, `TO06:${code.replace("-", "")}`);
  await page.getByText("Lịch hẹn này không còn chờ người đến").waitFor();
  await assertAccessible(page, "desk-refused");
});

test("whoever is scanned while the page works has a turn after it, and waits while a refusal is read", async (t) => {
  const { page } = await atDesk(t);
  const [first, second, stranger] = [await book("Trần Văn Thử Trước"), await book("Trần Văn Thử Sau"), idNumber()];
  const door = page.getByLabel("Quét phiếu, gõ mã hẹn, số thẻ hoặc tên");
  /** The answer of the next check-in comes when this is called. */
  const slowAnswer = async () => {
    let answer;
    const asked = new Promise((resolve) => (answer = resolve));
    await page.route("**/desk/check-ins", async (route) => {
      await asked;
      return route.continue();
    }, { times: 1 });
    return answer;
  };
  const goOn = await slowAnswer();
  await door.fill(first);
  await page.keyboard.press("Enter");
  await page.evaluate("document.activeElement.blur()");
  await scan(page, `TO06:${second.replace("-", "")}`);
  await page.getByText("Còn 1 lượt vừa quét hoặc gõ đang đợi.").waitFor();
  goOn();
  await page.locator(".tickets").getByText("Trần Văn Thử Trước").waitFor();
  await page.locator(".tickets").getByText("Trần Văn Thử Sau").waitFor();
  const refuse = await slowAnswer();
  await door.fill(first);
  await page.keyboard.press("Enter");
  await door.fill(stranger);
  await page.keyboard.press("Enter");
  assert.equal(await door.inputValue(), "", "the field is free for the next one");
  refuse();
  await page.getByText("Lịch hẹn này không còn chờ người đến").waitFor();
  await page.getByText("ghi nhận tiếp khi đã xem xong thông báo").waitFor();
  await assertAccessible(page, "desk-in-line");
  await page.locator(".door").getByRole("button", { name: "Đã hiểu" }).click();
  await page.locator(".door").getByRole("button", { name: "Phát phiếu không hẹn" }).waitFor();
  await page.getByText("lượt vừa quét hoặc gõ").waitFor({ state: "detached" });
});

test("somebody is found by name without diacritics, by code and by card; a stranger's card leads to a ticket", async (t) => {
  const { page } = await atDesk(t);
  const [byName, byCode, byCard, byLetters] = ["Trần Thị Thử Tìm", "Lê Văn Thử Mã", "Phạm Thị Thử Thẻ", "Chamaléa Thị Thử Chữ"];
  const card = idNumber();
  await book(byLetters);
  await book(byName);
  const code = await book(byCode);
  await book(byCard, card);
  const door = page.getByLabel("Quét phiếu, gõ mã hẹn, số thẻ hoặc tên");
  await page.keyboard.press("/");
  await door.fill("thu tim");
  await page.keyboard.press("Enter");
  await page.locator(".door .short").getByText(byName).waitFor();
  await assertAccessible(page, "desk-found");
  await page.locator(".door").getByRole("button", { name: "Đã đến" }).first().click();
  await page.locator(".given .big").waitFor();
  const tickets = page.locator(".tickets");
  await tickets.getByText(byName).waitFor();
  await door.fill(code.toLowerCase());
  await page.keyboard.press("Enter");
  await tickets.getByText(byCode).waitFor();
  // Eight letters may be a code as well as a name; with a hyphen they are nobody's name.
  await door.fill("chamalea");
  await page.keyboard.press("Enter");
  await page.locator(".door .short").getByText(byLetters).waitFor();
  await door.fill("kqmf-abcd");
  const asked = page.waitForRequest("**/desk/check-ins");
  await page.keyboard.press("Enter");
  await asked;
  await page.getByRole("button", { name: "Đã hiểu" }).click();
  await page.getByText("Mang thai").first().click();
  await door.fill(card);
  await page.keyboard.press("Enter");
  await tickets.locator("li", { hasText: byCard }).getByText("Mang thai").waitFor();
  const stranger = idNumber();
  await door.fill(stranger);
  await page.keyboard.press("Enter");
  await page.locator(".door").getByRole("button", { name: "Phát phiếu không hẹn" }).click();
  assert.equal(await page.getByLabel("Số định danh (12 số)").inputValue(), stranger);
  await page.getByRole("dialog").getByRole("button", { name: "Phát phiếu", exact: true }).click();
  await page.getByText("Hãy nhập họ và tên.").waitFor();
  await assertAccessible(page, "desk-walk-in");
  await page.getByLabel("Họ và tên").fill("Võ Thị Thử Lạ");
  await page.getByRole("dialog").getByRole("button", { name: "Phát phiếu", exact: true }).click();
  await tickets.getByText("Võ Thị Thử Lạ").waitFor();
});

test("whoever has an appointment elsewhere is told where, and served here if they wish", async (t) => {
  const { page } = await atDesk(t);
  const card = idNumber();
  const { office, slot } = await elsewhere();
  const hold = await ask("POST", "/holds", { office_id: slot.office_id, starts_at: slot.starts_at, service_code: "cccd_new", device_id: randomUUID(), id_numbers: [card] });
  await ask("POST", "/appointments", { hold_token: hold.hold_token, service_code: "cccd_new", visitors: [{ id_number: card, name: "Bùi Thị Thử Xa" }] });
  await page.getByLabel("Quét phiếu, gõ mã hẹn, số thẻ hoặc tên").fill(card);
  await page.keyboard.press("Enter");
  await page.locator(".door .notice").getByText(office.name).waitFor();
  await page.getByRole("button", { name: "Chuyển lịch hẹn đó về đây" }).click();
  await page.getByLabel("Họ và tên").fill("Bùi Thị Thử Xa");
  await page.getByRole("dialog").getByRole("button", { name: "Phát phiếu", exact: true }).click();
  await page.locator(".tickets").getByText("Bùi Thị Thử Xa").waitFor();
});

/** A free slot of another day, in an office that is not the officer's. */
async function elsewhere() {
  const { items } = await ask("GET", "/offices?limit=200");
  const office = items.find((one) => one.name.includes("Bác Ái"));
  const { days } = await ask("GET", `/offices/${office.office_id}/days`);
  for (const { on } of days.filter((one) => one.open).slice(1)) {
    const { slots } = await ask("GET", `/offices/${office.office_id}/slots?on=${on}`);
    const slot = slots.find((one) => one.free_unverified > 0);
    if (slot) return { office, slot };
  }
  return assert.fail("nothing is free there");
}

test("two desks never call the same person, and each sees what the other does", async (t) => {
  const [{ page: one, desk }, { page: two }] = [await atDesk(t), await atDesk(t)];
  const numbers = [await issue(one), await issue(one)];
  await callUntil(one, numbers[0]);
  await callUntil(two, numbers[1]);
  await two.locator("#others ~ ul").getByText(`Quầy ${desk} · đang gọi`).waitFor();
  await one.keyboard.press("b");
  await two.locator("#others ~ ul").getByText(`Quầy ${desk} · đang làm`).waitFor();
  // Parked, back, sent to the other desk.
  await two.keyboard.press("t");
  await two.getByRole("dialog").getByText("Về lấy giấy tờ").waitFor();
  await two.keyboard.press("1");
  await two.locator("#parked ~ ul").getByText("Về lấy giấy tờ").waitFor();
  await assertAccessible(two, "desk-parked");
  await two.locator("#parked ~ ul li", { hasText: numbers[1] }).getByRole("button", { name: "Đã quay lại" }).click();
  await callUntil(two, numbers[1]);
  await two.keyboard.press("c");
  await two.getByLabel("Quầy số (bỏ trống: quầy nào cũng được)").fill(String(desk));
  await two.getByRole("dialog").getByRole("button", { name: "Chuyển", exact: true }).click();
  await said(two, `Đã chuyển ${numbers[1]}`);
  await one.locator(".tickets li", { hasText: numbers[1] }).getByText(`chỉ quầy ${desk}`).waitFor();
});

test("a lost answer is asked for again and calls one person once; without a network the desk says how old it is", async (t) => {
  const { page, desk } = await atDesk(t);
  await issue(page);
  const keys = [];
  await page.route("**/desk/calls", async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length > 1) return route.continue();
    // The server has heard it; its answer gets lost on the way.
    await route.fetch();
    return route.abort("connectionreset");
  });
  await page.getByRole("button", { name: "Gọi người tiếp theo" }).click();
  await page.getByRole("button", { name: "Gửi lại" }).click();
  await said(page, `đến quầy ${desk}`);
  assert.equal(new Set(keys).size, 1, "both under one key");
  await page.context().setOffline(true);
  await page.locator(".line.lost").waitFor();
  assert.match(await page.locator(".line.lost").textContent(), /Máy không có mạng, số liệu lúc \d\d:\d\d/);
  await assertAccessible(page, "desk-offline");
  await page.context().setOffline(false);
  await page.locator(".line.good").waitFor();
});

test("the day's list shows who is to come and lets them in", async (t) => {
  const { page } = await atDesk(t);
  const code = await book("Hồ Thị Thử Lịch", idNumber(), { proxy: { name: "Hồ Văn Nam", relation: "con trai" } });
  await page.getByRole("link", { name: "Lịch hôm nay" }).click();
  const row = page.locator("tr", { hasText: code });
  await row.getByRole("button", { name: "Đã đến" }).waitFor({ timeout: 90_000 });
  await row.getByText("Người nhà đặt hộ: Hồ Văn Nam (con trai)").waitFor();
  await assertAccessible(page, "desk-day");
  const [sheet] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("link", { name: "In danh sách" }).click()]);
  await sheet.getByText("Hồ Thị Thử Lịch").first().waitFor();
  await assertAccessible(sheet, "desk-sheet");
  await sheet.close();
  await row.getByRole("button", { name: "Đã đến" }).click();
  await row.getByText("Đang chờ").waitFor();
});

test("the person with the card gets new codes, another hour, or rid of what others booked", async (t) => {
  const { page } = await atDesk(t);
  const name = "Mai Thị Thử Giữ";
  const code = await book(name);
  await page.getByRole("link", { name: "Lịch hôm nay" }).click();
  const row = page.locator("tr", { hasText: code });
  const open = () => row.getByRole("button", { name: `Mã, giờ… của ${name}` }).click({ timeout: 90_000 });
  const dialog = page.getByRole("dialog");
  await open();
  await assertAccessible(page, "desk-booking");
  await dialog.getByRole("button", { name: "Cấp lại mã" }).click();
  await dialog.locator("dd.code").first().waitFor();
  const [told, secret] = await dialog.locator("dd.code").allTextContents();
  assert.equal(told, code);
  await assertAccessible(page, "desk-codes");
  await ask("POST", "/appointments/lookup", { code, secret });
  await page.keyboard.press("Escape");
  const before = await row.locator("td.time").textContent();
  await open();
  await dialog.getByRole("button", { name: "Đổi sang giờ khác ở đây" }).click();
  const hours = dialog.getByLabel("Khung giờ");
  await hours.locator("option[value]:not([value=''])").nth(2).waitFor({ state: "attached" });
  // Another hour than their own, with a place.
  const other = await hours.locator("option").evaluateAll((all, own) => all.findIndex((one) => !one.textContent.startsWith(own) && !one.textContent.includes("còn 0 chỗ")), before);
  await hours.selectOption({ index: other });
  await assertAccessible(page, "desk-move");
  await dialog.getByRole("button", { name: "Chuyển đến giờ này" }).click();
  await said(page, `Đã đổi lịch hẹn của ${name}`);
  await page.waitForFunction(([of, old]) => ![...document.querySelectorAll("tr")].find((one) => one.textContent.includes(of))?.textContent.startsWith(old), [code, before]);
  await open();
  await dialog.getByRole("button", { name: "Người có thẻ không đặt lịch này" }).click();
  await dialog.getByRole("button", { name: "Hủy lịch hẹn này" }).click();
  await said(page, `Đã hủy lịch hẹn ${code}`);
});

test("whoever stands at the desk is booked for another day, once, and gets their codes on paper", async (t) => {
  const { page } = await atDesk(t);
  const id = idNumber();
  const door = page.getByLabel("Quét phiếu, gõ mã hẹn, số thẻ hoặc tên");
  await door.fill(id);
  await page.keyboard.press("Enter");
  await page.locator(".door").getByRole("alert").getByRole("button", { name: "Đặt hẹn ngày khác" }).click();
  const dialog = page.getByRole("dialog");
  assert.equal(await dialog.getByLabel("Số định danh (12 số)").inputValue(), id);
  await dialog.getByLabel("Khung giờ").locator("option[value]:not([value=''])").first().waitFor({ state: "attached" });
  await dialog.getByRole("button", { name: "Đặt giờ này" }).click();
  await dialog.getByText("Hãy nhập họ và tên.").waitFor();
  await dialog.getByLabel("Họ và tên").fill("Hồ Thị Thử Mai");
  await assertAccessible(page, "desk-ahead");
  // The place was booked, and nobody heard of it: sent again it is the same booking.
  await page.route("**/api/v1/appointments", async (route) => {
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  await dialog.getByRole("button", { name: "Đặt giờ này" }).click();
  await dialog.getByRole("button", { name: "Thử lại" }).click();
  await dialog.locator("dd.code").first().waitFor();
  await said(page, "Đã đặt hẹn cho Hồ Thị Thử Mai");
  await assertAccessible(page, "desk-ahead-booked");
  const [code, secret] = await dialog.locator("dd.code").allTextContents();
  const found = await ask("POST", "/appointments/lookup", { code, secret });
  assert.equal(found.office_name, OFFICE);
  assert.ok(Date.parse(found.starts_at) > Date.now());
  assert.equal(found.keep_by ?? null, null, "an officer vouches for them: nothing is left to do");
  const [slip] = await Promise.all([page.context().waitForEvent("page"), dialog.getByRole("button", { name: "In phiếu hẹn" }).click()]);
  await slip.getByText("Hồ Thị Thử Mai").waitFor();
  await dialog.getByRole("button", { name: "Xong" }).click();
  // One appointment a person and service: the one that there is can be moved.
  await page.locator(".door").getByRole("button", { name: "Đặt hẹn ngày khác" }).last().click();
  await dialog.getByLabel("Số định danh (12 số)").fill(id);
  await dialog.getByLabel("Họ và tên").fill("Hồ Thị Thử Mai");
  const hours = dialog.getByLabel("Khung giờ");
  await hours.locator("option[value]:not([value=''])").nth(2).waitFor({ state: "attached" });
  await hours.selectOption({ index: 2 });
  await dialog.getByRole("button", { name: "Đặt giờ này" }).click();
  await dialog.getByRole("alert").waitFor()
  await assertAccessible(page, "desk-ahead-twice");
  await dialog.getByRole("button", { name: "Chuyển lịch hẹn đó sang giờ này" }).click();
  await dialog.getByText("Mã bí mật trên phiếu cũ vẫn dùng được.").waitFor();
  assert.equal(await dialog.locator("dd.code").textContent(), code);
  assert.notEqual((await ask("POST", "/appointments/lookup", { code, secret })).starts_at, found.starts_at);
});

test("whom no message reached is telephoned, and crossed off", async (t) => {
  const { page } = await atDesk(t);
  const notice = {
    notice_id: randomUUID(), kind: "booking.closed_moved", code: "K7QM-2XRT", name: "Bà Thử Gọi", phone: "0912 345 678",
    whose_phone: "helper", reason: "failed", starts_at: "2026-12-01T01:00:00Z", due_at: "2026-11-29T01:00:00Z",
  };
  let items = [notice];
  await page.route("**/desk/unreached?*", (route) => route.fulfill({ json: { items } }));
  await page.route("**/called", (route) => {
    items = [];
    return route.fulfill({ status: 204 });
  });
  await page.getByRole("link", { name: "Giờ và chỗ" }).click();
  const line = page.locator("li", { hasText: "Bà Thử Gọi" });
  assert.equal(await line.getByRole("link", { name: "0912 345 678" }).getAttribute("href"), "tel:0912345678");
  await line.getByText("số người giúp đặt · tin nhắn không đến").waitFor();
  await assertAccessible(page, "desk-unreached");
  await line.getByRole("button", { name: "Đã gọi" }).click();
  await page.getByText("Ai cũng đã được báo.").waitFor();
});

test("on a phone what was done is said above, and nothing lies over the next step", async (t) => {
  const { page, desk } = await atDesk(t, { viewport: { width: 360, height: 740 } });
  await issue(page);
  await page.locator(".said", { hasText: "Đã phát phiếu" }).waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Gọi người tiếp theo" }).click();
  await said(page, `đến quầy ${desk}`);
  const next = page.getByRole("button", { name: "Bắt đầu làm" });
  await next.scrollIntoViewIfNeeded();
  const apart = await page.evaluate(() => {
    const told = document.querySelector(".said").getBoundingClientRect();
    return [...document.querySelectorAll(".verbs button")].every((one) => {
      const at = one.getBoundingClientRect();
      return at.top >= told.bottom || at.bottom <= told.top;
    });
  });
  assert.ok(apart, "the message covers a button");
  await next.click();
  await page.getByRole("button", { name: "Xong, ghi kết quả" }).waitFor();
});

test("what paper says is entered line by line, and a wrong line keeps only itself back", async (t) => {
  const { page } = await atDesk(t);
  const number = await issue(page);
  await page.getByRole("link", { name: "In và nhập lại" }).click();
  const clock = (minutesAgo) => new Date(Date.now() + 7 * 3_600_000 - minutesAgo * 60_000).toISOString().slice(11, 16);
  const line = (index) => page.getByRole("group", { name: `Dòng ${index}` });
  await line(1).getByLabel("Mã hẹn hoặc số phiếu").fill(number);
  await line(1).getByLabel("Xong lúc").fill(clock(0));
  await line(1).getByLabel("Kết quả").selectOption("other");
  await page.getByRole("button", { name: "Thêm dòng" }).click();
  await line(2).getByLabel("Mã hẹn hoặc số phiếu").fill("B999");
  await line(2).getByLabel("Xong lúc").fill(clock(0));
  await assertAccessible(page, "desk-paper");
  await page.getByRole("button", { name: "Nhập 2 dòng" }).click();
  await page.getByText("Đã nhập 1 dòng.").waitFor();
  await page.getByText("Số phiếu hoặc mã trên phiếu không đúng").waitFor();
  assert.equal(await line(1).getByLabel("Mã hẹn hoặc số phiếu").inputValue(), "B999");
  await assertAccessible(page, "desk-paper-refused");
});

test("the session outlives a reload and a token that grew old, is in no storage, and ends for good", async (t) => {
  const { page } = await atDesk(t);
  const cookies = await page.context().cookies();
  assert.ok(cookies.length >= 2 && cookies.every((one) => one.httpOnly && one.sameSite === "Strict"));
  assert.doesNotMatch(await page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })"), /token|0900000004/);
  await page.reload();
  await page.getByRole("heading", { name: "Người mới đến" }).waitFor();
  const short = cookies.reduce((one, other) => (one.expires < other.expires ? one : other));
  await page.context().clearCookies({ name: short.name });
  await page.reload();
  await page.getByRole("heading", { name: "Người mới đến" }).waitFor();
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).waitFor();
});

test("the second screen is one press away, and shows who is called", async (t) => {
  const { page, desk } = await atDesk(t);
  const number = await issue(page);
  const [screen] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("link", { name: "Màn hình gọi số" }).click()]);
  await screen.getByRole("heading", { name: OFFICE }).waitFor();
  await callUntil(page, number);
  await screen.locator("li.new", { hasText: number }).getByText(`Quầy ${desk}`).waitFor();
});

test("who runs no desk is told so, wrong passwords are told alike, and in English it speaks English", async (t) => {
  const page = await open(t);
  await page.getByLabel("Số điện thoại").fill(OFFICER);
  await page.getByLabel("Mật khẩu").fill("sai rồi, sai rồi");
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
  await page.getByRole("alert").waitFor();
  await assertAccessible(page, "desk-wrong");
  await signIn(page, VOLUNTEER);
  await page.getByText("không phải cán bộ tiếp nhận").waitFor();
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
});

test("at 200 percent zoom and on a phone nothing is wider than the screen", async (t) => {
  const { page } = await atDesk(t, { viewport: { width: 720, height: 450 } });
  const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
  await book("Nguyễn Thị Thử Hẹp Ngang Có Tên Dài");
  for (const [view, shown] of [["", "h1"], ["lich", "tbody tr"], ["gio", ".days li"], ["doan", "#group"], ["so-lieu", "tbody tr"], ["giay", ".lines li"], ["thiet-lap", ".kits, .week, #equipment ~ p"]]) {
    await page.evaluate((hash) => (location.hash = hash), view);
    await page.locator(shown).first().waitFor({ state: "attached", timeout: 90_000 });
    for (const width of [720, 360, 320]) {
      await page.setViewportSize({ width, height: 640 });
      assert.equal(await page.evaluate(overflow), 0, `${view} at ${width} px`);
    }
  }
});

test("the desk's first load is small and lets nothing foreign in", async () => {
  const page = await fetch(`${origin()}/quay`);
  assert.match(page.headers.get("content-security-policy"), /default-src 'none'/);
  assert.doesNotMatch(page.headers.get("content-security-policy"), /unsafe|https?:|\*/);
  const addresses = [...(await page.text()).matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((found) => found[1]);
  assert.equal(addresses.length, 2);
  let bytes = 0;
  for (const address of addresses) bytes += gzipSync(Buffer.from(await (await fetch(origin() + address)).arrayBuffer()), { level: 9 }).length;
  assert.ok(bytes < FIRST_LOAD_MAX_BYTES, `${bytes} bytes`);
});
