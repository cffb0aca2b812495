// The volunteer's app in a real browser, against the real program with the demo province: the day of a
// volunteer, view by view. How to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";

import { atWork, chooseVillage, figures, goTo, HA, idNumber, ledgerOf, PASSWORD, PHONE, phone, queueThousand, record, signIn, status } from "./app.mjs";
import { browserSeeing } from "./camera.mjs";
import { assertAccessible, startBrowser } from "./pages.mjs";
import { startProgram } from "./program.mjs";

/** Of scripts. */
const FIRST_LOAD_MAX_BYTES = 40 * 1024;
const KEPT_MAX_BYTES = 150 * 1024;

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

test("a volunteer signs in, sees the village, records somebody of its list in three taps, and the server counts it", async (t) => {
  const { page } = await phone(t, browser, origin);
  await page.getByRole("heading", { name: "Đăng nhập tình nguyện viên" }).waitFor();
  await assertAccessible(page, "app-sign-in");
  await page.getByRole("button", { name: "Tôi có mã dùng một lần" }).click();
  await page.getByRole("button", { name: "Quay lại đăng nhập" }).waitFor();
  await assertAccessible(page, "app-code");
  await page.getByRole("button", { name: "Quay lại đăng nhập" }).click();
  await page.getByLabel("Số điện thoại của bạn").fill(HA);
  await page.getByLabel("Mật khẩu", { exact: true }).fill("không phải mật khẩu");
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
  await page.getByRole("alert").waitFor();
  await assertAccessible(page, "app-refused");
  await signIn(page);
  await page.locator("button.tile").first().waitFor();
  await assertAccessible(page, "app-villages");
  await page.locator("button.tile").first().click();
  await page.locator("button.person").first().waitFor();
  await page.getByText("Đã gửi hết").waitFor();
  await assertAccessible(page, "app-todo");

  const someone = page.locator("button.person").first();
  const whose = (await someone.locator(".who").textContent()).split("·").at(-1).trim();
  await someone.click();
  await page.getByRole("button", { name: /^Kích hoạt mức 1/ }).click();
  await assertAccessible(page, "app-record-listed");
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText(/^Đã lưu trên máy: Kích hoạt mức 1 — /).getByText(whose).waitFor();
  await page.locator("button.person", { hasText: whose }).getByText("vừa ghi").waitFor();
  await status(page).getByText("Đã gửi hết").waitFor();
  await goTo(page, "Sổ");
  const line = page.locator(".lines li").first();
  await line.getByText(/Đã công nhận|Đã có người ghi trước/).waitFor();
  await line.getByRole("button").first().click();
  await line.getByText(whose).waitFor();
  await assertAccessible(page, "app-ledger");
  await page.getByText(/Thao tác 1 đến 1: 1 đã xử lý, 0 chờ duyệt, 0 thiếu/).waitFor();
});

// How long it takes on a slow phone, speed.mjs tells.
test("a thousand operations that wait are counted, and of as many as nobody reads only some are drawn", async (t) => {
  const { context, page } = await atWork(t, browser, origin);
  await page.evaluate("navigator.serviceWorker.ready");
  await context.setOffline(true);
  await queueThousand(page);
  await goTo(page, "Sổ");
  await page.locator(".lines li").first().waitFor();
  assert.equal((await figures(page)).waiting, 1_000);
  assert.equal(await page.locator(".lines li").count(), 50);
  await page.getByRole("button", { name: /^Xem thêm/ }).click();
  assert.equal(await page.locator(".lines li").count(), 250);
});

test("a mistake is taken back and recorded anew", async (t) => {
  const { page } = await atWork(t, browser, origin);
  const id = idNumber();
  await record(page, id, "Kích hoạt mức 2");
  await status(page).getByText("Đã gửi hết").waitFor();
  await goTo(page, "Sổ");
  const line = page.locator(".lines li").first();
  await line.getByRole("button").first().click();
  await line.getByText(`…${id.slice(-4)}`).waitFor();
  await line.getByRole("button", { name: /Ghi nhầm/ }).click();
  await line.getByText("Nhầm bước").click();
  await assertAccessible(page, "app-take-back");
  await line.getByRole("button", { name: "Hủy và ghi lại cho đúng" }).click();
  await page.getByRole("heading", { name: "Ghi nhận" }).waitFor();
  await record(page, id, "Kích hoạt mức 1");
  await status(page).getByText("Đã gửi hết").waitFor();
  await goTo(page, "Sổ");
  await page.locator(".badge.voided").first().waitFor();
  const told = (await ledgerOf(origin, HA)).slice(0, 3);
  assert.deepEqual(told.map((entry) => [entry.kind, entry.stage, entry.voided]).sort(), [
    ["record", "level1_activated", false],
    ["record", "level2_activated", true],
    ["void", undefined, false],
  ].sort());
});

