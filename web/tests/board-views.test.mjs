// Every board there is, those that are closed, the commander's day, paper and wall, against the real program with the
// demo province; how to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { ADMIN, COMMANDER, LEAD, PASSWORD, VOLUNTEER } from "./board.mjs";
import { assertAccessible, startBrowser } from "./pages.mjs";
import { startProgram } from "./program.mjs";

/** Of another commune. */
const ELSEWHERE = "0900000009";

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

/** Signed in on the board, at that address; every complaint of the page fails the test. */
async function open(t, phone, hash = "", options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "vi-VN", ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (line) => {
    if (line.type() === "error" && !/Failed to load resource|ERR_INTERNET_DISCONNECTED|dynamically imported/.test(line.text())) complaints.push(line.text());
  });
  t.after(() => assert.deepEqual(complaints, []));
  await page.goto(`${origin}/chi-huy${hash}`);
  await enter(page, phone);
  return page;
}

async function enter(page, phone) {
  await page.getByLabel("Số điện thoại").fill(phone);
  await page.getByLabel("Mật khẩu").fill(PASSWORD);
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
  // A wall shows no way through the views.
  await page.locator(".top nav").waitFor({ state: "attached" });
}

const goTo = (page, hash) => page.evaluate((hash) => (location.hash = hash), hash);
const hashOf = (page) => page.evaluate("location.hash");
const number = (text) => Number(text.replaceAll(".", "").replace(",", "."));
const day = (daysAgo = 0) => new Date(Date.now() + 7 * 3_600_000 - daysAgo * 86_400_000).toISOString().slice(0, 10);
const rows = (page) => page.locator(".ranks.full tbody tr");
const boardOf = (page, name) => page.getByRole("heading", { name, level: 2 });

/** Somebody beside any page, in a session of a phone. */
async function signIn(phone, password = PASSWORD) {
  const send = async (method, path, body, headers = {}) => {
    const answer = await fetch(`${origin}/api/v1${path}`, { method, headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID(), ...headers }, body: body && JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
  const { access_token } = await send("POST", "/sessions", { phone, password });
  const authorization = { authorization: `Bearer ${access_token}` };
  const call = (method, path, body) => send(method, path, body, authorization);
  return { call, me: await call("GET", "/me"), authorization };
}

/** They record an activation of a citizen whom nobody recorded before, as of so many days ago. */
async function record(somebody, daysAgo = 0) {
  const villages = await somebody.call("GET", `/units?level=village&within=${somebody.me.unit_id}&limit=1`);
  const id_number = `0581902${String(Math.floor(Math.random() * 1e5)).padStart(5, "0")}`;
  const now = new Date();
  const operation = {
    op_id: crypto.randomUUID(), kind: "record", author_id: somebody.me.account_id, recorded_at: new Date(now - daysAgo * 86_400_000).toISOString(), clock_offset_ms: 0, clock_offset_age_s: 0,
    village_id: villages.items[0].unit_id, stage: "level2_activated", device_holder: "own", subject: { kind: "plain", id_number }, consent: { method: "spoken" },
  };
  const told = await somebody.call("POST", "/records", { device_id: crypto.randomUUID(), client_time: now.toISOString(), operation });
  assert.equal(told.result, "applied", JSON.stringify(told));
}

/** Their phone says that so many records wait on it. */
async function reportPhone(somebody, pending) {
  const device_id = crypto.randomUUID();
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const words = new TextEncoder().encode(["to06/device/register/v1", device_id, somebody.me.account_id].join("\n"));
  const signature = Buffer.from(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, words)).toString("base64url");
  const public_key = Buffer.from(await crypto.subtle.exportKey("raw", pair.publicKey)).toString("base64url");
  const app = { app: "pwa", version: "1.0.0" };
  await somebody.call("POST", "/devices", { ...app, device_id, public_key, signature });
  await somebody.call("POST", `/devices/${device_id}/report`, { ...app, pending, oldest_pending_at: new Date(Date.now() - 3_600_000).toISOString() });
}

/** The program closes what is due soon after it began. */
async function untilClosed() {
  const commander = await signIn(COMMANDER);
  for (const deadline = Date.now() + 120_000; ; await new Promise((resolve) => setTimeout(resolve, 500))) {
    const { items } = await commander.call("GET", "/board-closings?limit=200");
    // They are closed in their order: with the last day that may be, all are.
    const since = (one) => (Date.parse(day()) - Date.parse(one.ends_on)) / 86_400_000;
    if (items.some((one) => one.kind === "week" && one.revision === 0) && items.some((one) => one.kind === "day" && since(one) <= 4)) return;
    assert.ok(Date.now() < deadline, "not everything was closed");
  }
}

test("an address says which board; each choice is another address, and the way back leads to the one before", async (t) => {
  const page = await open(t, COMMANDER, "#xep-hang/commune?stage=installed&metric=count");
  await boardOf(page, "Xã, phường: đã cài VNeID").waitFor();
  await page.locator(".line.good", { hasText: "Trực tuyến" }).waitFor();
  assert.equal(await rows(page).count(), 24);
  const people = (await page.locator(".full .people").allTextContents()).map(number);
  assert.equal(people.reduce((sum, one) => sum + one, 0), number(await page.locator(".counts dd").first().textContent()));
  assert.deepEqual(people, [...people].sort((a, b) => b - a));
  await assertAccessible(page, "boards-communes");
  // By the keyboard alone: the step, then the league behind what is folded.
  await page.locator("#of-stage").focus();
  await page.keyboard.press("ArrowDown");
  await boardOf(page, "Xã, phường: kích hoạt mức 1").waitFor();
  assert.equal(await hashOf(page), "#xep-hang/commune?stage=level1_activated&metric=count");
  await page.getByText("So cùng loại, cùng cỡ").focus();
  await page.keyboard.press("Enter");
  await page.locator("#of-league").selectOption("4");
  await page.waitForFunction(() => document.querySelectorAll(".full tbody tr").length === 3);
  assert.match((await rows(page).allTextContents()).join(), /nhóm 4.*nhóm 4.*nhóm 4/);
  await page.locator("#of-kind").selectOption("phuong");
  await page.getByText("Không có đơn vị nào như vậy.").waitFor();
  await assertAccessible(page, "boards-nothing");
  await page.getByRole("link", { name: "Bỏ lọc" }).click();
  await page.waitForFunction(() => document.querySelectorAll(".full tbody tr").length === 24);
  await page.goBack();
  await page.goBack();
  await page.waitForFunction(() => document.querySelectorAll(".full tbody tr").length === 3);
  assert.match(await hashOf(page), /league=4$/);
  // Sent to somebody else it is the same board.
  await page.reload();
  await boardOf(page, "Xã, phường: kích hoạt mức 1").waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".full tbody tr").length === 3);
});

