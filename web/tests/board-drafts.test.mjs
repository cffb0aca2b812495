// What people write for a report is not lost before it is written; how to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { call, COMMANDER, goTo, onBoard } from "./board.mjs";
import { assertAccessible } from "./pages.mjs";

const open = onBoard();

test("a text of the report outlives other sections, steps and views, and the browser asks before it goes", async (t) => {
  const page = await open(t, COMMANDER);
  const me = (await call(page, "GET", "/me")).body;
  // A month that no other run has.
  const month = `${2023 + Math.floor(Math.random() * 60)}-0${1 + Math.floor(Math.random() * 9)}`;
  const body = { unit_id: me.unit_id, month, starts_on: `${month}-01`, ends_on: `${month}-28`, cumulative_from: "2022-01-18" };
  const made = await call(page, "POST", "/reporting-periods", body);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const period = made.body.period_id;
  const words = page.getByLabel("Nội dung (không ghi tên công dân)");
  const section = (name) => page.getByRole("navigation", { name: "Các mục" }).getByRole("button", { name });
  await goTo(page, `#bao-cao/${period}/phan-viet`);
  await words.fill("Đã ban hành kế hoạch.");
  await section("III.1. Ưu điểm").click();
  assert.equal(await words.inputValue(), "");
  await words.fill("Nhân dân ủng hộ.");
  await section(/I\. Công tác chỉ đạo, triển khai.*đang viết dở/).click();
  assert.equal(await words.inputValue(), "Đã ban hành kế hoạch.");
  await assertAccessible(page, "report-texts-begun");
  // Another step, another view, and back.
  await page.getByRole("link", { name: "2. Rà soát" }).click();
  await page.getByRole("link", { name: "Sổ theo dõi" }).click();
  await page.getByRole("heading", { name: "Ghi vào sổ" }).waitFor();
  await goTo(page, `#bao-cao/${period}/phan-viet`);
  assert.equal(await words.inputValue(), "Đã ban hành kế hoạch.");
  // Leaving asks first.
  const asked = page.waitForEvent("dialog");
  await page.evaluate(() => setTimeout(() => location.reload()));
  const dialog = await asked;
  assert.equal(dialog.type(), "beforeunload");
  await dialog.dismiss();
  // What is written is no draft any more; what is dropped neither.
  await page.getByRole("button", { name: "Ghi lại" }).click();
  await page.getByText("Đã ghi bản 1.").waitFor();
  assert.equal(await section(/I\. Công tác chỉ đạo.*đang viết dở/).count(), 0);
  await section("III.1. Ưu điểm").click();
  assert.equal(await words.inputValue(), "Nhân dân ủng hộ.");
  await page.getByRole("button", { name: "Bỏ", exact: true }).click();
  assert.equal(await words.inputValue(), "");
  await page.reload();
  await words.waitFor();
  assert.equal(await words.inputValue(), "Đã ban hành kế hoạch.");
});