test("an appointment that was asked for without a network comes back with its codes", async (t) => {
  const { context, page } = await atWork(t, browser, origin);
  await context.setOffline(true);
  await page.evaluate("location.hash = '/dat-hen'");
  await page.getByRole("button", { name: "Gửi yêu cầu đặt hẹn" }).click();
  await page.getByText("Cần sự đồng ý").waitFor();
  await page.getByLabel("Số định danh (12 số)").fill(idNumber());
  await page.getByLabel("Họ và tên").fill("Nguyễn Thị Thử");
  await page.getByText("đồng ý để tôi đặt hẹn hộ").click();
  await page.getByRole("button", { name: "Gửi yêu cầu đặt hẹn" }).click();
  await status(page).getByText("01 chờ gửi").waitFor();
  await context.setOffline(false);
  await status(page).getByText("Đã gửi hết").waitFor();
  await page.locator(".lines li").first().getByRole("button").first().click();
  await page.locator(".slip-small .code").first().waitFor();
  await assertAccessible(page, "app-booked");
});

test("what has not come yet, what is empty and what went wrong is said", async (t) => {
  const { context, page } = await phone(t, browser, origin);
  await context.route("**/api/v1/sync/pull**", (route) => route.abort("connectionreset"));
  await signIn(page, "0900000009");
  await page.getByText("Danh sách thôn chưa về máy.").waitFor();
  await assertAccessible(page, "app-nothing-yet");
  await goTo(page, "Sổ");
  await page.getByText("Chưa có bản ghi nào.").waitFor();
  await assertAccessible(page, "app-ledger-empty");
  await goTo(page, "Tôi");
  await assertAccessible(page, "app-me-empty");
  await context.unroute("**/api/v1/sync/pull**");
  await page.getByRole("button", { name: "Đồng bộ ngay", exact: true }).last().click();
  await goTo(page, "Việc");
  await chooseVillage(page);
  await page.getByLabel("Tìm trong thôn").fill("khong co ai nhu vay");
  await page.getByText("Không thấy ai trong danh sách của thôn").waitFor();
  await page.evaluate("location.hash = '/tuyen-truyen'");
  await page.getByLabel("Số người dự").fill("1.200");
  await assertAccessible(page, "app-activity");
  await page.getByRole("button", { name: "Lưu buổi tuyên truyền" }).click();
  await status(page).getByText("Đã gửi hết").waitFor();
  await goTo(page, "Tôi");
  await assertAccessible(page, "app-me");
});