test("any days, and units of then or today, come to the same sum", async (t) => {
  const page = await open(t, COMMANDER, "#xep-hang/commune?from=2024-01-01&to=2024-12-31&metric=count");
  await boardOf(page, "Xã, phường: kích hoạt mức 2").waitFor();
  await page.getByText("01/01–31/12/2024").waitFor();
  const then = [await rows(page).count(), await page.locator(".counts dd").first().textContent()];
  assert.ok(then[0] > 24 && number(then[1]) > 0, "the communes before the mergers");
  await page.getByText("So cùng loại, cùng cỡ").click();
  await page.locator("#of-units").selectOption("today");
  await page.waitForFunction(() => document.querySelectorAll(".full tbody tr").length === 24);
  assert.equal(await page.locator(".counts dd").first().textContent(), then[1]);
  await page.locator("#of-when").selectOption("week");
  await page.getByText(/^Còn mở, chốt từ/).waitFor();
  await page.locator("#of-when").selectOption("days");
  await page.locator("#of-to").fill(day(40));
  await page.getByText("Ngày cuối phải sau ngày đầu.").waitFor();
  await page.locator("#of-from").fill(day(50));
  await page.waitForFunction((from) => location.hash.includes(`from=${from}`), day(50));
  await page.getByRole("link", { name: "Huyện (trước 7/2025)" }).click();
  await boardOf(page, /^Huyện/).waitFor();
  await page.getByRole("link", { name: "Đoàn thể" }).click();
  await boardOf(page, /^Đoàn thể/).waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".full tbody tr").length === 3);
  await assertAccessible(page, "boards-unions");
});

