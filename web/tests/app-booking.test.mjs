// A volunteer books for somebody by the hour, and helps with an appointment that there is. How to run it:
// booking.test.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { atWork, chooseVillage, goTo, HA, idNumber, PHONE, signIn, speaker, status } from "./app.mjs";
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

/** Of the hours offered the first may be over while somebody types. */
const LATER = 3;

/** From the form to the hours, for somebody with this number. */
async function toHours(page, id, name = "Nguyễn Thị Thử") {
  await page.evaluate("location.hash = '/dat-hen'");
  await page.getByLabel("Số định danh (12 số)").fill(id);
  await page.getByLabel("Họ và tên").fill(name);
  await page.getByText("đồng ý để tôi đặt hẹn hộ").click();
  await page.getByRole("button", { name: "Chọn giờ ngay" }).click();
  await page.getByLabel("Xã, phường").selectOption("");
  await page.locator("button.hour").nth(LATER).waitFor();
}

test("a volunteer books an hour in their own name: it is vouched for, and the slip stays on the phone", async (t) => {
  const { context, page } = await atWork(t, browser, origin);
  await page.evaluate("navigator.serviceWorker.ready");
  await status(page).getByText("Đã gửi hết").waitFor();
  await page.evaluate("location.hash = '/dat-hen'");
  await page.getByRole("button", { name: "Chọn giờ ngay" }).click();
  await page.getByText("Cần sự đồng ý").waitFor();
  const asked = [];
  page.on("request", (request) => request.url().includes("/slots/nearest") && asked.push(request.url()));
  await toHours(page, idNumber());
  assert.ok(asked.length > 0 && asked.every((url) => url.includes("unverified=false")), asked.join());
  await assertAccessible(page, "app-hours");
  await page.locator("button.hour").nth(LATER).click();
  await page.getByRole("timer").waitFor();
  await assertAccessible(page, "app-hold");
  await page.getByRole("button", { name: "Xác nhận đặt lịch" }).click();
  await page.getByRole("heading", { name: "Đã đặt lịch" }).waitFor();
  const [code, secret] = await page.locator(".code").allTextContents();
  await assertAccessible(page, "app-hour-booked");
  const seen = await (await fetch(`${origin}/api/v1/appointments/lookup`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ code, secret }) })).json();
  assert.deepEqual([seen.status, seen.verified, seen.keep_by ?? null], ["booked", true, null]);

  await context.setOffline(true);
  await page.reload();
  await page.getByText("Phiếu đã đặt trên máy này").waitFor();
  await page.locator(".slip-small", { hasText: "Nguyễn Thị Thử" }).getByText(code).waitFor();
});

test("whoever has an appointment is found by the card, gets new codes, another hour, and is rid of what is not theirs", async (t) => {
  const id = idNumber();
  const { page: first } = await atWork(t, browser, origin);
  await toHours(first, id, "Katơr Thị Thử");
  await first.locator("button.hour").nth(LATER).click();
  await first.getByRole("button", { name: "Xác nhận đặt lịch" }).click();
  await first.getByRole("heading", { name: "Đã đặt lịch" }).waitFor();
  const [code, lost] = await first.locator(".code").allTextContents();
  // Once more: refused, with the way to help.
  await first.getByRole("button", { name: "Đặt cho người khác" }).click();
  await toHours(first, id, "Katơr Thị Thử");
  await first.locator("button.hour").nth(LATER + 1).click();
  const confirm = first.getByRole("button", { name: "Xác nhận đặt lịch" });
  const help = first.getByRole("link", { name: /Quét thẻ để cấp lại mã, đổi giờ hoặc hủy lịch hẹn đã có/ });
  await confirm.or(help).first().waitFor();
  if (await confirm.isVisible()) {
    await confirm.click();
    await first.getByRole("button", { name: "Sửa lại thông tin" }).click();
  }
  await help.waitFor();

  const camera = await browserSeeing(t, cardOf(id, "Katơr Thị Thử"));
  const page = await camera.newPage(PHONE);
  await page.goto(`${origin}/app`);
  await signIn(page, HA);
  await chooseVillage(page);
  await goTo(page, "Tôi");
  await page.getByRole("link", { name: "Hẹn đã có của người dân" }).click();
  await assertAccessible(page, "app-card");
  await page.getByRole("button", { name: "Tìm hẹn" }).click();
  await page.getByText("Hãy nhập số định danh 12 chữ số.").waitFor();
  await page.getByRole("button", { name: "Quét mã QR trên thẻ" }).click();
  await page.getByRole("heading", { name: `thẻ …${id.slice(-4)}` }).waitFor();
  await assertAccessible(page, "app-card-found");
  await page.getByRole("button", { name: "Cấp lại mã" }).click();
  await page.getByText("mã bí mật cũ hết hiệu lực").waitFor();
  const [same, secret] = await page.locator(".code").allTextContents();
  assert.equal(same, code);
  assert.notEqual(secret, lost);
  await assertAccessible(page, "app-card-codes");

  const before = await page.locator(".when").textContent();
  await page.getByRole("button", { name: "Đổi sang giờ khác" }).click();
  await page.getByLabel("Xã, phường").selectOption("");
  // Another office may have the same hour.
  await page.locator("button.hour").filter({ hasNotText: before.slice(0, "09:30".length) }).last().click();
  await page.getByText("Đã đổi giờ.").waitFor();
  assert.notEqual(await page.locator(".when").textContent(), before);

  await page.getByRole("button", { name: "Không phải họ đặt" }).click();
  await assertAccessible(page, "app-card-void");
  await page.getByRole("button", { name: "Hủy hẹn này" }).click();
  await page.getByText("Đã hủy hẹn này").waitFor();
  await page.locator(".state.cancelled").waitFor();
  await page.getByRole("button", { name: "Xong, xóa khỏi màn hình" }).click();
  assert.equal(await page.getByLabel("Số trên thẻ (12 số)").inputValue(), "");
  const helper = await speaker(origin, HA);
  const { appointments } = await helper("POST", "/appointments/by-card/find", { card_number: id });
  assert.ok(appointments.every((one) => one.status === "cancelled"));
});