test("what is asked of a volunteer is shown and answered, and without a network it says so", async (t) => {
  const { context, page } = await atWork(t, browser, origin);
  await goTo(page, "Tôi");
  await page.getByRole("link", { name: "Câu hỏi và cuộc gọi nhờ bạn" }).click();
  await page.getByText("Không có câu hỏi nào.").waitFor();
  await page.getByText("Không có cuộc gọi nào nhờ bạn.").waitFor();
  await assertAccessible(page, "app-asks-empty");

  const question = {
    signal_id: "0199f3a1-2b3c-7d4e-8f50-61728394a5b6", title: "Nhiều việc trong cùng một giây", on_day: "2026-11-23", acts: 12, state: "open",
    raised_at: "2026-11-24T01:00:00Z", explanation: "12 bản ghi được lưu trong cùng một giây. Bạn có thể giải thích; đây không phải kết luận.",
  };
  const call = { call_back_id: "0199f3a1-2b3c-7d4e-8f50-61728394a5b7", is_open: true, on_day: "2026-11-20", stage: "level2_activated", village_id: 1, way: "call" };
  let answer;
  await context.route("**/api/v1/me/signals**", (route) => route.fulfill({ json: { items: [{ ...question, ...(answer && { state: "answered" }) }] } }));
  await context.route("**/api/v1/me/call-backs**", (route) => route.fulfill({ json: { items: [call] } }));
  await context.route("**/api/v1/signals/*/answers", (route) => {
    answer = route.request().postDataJSON();
    return route.fulfill({ json: {} });
  });
  await context.route("**/api/v1/call-backs/*/contact", (route) =>
    route.fulfill({ json: { way: "call", name: "Nguyễn Thị Thử", phone: "+84912345678", advice: "Hỏi đã cài VNeID chưa. Không hỏi mã OTP, mật khẩu." } }));
  await page.evaluate("location.hash = '/toi'");
  await page.getByRole("link", { name: "Câu hỏi và cuộc gọi nhờ bạn" }).click();
  await page.getByRole("button", { name: "Xem số để gọi" }).click();
  await page.getByRole("link", { name: "Gọi 0912 345 678" }).waitFor();
  await page.getByRole("button", { name: "Đúng như đã ghi" }).waitFor();
  await assertAccessible(page, "app-asks");
  await page.getByLabel("Vì sao như vậy?").fill("Ghi lại từ sổ giấy sau buổi họp thôn.");
  await page.getByRole("button", { name: "Giải thích" }).click();
  await page.getByText("Bạn đã trả lời").waitFor();
  assert.deepEqual(answer, { answer: "explained", note: "Ghi lại từ sổ giấy sau buổi họp thôn." });

  await page.evaluate("location.hash = '/toi'");
  await context.unroute("**/api/v1/me/signals**");
  await context.setOffline(true);
  await page.getByRole("link", { name: "Câu hỏi và cuộc gọi nhờ bạn" }).click();
  await page.getByText("Phần này cần có mạng.").waitFor();
});

test("whoever of the list left a number is called from where they are recorded, without a network too", async (t) => {
  const { context, page } = await phone(t, browser, origin);
  let left;
  await context.route(/\/api\/v1\/worklists\/\w+/, async (route) => {
    const response = await route.fetch();
    const { items, ...rest } = await response.json();
    if (items.length > 1) left ??= items[0].person_id;
    const told = items.map((one) => (one.person_id === left ? { ...one, phone: "+84912345678" } : one));
    await route.fulfill({ response, json: { ...rest, items: told } });
  });
  await signIn(page);
  await chooseVillage(page);
  const shown = page.locator(".chips button").filter({ hasNotText: /01$/ }).first();
  await shown.click();
  await context.setOffline(true);
  await page.locator("button.person").first().click();
  const call = page.getByRole("link", { name: "Gọi 0912 345 678" });
  assert.equal(await call.getAttribute("href"), "tel:+84912345678");
  await assertAccessible(page, "app-record-call");
  await goTo(page, "Việc");
  await shown.click();
  await page.locator("button.person").nth(1).click();
  await page.getByRole("button", { name: /^Kích hoạt mức 1/ }).waitFor();
  assert.equal(await call.count(), 0, "who left none is not called");
});

test("of a scanned card the number is sealed, and nothing of the address is kept", async (t) => {
  const id = idNumber();
  const files = {
    insurance: "GD4580123456789|4e677579e1bb856e205468e1bb8b205468e1bbad|01/01/1990|2|||||||||",
    card: `${id}|264123456|Katơr Thị Thử|05061990|Nữ|Thôn Ẩn Danh, Xã Bác Ái Tây|01072023`,
  };
  for (const [name, text] of Object.entries(files)) {
    const camera = await browserSeeing(t, text);
    const page = await camera.newPage(PHONE);
    await page.goto(`${origin}/app`);
    await signIn(page);
    await page.locator("button.tile").first().click();
    await goTo(page, "Ghi");
    await page.getByRole("button", { name: "Quét mã QR trên thẻ" }).click();
    if (name === "insurance") {
      await page.getByText("Đây là thẻ bảo hiểm y tế.").waitFor();
      await assertAccessible(page, "app-scan");
      continue;
    }
    await page.getByLabel("Họ và tên").waitFor();
    await page.getByText(`Số định danh …${id.slice(-4)} đã niêm phong`).waitFor();
    await assertAccessible(page, "app-scanned");
    // The whole number is nowhere on the page, and a correction begins with nothing of it.
    const shown = () => page.evaluate(() => [document.documentElement.outerHTML, ...[...document.querySelectorAll("input, textarea, select")].map(({ value }) => value)].join("\n"));
    assert.ok(!(await shown()).includes(id));
    await page.getByRole("button", { name: "nhập lại", exact: true }).click();
    assert.equal(await page.getByLabel("Số định danh (12 số)").inputValue(), "");
    await page.getByLabel("Số định danh (12 số)").fill("058");
    await page.getByRole("button", { name: "Quét mã QR trên thẻ" }).click();
    await page.getByText("đã niêm phong").waitFor();
    assert.ok(!(await shown()).includes(id));
    assert.equal(await page.getByLabel("Họ và tên").inputValue(), "Katơr Thị Thử");
    const pushed = page.waitForRequest((request) => request.url().endsWith("/sync/push") && (request.postData() ?? "").includes("level1_activated"));
    await page.getByRole("button", { name: "Kích hoạt mức 1", exact: true }).click();
    await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
    const sent = (await pushed).postData();
    for (const secret of [id, "264123456", "Ẩn Danh", "05061990", "01072023"]) assert.ok(!sent.includes(secret), secret);
    const [op] = JSON.parse(sent).ops;
    assert.equal(op.subject.kind, "sealed");
    assert.deepEqual([op.name, op.birth_year, op.sex], ["Katơr Thị Thử", undefined, undefined], "the number says the rest");
    await status(page).getByText("Đã gửi hết").waitFor();
  }
});

