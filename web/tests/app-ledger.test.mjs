// The volunteer's ledger: what others decided and why, slips, and recording anew what was a mistake. How to run it:
// booking.test.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { atWork, goTo, HA, idNumber, ledgerOf, record, speaker, status } from "./app.mjs";
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

/** The newest line of the ledger, opened. */
async function openNewest(page) {
  await goTo(page, "Sổ");
  const line = page.locator(".lines li").first();
  await line.getByRole("button").first().click();
  return line;
}

test("what a lead corrected is told to its author with the reason, without a network too", async (t) => {
  const { context, page } = await atWork(t, browser, origin);
  await record(page, idNumber(), "Kích hoạt mức 2");
  await status(page).getByText("Đã gửi hết").waitFor();
  const [{ op_id }] = await ledgerOf(origin, HA);
  const lead = await speaker(origin, LEAD);
  await lead("POST", `/records/${op_id}/correction`, { stage: "level1_activated", reason: "Mới mức 1, đã gọi hỏi lại" });
  await status(page).click();
  await goTo(page, "Sổ");
  const wrong = page.locator(".lines li", { hasText: "Kích hoạt mức 2" }).first();
  await wrong.getByText("Đã được sửa").waitFor();
  await page.evaluate("navigator.serviceWorker.ready");
  await status(page).getByText("Đã gửi hết").waitFor();
  await context.setOffline(true);
  await wrong.getByRole("button").first().click();
  await wrong.getByText("Trưởng nhóm đã sửa").waitFor();
  await wrong.getByText("Lý do: Mới mức 1, đã gọi hỏi lại").waitFor();
  await assertAccessible(page, "app-decision");
  const right = page.locator(".lines li", { hasText: "Kích hoạt mức 1" }).first();
  await right.getByRole("button").first().click();
  await right.getByText("thay bản ghi nhầm của bạn").waitFor();
});

/** Asks for an appointment without a network, and sends that. */
async function wish(context, page, id, fill = async () => {}) {
  await context.setOffline(true);
  await page.evaluate("location.hash = '/dat-hen'");
  await page.getByLabel("Số định danh (12 số)").fill(id);
  await page.getByLabel("Họ và tên").fill("Nguyễn Thị Thử");
  await fill();
  await page.getByText("đồng ý để tôi đặt hẹn hộ").click();
  await page.getByRole("button", { name: "Gửi yêu cầu đặt hẹn" }).click();
  await status(page).getByText("01 chờ gửi").waitFor();
  await context.setOffline(false);
  await status(page).getByText("Đã gửi hết").waitFor();
}

test("a slip says where to go, is there without a network and can be printed; what holds no more shows no codes", async (t) => {
  const { context, page } = await atWork(t, browser, origin);
  await page.evaluate("navigator.serviceWorker.ready");
  const id = idNumber();
  await wish(context, page, id);
  await context.setOffline(true);
  const line = await openNewest(page);
  const slip = line.locator(".slip-small");
  await slip.getByText("Đã đặt").waitFor();
  assert.match(await slip.innerText(), /Mang theo/, "where it is and what to bring lies on the phone");
  assert.doesNotMatch(await slip.innerText(), /Địa chỉ điểm tiếp nhận hiện ra/);
  const [code, secret] = await slip.locator(".code").allTextContents();
  await context.setOffline(false);
  await status(page).getByText("Đã gửi hết").waitFor();
  const printed = context.waitForEvent("page");
  await slip.getByRole("button", { name: "In phiếu hẹn" }).click();
  await (await printed).getByText(code).first().waitFor();

  // Once more for the same person: refused, and it is said what to do.
  await wish(context, page, id);
  const again = await openNewest(page);
  await again.getByText("Người này đã có lịch hẹn cho thủ tục này.").waitFor();
  await assertAccessible(page, "app-wish-refused");

  // The citizen cancels it.
  const cancelled = await fetch(`${origin}/api/v1/appointments/cancel`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ code, secret }) });
  assert.equal(cancelled.status, 200);
  await page.reload();
  await goTo(page, "Sổ");
  const booked = page.locator(".lines li").nth(1);
  await booked.getByRole("button").first().click();
  await booked.locator(".slip-small").getByText("Đã hủy").waitFor();
  assert.equal(await booked.locator(".code").count(), 0, "nothing to be handed over");
  await assertAccessible(page, "app-slip-cancelled");
});

