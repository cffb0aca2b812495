// The badge: shown on a volunteer's phone, typed on a householder's; how to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { goTo, LAN, phone, signIn } from "./app.mjs";
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

/** A code that stays long enough to be typed, however slow this machine is. */
async function showBadge(page) {
  await goTo(page, "Tôi");
  await page.getByRole("link", { name: "Thẻ của tôi" }).click();
  await page.waitForFunction(() => Number(document.querySelector(".badge-shown progress")?.value) >= 35, undefined, { timeout: 90_000 });
  return page.locator(".six").textContent();
}

/** The public page as a stranger's phone shows it, with no script at all. */
async function door(t) {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: "vi-VN", javaScriptEnabled: false });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${origin}/xac-minh`);
  return page;
}

async function typeCode(page, code) {
  await page.getByLabel("Mã 6 số trên máy của tình nguyện viên").fill(code);
  await page.getByRole("button", { name: "Xem là ai" }).click();
}

test("a householder types the code and sees the union, the commune and the given name, and nothing else", async (t) => {
  const { page } = await phone(t, browser, origin);
  await signIn(page, LAN);
  const code = await showBadge(page);
  assert.match(await page.locator(".badge-shown .soft").textContent(), /^Mã đổi sau \d+ giây$/);
  await page.getByText("Đừng bao giờ hỏi mã OTP hay mật khẩu của ai").waitFor();
  await assertAccessible(page, "app-badge");
  const name = await page.getByRole("heading", { level: 1 }).textContent();
  const stranger = await door(t);
  await typeCode(stranger, code);
  const slip = stranger.locator(".slip");
  await slip.getByText("Hội Liên hiệp Phụ nữ").waitFor();
  const words = await slip.innerText();
  assert.ok(words.includes(name.split(" ").at(-1)) && !words.includes(name), words);
  assert.match(words, /(Xã|Phường) /);
  await stranger.getByText("mã OTP, mật khẩu hay mã khóa VNeID").first().waitFor();
});

test("the public page is readable by everybody, and tells a wrong code without telling more", async (t) => {
  // With scripts, for axe is one.
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: "vi-VN" });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${origin}/xac-minh`);
  await assertAccessible(page, "verify");
  await page.getByLabel("Mã 6 số trên máy của tình nguyện viên").focus();
  await page.keyboard.type("000000");
  await page.keyboard.press("Enter");
  await page.getByText("Không ai đang dùng mã này.").waitFor();
  await assertAccessible(page, "verify-unknown");
  const volunteer = await phone(t, browser, origin);
  await signIn(volunteer.page, LAN);
  await typeCode(page, await showBadge(volunteer.page));
  await page.getByText("Mã đúng.").waitFor();
  await assertAccessible(page, "verify-known");
});

test("a phone whose clock is hours wrong shows a code that is good, and counts it down", async (t) => {
  const { context, page } = await phone(t, browser, origin);
  await signIn(page, LAN);
  await context.addInitScript(`{
    const { now } = Date;
    Date.now = () => now() - 5 * 3_600_000;
  }`);
  await page.reload();
  const code = await showBadge(page);
  assert.match(await page.locator(".badge-shown .soft").textContent(), /^Mã đổi sau ([0-4]?\d|50) giây$/);
  const stranger = await door(t);
  await typeCode(stranger, code);
  await stranger.locator(".slip").waitFor();
});

test("without a network no code is shown, and it comes back by itself", async (t) => {
  const { context, page } = await phone(t, browser, origin);
  await signIn(page, LAN);
  await goTo(page, "Tôi");
  let isAway = true;
  await context.route("**/api/v1/badges", (route) => (isAway ? route.abort() : route.continue()));
  await page.getByRole("link", { name: "Thẻ của tôi" }).click();
  await page.getByText("Mã cần có mạng; có mạng lại thì mã tự hiện.").waitFor();
  assert.equal(await page.locator(".six").textContent(), "––– –––");
  await assertAccessible(page, "app-badge-away");
  isAway = false;
  await page.getByText(/^\d{3} \d{3}$/).waitFor();
});