test("villages come in pages, and a page has its own address", async (t) => {
  const page = await open(t, COMMANDER, "#xep-hang/village?metric=count");
  await rows(page).nth(49).waitFor();
  const first = await rows(page).first().locator("th").textContent();
  await page.getByRole("link", { name: "Trang sau" }).click();
  await page.waitForFunction((first) => document.querySelector(".full tbody th")?.textContent !== first, first);
  assert.match(await hashOf(page), /cursor=/);
  await page.reload();
  await page.getByRole("link", { name: "Trang đầu" }).click();
  await page.waitForFunction((first) => document.querySelector(".full tbody th")?.textContent === first, first);
  await assertAccessible(page, "boards-villages");
  // By rate nobody stands anywhere before there is a target: it says so, and leads on.
  await goTo(page, "#xep-hang/village");
  await page.getByText("Ở đây chưa đơn vị nào có chỉ tiêu").waitFor();
  await assertAccessible(page, "boards-no-target");
  await page.getByRole("link", { name: "Xếp theo số người" }).click();
  await page.waitForFunction(() => location.hash.includes("metric=count"));
});

test("more than the target, and a target too small, are said beside the row", async (t) => {
  const admin = await signIn(ADMIN);
  const { items } = await admin.call("GET", "/units?level=commune&limit=200");
  const villages = await admin.call("GET", `/units?level=village&within=${items.find((one) => one.code === "22759").unit_id}&limit=2`);
  const target = (unit, people) => ({ unit_id: unit.unit_id, stage: "installed", denominator: "eligible", people, source: "Thử", starts_on: "2020-01-01" });
  await admin.call("PUT", "/targets", { targets: [target(villages.items[0], 30), target(villages.items[1], 5)] });
  const page = await open(t, COMMANDER, `#xep-hang/village?stage=installed&within=${items.find((one) => one.code === "22759").unit_id}`);
  await page.getByText("chỉ tiêu nhỏ, không xếp").first().waitFor();
  await page.getByText("Chỉ tiêu quá nhỏ thì có trong bảng mà không xếp hạng").waitFor();
  await page.getByText("vượt 100 %: xem lại chỉ tiêu").first().waitFor();
  const small = page.locator(".full tr", { hasText: "chỉ tiêu nhỏ" }).first();
  assert.equal(await small.locator(".rank").textContent(), "–");
  await assertAccessible(page, "boards-targets");
});

test("beside each unit stands when its phones told last, what waits on them, and what came late", async (t) => {
  const hero = await signIn(VOLUNTEER);
  await reportPhone(hero, 40);
  await record(hero, 5);
  const page = await open(t, COMMANDER, "#xep-hang/commune");
  const row = page.locator(".full tr", { hasText: "Xã Bác Ái Tây" });
  // What phones say of themselves is read once a minute.
  await row.getByText(/còn (40|80) chưa gửi/).waitFor({ timeout: 100_000 });
  assert.match(await row.locator("[data-label='Máy báo về']").textContent(), /^(vừa xong|\d+ phút trước)/);
  assert.ok(number(await row.locator("[data-label='Đến muộn, %']").textContent()) > 0);
  await page.getByText("Đơn vị còn bản ghi trên máy chưa hẳn đứng sau.").waitFor();
  await assertAccessible(page, "boards-phones");
});

test("whoever reads of elsewhere is told in tens, on a phone as on a wall", async (t) => {
  const page = await open(t, ELSEWHERE, "#xep-hang/commune?period=month&metric=count", { viewport: { width: 360, height: 740 } });
  await boardOf(page, "Xã, phường: kích hoạt mức 2").waitFor();
  const people = await page.locator(".full tr:not(:has(a)) .people").allTextContents();
  assert.ok(people.length >= 23);
  for (const one of people) assert.match(one, /^(< 10|≈ \d*0)$/);
  await page.getByText("đơn vị khác chỉ kể từng nhóm đủ 10 người").waitFor();
  await assertAccessible(page, "boards-tens");
});

test("whoever comes next to one screen is told no more than they may see", async (t) => {
  const page = await open(t, COMMANDER, "#xep-hang/commune?period=month&metric=count");
  await rows(page).nth(23).waitFor();
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await page.getByLabel("Số điện thoại").waitFor();
  // What is shown before anything is told to them would be what was told to the one before.
  await page.context().route(/leaderboards\/commune/, () => {});
  await enter(page, ELSEWHERE);
  await page.locator("main [role=status]", { hasText: "Đang tải…" }).waitFor();
  assert.equal(await rows(page).count(), 0);
});

