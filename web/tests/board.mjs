// What the tests of the board share: the demo's people, a page on which one of them is signed in, and the server as
// that page speaks to it.
import assert from "node:assert/strict";
import { after, before } from "node:test";

import { startBrowser } from "./pages.mjs";
import { startProgram } from "./program.mjs";

export const PASSWORD = "tổ 06 dùng thử";
export const ADMIN = "0900000001";
export const COMMANDER = "0900000002";
export const LEAD = "0900000005";
export const VOLUNTEER = "0900000007";

/** Starts what is needed before the tests of a file; what it gives signs somebody in on the board. */
export function onBoard() {
  let browser;
  let program;
  before(async () => {
    program = await startProgram();
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });
  /** Every complaint of the page fails the test. */
  return async (t, phone, hash = "", options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "vi-VN", ...options });
    t.after(() => context.close());
    const page = await context.newPage();
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (line) => {
      if (line.type() === "error" && !/Failed to load resource|ERR_INTERNET_DISCONNECTED/.test(line.text())) complaints.push(line.text());
    });
    t.after(() => assert.deepEqual(complaints, []));
    await page.goto(`${program.origin}/chi-huy${hash}`);
    await page.getByLabel("Số điện thoại").fill(phone);
    await page.getByLabel("Mật khẩu").fill(PASSWORD);
    await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
    await page.getByRole("button", { name: "Đăng xuất" }).waitFor();
    return page;
  };
}

/** Speaks to the server as the page does, in its session. */
export function call(page, method, path, body, headers = {}) {
  return page.evaluate(
    async ([method, path, body, more]) => {
      const isText = typeof body === "string";
      const headers = { "Content-Type": isText ? "text/csv" : "application/json", ...more };
      const answer = await fetch(`/api/v1${path}`, { method, headers, body: isText ? body : body && JSON.stringify(body) });
      const text = await answer.text();
      return { status: answer.status, body: text ? JSON.parse(text) : undefined };
    },
    [method, path, body, headers],
  );
}

export const goTo = (page, hash) => page.evaluate((hash) => (location.hash = hash), hash);

export const csv = (text) => ({ name: "tep.csv", mimeType: "text/csv", buffer: Buffer.from(`${text}\n`) });

/** Somebody whom nobody knows yet: a name in letters, and a phone. */
export function someone() {
  const number = String(Math.floor(Math.random() * 1e8)).padStart(8, "0");
  return { phone: `09${number}`, name: `Mới ${number.replace(/\d/g, (digit) => "aebikomuty"[digit])}` };
}
