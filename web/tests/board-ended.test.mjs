// One screen that people use in turn: what one of them typed is not sent in the next one's name, and a session that
// ended elsewhere shows nothing any more; how to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { ADMIN, call, COMMANDER, goTo, LEAD, onBoard, PASSWORD, VOLUNTEER } from "./board.mjs";

const open = onBoard();
const REPORTER = "0900000003";
const OTHER = "một câu khác dễ nhớ";
const BIRTHS = "Giá trị, Đăng ký khai sinh";

async function signOut(page) {
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await page.getByLabel("Số điện thoại").waitFor();
}

async function signIn(page, phone) {
  await page.getByLabel("Số điện thoại").fill(phone);
  await page.getByLabel("Mật khẩu").fill(PASSWORD);
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
  await page.getByRole("button", { name: "Đăng xuất" }).waitFor();
}

test("figures that somebody typed are not sent in the name of who comes next, and wait for whose they are", async (t) => {
  const page = await open(t, COMMANDER);
  const me = (await call(page, "GET", "/me")).body;
  // A month that no other run has.
  const month = `${2023 + Math.floor(Math.random() * 60)}-0${1 + Math.floor(Math.random() * 9)}`;
  const body = { unit_id: me.unit_id, month, starts_on: `${month}-01`, ends_on: `${month}-28`, cumulative_from: "2022-01-18" };
  const made = await call(page, "POST", "/reporting-periods", body);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  await goTo(page, `#bao-cao/${made.body.period_id}`);
  const births = page.getByLabel(BIRTHS, { exact: true });
  const write = page.getByRole("button", { name: /^Ghi \d+ số/ });
  await births.fill("77");
  await write.waitFor();
  await signOut(page);
  await signIn(page, REPORTER);
  await births.waitFor();
  assert.ok(await births.isEnabled());
  assert.equal(await births.inputValue(), "");
  assert.equal(await write.count(), 0);
  await births.fill("5");
  await signOut(page);
  await signIn(page, COMMANDER);
  await births.waitFor();
  assert.equal(await births.inputValue(), "77");
  assert.equal(await write.textContent(), "Ghi 1 số");
});

/** The rows go, and whoever stands there is told why, and how to go on. */
async function assertEnded(page, rows) {
  await page.getByText("Phiên làm việc đã hết hoặc đã bị kết thúc. Hãy đăng nhập lại.").waitFor();
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).waitFor();
  assert.equal(await page.locator(rows).count(), 0);
  assert.equal(await page.locator("body.walled").count(), 0);
}

/** No line tells of changes there: the board is asked for every few seconds. */
async function withoutLine(page) {
  await page.context().route(/leaderboards\/.*\/stream/, (route) => route.abort());
  await page.reload();
}

test("a wall whose account has another password shows its boards no longer", async (t) => {
  const [page, other] = [await open(t, LEAD), await open(t, LEAD)];
  await goTo(page, "#man-hinh?giay=60");
  await withoutLine(page);
  await page.locator(".far li").nth(23).waitFor();
  const change = (from, to) => call(other, "PUT", "/me/password", { current_password: from, new_password: to });
  assert.equal((await change(PASSWORD, OTHER)).status, 204);
  try {
    await assertEnded(page, ".far li, .tile");
  } finally {
    assert.equal((await change(OTHER, PASSWORD)).status, 204);
  }
});

test("ranks of somebody whose account was stopped go", async (t) => {
  const [page, admin] = [await open(t, VOLUNTEER), await open(t, ADMIN)];
  await goTo(page, "#xep-hang/commune");
  await withoutLine(page);
  await page.locator(".ranks.full tbody tr").nth(23).waitFor();
  const me = (await call(page, "GET", "/me")).body;
  const disable = (disabled) => call(admin, "PATCH", `/accounts/${me.account_id}`, { disabled });
  assert.equal((await disable(true)).status, 200);
  try {
    await assertEnded(page, ".ranks tr");
  } finally {
    assert.equal((await disable(false)).status, 200);
  }
});

test("whoever signs out in one tab is signed out of the day and of closed boards in the others", async (t) => {
  const days = await open(t, COMMANDER, "#hom-nay");
  await days.getByLabel("Nội dung tin").waitFor();
  const tab = async (hash) => {
    const page = await days.context().newPage();
    await page.goto(days.url().replace(/#.*/, hash));
    await page.getByRole("button", { name: "Đăng xuất" }).waitFor();
    return page;
  };
  const [closings, other] = [await tab("#da-chot"), await tab("#giai-thich")];
  await closings.getByRole("heading", { name: "Bảng đã chốt" }).waitFor();
  await signOut(other);
  await days.evaluate(() => dispatchEvent(new Event("online")));
  await assertEnded(days, ".part, textarea.message");
  await goTo(closings, "#da-chot/2024-01-01/2024-01-07");
  await assertEnded(closings, ".windows, .editions");
});