test("teams of a campaign are compared, and small ones are told to nobody of elsewhere", async (t) => {
  const lead = await signIn(LEAD);
  const hero = await signIn(VOLUNTEER);
  const campaign = await lead.call("POST", "/campaigns", { unit_id: lead.me.unit_id, name: "Ra quân thử", source: "KH thử", starts_on: day(3), ends_on: day(-20) });
  const team = await lead.call("POST", `/campaigns/${campaign.campaign_id}/teams`, { unit_id: lead.me.unit_id, mass_union: "youth", name: "Tổ 1 thử", account_ids: [hero.me.account_id] });
  await record(hero);
  const page = await open(t, COMMANDER, "#xep-hang/team");
  await page.getByText("Chọn một đợt ra quân ở trên").waitFor();
  await page.locator("#of-when").selectOption({ label: "Ra quân thử" });
  await page.locator(".full tr", { hasText: "Tổ 1 thử" }).waitFor();
  assert.ok(number(await page.locator(".full .people").first().textContent()) >= 1);
  // Without a target they are compared by people; with one by their share of it, and of a small one by nothing.
  await page.getByText("Chưa đội nào có chỉ tiêu nên xếp theo số người.").waitFor();
  const target = { team_id: team.team_id, stage: "level2_activated", people: 40, source: "KH thử", made_on: day() };
  await lead.call("PUT", `/campaigns/${campaign.campaign_id}/targets`, { targets: [], teams: [target] });
  await page.reload();
  await page.locator(".full tr", { hasText: "Tổ 1 thử" }).locator(".percent").waitFor();
  assert.equal(await page.locator(".full .rank").first().textContent(), "1");
  await assertAccessible(page, "boards-teams");
  await lead.call("PUT", `/campaigns/${campaign.campaign_id}/targets`, { targets: [], teams: [{ ...target, people: 5 }] });
  await page.reload();
  await page.getByText("chỉ tiêu nhỏ, không xếp").waitFor();
  await page.locator("#of-metric").selectOption("count");
  await page.waitForFunction(() => location.hash.includes("metric=count"));
  await page.locator(".full .rank", { hasText: "1" }).waitFor();
  await page.getByRole("link", { name: "Xã, phường", exact: true }).click();
  await page.locator("#of-when").selectOption({ label: "Ra quân thử" });
  await page.waitForFunction((id) => location.hash.includes(`campaign_id=${id}`), campaign.campaign_id);
  await boardOf(page, /^Xã, phường/).waitFor();
});

test("a campaign's board is measured by its own targets, for a union by the union's", async (t) => {
  const admin = await signIn(ADMIN);
  const hero = await signIn(VOLUNTEER);
  const campaign = await admin.call("POST", "/campaigns", { unit_id: admin.me.unit_id, name: "Ra quân chỉ tiêu thử", source: "KH thử", starts_on: day(3), ends_on: day(-20) });
  const target = { unit_id: hero.me.unit_id, mass_union: "all", stage: "level2_activated", people: 1234, source: "CV thử", made_on: day() };
  await admin.call("PUT", `/campaigns/${campaign.campaign_id}/targets`, { targets: [target] });
  await record(hero);
  const page = await open(t, COMMANDER, `#xep-hang/commune?campaign_id=${campaign.campaign_id}`);
  const row = page.locator(".full tr", { hasText: "Xã Bác Ái Tây" });
  await row.getByText("1.234").waitFor();
  await page.getByText("Chỉ tiêu là của đợt ra quân.").waitFor();
  // Nobody gave the Women's Union a target of its own: it is said, and people rank.
  await page.locator("#of-union").selectOption("women");
  await page.getByText("Chỉ tiêu giao chung, không tách cho từng lực lượng").waitFor();
  assert.equal(await row.getByText("1.234").count(), 0);
  await assertAccessible(page, "boards-campaign");
});

