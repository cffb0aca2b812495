// What an office is: its closures, places, week, kits, shares and rules, set at the desk in a real browser.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

import { idNumber, OFFICE, onDesk, said } from "./desk.mjs";
import { assertAccessible } from "./pages.mjs";

const { ask, atDesk, book } = onDesk();

/** The day so many days from now, in Vietnam. */
const inDays = (days) => new Date(Date.now() + 7 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);

/** Books somebody at the desk's office on a day, in the first slot that suits; their appointment and its codes. */
async function bookOn(on, name, suits = () => true) {
  const { items } = await ask("GET", "/offices?service=cccd_new");
  const { office_id } = items.find((one) => one.name === OFFICE);
  const { slots } = await ask("GET", `/offices/${office_id}/slots?on=${on}`);
  const { starts_at } = slots.find((one) => one.free_unverified > 0 && suits(one));
  const id = idNumber();
  const hold = await ask("POST", "/holds", { office_id, starts_at, service_code: "cccd_new", device_id: randomUUID(), id_numbers: [id] });
  const booked = await ask("POST", "/appointments", { hold_token: hold.hold_token, service_code: "cccd_new", visitors: [{ id_number: id, name }] });
  return booked.appointments[0];
}

test("a closure is seen before it is made, moves people, and is taken back", async (t) => {
  const { page } = await atDesk(t);
  const code = await book("Đỗ Thị Thử Dời");
  await page.getByRole("link", { name: "Giờ và chỗ" }).click();
  await page.getByText("Hai tuần tới").waitFor();
  await assertAccessible(page, "desk-hours");
  await page.getByLabel("Lý do (để lưu)").fill("Mất điện theo lịch");
  await page.getByLabel("Lời nhắn cho bà con").fill("Mất điện cả ngày");
  await page.getByRole("button", { name: "Xem trước ai bị ảnh hưởng" }).click();
  await page.locator(".moves li", { hasText: code }).getByText("→").waitFor();
  assert.match(await page.evaluate("document.activeElement.textContent"), /Đóng cửa/, "what would be done is read out");
  await assertAccessible(page, "desk-closure");
  assert.match(await page.locator(".days li").first().textContent(), /00:00/, "nothing has changed yet");
  await page.getByRole("button", { name: /^Đổi, chuyển \d+ người/ }).click();
  await page.locator(".done", { hasText: "người đã được chuyển và được báo" }).waitFor();
  await page.locator(".days li.shut", { hasText: "Mất điện cả ngày" }).waitFor();
  await page.getByRole("button", { name: "Bỏ", exact: true }).click();
  await page.getByRole("button", { name: "Đổi, không ai mất chỗ" }).click();
  await page.locator(".days li.shut").first().waitFor({ state: "detached" });
});

test("places are added to a slot with a reason, and the figures and the sheet of the day are there", async (t) => {
  const { page } = await atDesk(t);
  await page.getByRole("link", { name: "Giờ và chỗ" }).click();
  const tomorrow = new Date(Date.now() + 31 * 3_600_000).toISOString().slice(0, 10);
  await page.locator("#extra-on").fill(tomorrow);
  const slots = page.locator("#extra-slot option");
  await page.waitForFunction((on) => document.querySelector("#extra-slot option")?.value.startsWith(on), new Date(Date.parse(`${tomorrow}T00:00:00+07:00`)).toISOString().slice(0, 10));
  const free = async () => Number((await slots.first().textContent()).match(/còn (\d+) chỗ/)[1]);
  const before = await free();
  await page.getByLabel("Thêm mấy chỗ").fill("2");
  await page.getByLabel("Lý do", { exact: true }).fill("Học sinh lớp 12");
  await page.getByRole("button", { name: "Tăng thêm chỗ" }).click();
  await page.getByText("có thêm 2 chỗ").waitFor();
  await page.waitForFunction((old) => !document.querySelector("#extra-slot option").textContent.includes(`còn ${old} chỗ`), before);
  assert.ok((await free()) > before);
  await page.getByLabel("Thêm mấy chỗ").fill("0");
  await page.getByLabel("Lý do", { exact: true }).fill("Thôi");
  await page.getByRole("button", { name: "Tăng thêm chỗ" }).click();
  await page.getByText("không còn chỗ tăng thêm").waitFor();
  await page.getByRole("link", { name: "Thống kê" }).click();
  await page.getByRole("heading", { name: "Theo ngày" }).waitFor();
  await page.getByRole("button", { name: "30 ngày" }).click();
  await page.locator("tbody tr").nth(29).waitFor();
  await assertAccessible(page, "desk-figures");
});