test("what is recorded anew begins with what was right: the person, the stage, the request", async (t) => {
  const { context, page } = await atWork(t, browser, origin);
  await page.locator("button.person").first().click();
  const whose = await page.locator(".picked strong").textContent();
  await page.getByRole("button", { name: /^Kích hoạt mức 2/ }).click();
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText("Đã lưu trên máy").waitFor();
  const takeBack = async (why, words) => {
    const line = await openNewest(page);
    await line.getByRole("button", { name: /Ghi nhầm/ }).click();
    await line.getByText(why, { exact: true }).click();
    if (words) await line.getByLabel("Lý do, không ghi tên").fill(words);
    await line.getByRole("button", { name: "Hủy và ghi lại cho đúng" }).click();
  };
  const stage = (name) => page.getByRole("button", { name: new RegExp(`^${name}`) });
  await takeBack("Nhầm bước");
  await page.getByRole("heading", { name: "Ghi nhận" }).waitFor();
  assert.equal(await page.locator(".picked strong").textContent(), whose);
  assert.equal(await stage("Kích hoạt mức 2").getAttribute("aria-pressed"), "false");
  await stage("Kích hoạt mức 1").click();
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText("Đã lưu trên máy").waitFor();
  await takeBack("Nhầm người");
  await page.getByRole("heading", { name: "Ghi nhận" }).waitFor();
  assert.equal(await page.locator(".picked").count(), 0);
  assert.equal(await stage("Kích hoạt mức 1").getAttribute("aria-pressed"), "true");

  await status(page).getByText("Đã gửi hết").waitFor();
  await wish(context, page, idNumber(), () => page.getByLabel("Số điện thoại để báo (nếu có)").fill("0912 345 678"));
  await takeBack("Lý do khác", "Đổi ngày");
  await page.getByRole("heading", { name: "Đặt hẹn hộ" }).waitFor();
  assert.equal(await page.getByLabel("Họ và tên").inputValue(), "Nguyễn Thị Thử");
  assert.equal(await page.getByLabel("Số điện thoại để báo (nếu có)").inputValue(), "0912 345 678");
  assert.equal(await page.getByLabel("Số định danh (12 số)").inputValue(), "", "a sealed number is read by nobody");
});

test("by the keyboard alone somebody is recorded, and a mistake is taken back", async (t) => {
  const { page } = await atWork(t, browser, origin);
  /** Goes on with Tab until that is where one is. */
  const reach = async (name) => {
    for (let step = 0; step < 80; step += 1) {
      await page.keyboard.press("Tab");
      const [here, shown] = await page.evaluate(() => {
        const one = document.activeElement;
        const label = one.labels?.[0]?.textContent ?? one.getAttribute("aria-label") ?? one.textContent;
        return [label.trim(), one === document.body || getComputedStyle(one).outlineStyle !== "none"];
      });
      assert.ok(shown, `where the focus is can be seen at “${here}”`);
      if (name.test(here)) return;
    }
    assert.fail(`Tab never came to ${name}`);
  };
  await reach(/^Ghi$/);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Ghi nhận" }).waitFor();
  await reach(/^Số định danh/);
  const id = idNumber();
  await page.keyboard.type(id);
  await reach(/^Kích hoạt mức 1/);
  await page.keyboard.press("Space");
  await reach(/^Đồng ý — Lưu$/);
  await page.keyboard.press("Enter");
  await page.getByText("Đã lưu trên máy: Kích hoạt mức 1").waitFor();
  await status(page).getByText("Đã gửi hết").waitFor();
  await reach(/^Sổ/);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Sổ của tôi" }).waitFor();
  await reach(/^Kích hoạt mức 1/);
  await page.keyboard.press("Enter");
  await page.getByText(`…${id.slice(-4)}`).waitFor();
  await reach(/^Ghi nhầm/);
  await page.keyboard.press("Enter");
  await reach(/^Nhầm người/);
  await page.keyboard.press("Space");
  await reach(/^Chỉ hủy$/);
  await page.keyboard.press("Enter");
  await page.getByText("Đã hủy bản ghi trên máy.").waitFor();
  await status(page).getByText("Đã gửi hết").waitFor();
  const [void_, taken] = await ledgerOf(origin, HA);
  assert.deepEqual([void_.kind, taken.voided], ["void", true]);
});
