// The citizen's booking in a browser, for its stories. Everybody here is invented; each run makes people of its own.
import assert from "node:assert/strict";
import { after, before } from "node:test";

import { startBrowser } from "./pages.mjs";
import { startProgram } from "./program.mjs";

/** The first hours listed may close while a form is being filled in. */
export const LATER = 3;

/** Starts what is needed before the stories of a file, and gives what they begin with. */
export function onBooking() {
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

  /** A page whose every complaint fails the test. */
  async function open(t, path, options = {}) {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: "vi-VN", ...options });
    t.after(() => context.close());
    const page = await context.newPage();
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (line) => {
      // A refusal that the page shows is no complaint.
      if (line.type() === "error" && !/Failed to load resource/.test(line.text())) complaints.push(line.text());
    });
    t.after(() => assert.deepEqual(complaints, []));
    await page.goto(program.origin + path);
    return page;
  }

  return { origin: () => program.origin, open };
}

/** A number of a woman born in 1990 that nobody had in this run. */
export function idNumber() {
  return `0581901${String(Math.floor(Math.random() * 1e5)).padStart(5, "0")}`;
}

export async function pickHour(page) {
  await page.locator("button.hour").nth(LATER).click();
}

export async function fillPerson(page, id) {
  await page.getByLabel("Số định danh (12 số)").fill(id);
  await page.getByLabel("Họ và tên", { exact: true }).fill("Nguyễn Thị Thử");
}

/** From the first page to a booked appointment; its two codes. */
export async function book(page, id) {
  await pickHour(page);
  await fillPerson(page, id);
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  await page.getByRole("button", { name: "Xác nhận đặt lịch" }).click();
  await page.getByRole("heading", { name: "Đã đặt lịch" }).waitFor();
  const [code, secret] = await page.locator("dd.code").allTextContents();
  return { code, secret };
}