/** As the page names the day so many days from now, in Vietnam. */
function weekday(daysAhead) {
  const names = ["Chủ nhật", "Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy"];
  return names[new Date(Date.now() + 7 * 3_600_000 + daysAhead * 86_400_000).getUTCDay()];
}

test("the week is changed once what it does to people was seen, and wrong hours are told at their fields", async (t) => {
  const { page } = await atDesk(t);
  const code = await book("Đỗ Thị Thử Tuần");
  await page.getByRole("link", { name: "Thiết lập" }).click();
  const panel = page.getByRole("region", { name: "Lịch tuần" });
  const later = weekday(3);
  await panel.locator("li", { hasText: later }).getByText("00:00–12:00 · 3 chỗ").waitFor();
  await page.getByText("Chưa khai quầy và máy").waitFor();
  await page.getByRole("region", { name: "Cách gọi số" }).getByRole("button", { name: "Lưu" }).waitFor();
  await assertAccessible(page, "desk-setup");
  await panel.getByRole("button", { name: "Sửa lịch tuần" }).click();
  const look = panel.getByRole("button", { name: "Xem trước lịch tuần mới" });
  await look.click();
  await panel.getByText("Lịch tuần chưa có gì khác.").waitFor();
  const day = (name) => panel.getByRole("group", { name, exact: true });
  await day(later).getByLabel("Mở").first().fill("09:00");
  await day(later).getByLabel("Đóng").first().fill("08:00");
  await look.click();
  await day(later).getByText("Giờ đóng phải sau giờ mở, trong cùng ngày.").waitFor();
  assert.equal(await day(later).getByLabel("Đóng").first().getAttribute("aria-invalid"), "true");
  await assertAccessible(page, "desk-week-wrong");
  await day(later).getByLabel("Đóng").first().fill("12:00");
  // Today is closed, as a look at what that would do.
  await day(weekday(0)).getByRole("button", { name: /^Bỏ buổi/ }).first().click();
  await day(weekday(0)).getByRole("button", { name: /^Bỏ buổi/ }).first().click();
  await day(weekday(0)).getByText("Nghỉ").waitFor();
  await look.click();
  await panel.locator(".moves li", { hasText: code }).getByText("→").waitFor();
  await panel.getByText(`${weekday(0)}: 00:00–12:00 · 3 chỗ, 12:00–24:00 · 3 chỗ → nghỉ`).waitFor();
  assert.equal(await page.evaluate("document.activeElement.textContent"), "Đổi lịch tuần", "what would be done is read out");
  await assertAccessible(page, "desk-week-preview");
  await panel.getByRole("button", { name: "Thôi, không đổi" }).click();
  await day(weekday(0)).getByText("Nghỉ").waitFor();
  await panel.getByRole("button", { name: "Thôi, giữ như cũ" }).click();
  await panel.locator("li", { hasText: later }).getByText("00:00–12:00").waitFor();
  for (const opens of ["01:00", "00:00"]) {
    await panel.getByRole("button", { name: "Sửa lịch tuần" }).click();
    await day(later).getByLabel("Mở").first().fill(opens);
    await look.click();
    await panel.getByRole("button", { name: /^Đổi, / }).click();
    await panel.locator(".done", { hasText: "Đã đổi." }).waitFor();
    await panel.locator("li", { hasText: later }).getByText(`${opens}–12:00 · 3 chỗ`).waitFor();
  }
});

