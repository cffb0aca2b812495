// The pages that the server sends whole, in a browser that runs no script: everything that citizens need goes that way too.
import assert from "node:assert/strict";
import { test } from "node:test";

import { idNumber, onBooking } from "./booking.mjs";
import { assertAccessible } from "./pages.mjs";

const { origin, open } = onBooking();
const plain = (t, path) => open(t, path, { javaScriptEnabled: false });

/** Axe is a script: it looks at this page where scripts run, with the styles that it is shown with. */
async function look(t, page, name) {
  const seen = await open(t, "/xac-minh");
  const styles = await Promise.all((await page.locator("link[rel=stylesheet]").evaluateAll((all) => all.map((one) => one.href))).map(async (at) => (await fetch(at)).text()));
  const html = (await page.content()).replace(/<script[^>]*>|<link[^>]*>/g, "");
  await seen.route("**/looked-at", (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: `${html}<style>${styles.join("")}</style>` }));
  await seen.goto(`${origin()}/looked-at`);
  await assertAccessible(seen, name);
  await seen.close();
}

const press = (page, name) => page.getByRole("button", { name }).click();
const heading = (page, name) => page.getByRole("heading", { name, level: 1 }).waitFor();

/** The hour that is far enough away not to close meanwhile. */
async function toPerson(page) {
  await press(page, "Tìm chỗ trống gần nhất");
  await page.locator(".choices a").nth(3).click();
  await heading(page, "Người đến làm thủ tục");
}

async function fill(page, id) {
  await page.getByLabel("Họ và tên Full name").fill("Nguyễn Thị Thử");
  await page.getByLabel("Số định danh (12 số)").fill(id);
}

async function book(t, id = idNumber()) {
  const page = await plain(t, "/dat-lich");
  await toPerson(page);
  await fill(page, id);
  await press(page, "Giữ chỗ");
  await press(page, "Xác nhận đặt lịch");
  await heading(page, "Đã đặt lịch");
  const [code, secret] = await page.locator(".code").allTextContents();
  return { page, code, secret };
}

test("without scripts somebody books, for a relative and for another day, and types nothing twice", async (t) => {
  const page = await plain(t, "/dat-lich");
  await look(t, page, "plain-find");
  const later = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel("Từ ngày").fill(later);
  await press(page, "Tìm chỗ trống gần nhất");
  assert.equal(await page.getByText("hôm nay", { exact: true }).count(), 0);
  await page.locator(".choices a").nth(3).click();
  const id = idNumber();
  await fill(page, `${id}9`);
  await page.getByLabel("Họ và tên người đặt hộ").fill("Nguyễn Văn Nam");
  await look(t, page, "plain-person");
  await press(page, "Giữ chỗ");
  await page.getByRole("alert").waitFor();
  await page.locator("#i-about.fault").waitFor();
  await page.locator("#pr-about.fault").waitFor();
  assert.equal(await page.getByLabel("Họ và tên Full name").inputValue(), "Nguyễn Thị Thử");
  assert.doesNotMatch(page.url(), /\?/, "nothing typed stands in an address");
  await look(t, page, "plain-wrong");
  await page.getByLabel("Số định danh (12 số)").fill(id);
  await page.getByLabel("Là gì của người đến làm?").fill("con trai");
  await press(page, "Giữ chỗ");
  await heading(page, "Xác nhận đặt lịch");
  await look(t, page, "plain-held");
  await press(page, "Sửa lại thông tin");
  assert.equal(await page.getByLabel("Họ và tên người đặt hộ").inputValue(), "Nguyễn Văn Nam");
  await press(page, "Giữ chỗ");
  await press(page, "Xác nhận đặt lịch");
  await heading(page, "Đã đặt lịch");
  assert.equal(await page.locator(".code").count(), 2);
  await look(t, page, "plain-booked");
  await press(page, "In phiếu hẹn");
  await page.getByText("Người nhà đặt hộ: Nguyễn Văn Nam (con trai)").waitFor();
  await look(t, page, "plain-slip");
});

test("without scripts an appointment is seen, moved, cancelled after being asked, and taken back", async (t) => {
  const { page, code, secret } = await book(t);
  await page.getByRole("link", { name: "Xem, đổi hoặc hủy" }).click();
  await page.getByLabel("Mã lịch hẹn").fill(code);
  await page.getByLabel("Mã bí mật").fill("00000-00000");
  await press(page, "Xem");
  await page.getByRole("alert").waitFor();
  assert.equal(await page.getByLabel("Mã lịch hẹn").inputValue(), code);
  await look(t, page, "plain-wrong-codes");
  await page.getByLabel("Mã bí mật").fill(secret);
  await press(page, "Xem");
  await page.getByText("Đã đặt").waitFor();
  await look(t, page, "plain-own");
  const before = await page.locator("main p strong").first().textContent();
  await page.getByLabel("Từ ngày").fill(new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10));
  await press(page, "Xem giờ còn chỗ");
  await page.locator(".ways button").first().click();
  await page.getByText("Đã đặt").waitFor();
  assert.notEqual(await page.locator("main p strong").first().textContent(), before);
  await press(page, "Hủy lịch hẹn");
  await heading(page, "Hủy lịch hẹn này?");
  await look(t, page, "plain-sure");
  await press(page, "Giữ lịch hẹn");
  await press(page, "Hủy lịch hẹn");
  await press(page, "Đúng, hủy lịch hẹn");
  await heading(page, "Đã hủy lịch hẹn");
  await look(t, page, "plain-cancelled");
  await press(page, "Lấy lại lịch hẹn");
  await page.getByText("Đã đặt").waitFor();
});

