// Officers at the desk of the demo's mobile team, for the stories of the desk. Everybody here is invented; each run makes
// people of its own.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before } from "node:test";

import { startBrowser } from "./pages.mjs";
import { startProgram } from "./program.mjs";

export const PASSWORD = "tổ 06 dùng thử";
export const OFFICER = "0900000004";
export const OFFICE = "Tổ lưu động (thử, mở cả ngày)";

/** Desks that nobody else sits at, run after run. */
let lastDesk = Math.floor(Math.random() * 70);

export function nextDesk() {
  lastDesk += 1;
  return lastDesk;
}

/** A number of a woman born in 1990 that nobody had in this run. */
export function idNumber() {
  return `0581901${String(Math.floor(Math.random() * 1e5)).padStart(5, "0")}`;
}

/** Starts what is needed before the stories of a file, and gives what they begin with. */
export function onDesk() {
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

  async function ask(method, path, body, headers = {}) {
    const answer = await fetch(`${program.origin}/api/v1${path}`, {
      method,
      headers: { "content-type": "application/json", "idempotency-key": randomUUID(), ...headers },
      body: body && JSON.stringify(body),
    });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
    return answer.json();
  }

  /** Books somebody at the desk's office for today; their code. `more`: of the confirmation. */
  async function book(name, id = idNumber(), more = {}) {
    const { slots } = await ask("GET", "/slots/nearest?service=cccd_new");
    const slot = slots.find((one) => one.office_name === OFFICE && one.today);
    const hold = await ask("POST", "/holds", { office_id: slot.office_id, starts_at: slot.starts_at, service_code: "cccd_new", device_id: randomUUID(), id_numbers: [id] });
    const booked = await ask("POST", "/appointments", { hold_token: hold.hold_token, service_code: "cccd_new", visitors: [{ id_number: id, name }], ...more });
    return booked.appointments[0].code;
  }

  /** A page whose every complaint fails the test. */
  async function open(t, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "vi-VN", ...options });
    t.after(() => context.close());
    const page = await context.newPage();
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (line) => {
      // A refusal that the page shows is no complaint.
      if (line.type() === "error" && !/Failed to load resource/.test(line.text())) complaints.push(line.text());
    });
    t.after(() => assert.deepEqual(complaints, []));
    await page.goto(`${program.origin}/quay`);
    return page;
  }

  /** At work at the mobile team's office, behind a desk. */
  async function atDesk(t, options) {
    const desk = nextDesk();
    const page = await open(t, options);
    await signIn(page);
    await page.getByRole("button", { name: OFFICE }).click();
    await page.getByLabel("Quầy số").fill(String(desk));
    await page.keyboard.press("Tab");
    await page.getByRole("heading", { name: `Quầy ${desk}` }).waitFor();
    await page.evaluate("document.activeElement.blur()");
    return { page, desk };
  }

  return { origin: () => program.origin, ask, book, open, atDesk };
}

export async function signIn(page, phone = OFFICER, password = PASSWORD) {
  await page.getByLabel("Số điện thoại").fill(phone);
  await page.getByLabel("Mật khẩu").fill(password);
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
}

export const mine = (page) => page.locator(".mine .big");
export const said = (page, text) => page.locator(".said", { hasText: text }).waitFor();

/** What a scanner types, as fast as one: no key waits until the page has answered the one before. */
export async function scan(page, text) {
  const keyboard = await page.context().newCDPSession(page);
  const press = (key, typed) => keyboard.send("Input.dispatchKeyEvent", { type: "keyDown", key, text: typed });
  await Promise.all([...[...text].map((letter) => press(letter, letter)), press("Enter", "\r")]);
  await keyboard.detach();
}

/** A ticket without an appointment, by the keys alone; its number. */
export async function issue(page) {
  await page.keyboard.press("p");
  await page.getByRole("dialog").getByRole("button", { name: "Phát phiếu", exact: true }).click();
  await page.locator(".given .big").waitFor();
  const number = await page.locator(".given .big").textContent();
  await page.locator(".given").getByRole("button", { name: "Xong" }).click();
  return number;
}

/** Nobody is left at a desk or in the queue, whatever other tests did. */
export async function callUntil(page, number) {
  for (let calls = 0; calls < 30; calls += 1) {
    await page.getByRole("button", { name: "Gọi người tiếp theo" }).waitFor();
    await page.keyboard.press("n");
    await page.getByRole("button", { name: "Bắt đầu làm" }).waitFor();
    if ((await mine(page).textContent()) === number) return;
    await serve(page);
  }
  assert.fail(`${number} was never called`);
}

export async function serve(page, result = "4") {
  await page.keyboard.press("b");
  await page.getByRole("button", { name: "Xong, ghi kết quả" }).waitFor();
  await page.keyboard.press("x");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press(result);
  await page.getByRole("button", { name: "Gọi người tiếp theo" }).waitFor();
}