test("slots are longer from a day on: who is booked between them is seen first, and it is taken back", async (t) => {
  const { page } = await atDesk(t);
  // The demo's slots take ten minutes: somebody is booked within an hour of the day after tomorrow.
  const on = inDays(2);
  const { items } = await ask("GET", "/offices?service=cccd_new");
  const { office_id, slot_min } = items.find((one) => one.name === OFFICE);
  const { code } = await bookOn(on, "Đỗ Thị Thử Khung", ({ starts_at }) => !/:00:00/.test(starts_at));
  await page.getByRole("link", { name: "Thiết lập" }).click();
  const panel = page.getByRole("region", { name: "Độ dài khung giờ" });
  await panel.getByText(`Hôm nay mỗi khung dài ${slot_min} phút`).waitFor();
  await panel.getByRole("button", { name: "Đổi độ dài từ một ngày" }).click();
  await panel.getByLabel("Từ ngày").fill(on);
  assert.equal(await panel.locator(`#length-minutes option[value="${slot_min}"]`).count(), 0, "as it is");
  await panel.getByLabel("Mỗi khung dài").selectOption("60");
  await assertAccessible(page, "desk-length");
  await panel.getByRole("button", { name: "Xem trước ai phải đổi giờ" }).click();
  await panel.locator(".moves li", { hasText: code }).getByText("→").waitFor();
  await panel.getByText("18 → 3 người một giờ").waitFor();
  assert.match(await page.evaluate("document.activeElement.textContent"), /^Khung giờ từ .*: 10 → 60 phút$/, "what would be done is read out");
  await assertAccessible(page, "desk-length-preview");
  await panel.getByRole("button", { name: /^Đổi, chuyển \d+ người/ }).click();
  await panel.locator(".done", { hasText: "người đã được chuyển và được báo" }).waitFor();
  await panel.locator("li", { hasText: "60 phút" }).waitFor();
  const hours = await ask("GET", `/offices/${office_id}/slots?on=${on}`);
  assert.equal(hours.slots.length, 24);
  await panel.getByRole("button", { name: /^Bỏ/ }).click();
  await panel.getByText("3 → 18 người một giờ").waitFor();
  await panel.getByRole("button", { name: "Đổi, không ai mất chỗ" }).click();
  await panel.locator(".done", { hasText: "Đã đổi." }).waitFor();
  await panel.locator("li").waitFor({ state: "detached" });
});

