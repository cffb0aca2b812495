// Whether numbers can be trusted, and what is done where they cannot; how to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { ADMIN, call, COMMANDER, goTo, LEAD, onBoard } from "./board.mjs";
import { assertAccessible } from "./pages.mjs";

const open = onBoard();
/** Who is late with calls. */
const LATE = crypto.randomUUID();

/** The server takes weeks and call-backs to come that far with a lot: the page is told of one, by the rules of the contract. */
async function tellOne(page, mass_union, state = "failed") {
  const me = (await call(page, "GET", "/me")).body;
  const commune = (await call(page, "GET", `/units?level=commune&within=${me.unit_id}&limit=50`)).body.items[0];
  const draw = {
    draw_id: crypto.randomUUID(), mass_union, commune_id: commune.unit_id, week_on: "2026-11-16", commitment: "0c".repeat(32), seed: "5f".repeat(32), committed_at: "2026-11-16T01:00:00Z",
    state, plan: "standard", lot_size: 210, sample_size: 32, failures_max: 3, confirmed: 20, failures: 5, not_reachable: 7,
    passes: [{ wrong_percent: 5, chance: 0.926 }, { wrong_percent: 20, chance: 0.083 }],
  };
  const acts = [];
  await page.route(/\/api\/v1\/grades/, (route) => route.fulfill({ json: [{ unit_id: commune.unit_id, grade: "C", confirmed: 20, answered: 25, confirmed_share: 0.8, share_from: 0.609, share_to: 0.911, lots_in_doubt: 1, reason: "1 lô kiểm tra không đạt và chưa ai gỡ." }] }));
  await page.route(/\/api\/v1\/draws\?/, (route) => route.fulfill({ json: { items: [{ ...draw, state: acts.some((one) => one.action === "release") ? "released" : state }] } }));
  await page.route(/\/api\/v1\/draws\/.*\/actions/, (route) => {
    acts.push(route.request().postDataJSON());
    return route.fulfill({ status: 204 });
  });
  await page.route(/\/api\/v1\/draws\/.*\/frame/, (route) => route.fulfill({ json: { items: [{ op_id: crypto.randomUUID(), position: 1, is_drawn: true }, { op_id: crypto.randomUUID(), position: 2, is_drawn: false }] } }));
  // Of three calls one may be made by nobody else.
  let due = 3;
  await page.route(/\/api\/v1\/draws\/.*\/verifiers/, (route) => route.fulfill({ json: [
    { account_id: LATE, name: "Hà Thử", told: 12, open: due, late: due, due_on: "2026-11-24" },
    { account_id: crypto.randomUUID(), told: 17, open: 0, late: 0 },
  ] }));
  await page.route(/\/api\/v1\/draws\/.*\/passed-over/, (route) => {
    acts.push(route.request().postDataJSON());
    const given = due - 1;
    due = 1;
    return route.fulfill({ json: { given } });
  });
  return acts;
}