test("growth is of a window, and what stands in the way is told beside the rate", async (t) => {
  const hero = await signIn(VOLUNTEER);
  const villages = await hero.call("GET", `/units?level=village&within=${hero.me.unit_id}&limit=1`);
  const now = new Date().toISOString();
  const operation = { op_id: crypto.randomUUID(), kind: "visit", author_id: hero.me.account_id, recorded_at: now, clock_offset_ms: 0, clock_offset_age_s: 0, village_id: villages.items[0].unit_id, outcome: "sim_not_own" };
  for (let visit = 0; visit < 10; visit++) {
    const visited = await hero.call("POST", "/records", { device_id: crypto.randomUUID(), client_time: now, operation: { ...operation, op_id: crypto.randomUUID() } });
    assert.equal(visited.result, "applied", JSON.stringify(visited));
  }
  const page = await open(t, COMMANDER, "#xep-hang/commune");
  await page.locator("#of-metric").selectOption("momentum");
  // Since the start there is nothing before: it is the week's.
  await page.waitForFunction(() => location.hash.includes("period=week&metric=momentum"));
  await page.getByRole("columnheader", { name: "Tăng so với kỳ trước" }).waitFor();
  await page.getByText("Đà tăng: hơn kỳ trước bao nhiêu người").waitFor();
  await page.getByText(/^Lên xuống so với kỳ trước: \d\d\/\d\d/).waitFor();
  await page.getByRole("heading", { name: "Vướng ở đâu", exact: true }).waitFor();
  await page.locator(".full tr", { hasText: "Xã Bác Ái Tây" }).locator("[data-label='Vướng nhất']", { hasText: /\d/ }).waitFor();
  await assertAccessible(page, "boards-growth");
  await page.locator("#of-when").selectOption("start");
  await page.waitForFunction(() => !location.hash.includes("momentum"));
  // Elsewhere the same is told in tens.
  const other = await open(t, ELSEWHERE, "#xep-hang/commune");
  await other.getByText("Nơi khác chỉ kể từng nhóm đủ 10 lượt.").waitFor();
  await other.locator(".full tr", { hasText: "Xã Bác Ái Tây" }).locator("[data-label='Vướng nhất']", { hasText: "≈" }).waitFor();
});

test("whoever reads of elsewhere sees a closed day as it was closed, and what goes on says so", async (t) => {
  await untilClosed();
  const page = await open(t, ELSEWHERE, "#da-chot");
  await page.getByRole("button", { name: "Ngày" }).click();
  await page.getByRole("link", { name: /^Xem bảng Ngày/ }).first().click();
  // The list of closings says the same of each, until the board is there.
  await rows(page).first().waitFor();
  await page.locator(".badge.good", { hasText: "Đã chốt" }).waitFor();
  for (const one of await page.locator(".full tr:not(:has(a)) .people").allTextContents()) assert.match(one, /^(< 10|≈ \d*0)$/);
  await goTo(page, `${await hashOf(page)}&basis=provisional`);
  await page.locator(".badge", { hasText: "Kỳ đã chốt, số dưới đây vẫn đổi" }).waitFor();
  assert.equal(await page.getByText(/Còn mở, chốt từ/).count(), 0);
  await assertAccessible(page, "boards-still-moves");
  await page.getByRole("link", { name: "Xem số đã chốt" }).click();
  await page.locator(".badge.good", { hasText: "Đã chốt" }).waitFor();
});

test("a volunteer sees their own weeks and nobody's name; five are needed to compare; a lead sees numbers of accounts", async (t) => {
  const admin = await signIn(ADMIN);
  const hero = await signIn(VOLUNTEER);
  await record(hero);
  const page = await open(t, VOLUNTEER, "#xep-hang/volunteer");
  await boardOf(page, "Việc của tôi: kích hoạt mức 2").waitFor();
  await page.getByText("Dưới năm người đi làm thì không so").waitFor();
  await assertAccessible(page, "boards-own-few");
  // Three more than the two of the demo.
  const phones = [1, 2, 3].map(() => `09${String(Math.floor(Math.random() * 1e8)).padStart(8, "0")}`);
  const file = `phone,name,role,mass_union,unit_code\n${phones.map((phone) => `${phone},Người Thử Đi,volunteer,youth,22786`).join("\n")}\n`;
  const invited = await (await fetch(`${origin}/api/v1/account-invitations`, { method: "POST", headers: { ...admin.authorization, "content-type": "text/csv" }, body: file })).json();
  for (const [index, phone] of phones.entries()) {
    const set = await fetch(`${origin}/api/v1/passwords/by-code`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ phone, code: invited.lines[index].code, new_password: PASSWORD }) });
    assert.equal(set.status, 204);
    await record(await signIn(phone));
  }
  await record(await signIn("0900000008"));
  await page.reload();
  await page.locator(".best li").first().waitFor();
  assert.ok(await page.locator(".best li").count() <= 3);
  assert.match(await page.locator(".counts").textContent(), /nhóm [1-4] trong 4/);
  assert.doesNotMatch(await page.locator("main").textContent(), /Người Thử|Lan Thử|Hà Thử/);
  await assertAccessible(page, "boards-own");
  const leads = await open(t, LEAD, "#xep-hang/volunteer");
  await boardOf(leads, "Tình nguyện viên: kích hoạt mức 2").waitFor();
  assert.equal(await rows(leads).count(), 5);
  assert.match(await rows(leads).first().locator("th").textContent(), /^…[0-9a-f]{6}/);
  await assertAccessible(leads, "boards-volunteers");
});