test("without scripts the waitlist keeps what was typed, and is joined and left", async (t) => {
  const page = await plain(t, "/cho/vao");
  const id = idNumber();
  await page.getByLabel("Số định danh (12 số)").fill(id);
  await page.getByLabel("Số điện thoại để báo khi có chỗ").fill("123");
  await page.getByLabel("Sớm nhất lúc").fill("08:00");
  await page.getByLabel("Muộn nhất trước").fill("11:00");
  await press(page, "Vào danh sách chờ");
  await page.locator("#p-about.fault").waitFor();
  assert.equal(await page.getByLabel("Số định danh (12 số)").inputValue(), id);
  assert.equal(await page.getByLabel("Muộn nhất trước").inputValue(), "11:00");
  await look(t, page, "plain-join-wrong");
  await page.getByLabel("Số điện thoại để báo khi có chỗ").fill("0912 345 678");
  await press(page, "Vào danh sách chờ");
  await heading(page, "Đã vào danh sách chờ");
  await look(t, page, "plain-joined");
  const [code, secret] = await page.locator(".code").allTextContents();
  await page.getByRole("main").getByRole("link", { name: "Danh sách chờ" }).click();
  await page.getByLabel("Mã chờ").fill(code);
  await page.getByLabel("Mã bí mật").fill(secret);
  await press(page, "Xem");
  await look(t, page, "plain-wait");
  await press(page, "Rời danh sách chờ");
  await page.getByText("Đã rời danh sách chờ.").waitFor();
});

test("the front page, the board, the second screen and a wrong address are for everybody to read", async (t) => {
  const page = await open(t, "/");
  for (const [door, name] of [["/dat-lich", "Đặt lịch"], ["/so-thu-tu", "Sắp đến lượt tôi chưa?"], ["/cho", "Danh sách chờ"]]) await page.locator(`.doors a[href="${door}"]`, { hasText: name }).waitFor();
  await assertAccessible(page, "home");
  await page.goto(`${origin()}/bang`);
  await page.locator("tbody tr").first().waitFor();
  await assertAccessible(page, "public-board");
  await page.goto(`${origin()}/xac-minh`);
  await page.getByLabel("Mã 6 số").fill("000000");
  await press(page, "Xem là ai");
  await page.getByRole("alert").getByText("Look at their phone again").waitFor();
  await assertAccessible(page, "badge-wrong");
  const { items } = await (await fetch(`${origin()}/api/v1/offices`)).json();
  await page.goto(`${origin()}/man-hinh/${items[0].office_id}`);
  await page.getByText("/so-thu-tu").waitFor();
  await assertAccessible(page, "second-screen");
  await page.goto(`${origin()}/so-thu-tu`);
  await assertAccessible(page, "ticket-form");
  await page.goto(`${origin()}/khong-co`);
  await heading(page, "Không có trang này");
  await assertAccessible(page, "no-such-page");
});

test("without scripts somebody asks for something about their data, is told when, and takes it back", async (t) => {
  const { page, code, secret } = await book(t);
  await page.getByRole("link", { name: "Xem, đổi hoặc hủy" }).click();
  await page.getByLabel("Mã lịch hẹn").fill(code);
  await page.getByLabel("Mã bí mật").fill(secret);
  await press(page, "Xem");
  await press(page, "Dữ liệu của tôi");
  await heading(page, "Dữ liệu của tôi");
  await page.getByText("Chưa có yêu cầu nào.").waitFor();
  await page.getByRole("radio", { name: "Sửa điều ghi sai" }).check();
  await press(page, "Gửi yêu cầu");
  await page.getByRole("alert").waitFor();
  assert.ok(await page.getByRole("radio", { name: "Sửa điều ghi sai" }).isChecked(), "what was chosen stays");
  await look(t, page, "plain-data-wrong");
  await page.getByLabel("Muốn nói thêm").fill("Tên tôi thiếu chữ Thị");
  await press(page, "Gửi yêu cầu");
  await page.getByRole("status").getByText("Đã nhận yêu cầu của bạn").waitFor();
  await page.getByText("Quá ngày thì mang thẻ").waitFor();
  assert.doesNotMatch(page.url(), /\?/, "nothing of it stands in an address");
  await look(t, page, "plain-data");
  await press(page, "Rút yêu cầu");
  await heading(page, "Rút yêu cầu này?");
  await look(t, page, "plain-data-sure");
  await press(page, "Đúng, rút yêu cầu");
  await page.getByText("Bạn đã rút").waitFor();
});
