// A volunteer who was given another role while their phone still held work. How to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { atWork, idNumber, LAN, ledgerOf, PASSWORD, record, speaker, status } from "./app.mjs";
import { assertAccessible, startBrowser } from "./pages.mjs";
import { startProgram } from "./program.mjs";

const COMMANDER = "0900000002";

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

/** Under which names something of the server's lies on the phone. */
const keptNames = (page) => page.evaluate(() => new Promise((resolve) => {
  indexedDB.open("to06-app").onsuccess = ({ target }) => {
    target.result.transaction("kept").objectStore("kept").getAllKeys().onsuccess = ({ target }) => resolve(target.result);
  };
}));

test("whoever has another role by now is told so once, sends what they recorded, sees how it ends, and keeps nobody's name", async (t) => {
  const { context, page } = await atWork(t, browser, origin, LAN);
  await record(page, idNumber(), "Cài đặt VNeID");
  await status(page).getByText("Đã gửi hết").waitFor();
  const isList = (name) => name.startsWith("village/");
  assert.ok((await keptNames(page)).some(isList), "there was a list to forget");
  await context.setOffline(true);
  await record(page, idNumber(), "Kích hoạt mức 1");
  const lan = await speaker(origin, LAN);
  const { account_id } = await lan("GET", "/me");
  const commander = await speaker(origin, COMMANDER);
  await commander("PATCH", `/accounts/${account_id}`, { role: "officer" });
  await context.setOffline(false);
  await page.getByText("việc chưa gửi vẫn được giữ trên máy").waitFor();

  const answers = [];
  page.on("response", (answer) => answers.push({ path: new URL(answer.url()).pathname, status: answer.status() }));
  await page.getByLabel("Số điện thoại của bạn").fill(LAN);
  await page.getByLabel("Mật khẩu", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Đăng nhập lại" }).click();
  await page.getByRole("heading", { name: "Vai trò của bạn đã đổi" }).waitFor();
  await page.getByText("Tài khoản này nay không ghi nhận nữa").waitFor();
  await status(page).getByText("Đã gửi hết").waitFor();
  await page.getByText("Thao tác 1 đến 2: 1 đã xử lý, 1 chờ duyệt, 0 thiếu.").waitFor();
  const [held] = await ledgerOf(origin, LAN);
  assert.deepEqual([held.result, held.code], ["held", "ROLE_LOST"]);
  const line = page.locator(".lines li").first();
  await line.getByText("Chờ duyệt").waitFor();
  await line.getByRole("button").first().click();
  await line.getByText("Tài khoản nay có vai trò khác").waitFor();
  assert.equal(await line.getByRole("button", { name: "Ghi nhầm" }).count(), 0);
  assert.equal(await page.getByRole("navigation").count(), 0, "nothing is left to do here");
  await assertAccessible(page, "app-role");
  assert.deepEqual(answers.filter((one) => one.status >= 400), []);
  assert.ok(!answers.some((one) => /worklists|assignments/.test(one.path)));
  assert.ok(!(await keptNames(page)).some(isList), "the lists are gone");
  const pulled = await (await speaker(origin, LAN))("GET", "/sync/pull?limit=500");
  assert.deepEqual([...new Set(pulled.items.map((one) => one.collection))], ["operation"]);

  // It opens without a network too, and says the same.
  await page.evaluate("navigator.serviceWorker.ready");
  await context.setOffline(true);
  await page.reload();
  await page.getByRole("heading", { name: "Vai trò của bạn đã đổi" }).waitFor();
});