test("a closed day says so, what came late becomes a numbered edition, and the old one stays readable", async (t) => {
  await untilClosed();
  const page = await open(t, COMMANDER, "#da-chot");
  await page.getByRole("button", { name: "Tuần" }).click();
  await page.getByRole("link", { name: /^Xem bảng Tuần/ }).first().waitFor();
  await assertAccessible(page, "closings");
  // The newest closed week may have ended ten days ago, and nobody is believed for more than seven.
  await page.getByRole("button", { name: "Ngày" }).click();
  await page.getByRole("link", { name: /^Xem bảng Ngày/ }).first().click();
  await rows(page).first().waitFor();
  await page.locator(".badge.good", { hasText: "Đã chốt" }).waitFor();
  const [, from, to] = /from=([\d-]+)&to=([\d-]+)/.exec(await hashOf(page));
  const before = number(await page.locator(".counts dd").first().textContent());
  const daysAgo = Math.round((Date.parse(day()) - Date.parse(to)) / 86_400_000);
  await record(await signIn(VOLUNTEER), daysAgo);
  await goTo(page, `#da-chot/${from}/${to}`);
  await page.getByRole("heading", { name: "Đến muộn, chưa vào bản nào" }).waitFor();
  await page.locator(".changes tbody tr", { hasText: "Bác Ái Tây" }).waitFor();
  await assertAccessible(page, "closing-late");
  await page.getByLabel("Lý do (không ghi tên ai)").fill("Thôn gửi muộn do mất sóng");
  await page.keyboard.press("Enter");
  await page.getByText("Bản 1: bổ sung muộn").waitFor();
  await page.getByText("Không có gì đến muộn.").waitFor();
  await page.getByRole("link", { name: "Đã đổi gì ở bản 1" }).click();
  await page.getByRole("heading", { name: "Bản 1 đã đổi gì" }).waitFor();
  await page.locator(".changes tbody tr", { hasText: "Bác Ái Tây" }).waitFor();
  await assertAccessible(page, "closing-changed");
  await page.getByRole("link", { name: "Xem bảng bản 1" }).click();
  await page.locator(".badge", { hasText: "Bổ sung muộn, bản 1" }).waitFor();
  await page.getByText("Lý do bổ sung: Thôn gửi muộn do mất sóng").waitFor();
  assert.ok(number(await page.locator(".counts dd").first().textContent()) > before);
  await assertAccessible(page, "closed-board");
  await goTo(page, `#xep-hang/commune?from=${from}&to=${to}&revision=0`);
  await page.getByRole("link", { name: "Có bản 1 mới hơn" }).waitFor();
  assert.equal(number(await page.locator(".counts dd").first().textContent()), before);
  await page.getByRole("link", { name: "Về số đang chạy" }).click();
  await page.locator(".line.good", { hasText: "Trực tuyến" }).waitFor();
  assert.equal(await page.locator(".badge", { hasText: "Đã chốt" }).count(), 0);
});

test("whoever may not issue an edition sees which there are, and their hashes", async (t) => {
  await untilClosed();
  const page = await open(t, VOLUNTEER, "#da-chot");
  await page.getByRole("link", { name: /^Các bản/ }).first().click();
  await page.getByText("Bản 0: lúc chốt").waitFor();
  assert.match(await page.locator(".editions code").first().textContent(), /^([0-9a-f]{8} ){7}[0-9a-f]{8}$/);
  assert.equal(await page.locator("#changes").count(), 0);
});

