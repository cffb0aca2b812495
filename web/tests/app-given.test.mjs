// What a volunteer is given: villages, campaigns, help. How to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";

import { goTo, HA, open, phone, signIn, speaker, status } from "./app.mjs";
import { assertAccessible, startBrowser } from "./pages.mjs";
import { startProgram } from "./program.mjs";

/** Leads the union that Hà works for, in the same commune. */
const LEAD = "0900000005";

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

const local = (offset) => new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" }).format(new Date(Date.now() + offset * 86_400_000));

test("a village that was given to somebody comes first, with its last day, also without a network", async (t) => {
  const [lead, volunteer] = [await speaker(origin, LEAD), await speaker(origin, HA)];
  const { account_id, unit_id } = await volunteer("GET", "/me");
  const { items } = await lead("GET", `/units?within=${unit_id}&level=village&limit=200`);
  const given = items.at(-1);
  const { villages } = await lead("POST", "/assignments", { account_id, village_ids: [given.unit_id], until_on: local(9) });
  t.after(() => Promise.all(villages.map((one) => lead("DELETE", `/assignments/${one.assignment_id}`))));

  const { context, page } = await phone(t, browser, origin);
  await signIn(page);
  await page.getByRole("heading", { name: "Giao cho bạn" }).waitFor();
  await assertAccessible(page, "app-villages-given");
  const first = page.locator("button.tile").first();
  const [, month, date] = local(9).split("-");
  assert.match(await first.innerText(), new RegExp(`${given.name.replaceAll(/[()]/g, "\\$&")}[\\s\\S]*đến hết ${date}/${month}`));
  await page.evaluate("navigator.serviceWorker.ready");
  await status(page).getByText("Đã gửi hết").waitFor();
  await context.setOffline(true);
  await page.close();
  const again = await open(context, origin);
  await again.getByRole("heading", { name: "Giao cho bạn" }).waitFor();
});

test("a campaign tells its days, its targets and its teams, and how old that is", async (t) => {
  const [lead, volunteer] = [await speaker(origin, LEAD), await speaker(origin, HA)];
  const { account_id, unit_id } = await volunteer("GET", "/me");
  const source = "Kế hoạch ra quân số 12/KH-ĐTN";
  const name = `Ra quân cuối tuần ${randomUUID().slice(0, 4)}`;
  const { campaign_id } = await lead("POST", "/campaigns", { name, unit_id, starts_on: local(-1), ends_on: local(2), source });
  t.after(() => lead("POST", `/campaigns/${campaign_id}/closing`, { reason: "Xong phần thử." }));
  await lead("PUT", `/campaigns/${campaign_id}/targets`, { targets: [{ unit_id, mass_union: "youth", stage: "level2_activated", people: 40, source, made_on: local(-1) }] });
  await lead("POST", `/campaigns/${campaign_id}/teams`, { name: "Đội Thử", unit_id, mass_union: "youth", account_ids: [account_id, (await lead("GET", "/me")).account_id] });

  const { context, page } = await phone(t, browser, origin);
  await signIn(page, LEAD);
  await page.locator("button.tile").first().click();
  const line = page.locator("p", { hasText: name });
  await line.getByText("còn 02 ngày").waitFor();
  await page.evaluate("navigator.serviceWorker.ready");
  await status(page).getByText("Đã gửi hết").waitFor();
  await context.setOffline(true);
  await line.getByRole("link").click();
  const drive = page.locator("section.drive", { hasText: name });
  await drive.getByText("/ 40 người").waitFor();
  await drive.locator("tr.own", { hasText: "Đội Thử" }).getByText("đội của bạn").waitFor();
  await page.getByText("Tính đến").waitFor();
  await assertAccessible(page, "app-campaigns");
  await page.clock.install({ time: Date.now() + 30 * 3_600_000 });
  await page.reload();
  await page.getByText("Số liệu này đã cũ").waitFor();
  await assertAccessible(page, "app-campaigns-old");
});

test("help is there without a network, and warns of fraud first", async (t) => {
  const { context, page } = await phone(t, browser, origin);
  await signIn(page);
  await page.evaluate("navigator.serviceWorker.ready");
  await context.setOffline(true);
  await goTo(page, "Tôi");
  await page.getByRole("link", { name: "Hướng dẫn" }).click();
  await page.getByRole("heading", { name: "Hướng dẫn" }).waitFor();
  await page.locator("main .notice").getByText("mã OTP, mật khẩu, mã khóa VNeID").waitFor();
  for (const summary of await page.locator("main summary").all()) {
    await summary.focus();
    await page.keyboard.press("Enter");
  }
  await page.getByText("1900.0368").first().waitFor();
  await assertAccessible(page, "app-help");
});
