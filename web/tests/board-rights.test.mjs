// What people ask about their own data, from the card in hand to the answer; how to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { call, COMMANDER, goTo, LEAD, onBoard, VOLUNTEER } from "./board.mjs";
import { assertAccessible } from "./pages.mjs";

const open = onBoard();
const PHONE = { viewport: { width: 360, height: 800 } };
const OFFICER = "0900000004";
const newNumber = () => `0581902${String(Math.floor(Math.random() * 1e5)).padStart(5, "0")}`;

/** Somebody is recorded in the lead's commune; in which village. */
async function record(page, id_number, name) {
  const me = (await call(page, "GET", "/me")).body;
  const village = (await call(page, "GET", `/units?level=village&within=${me.unit_id}&limit=50`)).body.items[0];
  const now = new Date().toISOString();
  const op = {
    op_id: crypto.randomUUID(), kind: "record", author_id: me.account_id, recorded_at: now, clock_offset_ms: 0, clock_offset_age_s: 0, village_id: village.unit_id,
    stage: "installed", device_holder: "own", subject: { kind: "plain", id_number }, consent: { method: "spoken" }, name,
  };
  const told = await call(page, "POST", "/sync/push", { protocol: 1, device_id: crypto.randomUUID(), client_time: now, ops: [op] });
  assert.equal(told.body.results[0].result, "applied", JSON.stringify(told.body));
  return village.unit_id;
}

/** Receives a request on the page. */
async function receive(page, kind, card, words = "") {
  await page.getByLabel("Yêu cầu gì").selectOption(kind);
  await page.getByLabel("Số trên thẻ đang cầm").fill(card);
  await page.getByLabel(/^Cụ thể/).fill(words);
  await page.getByRole("button", { name: "Ghi nhận" }).click();
  await page.getByText("Đã ghi nhận. Đọc cho người dân nghe:").waitFor();
}

const openOne = (page, kind) => page.getByRole("button", { name: new RegExp(`^Xem, giải quyết ${kind}`) }).first().click();

test("a request is received by the card, acknowledged, given more time once, and settled", async (t) => {
  const author = await open(t, VOLUNTEER);
  const [card, name] = [newNumber(), "Pinăng Thị Thử"];
  await record(author, card, name);
  const page = await open(t, LEAD, "#du-lieu/quyen", PHONE);
  const dialog = page.getByRole("dialog");
  await page.getByText("Không có yêu cầu nào đang mở.").waitFor();
  await assertAccessible(page, "rights-empty");
  await page.getByLabel("Số trên thẻ đang cầm").fill("123");
  await page.getByRole("button", { name: "Ghi nhận" }).click();
  await page.locator(".notice[role=alert]").waitFor();
  await receive(page, "correct", card, "Tên thiếu dấu");
  assert.equal(await page.getByLabel("Số trên thẻ đang cầm").inputValue(), "", "no number stays on the screen");
  await goTo(page, "#du-lieu");
  await goTo(page, "#du-lieu/quyen");
  await page.getByText("còn 2 ngày làm việc để xác nhận").waitFor();
  await openOne(page, "Sửa dữ liệu");
  await dialog.getByText(`${name} (…${card.slice(-4)})`).waitFor();
  await dialog.getByText("Tên thiếu dấu").waitFor();
  await dialog.getByRole("button", { name: "Đã báo cho người dân" }).click();
  await dialog.getByText(/đã xác nhận/).first().waitFor();
  await dialog.getByText("Cần thêm thời gian").click();
  await dialog.getByLabel("Vì sao (người dân được báo)").fill("Chờ công an xã trả lời");
  await dialog.getByRole("button", { name: "Gia hạn" }).click();
  await dialog.getByText("Chờ công an xã trả lời").waitFor();
  assert.equal(await dialog.getByText("Cần thêm thời gian").count(), 0, "once");
  await dialog.getByText(/còn \d+ ngày làm việc để trả lời/).waitFor();
  await assertAccessible(page, "right");
  await dialog.getByLabel("Họ tên").fill("Pinăng Thị Thủ");
  await dialog.getByLabel(/^Trả lời người dân/).fill("Đã sửa tên");
  await dialog.getByRole("button", { name: "Giải quyết xong" }).click();
  await dialog.getByText("Đã giải quyết.").waitFor();
  await dialog.getByText("Đã sửa tên").waitFor();
  const { person_id } = (await call(page, "GET", "/rights-requests?settled=true")).body.items[0];
  const words = (await call(page, "GET", `/persons/${person_id}/words`)).body.items;
  assert.ok(words.some((one) => one.shown && one.value === "Pinăng Thị Thủ"), JSON.stringify(words));
  await page.keyboard.press("Escape");
  await page.getByLabel("Hiện").selectOption("settled");
  await page.getByText("Sửa dữ liệu").first().waitFor();
  await assertAccessible(page, "rights-settled");
});