test("who lost a place and has nowhere to go is listed until each has another one or is cancelled", async (t) => {
  const { page } = await atDesk(t);
  const on = inDays(20);
  const [mover, leaver] = [await bookOn(on, "Đỗ Thị Thử Ở Lại"), await bookOn(on, "Đỗ Thị Thử Thôi")];
  const [stays, leaves] = [mover.code, leaver.code];
  await page.getByRole("link", { name: "Giờ và chỗ" }).click();
  const panel = page.getByRole("region", { name: "Cần xếp lại giờ" });
  await panel.getByText("Không ai mất chỗ.").waitFor();
  // Closed for longer than people are sent ahead, and nobody is sent elsewhere.
  await page.getByLabel("Người mất chỗ được chuyển sang").selectOption("office");
  await page.getByLabel("Từ ngày").fill(on);
  await page.getByLabel("Đến hết ngày").fill(inDays(40));
  await page.getByLabel("Lý do (để lưu)").fill("Sửa nhà");
  await page.getByRole("button", { name: "Xem trước ai bị ảnh hưởng" }).click();
  for (const code of [stays, leaves]) await page.locator(".moves li", { hasText: code }).getByText("chưa có chỗ, cần xếp lại").waitFor();
  await page.getByRole("button", { name: "Đổi, chuyển 0 người, 2 người cần xếp lại" }).click();
  await panel.getByRole("heading", { name: "Cần xếp lại giờ (2)" }).waitFor();
  const line = (code) => panel.locator("li", { hasText: code });
  await line(leaves).getByText("trước hẹn").waitFor();
  await assertAccessible(page, "desk-conflicts");

  await line(stays).getByRole("button", { name: "Xếp lại" }).click();
  const dialog = page.getByRole("dialog", { name: `${stays} Đỗ Thị Thử Ở Lại` });
  await dialog.getByLabel("Điểm tiếp nhận").selectOption({ label: OFFICE });
  await dialog.getByLabel("Ngày").fill(on);
  await dialog.getByText("Ngày này không còn khung giờ nào").waitFor({ state: "attached" });
  assert.ok(await dialog.getByRole("button", { name: "Chuyển đến giờ này" }).isDisabled());
  await dialog.getByLabel("Ngày").fill(inDays(1));
  await dialog.locator("#resolve-slot option", { hasText: "còn" }).first().waitFor({ state: "attached" });
  await assertAccessible(page, "desk-conflict");
  const to = await dialog.getByLabel("Khung giờ").inputValue();
  await dialog.getByRole("button", { name: "Chuyển đến giờ này" }).click();
  await line(stays).waitFor({ state: "detached" });
  await line(leaves).getByRole("button", { name: "Xếp lại" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Hủy, người này thôi không đến" }).click();
  await panel.getByText("Không ai mất chỗ.").waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const now = ({ code, secret }) => ask("POST", "/appointments/lookup", { code, secret });
  const [moved, cancelled] = [await now(mover), await now(leaver)];
  assert.deepEqual([moved.status, Date.parse(moved.starts_at)], ["booked", Date.parse(to)]);
  assert.equal(cancelled.status, "cancelled");

  await page.locator(".short li", { hasText: "Sửa nhà" }).getByRole("button", { name: "Bỏ" }).click();
  await page.getByRole("button", { name: "Đổi, không ai mất chỗ" }).click();
  await page.locator(".done", { hasText: "Đã đổi." }).waitFor();
});

test("kits are listed, one is out of order for a while, and works again", async (t) => {
  const { page } = await atDesk(t);
  await page.getByRole("link", { name: "Thiết lập" }).click();
  const panel = page.getByRole("region", { name: "Quầy và máy thu nhận" });
  const edit = panel.getByRole("button", { name: "Sửa quầy và máy" });
  const look = panel.getByRole("button", { name: "Xem trước ai bị ảnh hưởng" });
  const change = async () => {
    await panel.getByRole("button", { name: /^Đổi, / }).click();
    await panel.locator(".done", { hasText: "Đã đổi." }).waitFor();
  };
  const figure = (name) => panel.locator(".counts div", { hasText: name }).locator("dd").textContent();
  await edit.click();
  await panel.getByRole("button", { name: "Thêm máy" }).click();
  await panel.getByRole("button", { name: "Thêm máy" }).click();
  await panel.getByLabel("Một máy làm mấy người").fill("3");
  await panel.getByLabel("Máy 1", { exact: true }).fill("Bộ thử");
  await panel.getByLabel("Máy 2", { exact: true }).fill("Bộ thử");
  await look.click();
  await panel.locator(".fault", { hasText: "không được trùng tên" }).waitFor();
  assert.equal(await panel.getByLabel("Máy 2", { exact: true }).getAttribute("aria-invalid"), "true");
  await assertAccessible(page, "desk-kits-wrong");
  await panel.getByLabel("Máy 2", { exact: true }).fill("Đầu đọc thử");
  await look.click();
  await panel.getByText("Thêm: Đầu đọc thử").waitFor();
  await change();
  assert.deepEqual([await figure("Máy dùng được"), await figure("Nhiều nhất mỗi khung")], ["2/2", "6"]);
  // Out of order until an hour that is over: said at its field.
  await panel.getByRole("button", { name: "Báo hỏng Bộ thử" }).click();
  const today = await page.getByLabel("Dùng lại từ ngày").getAttribute("min");
  const tomorrow = await page.getByLabel("Dùng lại từ ngày").inputValue();
  await page.getByLabel("Dùng lại từ ngày").fill(today);
  await page.getByLabel("Lúc", { exact: true }).fill("00:00");
  await page.getByLabel("Hỏng gì").fill("Không nhận vân tay");
  await look.click();
  await panel.locator(".fault", { hasText: "phải sau lúc hỏng" }).waitFor();
  await assertAccessible(page, "desk-kit-outage-wrong");
  await page.getByLabel("Dùng lại từ ngày").fill(tomorrow);
  await page.getByLabel("Lúc", { exact: true }).fill("08:30");
  await look.click();
  await panel.getByRole("heading", { name: /^Bộ thử: hỏng đến 08:30/ }).waitFor();
  await assertAccessible(page, "desk-kit-preview");
  await change();
  await panel.getByText(/^Hỏng, dùng lại từ 08:30.*: Không nhận vân tay$/).waitFor();
  assert.deepEqual([await figure("Máy dùng được"), await figure("Nhiều nhất mỗi khung")], ["1/2", "3"]);
  await assertAccessible(page, "desk-kit-out");
  await panel.getByRole("button", { name: "Đã dùng được: Bộ thử" }).click();
  await change();
  await panel.getByText("Hỏng, dùng lại").waitFor({ state: "detached" });
  await edit.click();
  await look.click();
  await panel.getByText("Quầy và máy chưa có gì khác.").waitFor();
  await panel.getByRole("button", { name: "Bỏ máy 1" }).click();
  await panel.getByRole("button", { name: "Bỏ máy 1" }).click();
  await look.click();
  await change();
  await panel.getByText("Chưa khai quầy và máy").waitFor();
});

test("shares and rules are kept, each fault at its field, and whoever may not set them does not see them", async (t) => {
  const { page } = await atDesk(t);
  await page.getByRole("link", { name: "Thiết lập" }).click();
  for (const [name, label, wrong, range, right] of [
    ["Cách gọi số", "Gọi mấy lần thì được ghi vắng", "99", "Từ 1 đến 10.", "4"],
    ["Cách chia chỗ", "Cho đoàn (lớp học, cơ quan), %", "101", "100", "40"],
  ]) {
    const panel = page.getByRole("region", { name });
    const field = panel.getByLabel(label);
    const before = await field.inputValue();
    await field.fill(wrong);
    await page.keyboard.press("Enter");
    await panel.locator(".field .fault", { hasText: range }).waitFor();
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    if (name === "Cách gọi số") await assertAccessible(page, "desk-rules-wrong");
    for (const value of [right, before]) {
      await field.fill(value);
      await panel.getByRole("button", { name: "Lưu" }).click();
      await panel.getByText("Đã lưu.").waitFor();
      await page.reload();
      await panel.getByRole("button", { name: "Lưu" }).waitFor();
      assert.equal(await field.inputValue(), value);
    }
  }
  // An answer that never comes is told, and what was typed stays.
  await page.route("**/desk/rules", (route) => route.abort("connectionreset"), { times: 1 });
  const rules = page.getByRole("region", { name: "Cách gọi số" });
  await rules.getByLabel("Hoàn tác được trong mấy phút").fill("11");
  await rules.getByRole("button", { name: "Lưu" }).click();
  await rules.getByText("Chưa nhận được trả lời của máy chủ.").waitFor();
  assert.equal(await rules.getByLabel("Hoàn tác được trong mấy phút").inputValue(), "11");
  await page.route("**/api/v1/me", async (route) => {
    const answer = await route.fetch();
    const me = await answer.json();
    return route.fulfill({ response: answer, json: { ...me, permissions: me.permissions.filter((one) => one !== "manage_offices") } });
  });
  await page.reload();
  await page.getByRole("heading", { name: "Người mới đến" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Thiết lập" }).count(), 0);
});

test("who waits for a place is counted by service and day", async (t) => {
  const { page } = await atDesk(t);
  await page.getByRole("link", { name: "Giờ và chỗ" }).click();
  const panel = page.getByRole("region", { name: "Danh sách chờ chỗ trống" });
  await panel.getByLabel("Chờ chỗ của ngày").fill(new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10));
  await panel.getByText("Không ai chờ chỗ của ngày này.").waitFor();
  const line = { service_code: "cccd_new", class: "none", waiting: 12, offered: 1, since: "2026-11-20T01:30:00Z" };
  await page.route("**/desk/waitlist?*", (route) => route.fulfill({ json: [line, { ...line, class: "small_children", waiting: 3, offered: 0 }] }));
  await panel.getByLabel("Chờ chỗ của ngày").fill(new Date(Date.now() + 41 * 86_400_000).toISOString().slice(0, 10));
  await panel.getByText("Có con nhỏ").waitFor();
  assert.deepEqual(await panel.locator("tfoot td").allTextContents(), ["15", "1"]);
  await assertAccessible(page, "desk-waitlist");
  await page.unrouteAll();
  await page.route("**/desk/waitlist?*", (route) => route.abort("connectionreset"), { times: 1 });
  await panel.getByLabel("Chờ chỗ của ngày").fill(new Date(Date.now() + 42 * 86_400_000).toISOString().slice(0, 10));
  await panel.getByRole("button", { name: "Thử lại" }).click();
  await panel.getByText("Không ai chờ chỗ của ngày này.").waitFor();
});

test("an office is opened, described, stops taking bookings and takes them again", async (t) => {
  const { page } = await atDesk(t);
  await page.getByRole("link", { name: "Thiết lập" }).click();
  await page.getByRole("button", { name: "Mở thêm một điểm tiếp nhận" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Loại").selectOption("mobile");
  const name = `Tổ lưu động thử ${Date.now()}`;
  await dialog.getByLabel("Tên điểm tiếp nhận").fill(name);
  await dialog.getByLabel("Địa chỉ").fill("Nhà văn hóa khu phố 2");
  await dialog.getByRole("checkbox").last().uncheck();
  await assertAccessible(page, "desk-open-office");
  await dialog.getByRole("button", { name: "Mở điểm tiếp nhận" }).click();
  await dialog.waitFor({ state: "detached" });
  const about = page.getByRole("region", { name: "Tên và địa chỉ" });
  assert.equal(await about.getByLabel("Tên điểm tiếp nhận").inputValue(), name);
  await about.getByLabel("Chỉ đường").fill("Cổng sau");
  await about.getByRole("button", { name: "Lưu" }).click();
  await about.getByText("Đã lưu.").waitFor();
  await assertAccessible(page, "desk-about");
  await about.getByRole("button", { name: "Ngừng nhận đặt lịch" }).click();
  await about.getByText("Điểm này đang ngừng nhận đặt lịch").waitFor();
  await about.getByRole("button", { name: "Nhận đặt lịch trở lại" }).click();
  await about.getByText("Điểm này nhận đặt lịch trở lại.").waitFor();
  await about.getByRole("button", { name: "Ngừng nhận đặt lịch" }).click();
  await about.getByText("Điểm này đang ngừng nhận đặt lịch").waitFor();
  const { items } = await ask("GET", "/offices?limit=200");
  const opened = items.find((one) => one.name === name);
  assert.deepEqual([opened.kind, opened.directions, opened.closed], ["mobile", "Cổng sau", true]);
  await page.reload();
  await page.locator("header select").selectOption({ label: OFFICE });
});

test("a mobile team stands elsewhere on a day, and citizens are told where", async (t) => {
  const { page } = await atDesk(t);
  await page.getByRole("link", { name: "Giờ và chỗ" }).click();
  const later = inDays(4);
  await page.getByLabel("Việc", { exact: true }).selectOption("open");
  await page.locator("#from-on").fill(later);
  await page.getByText("Những ngày này tiếp nhận ở nơi khác").click();
  await page.getByLabel("Xã, phường hoặc thôn").selectOption({ index: 1 });
  await page.getByLabel("Địa chỉ, bà con đọc khi đặt").fill("Sân nhà văn hóa thử");
  await page.getByLabel("Lý do (để lưu)").fill("Lịch lưu động tuần này");
  await assertAccessible(page, "desk-stands");
  await page.getByRole("button", { name: "Xem trước ai bị ảnh hưởng" }).click();
  await page.getByRole("button", { name: /^Đổi, / }).click();
  await page.locator(".done", { hasText: "Đã đổi." }).waitFor();
  await page.locator(".days li", { hasText: "Tại Sân nhà văn hóa thử" }).waitFor();
  const { slots } = await ask("GET", `/slots/nearest?service=cccd_new&from=${later}`);
  assert.ok(slots.some((one) => one.office_name === OFFICE && one.address === "Sân nhà văn hóa thử"));
  await page.locator(".short li", { hasText: "Sân nhà văn hóa thử" }).getByRole("button", { name: "Bỏ" }).click();
  await page.getByRole("button", { name: /^Đổi, / }).click();
  await page.locator(".days li", { hasText: "Tại Sân nhà văn hóa thử" }).waitFor({ state: "detached" });
});

test("a class is booked from a list once each line was seen, and its slips are printed", async (t) => {
  const { page } = await atDesk(t);
  await page.getByRole("link", { name: "Đoàn" }).click();
  const later = inDays(5);
  const list = (lines) => ({ name: "lop.csv", mimeType: "text/csv", buffer: Buffer.from(`id_number,name,birth_on\n${lines.join("\n")}\n`) });
  const people = [idNumber(), idNumber()].map((id, index) => `${id},Đỗ Thị Thử ${["Một", "Hai"][index]},15/09/1990`);
  const panel = page.getByRole("region", { name: "Đặt cho cả đoàn" });
  await panel.getByLabel("Ngày", { exact: true }).fill(later);
  await panel.getByLabel("Danh sách CSV").setInputFiles(list([...people, "123,Sai,15/09/1990"]));
  await panel.getByRole("button", { name: "Xem trước từng dòng" }).click();
  await panel.getByText("Còn dòng sai thì không ai được đặt").waitFor();
  assert.match(await panel.locator(".moves li").first().textContent(), /^Dòng 4/, "what is wrong comes first");
  await assertAccessible(page, "desk-group-wrong");
  await panel.getByLabel("Danh sách CSV").setInputFiles(list(people));
  await panel.getByRole("button", { name: "Xem trước từng dòng" }).click();
  await panel.getByRole("button", { name: "Đặt cho 2 người" }).click();
  await panel.getByText("Đã đặt", { exact: true }).waitFor();
  await assertAccessible(page, "desk-group");
  const [slips] = await Promise.all([page.context().waitForEvent("page"), panel.getByRole("link", { name: "In phiếu cho cả đoàn" }).click()]);
  await slips.getByText("Đỗ Thị Thử Hai").waitFor();
  assert.equal(await slips.locator(".slip").count(), 2);
  const lift = page.getByRole("region", { name: "Gỡ hạn chế" });
  await lift.getByLabel("Số định danh (12 số)").fill(idNumber());
  await lift.getByLabel("Vì sao (để lưu)").fill("Con ốm, đã hỏi kỹ");
  await lift.getByRole("button", { name: "Gỡ hạn chế" }).click();
  await lift.getByText("Người này tự đặt được đến").waitFor();
  assert.equal(await lift.getByLabel("Số định danh (12 số)").inputValue(), "");
});