test("what is missing is told where it is missing", async (t) => {
  const { page } = await atWork(t, browser, origin);
  await goTo(page, "Ghi");
  await page.getByRole("button", { name: "Chưa xong" }).click();
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText("Hãy chọn lý do.").waitFor();
  assert.equal(await page.getByLabel("Số định danh (12 số)").getAttribute("aria-invalid"), "true");
  assert.equal(await page.getByText("Hãy chọn việc đã làm.").count(), 0);
  await assertAccessible(page, "app-record-faults");
});

test("a password that somebody else gave is changed before anything else", async (t) => {
  const { context, page } = await phone(t, browser, origin);
  await context.route("**/api/v1/sessions", async (route) => {
    const answer = await route.fetch();
    return route.fulfill({ response: answer, json: { ...(await answer.json()), must_change_password: true } });
  });
  await page.getByLabel("Số điện thoại của bạn").fill(HA);
  await page.getByLabel("Mật khẩu", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
  await page.getByRole("heading", { name: "Đổi mật khẩu được cấp" }).waitFor();
  assert.equal(await page.getByRole("navigation").count(), 0);
  await assertAccessible(page, "app-own-password");
});

test("somebody who does not record is told, and in English it speaks English", async (t) => {
  const { page } = await phone(t, browser, origin);
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { name: "Volunteers sign in" }).waitFor();
  await page.getByLabel("Your phone number").fill("0900000003");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "This account does not record" }).waitFor();
  await assertAccessible(page, "app-foreign-english");
});

test("the first load is small, what is kept is small, and nothing foreign gets in", async () => {
  const answer = await fetch(`${origin}/app`);
  const policy = answer.headers.get("content-security-policy");
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy.replace("'wasm-unsafe-eval'", ""), /unsafe|https?:|\*|data:|blob:/);
  const page = await answer.text();
  const worker = await (await fetch(`${origin}/app-worker.js`)).text();
  const addresses = [...new Set([...worker.matchAll(/\/assets\/[\w.-]+(\?v=[\w-]+)?/g)].map(([address]) => address))].filter((address) => address !== "/assets/" && !address.endsWith("app-"));
  assert.ok(addresses.length >= 5);
  let [first, all] = [0, 0];
  for (const address of addresses) {
    const asset = await fetch(origin + address);
    const content = Buffer.from(await asset.arrayBuffer());
    if (address.includes("?v=")) assert.match(asset.headers.get("cache-control"), /immutable/, `${address} is the program's own version`);
    // A part has no version in its address: it says itself whose it is.
    else assert.ok(addresses.some((whole) => whole.includes("app.js?v=") && content.includes(whole)), `${address} is a part of this very app`);
    const bytes = gzipSync(content, { level: 9 }).length;
    if (page.includes(address) && address.includes(".js?")) first += bytes;
    all += bytes;
  }
  assert.ok(first > 0 && first <= FIRST_LOAD_MAX_BYTES, `${first} bytes`);
  assert.ok(all <= KEPT_MAX_BYTES, `${all} bytes`);
});