test("who has not told their calls is seen, and passed over where somebody else may make them", async (t) => {
  const page = await open(t, COMMANDER, "", { viewport: { width: 360, height: 800 } });
  const acts = await tellOne(page, "youth", "drawn");
  await goTo(page, "#du-lieu/tin-cay");
  await page.getByRole("button", { name: /^Xem .*16\/11\/2026/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("tài khoản không còn").waitFor();
  const late = dialog.locator("li", { hasText: "Hà Thử" });
  await late.getByText("đã báo 12, còn 3").waitFor();
  await late.getByText("Hạn sớm nhất 24/11/2026").waitFor();
  assert.equal(await dialog.getByRole("button", { name: /^Giao cho người khác/ }).count(), 1, "who told all has nothing to give");
  await late.getByRole("button", { name: "Giao cho người khác" }).click();
  await late.getByRole("button", { name: "Thôi" }).click();
  await late.getByRole("button", { name: "Giao cho người khác" }).click();
  await assertAccessible(page, "trust-verifiers");
  await late.getByRole("button", { name: "Giao 3 lượt" }).click();
  await dialog.getByText("Đã giao 2 lượt gọi của Hà Thử cho người khác. 1 lượt không ai khác được gọi nên ở lại.").waitFor();
  await late.getByRole("button", { name: "Giao cho người khác" }).click();
  await late.getByRole("button", { name: "Giao 1 lượt" }).click();
  await dialog.getByText("Không ai khác được kiểm những bản ghi này: chúng ở lại với Hà Thử.").waitFor();
  assert.deepEqual(acts, [{ account_id: LATE }, { account_id: LATE }]);
});

test("nobody has a say in who checks a lot of their own union", async (t) => {
  const page = await open(t, LEAD);
  await tellOne(page, "youth", "drawn");
  await goTo(page, "#du-lieu/tin-cay");
  await page.getByRole("button", { name: /^Xem .*16\/11\/2026/ }).click();
  await page.getByText("trưởng nhóm bên kia hoặc Tổ công tác giao cho người khác").waitFor();
  assert.equal(await page.getByRole("dialog").getByRole("button", { name: /^Giao/ }).count(), 0);
});

test("a commander sees why a unit is in doubt, acts on the lot and releases it", async (t) => {
  const page = await open(t, COMMANDER);
  const acts = await tellOne(page, "youth");
  await goTo(page, "#du-lieu/tin-cay");
  await page.getByText("1 lô kiểm tra không đạt").waitFor();
  await page.getByText("80,0 %").first().waitFor();
  await page.getByRole("row", { name: /Rất chặt/ }).waitFor();
  await page.getByRole("button", { name: /Xem các lô/ }).click();
  await page.getByText("không đạt: còn ngờ").waitFor();
  await assertAccessible(page, "trust");
  await page.getByRole("button", { name: /^Xem .*16\/11\/2026/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("20 xác nhận, 5 sai (cho phép 3), 7 không gặp được").waitFor();
  await dialog.getByText("5 %: 92,6 %; 20 %: 8,3 %").waitFor();
  await dialog.getByText("Rút từ những bản ghi nào").click();
  await dialog.getByText("được kiểm").waitFor();
  await assertAccessible(page, "trust-draw");
  await dialog.getByLabel(/^Làm thế nào/).fill("Tập huấn lại ngày 20/11");
  await dialog.getByRole("button", { name: "Ghi", exact: true }).click();
  await page.getByText("Đã ghi việc làm; lô còn ngờ cho đến khi được gỡ.").waitFor();
  await page.getByRole("button", { name: /^Xem .*16\/11\/2026/ }).click();
  await dialog.getByLabel("Việc đã làm").selectOption("release");
  await dialog.getByLabel(/^Làm thế nào/).fill("Đã rà lại 210 bản ghi");
  await dialog.getByRole("button", { name: "Ghi", exact: true }).click();
  await page.getByText("đã gỡ ngờ", { exact: true }).waitFor();
  assert.deepEqual(acts, [{ action: "retrain", reason: "Tập huấn lại ngày 20/11" }, { action: "release", reason: "Đã rà lại 210 bản ghi" }]);
});

test("nobody is offered to release a lot of their own union", async (t) => {
  const page = await open(t, LEAD);
  await tellOne(page, "youth");
  await goTo(page, "#du-lieu/tin-cay");
  await page.getByRole("button", { name: /^Xem .*16\/11\/2026/ }).click();
  await page.getByText("Lô của chính đoàn, hội mình").waitFor();
  assert.equal(await page.getByLabel("Việc đã làm").locator("option").count(), 2);
});

test("what the server has drawn is listed, with what was promised", async (t) => {
  const page = await open(t, LEAD, "#du-lieu/tin-cay", { viewport: { width: 360, height: 800 } });
  await page.getByLabel("Xã, phường").selectOption({ label: "Xã Bác Ái Tây" });
  await page.getByText("đã cam kết, chưa rút").first().waitFor();
  await page.getByRole("button", { name: /^Xem Xã Bác Ái Tây/ }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("nói ra khi tuần đã hết").waitFor();
  await dialog.getByText("Rút từ những bản ghi nào").click();
  await dialog.getByText("Chưa có bản ghi nào: tuần chưa hết.").waitFor();
  await assertAccessible(page, "trust-promised");
});

test("a lead looks for signals now; an administrator sets a threshold within its bounds", async (t) => {
  const page = await open(t, LEAD, "#du-lieu/dau-hieu");
  await page.getByText("Nhiều công dân trong cùng một giây").waitFor();
  assert.equal(await page.getByRole("button", { name: /^Đổi / }).count(), 0);
  await page.getByRole("button", { name: "Tìm dấu hiệu" }).click();
  await page.getByText(/\d+ dấu hiệu mới/).waitFor();
  await assertAccessible(page, "signal-rules");
  const admin = await open(t, ADMIN, "#du-lieu/dau-hieu");
  const dialog = admin.getByRole("dialog");
  const button = admin.getByRole("button", { name: /^Đổi Nhiều công dân trong cùng một giây, persons/ });
  await button.click();
  await dialog.getByLabel(/^Từ 2 đến 100/).fill("1");
  await dialog.getByText("Ngoài khoảng cho phép.").waitFor();
  await dialog.getByLabel(/^Từ 2 đến 100/).fill("4");
  await dialog.getByLabel("Vì sao").fill("Máy mới lưu nhanh hơn");
  await assertAccessible(admin, "signal-threshold");
  await dialog.getByRole("button", { name: "Đặt", exact: true }).click();
  await admin.getByText("(mặc định 3)").waitFor();
});
