// What the record form asks and what it sends, in a real browser. How to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";

import { atWork, chooseVillage, diskOf, goTo, HA, idNumber, ledgerOf, open, opsOf, PHONE, signIn, status } from "./app.mjs";
import { browserSeeing, cardOf } from "./camera.mjs";
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

/** The operations of the next push. */
async function pushed(page) {
  const request = await page.waitForRequest((request) => request.url().endsWith("/sync/push"));
  return opsOf(request);
}

const inDays = (days) => new Date(Date.now() + days * 86_400_000).toLocaleDateString("sv", { timeZone: "Asia/Ho_Chi_Minh" });

test("a visit to somebody who is away needs no consent, and is kept as one to them", async (t) => {
  const { page } = await atWork(t, browser, origin);
  const someone = page.locator("button.person").first();
  const whose = (await someone.locator(".who").textContent()).split("·").at(-1).trim();
  await someone.click();
  await page.getByRole("button", { name: "Chưa xong" }).click();
  await page.getByText("Không nhận được OTP").click();
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).waitFor();
  await page.getByText("Đi vắng").click();
  await page.getByText("Không cần xin đồng ý").waitFor();
  assert.equal(await page.getByRole("button", { name: /đồng ý|ký giấy/i }).count(), 0);
  await page.getByLabel("Hẹn gặp lại ngày (nếu có)").fill(inDays(3));
  await assertAccessible(page, "app-record-away");
  const ops = pushed(page);
  await page.getByRole("button", { name: "Lưu lượt đi" }).click();
  await page.getByText("Đã lưu trên máy: Đi vắng").getByText(whose).waitFor();
  const [op] = await ops;
  assert.equal(op.subject.kind, "provisional");
  assert.deepEqual([op.outcome, op.promised_on, op.consent], ["away", inDays(3), undefined]);
  await status(page).getByText("Đã gửi hết").waitFor();

  // Of whom no list names there is nothing that could be kept.
  await goTo(page, "Ghi");
  await page.getByLabel("Số định danh (12 số)").fill(idNumber());
  await page.getByRole("button", { name: "Chưa xong" }).click();
  await page.getByText("Từ chối").click();
  const nameless = pushed(page);
  await page.getByRole("button", { name: "Lưu không tên" }).click();
  assert.deepEqual((await nameless).map((op) => [op.outcome, op.subject]), [["declined", { kind: "none" }]]);
});

test("a name and a phone number are added beside a typed number, and nothing that was typed is lost", async (t) => {
  const { context, page } = await atWork(t, browser, origin);
  await status(page).getByText("Đã gửi hết").waitFor();
  await goTo(page, "Ghi");
  await page.getByLabel("Số định danh (12 số)").fill(idNumber());
  assert.equal(await page.getByLabel("Họ và tên").isVisible(), false, "three taps are enough");
  await page.getByText("Thêm tên, số điện thoại").click();
  await page.getByLabel("Họ và tên").fill("Katơr Thị Thử");
  await page.getByLabel("Số điện thoại của họ").fill("0912 345");
  await page.getByRole("button", { name: "Kích hoạt mức 1", exact: true }).click();
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText("Số di động gồm 10 số").waitFor();
  await assertAccessible(page, "app-record-more");
  await page.getByLabel("Họ và tên").fill("");
  assert.ok(await page.getByLabel("Họ và tên").isVisible(), "what is emptied can be filled again");
  await page.getByLabel("Họ và tên").fill("Katơr Thị Thử");
  await page.getByLabel("Số điện thoại của họ").fill("0987 316 254");

  // A wrong tap takes nothing away.
  await page.getByRole("button", { name: "Người này chưa có số định danh" }).click();
  await page.getByLabel("Năm sinh").fill("1971");
  assert.equal(await page.getByLabel("Họ và tên").inputValue(), "Katơr Thị Thử");
  assert.equal(await page.getByLabel("Số điện thoại của họ").inputValue(), "0987 316 254");
  await page.getByRole("button", { name: "Nhập số định danh" }).click();
  await page.getByText("Phần đang nhập đã giữ trên máy").waitFor();
  assert.ok(!(await diskOf(page)).includes("316 254"));

  await context.setOffline(true);
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText("Đã lưu trên máy: Kích hoạt mức 1 — Katơr Thị Thử").waitFor();
  const disk = await diskOf(page);
  for (const secret of ["316 254", "316254", "Katơr Thị Thử"]) assert.ok(!disk.includes(secret), `${secret} lies in the clear`);
  const ops = pushed(page);
  await context.setOffline(false);
  const [op] = await ops;
  assert.deepEqual([op.subject.kind, op.name, op.phone, op.birth_year], ["sealed", "Katơr Thị Thử", "0987 316 254", undefined]);
  await status(page).getByText("Đã gửi hết").waitFor();

  // Whoever is on the list may leave a number too.
  await goTo(page, "Việc");
  await page.locator("button.person").first().click();
  await page.getByText("Thêm tên, số điện thoại").click();
  await page.getByLabel("Số điện thoại của họ").fill("0987 316 255");
  await page.getByRole("button", { name: /^Kích hoạt mức 1/ }).click();
  const listed = pushed(page);
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  const [record] = await listed;
  assert.deepEqual([record.subject.kind, record.phone, record.consent.method], ["provisional", "0987 316 255", "spoken"]);
});

