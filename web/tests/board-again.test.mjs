// What a wall shows overnight, lists beyond their first page, and answers that are lost on the way; how to run it:
// booking.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { call, COMMANDER, csv, goTo, LEAD, onBoard, someone, VOLUNTEER } from "./board.mjs";

const open = onBoard();
const DAY_MS = 86_400_000;

/** Loses the next answer of that kind, after the server has done what was asked. */
function loseAnswer(page, address, method = "POST") {
  let isLost = false;
  return page.route(address, async (route) => {
    if (isLost || route.request().method() !== method || route.request().url().includes("dry_run=true")) return route.fallback();
    isLost = true;
    await route.fetch();
    return route.abort();
  });
}

/** Somebody is recorded, in a village of the volunteer's. */
async function record(page) {
  const me = (await call(page, "GET", "/me")).body;
  const village = (await call(page, "GET", `/units?level=village&within=${me.unit_id}&limit=50`)).body.items[0];
  const now = new Date().toISOString();
  const op = {
    op_id: crypto.randomUUID(), kind: "record", author_id: me.account_id, recorded_at: now, clock_offset_ms: 0, clock_offset_age_s: 0, village_id: village.unit_id,
    stage: "level2_activated", device_holder: "own", subject: { kind: "plain", id_number: `0581902${String(Math.floor(Math.random() * 1e5)).padStart(5, "0")}` }, consent: { method: "spoken" },
  };
  assert.equal((await call(page, "POST", "/sync/push", { protocol: 1, device_id: crypto.randomUUID(), client_time: now, ops: [op] })).body.results[0].result, "applied");
}

test("the trend of the first page grows soon after the board, and turns with the day", async (t) => {
  const author = await open(t, VOLUNTEER);
  const page = await open(t, COMMANDER);
  const last = page.locator(".trend rect.today title");
  await last.waitFor({ state: "attached" });
  const count = async () => Number((await last.textContent()).split(": ")[1].replaceAll(".", ""));
  const before = await count();
  await record(author);
  await page.waitForFunction((before) => Number(document.querySelector(".trend rect.today title").textContent.split(": ")[1].replaceAll(".", "")) === before + 1, before, { timeout: 40_000 });
  const tomorrow = new Date(Date.now() + DAY_MS);
  const day = new Date(tomorrow.getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
  const asked = page.waitForRequest((request) => request.url().includes("/trend?") && request.url().includes(`to=${day}`), { timeout: 40_000 });
  await page.clock.setFixedTime(tomorrow);
  await asked;
});

test("signals and held operations go on beyond their first page", async (t) => {
  const page = await open(t, LEAD);
  const signal = (at) => ({ signal_id: crypto.randomUUID(), rule: "shared_phone", severity: "flag", title: `Dấu hiệu ${at}`, explanation: "Một số cho nhiều người", acts: 7, raised_at: new Date().toISOString(), state: "open" });
  const held = (at) => ({ op_id: crypto.randomUUID(), kind: "record", message: `Chờ ${at}`, received_at: new Date().toISOString() });
  const paged = (make) => (route) => {
    const isSecond = new URL(route.request().url()).searchParams.get("cursor") === "sau";
    return route.fulfill({ json: isSecond ? { items: [make(51)] } : { items: [...Array(50)].map((_, at) => make(at + 1)), next_cursor: "sau" } });
  };
  await page.route(/\/api\/v1\/signals\?/, paged(signal));
  await page.route(/\/api\/v1\/held-operations\?/, paged(held));
  await goTo(page, "#xem-xet");
  for (const [name, first, beyond] of [["Dấu hiệu cần hỏi lại", "Dấu hiệu 50", "Dấu hiệu 51"], ["Bản ghi chờ duyệt", "Chờ 50", "Chờ 51"]]) {
    const part = page.getByRole("region", { name });
    await part.getByText(first, { exact: true }).waitFor();
    await part.getByRole("button", { name: "Trang sau" }).click();
    await part.getByText(beyond, { exact: true }).waitFor();
    await part.getByRole("button", { name: "Trang trước" }).click();
    await part.getByText(first, { exact: true }).waitFor();
  }
});

test("a lost answer imports no list twice, and gives no village twice", async (t) => {
  const page = await open(t, LEAD, "#quan-ly/danh-sach");
  const { phone, name } = someone();
  const list = `Danh sách ${name}`;
  await page.getByLabel("Tệp .xlsx hoặc .csv").setInputFiles(csv(`họ tên,năm sinh,thôn\n${name},1990,Thôn 1 (Phước Bình)`));
  await page.getByLabel("Tên danh sách").fill(list);
  await page.getByLabel(/^Văn bản nào/).fill("CV 20");
  await page.getByRole("button", { name: "Xem trước từng dòng" }).click();
  await loseAnswer(page, /\/api\/v1\/rosters/);
  const write = page.getByRole("button", { name: /^Nhập \d+ dòng/ });
  await write.click();
  await page.getByText("Chưa nhận được trả lời của máy chủ.").waitFor();
  await write.click();
  await page.getByText("Đã nhập danh sách.").waitFor();
  const rosters = (await call(page, "GET", "/rosters")).body.items;
  assert.equal(rosters.filter((one) => one.name === list).length, 1);

  const me = (await call(page, "GET", "/me")).body;
  const told = await call(page, "POST", "/account-invitations", `phone,name,role,mass_union,unit_id\n${phone},${name},volunteer,youth,${me.unit_id}\n`);
  assert.equal(told.body.invited, 1);
  await goTo(page, "#quan-ly/phan-cong");
  await page.locator(".worker", { hasText: name }).getByRole("button", { name: "Giao thôn" }).click();
  await page.getByRole("dialog").getByLabel("Thôn 1 (Phước Bình)", { exact: true }).check();
  await loseAnswer(page, /\/api\/v1\/assignments/);
  await page.getByRole("button", { name: "Giao 1 thôn" }).click();
  await page.getByText("Chưa nhận được trả lời của máy chủ.").waitFor();
  await page.getByRole("button", { name: "Giao 1 thôn" }).click();
  await page.getByText(`${name} phụ trách thêm Thôn 1 (Phước Bình).`).waitFor();
});

test("in English the server's Vietnamese is told to be Vietnamese", async (t) => {
  const page = await open(t, COMMANDER, "#hom-nay");
  await page.evaluate(() => localStorage.setItem("to06-language", "en"));
  await page.reload();
  await page.getByRole("heading", { name: "Message for the group" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  const bare = await page.locator(".part h2, .part li:not(.soft), .part p, textarea.message").evaluateAll((all) => all.filter((one) => one.lang !== "vi").map((one) => one.textContent));
  assert.deepEqual(bare, []);
});
