// What was typed into the volunteer's app and not saved. How to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { atWork, chooseVillage, diskOf, goTo, HA, idNumber, LAN, ledgerOf, open, record, signIn, status } from "./app.mjs";
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

/** Until nothing typed is still on its way to the disk. */
const settled = (page) => page.getByText("Phần đang nhập đã giữ trên máy").waitFor();

test("what was half typed survives closing without a network, and nobody reads the number in it", async (t) => {
  const { context, page } = await atWork(t, browser, origin);
  await status(page).getByText("Đã gửi hết").waitFor();
  await page.evaluate("navigator.serviceWorker.ready");
  await context.setOffline(true);
  const id = idNumber();
  await goTo(page, "Ghi");
  await page.getByLabel("Số định danh (12 số)").fill(id);
  await page.getByRole("button", { name: "Kích hoạt mức 2", exact: true }).click();
  await settled(page);
  await page.evaluate("location.hash = '/dat-hen'");
  await page.getByLabel("Số định danh (12 số)").fill(id.slice(0, 7));
  await page.getByLabel("Họ và tên").fill("Chamaléa Thị Dở Dang");
  await page.getByLabel("Số điện thoại để báo (nếu có)").fill("0987 316 254");
  await settled(page);
  await page.evaluate("location.hash = '/tuyen-truyen'");
  await page.getByLabel("Số người dự").fill("35");
  await settled(page);
  const disk = await diskOf(page);
  for (const secret of [id, id.slice(0, 7), id.slice(-6), "Chamaléa", "316 254", "316254"]) assert.ok(!disk.includes(secret), `${secret} lies in the clear`);
  await page.close();

  const again = await open(context, origin);
  await again.getByRole("heading", { name: "Đang nhập dở" }).waitFor();
  assert.equal(await again.locator("main section .lines li").count(), 3);
  await assertAccessible(again, "app-begun");
  await again.getByRole("button", { name: /^Buổi tuyên truyền/ }).click();
  await again.getByText("Đang nhập dở từ").waitFor();
  assert.equal(await again.getByLabel("Số người dự").inputValue(), "35");
  await goTo(again, "Việc");
  await again.getByRole("button", { name: /Chamaléa Thị Dở Dang/ }).click();
  assert.equal(await again.getByLabel("Họ và tên").inputValue(), "Chamaléa Thị Dở Dang");
  assert.equal(await again.getByLabel("Số điện thoại để báo (nếu có)").inputValue(), "0987 316 254");
  assert.equal(await again.getByLabel("Số định danh (12 số)").inputValue(), "", "a part of a number is typed anew");
  assert.equal(await again.getByRole("checkbox").isChecked(), false, "nobody agrees beforehand");

  await goTo(again, "Ghi");
  await again.getByText("đã niêm phong").waitFor();
  await assertAccessible(again, "app-begun-sealed");
  const shown = await again.locator("main").innerText();
  assert.ok(shown.includes(`…${id.slice(-4)}`) && !shown.includes(id), shown);
  assert.equal(await again.getByRole("button", { name: "Kích hoạt mức 2", exact: true }).getAttribute("aria-pressed"), "true");
  await again.getByRole("button", { name: "Cài đặt VNeID", exact: true }).click();
  await again.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await again.getByText("Đã lưu trên máy").waitFor();
  await goTo(again, "Việc");
  await again.locator("main section .lines li").nth(1).waitFor();
  assert.equal(await again.locator("main section .lines li").count(), 2, "what is saved is not begun");
  await context.setOffline(false);
  await status(again).getByText("Đã gửi hết").waitFor();
  const mine = (await ledgerOf(origin, HA)).slice(0, 2);
  assert.deepEqual(mine.map((entry) => [entry.stage, entry.result]).sort(), [["installed", "applied"], ["level2_activated", "applied"]]);

  // It was the same number: a second union's record of it is merged.
  const other = await atWork(t, browser, origin, LAN);
  await record(other.page, id, "Kích hoạt mức 2");
  await status(other.page).getByText("Đã gửi hết").waitFor();
  assert.equal((await ledgerOf(origin, LAN))[0].result, "merged");
});

test("a form about somebody on the list is theirs, and is thrown away where its owner says so", async (t) => {
  const { page } = await atWork(t, browser, origin);
  const someone = page.locator("button.person").first();
  const whose = (await someone.locator(".who").textContent()).split("·").at(-1).trim();
  await someone.click();
  await page.getByRole("button", { name: "Chưa xong" }).click();
  await page.getByText("Đi vắng").click();
  await settled(page);
  await page.reload();
  await page.getByRole("heading", { name: "Ghi nhận" }).waitFor();
  assert.equal(await page.getByText(whose).count(), 0, "the address says nothing of whom");
  await goTo(page, "Việc");
  await page.getByRole("button", { name: /^Ghi nhận — / }).click();
  await page.locator(".picked").getByText(whose).waitFor();
  assert.ok(await page.getByLabel("Đi vắng").isChecked());
  await page.getByRole("button", { name: "bỏ, nhập lại từ đầu" }).click();
  assert.equal(await page.getByRole("button", { name: "Chưa xong" }).getAttribute("aria-pressed"), "false");
  await goTo(page, "Việc");
  await page.locator("button.person").first().waitFor();
  await page.getByRole("heading", { name: "Đang nhập dở" }).waitFor({ state: "detached" });
});

test("who signs out leaves nothing half typed behind", async (t) => {
  const { page } = await atWork(t, browser, origin);
  await page.evaluate("location.hash = '/tuyen-truyen'");
  await page.getByLabel("Số người dự").fill("12");
  await settled(page);
  await goTo(page, "Tôi");
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await signIn(page, HA);
  await chooseVillage(page);
  assert.equal(await page.getByRole("heading", { name: "Đang nhập dở" }).count(), 0);
});