test("whoever has no number is told from others by name and birth year, or is one nameless count", async (t) => {
  const { page } = await atWork(t, browser, origin);
  await goTo(page, "Ghi");
  await page.getByRole("button", { name: "Người này chưa có số định danh" }).click();
  await page.getByRole("button", { name: "Cài đặt VNeID", exact: true }).click();
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText("Hãy nhập họ và tên.").waitFor();
  await page.getByText("Hãy nhập năm sinh").waitFor();
  await assertAccessible(page, "app-record-without");
  await page.getByLabel("Họ và tên").fill("Pi Năng Thị Thử");
  await page.getByLabel("Năm sinh").fill("71");
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText("Hãy nhập năm sinh").waitFor();
  await page.getByLabel("Năm sinh").fill("1971");
  const named = pushed(page);
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  const [op] = await named;
  assert.deepEqual([op.subject.kind, op.name, op.birth_year], ["provisional", "Pi Năng Thị Thử", 1971]);
  await status(page).getByText("Đã gửi hết").waitFor();

  await page.getByRole("button", { name: "Người này chưa có số định danh" }).click();
  await page.getByRole("button", { name: "Cài đặt VNeID", exact: true }).click();
  const nameless = pushed(page);
  await page.getByRole("button", { name: "Không đồng ý — Lưu không tên" }).click();
  assert.deepEqual((await nameless).map((op) => [op.subject, op.name]), [[{ kind: "none" }, undefined]]);
});

test("a note about somebody goes along when they agree, and stays behind when they do not", async (t) => {
  const { page } = await atWork(t, browser, origin);
  const write = async () => {
    await page.locator("button.person").first().click();
    await page.getByText("Ghi chú cho lần sau").click();
    await page.getByLabel("Người đến sau cần biết gì?").fill("Tối mới có nhà, hỏi con trai");
  };
  await write();
  await assertAccessible(page, "app-record-note");
  // Alone it is nothing that could be saved without a name.
  await page.getByRole("button", { name: "Không đồng ý — Lưu không tên" }).click();
  assert.ok(await page.getByLabel("Người đến sau cần biết gì?").isVisible());
  const ops = pushed(page);
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText("Đã lưu trên máy: Ghi chú").waitFor();
  const [op] = await ops;
  assert.deepEqual([op.kind, op.text, op.subject.kind], ["note", "Tối mới có nhà, hỏi con trai", "provisional"]);
  await status(page).getByText("Đã gửi hết").waitFor();
  await goTo(page, "Việc");
  await write();
  // Whoever comes next reads it.
  await page.getByText("Ghi chú của những lần trước").click();
  await page.locator(".lines li").getByText("Tối mới có nhà, hỏi con trai").waitFor();
  await assertAccessible(page, "app-record-notes");
  await page.getByRole("button", { name: /^Kích hoạt mức 1/ }).click();
  const nameless = pushed(page);
  await page.getByRole("button", { name: "Không đồng ý — Lưu không tên" }).click();
  assert.deepEqual((await nameless).map((op) => [op.kind, op.subject.kind]), [["record", "none"]]);
});