const KEEPS_NOTHING = {
  "has no database": () => Object.defineProperty(self, "indexedDB", { value: undefined }),
  "opens no database": () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("as in some private windows", "SecurityError");
    };
  },
};
for (const [name, take] of Object.entries(KEEPS_NOTHING))
  test(`a browser that ${name} is told to be left before anything is typed into it`, async (t) => {
    const context = await browser.newContext(PHONE);
    t.after(() => context.close());
    context.on("weberror", (error) => assert.fail(error.error().message));
    await context.addInitScript(take);
    const page = await context.newPage();
    await page.goto(`${origin}/app`);
    await page.getByRole("heading", { name: "Chưa mở được ở đây" }).waitFor();
    await page.getByText(`${origin}/app`, { exact: true }).waitFor();
    assert.equal(await page.locator("input").count(), 0);
    await assertAccessible(page, "app-blocked");
  });

/** Width and height of a PNG file, as its header says. */
const sizeOfPng = (file) => {
  assert.equal(file.toString("latin1", 1, 4), "PNG");
  return [file.readUInt32BE(16), file.readUInt32BE(20)];
};

test("the app can be put on a home screen: its name, its address, and pictures as large as they say", async () => {
  const page = await (await fetch(`${origin}/app`)).text();
  const link = (rel) => page.match(`<link rel="${rel}" href="([^"]+)"`)[1];
  const fileAt = async (address) => {
    const answer = await fetch(origin + address);
    assert.ok(answer.ok, `${address}: ${answer.status}`);
    return { type: answer.headers.get("content-type"), file: Buffer.from(await answer.arrayBuffer()) };
  };
  const { type, file } = await fileAt(link("manifest"));
  assert.match(type, /^application\/manifest\+json/);
  const { icons, theme_color, background_color, ...said } = JSON.parse(file);
  assert.deepEqual(said, { name: "Tổ 06 · Tình nguyện viên", short_name: "Tổ 06", lang: "vi", id: "/app", start_url: "/app", scope: "/app", display: "standalone" });
  for (const colour of [theme_color, background_color]) assert.match(colour, /^#[0-9a-f]{6}$/);
  for (const { src, sizes, type, purpose } of icons) {
    const icon = await fileAt(src);
    assert.ok(icon.type.startsWith(type), `${src} is ${icon.type}`);
    assert.equal(purpose, "any maskable");
    if (type === "image/png") assert.equal(sizeOfPng(icon.file).join("x"), sizes, src);
    else assert.match(icon.file.toString(), /<svg [^>]*viewBox="0 0 (\d+) \1"/, `${src} is a square of any size`);
  }
  assert.ok(icons.some(({ sizes, type }) => type === "image/png" && sizes === "512x512"), "one that every phone can draw");
  assert.deepEqual(sizeOfPng((await fileAt(link("apple-touch-icon"))).file), [180, 180]);
});

test("before the first screen stands, a phone asks for the page, a style, a script and pictures of the app, and for nothing else", async (t) => {
  const context = await browser.newContext(PHONE);
  t.after(() => context.close());
  const page = await context.newPage();
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`${origin}/app`, { waitUntil: "commit" });
  await page.getByRole("heading", { name: "Đăng nhập tình nguyện viên" }).waitFor();
  const expected = ["/app", "/assets/app.css", "/assets/app.js", "/assets/app.webmanifest", "/assets/app.svg"];
  assert.deepEqual(asked.filter((path) => !expected.includes(path)), []);
});

for (const [system, name] of [["Linux; Android 13; SM-A045F", "Mở bằng Chrome"], ["iPhone; CPU iPhone OS 17_1 like Mac OS X", undefined]])
  test(`inside Zalo on ${system.split(";")[0]} the app says what is lost there and how to leave`, async (t) => {
    const userAgent = `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Mobile Safari/537.36 Zalo/24.10`;
    const context = await browser.newContext({ ...PHONE, userAgent });
    t.after(() => context.close());
    const page = await context.newPage();
    await page.goto(`${origin}/app`);
    await signIn(page);
    await page.getByText("Bạn đang mở trong Zalo.").waitFor();
    assert.equal(await page.getByRole("link", { name: "Mở bằng Chrome" }).count(), name ? 1 : 0);
    await page.getByRole("button", { name: "Chép địa chỉ" }).waitFor();
  });