test("the commander's day says what moved and what ends soon, and gives it away as a message and a picture", async (t) => {
  const page = await open(t, COMMANDER, "#hom-nay");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("heading", { name: /^Tỉnh Khánh Hòa: hôm nay/ }).waitFor();
  const brief = await (await signIn(COMMANDER)).call("GET", "/brief");
  for (const { title } of brief.parts) await page.getByRole("heading", { name: title, exact: true }).waitFor();
  await page.getByText("Chỗ hẹn trong ngày, từng điểm").click();
  await page.getByText(/Ngày này chưa điểm nào|Có người nhận/).first().waitFor();
  await assertAccessible(page, "today");
  const shown = await page.getByLabel("Nội dung tin").inputValue();
  assert.ok(shown.length < 2000 && shown.includes("TIN TỐI"));
  await page.getByRole("button", { name: "Chép tin" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Đã chép: dán vào nhóm là xong.").waitFor();
  // The day is read again every minute, and says as of when.
  const untimed = (text) => text.replace(/Số liệu lúc [^\n]*/, "");
  assert.equal(untimed(await page.evaluate("navigator.clipboard.readText()")), untimed(shown));
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Lưu ảnh (PNG)" }).click()]);
  assert.equal(saved.suggestedFilename(), `tin-${brief.on}.png`);
  const picture = await readFile(await saved.path());
  assert.equal(picture.subarray(1, 4).toString("latin1"), "PNG");
  assert.deepEqual([picture.readUInt32BE(16), picture.readUInt32BE(20)], [1080, 1350]);
  await page.getByRole("link", { name: "← Hôm trước" }).click();
  await page.getByLabel("Nội dung tin").waitFor();
  assert.equal(await hashOf(page), `#hom-nay?on=${day(1)}`);
  await page.locator("#day-within").selectOption({ label: "Xã Bác Ái Tây" });
  await page.getByRole("heading", { name: /^Xã Bác Ái Tây: / }).waitFor();
});

test("the first page has the day in short and says where people are lost; a volunteer has no brief", async (t) => {
  const page = await open(t, COMMANDER);
  await page.getByRole("heading", { name: "Hôm nay", exact: true }).waitFor();
  await page.locator(".short div").nth(4).waitFor();
  await page.locator(".funnel strong").first().waitFor(); // answered by another request than the day in short
  const counts = (await page.locator(".funnel strong").allTextContents()).map(number);
  const leaks = await page.locator(".funnel .leak").allTextContents();
  assert.equal(leaks.length, counts.filter((count, index) => index > 0 && counts[index - 1] > count).length);
  assert.match(leaks[0], new RegExp(`hụt ${(counts[0] - counts[1]).toLocaleString("vi-VN")} người`));
  await page.getByRole("link", { name: "Cả ngày và tin tối" }).click();
  await page.getByLabel("Nội dung tin").waitFor();
  const other = await open(t, VOLUNTEER);
  await other.locator(".funnel").waitFor();
  assert.equal(await other.getByRole("link", { name: "Hôm nay", exact: true }).count(), 0);
  assert.equal(await other.getByRole("heading", { name: "Hôm nay", exact: true }).count(), 0);
});

test("a board fits A4 across, every row of it, its heading on each sheet, and nothing to press", async (t) => {
  const page = await open(t, COMMANDER, "#xep-hang/commune");
  await rows(page).nth(23).waitFor();
  await page.emulateMedia({ media: "print" });
  for (const hidden of [".top", ".levels", ".asked-of", ".board-state button", ".board-state .line"]) assert.equal(await page.locator(hidden).first().isVisible(), false, hidden);
  assert.ok(await page.locator(".full thead").isVisible());
  await page.getByText(/^Số liệu lúc \d\d:\d\d ngày \d\d\/\d\d\/\d{4}$/).waitFor();
  assert.equal(await page.locator(".full thead").evaluate((head) => getComputedStyle(head).display), "table-header-group");
  if (process.env.TO06_SCREENS) await page.screenshot({ path: `${process.env.TO06_SCREENS}/boards-print.png`, fullPage: true });
  const paper = (await page.pdf({ preferCSSPageSize: true, printBackground: false })).toString("latin1");
  const sheets = [...paper.matchAll(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]/g)].map(([, wide, high]) => [Math.round(Number(wide)), Math.round(Number(high))]);
  assert.ok(sheets.length >= 1 && sheets.length <= 2, `${sheets.length} sheets`);
  for (const sheet of sheets) assert.deepEqual(sheet, [842, 595]);
  // From a phone the same table comes out, not its cards.
  await page.setViewportSize({ width: 360, height: 740 });
  const across = (part) => page.locator(`.full ${part} > *`).evaluateAll((cells) => cells.map((cell) => Math.round(cell.getBoundingClientRect().left)));
  assert.deepEqual(await across("tbody tr:first-child"), await across("thead tr"), "each figure stands under its heading");
  assert.equal(await page.locator(".full tbody tr").first().evaluate((row) => getComputedStyle(row).display), "table-row");
});

test("a wall goes through its boards by itself, in letters for four metres, and stops at a key", async (t) => {
  const page = await open(t, COMMANDER, "#man-hinh?giay=10", { viewport: { width: 1920, height: 1080 } });
  const title = page.locator(".slide-head h2");
  await page.locator(".far li").nth(23).waitFor();
  for (const name of [".far .name", ".far strong"]) {
    const size = await page.locator(name).first().evaluate((one) => Number.parseFloat(getComputedStyle(one).fontSize));
    assert.ok(size >= 36, `${name}: ${size} px`);
  }
  assert.ok(await page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "a wall does not scroll");
  const first = await title.textContent();
  await page.waitForFunction((first) => document.querySelector(".slide-head h2").textContent !== first, first, { timeout: 20_000 });
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Chạy tiếp" }).waitFor();
  const paused = await title.textContent();
  await page.waitForTimeout(11_000);
  assert.equal(await title.textContent(), paused);
  const seen = new Set([paused]);
  for (let turn = 0; turn < 5; turn++) {
    await page.keyboard.press("ArrowRight");
    await page.locator(".slide-head .line").waitFor();
    assert.ok(await page.evaluate("document.documentElement.scrollHeight <= innerHeight"), `${await title.textContent()} does not scroll`);
    await assertAccessible(page, `wall-${turn + 1}`);
    seen.add(await title.textContent());
  }
  assert.equal(seen.size, 6);
  await page.keyboard.press("ArrowRight");
  assert.equal(await title.textContent(), paused);
  await page.keyboard.press("ArrowLeft");
  await assertAccessible(page, "wall");
  await page.getByRole("button", { name: "Chọn bảng" }).click();
  await page.getByRole("checkbox", { name: "Tin trong ngày" }).uncheck();
  await page.getByLabel("Mỗi bảng đứng").selectOption("60");
  await assertAccessible(page, "wall-choose");
  await page.getByRole("button", { name: "Chiếu" }).click();
  await page.waitForFunction(() => location.hash === "#man-hinh?giay=60&bang=xa,so-do,hom-nay,thang,buoc");
  assert.equal(await page.locator(".dot").count(), 5);
  // Without a network it goes on with what it was told, and says of when that is.
  await page.context().setOffline(true);
  await page.locator(".slide-head .line.lost", { hasText: /Máy không có mạng, số liệu lúc \d\d:\d\d/ }).waitFor();
  await page.keyboard.press("ArrowRight");
  await page.locator(".slide li, .slide .tile, .slide .empty").first().waitFor();
  await page.context().setOffline(false);
  await page.keyboard.press("Escape");
  await page.locator(".top").waitFor();
  assert.equal(await page.locator("body.walled").count(), 0);
});

test("a board that waits, fails, is refused, has no network or is too old says so, and what to do", async (t) => {
  const page = await open(t, COMMANDER, "#da-chot");
  const boards = /leaderboards\/(commune|village)/;
  let answer;
  await page.context().route(boards, (route) => answer(route));
  answer = () => {};
  await goTo(page, "#xep-hang/commune?stage=installed");
  await page.locator("main [role=status]", { hasText: "Đang tải…" }).waitFor();
  answer = (route) => route.abort();
  await goTo(page, "#xep-hang/commune?stage=level1_activated");
  await page.getByText("Chưa nhận được trả lời của máy chủ.").waitFor();
  await assertAccessible(page, "boards-failed");
  const again = page.getByRole("button", { name: "Thử lại" });
  await Promise.all([page.waitForRequest(boards), again.click()]);
  answer = (route) => route.continue();
  // It also asks again by itself: the button may be gone before it is pressed.
  await again.click({ timeout: 2_000 }).catch(() => undefined);
  await rows(page).nth(23).waitFor();
  await goTo(page, "#xep-hang/village?within=999999");
  await page.getByText("Không tìm thấy.").waitFor();
  await page.getByRole("link", { name: "Về bảng các xã" }).waitFor();
  await assertAccessible(page, "boards-refused");
  await page.clock.install();
  await goTo(page, "#xep-hang/commune?stage=level2_approved");
  await rows(page).nth(23).waitFor();
  await page.context().setOffline(true);
  await page.locator(".line.lost", { hasText: /Máy không có mạng, số liệu lúc/ }).waitFor();
  await page.clock.fastForward("06:00");
  await page.locator(".line.lost", { hasText: /số liệu đã cũ: \d\d:\d\d, \d+ phút trước/ }).waitFor();
  assert.equal(await rows(page).count(), 24, "what was told stays");
  await assertAccessible(page, "boards-old");
});