test("for somebody under 14 a parent is asked, and whoever may be older is asked which", async (t) => {
  const { page } = await atWork(t, browser, origin);
  await goTo(page, "Ghi");
  const year = Number(inDays(0).slice(0, 4));
  const born = (yearsAgo) => `0583${String(year - yearsAgo).slice(2)}${String(Math.floor(Math.random() * 1e6)).padStart(6, "0")}`;
  await page.getByLabel("Số định danh (12 số)").fill(born(14));
  await page.getByRole("button", { name: "Chưa đủ 14 tuổi, cha mẹ đồng ý — Lưu" }).waitFor();
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).waitFor();
  await page.getByLabel("Số định danh (12 số)").fill(born(12));
  await page.getByRole("heading", { name: "3. Cha, mẹ hoặc người giám hộ có đồng ý không?" }).waitFor();
  await page.getByRole("button", { name: "Kích hoạt mức 1", exact: true }).click();
  assert.equal(await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).count(), 0);
  await assertAccessible(page, "app-record-child");
  // Sealed meanwhile, the year is not to be read, and it is known still whom to ask.
  await page.getByText("Phần đang nhập đã giữ trên máy").waitFor();
  await goTo(page, "Việc");
  await goTo(page, "Ghi");
  await page.getByText("đã niêm phong").waitFor();
  const ops = pushed(page);
  await page.getByRole("button", { name: "Cha mẹ đồng ý — Lưu" }).click();
  assert.deepEqual((await ops).map((op) => op.consent.method), ["guardian_spoken"]);
  await status(page).getByText("Đã gửi hết").waitFor();
  const [entry] = await ledgerOf(origin, HA);
  assert.equal(entry.result, "applied", JSON.stringify(entry));
});

test("a phone doubts what may have been recorded already, and only at the stage that is being recorded", async (t) => {
  const id = idNumber();
  const context = await (await browserSeeing(t, cardOf(id, "Katơr Thị Thử"))).newContext(PHONE);
  const page = await open(context, origin);
  // As if somebody had recorded them everywhere before: what a village is told of is gathered every quarter of an hour.
  await context.route("**/api/v1/sync/pull?*", async (route) => {
    const answer = await route.fetch();
    const pulled = await answer.json();
    for (const { hint } of pulled.items ?? []) {
      if (!hint) continue;
      const tag = createHmac("sha256", Buffer.from(hint.key, "base64url")).update(id).digest().readUInt16BE(0);
      Object.assign(hint, { tags: [tag], stages: [{ stage: "level1_activated", marks: "1" }] });
    }
    await route.fulfill({ response: answer, json: pulled });
  });
  await signIn(page);
  await chooseVillage(page);
  await goTo(page, "Ghi");
  const doubt = page.getByText("Có thể người này đã được ghi ở thôn: kích hoạt mức 1.");
  await page.getByLabel("Số định danh (12 số)").fill(id);
  await page.getByRole("button", { name: "Kích hoạt mức 2", exact: true }).click();
  assert.equal(await doubt.count(), 0);
  await page.getByRole("button", { name: "Kích hoạt mức 1", exact: true }).click();
  await doubt.waitFor();
  await assertAccessible(page, "app-doubt");
  await page.getByRole("button", { name: "Kích hoạt mức 1", exact: true }).click();
  await doubt.waitFor({ state: "detached" });
  // Of a card it is known before the number is sealed, whatever is chosen after that.
  await page.getByRole("button", { name: "Quét mã QR trên thẻ" }).click();
  await page.getByText("đã niêm phong").waitFor();
  assert.equal(await doubt.count(), 0);
  await page.getByRole("button", { name: "Kích hoạt mức 1", exact: true }).click();
  await doubt.waitFor();
  await page.getByLabel("Thôn, khu phố").selectOption({ index: 1 });
  await doubt.waitFor();
  await page.getByRole("button", { name: "nhập lại", exact: true }).click();
  await doubt.waitFor({ state: "detached" });
  await page.getByLabel("Số định danh (12 số)").fill(id);
  await doubt.waitFor();
  await page.getByRole("button", { name: "Kích hoạt mức 1", exact: true }).click();
  // It stops nobody.
  await page.getByRole("button", { name: "Kích hoạt mức 1", exact: true }).click();
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText("Đã lưu trên máy").waitFor();
});