test("a refusal names its ground; an erasure is asked twice and done at once", async (t) => {
  const author = await open(t, VOLUNTEER);
  const card = newNumber();
  await record(author, card, "Katơr Thử");
  const page = await open(t, LEAD, "#du-lieu/quyen");
  const dialog = page.getByRole("dialog");
  await receive(page, "object", card, "Không muốn bị gọi");
  await receive(page, "erase", card);
  await receive(page, "access", card);
  await page.reload();
  await openOne(page, "Phản đối xử lý");
  await dialog.getByLabel("Quyết định").selectOption("refuse");
  await dialog.getByLabel(/^Trả lời người dân/).fill("Không ai gọi nữa");
  assert.ok(await dialog.getByRole("button", { name: "Giải quyết xong" }).isDisabled(), "a ground is needed");
  await dialog.getByLabel("Căn cứ của luật").selectOption("not_kept_here");
  await dialog.getByRole("button", { name: "Giải quyết xong" }).click();
  await dialog.getByText("Không giữ ở đây").waitFor();
  await page.keyboard.press("Escape");
  // A copy is a page of its own, for the person.
  await openOne(page, "Xem, lấy bản sao");
  const copy = page.context().waitForEvent("page");
  await dialog.getByRole("link", { name: "Mở bản sao để in" }).click();
  await (await copy).getByText("Katơr Thử").first().waitFor();
  await page.keyboard.press("Escape");
  const eraseOn = async (page) => {
    const dialog = page.getByRole("dialog");
    await openOne(page, "Xóa dữ liệu");
    await dialog.getByLabel(/^Trả lời người dân/).fill("Đã xóa");
    await dialog.getByText("Không hoàn tác được.").waitFor();
    const erase = dialog.getByRole("button", { name: "Xóa dữ liệu, giải quyết xong" });
    assert.ok(await erase.isDisabled(), "who it is has to be looked at again");
    await dialog.getByLabel("Tôi đã xem lại người yêu cầu là ai").check();
    await assertAccessible(page, "right-erase");
    await erase.click();
    return dialog;
  };
  await (await eraseOn(page)).getByText("không tự mình xóa dữ liệu").waitFor();
  const second = await eraseOn(await open(t, COMMANDER, "#du-lieu/quyen"));
  await second.getByText("Đã giải quyết.").waitFor();
  await second.getByText("Katơr").waitFor({ state: "detached" });
});

test("somebody without a card is chosen from the village's lists, and is looked at again before anything is done", async (t) => {
  const author = await open(t, VOLUNTEER);
  const [card, name] = [newNumber(), "Chamaléa Thị Quên Thẻ"];
  const village = await record(author, card, name);
  const page = await open(t, LEAD, "#du-lieu/quyen", PHONE);
  await page.getByLabel("Nhận ra họ bằng gì").selectOption("list");
  await page.getByLabel("Yêu cầu gì").selectOption("withdraw");
  const receive = page.getByRole("button", { name: "Ghi nhận" });
  assert.ok(await receive.isDisabled(), "nobody is chosen yet");
  await page.locator("#right-village").selectOption(String(village));
  await page.locator("#right-list option[value=not_activated]").waitFor({ state: "attached" });
  await page.locator("#right-list").selectOption("not_activated");
  const choose = page.getByRole("button", { name: `Chọn ${name}`, exact: true });
  await page.locator(".cases .account").first().waitFor();
  await assertAccessible(page, "rights-list");
  for (const next = page.getByRole("button", { name: "Trang sau" }); (await choose.count()) === 0; ) {
    const first = await page.locator(".cases .account").first().textContent();
    await next.click();
    await page.waitForFunction((old) => ![old, undefined].includes(document.querySelector(".cases .account")?.textContent), first);
  }
  await choose.click();
  await page.locator(".picked", { hasText: name }).getByText(`số cuối ${card.slice(-4)}`).waitFor();
  await assertAccessible(page, "rights-known");
  await receive.click();
  await page.getByText("Đã ghi nhận. Đọc cho người dân nghe:").waitFor();
  await page.locator(".picked").waitFor({ state: "detached" });
  // The lead received it: somebody else does what erases, and sees who asks.
  const other = await open(t, COMMANDER, "#du-lieu/quyen");
  const dialog = other.getByRole("dialog");
  await openOne(other, "Rút lại sự đồng ý");
  await dialog.getByText(name).waitFor();
  await dialog.getByText("người phụ trách nhận ra, không có thẻ: xem lại họ là ai trước khi làm").waitFor();
  await dialog.getByLabel(/^Trả lời người dân/).fill("Đã rút lại");
  const settle = dialog.getByRole("button", { name: "Xóa dữ liệu, giải quyết xong" });
  assert.ok(await settle.isDisabled(), "who they are was not shown");
  await dialog.getByLabel("Đã xem người yêu cầu là ai bằng cách nào?").selectOption("vouched");
  await settle.click();
  await dialog.getByText("Đã giải quyết.").waitFor();
});

test("an officer receives requests and decides none", async (t) => {
  const page = await open(t, OFFICER, "#du-lieu/quyen");
  await page.getByRole("heading", { name: "Nhận một yêu cầu" }).waitFor();
  assert.equal(await page.getByLabel("Nhận ra họ bằng gì").count(), 0, "an officer reads no list of a village");
  assert.equal(await page.getByRole("heading", { name: "Sổ yêu cầu" }).count(), 0);
});
