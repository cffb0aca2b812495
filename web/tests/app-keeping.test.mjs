// What the volunteer's app survives, and what it gives away: no network, a lost answer, a closed phone, a full
// one, two tabs, a newer app, an ended session, a restored server. How to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { after, before, test } from "node:test";

import { atWork, chooseVillage, diskOf, figures, goTo, HA, idNumber, LAN, ledgerOf, open, opsOf, PASSWORD, PHONE, record, signIn, status } from "./app.mjs";
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

test("offline, closed, reopened, and the server's answer lost: everything has exactly one effect", async (t) => {
  const { context, page } = await atWork(t, browser, origin, LAN);
  await page.evaluate("navigator.serviceWorker.ready");
  await status(page).getByText("Đã gửi hết").waitFor();
  const before = new Set((await ledgerOf(origin, LAN)).map((entry) => entry.op_id));
  await context.setOffline(true);
  await record(page, idNumber(), "Cài đặt VNeID", "Kích hoạt mức 1");
  await goTo(page, "Việc");
  await assertAccessible(page, "app-offline");
  await page.close();

  const again = await open(context, origin);
  await again.getByRole("navigation").waitFor();
  await again.locator("button.person").first().waitFor();
  await record(again, idNumber(), "Kích hoạt mức 2");
  await goTo(again, "Sổ");
  await again.getByRole("heading", { name: "Sổ của tôi" }).waitFor();
  await assertAccessible(again, "app-waiting");
  assert.equal((await figures(again)).waiting, 3);
  // What is not done yet is work too, and so is booking for somebody.
  await goTo(again, "Ghi");
  await again.getByRole("button", { name: "Chưa xong" }).click();
  await again.getByText("Người này chưa có số định danh").click();
  await again.getByLabel("Họ và tên").fill("Pi Năng Thị Thử");
  await again.getByLabel("Năm sinh").fill("1971");
  await again.getByText("Không có điện thoại thông minh").click();
  await assertAccessible(again, "app-unfinished");
  await again.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await again.getByText("Đã lưu trên máy: Không có điện thoại thông minh — Pi Năng Thị Thử.").waitFor();

  let lost = 0;
  await context.route("**/api/v1/sync/push", async (route) => {
    if (lost > 0) return route.continue();
    lost += 1;
    // The server has done it; the phone never hears of it.
    await route.fetch();
    return route.abort("connectionreset");
  });
  await context.setOffline(false);
  await status(again).getByText("Đã gửi hết").waitFor();
  assert.equal(lost, 1);
  const fresh = (await ledgerOf(origin, LAN)).filter((entry) => !before.has(entry.op_id));
  assert.deepEqual(fresh.map((entry) => entry.result), ["applied", "applied", "applied", "applied"]);
  await goTo(again, "Sổ");
  await again.getByText(/0 thiếu/).waitFor();
});

test("what lies on the phone after a day offline names nobody", async (t) => {
  const { context, page } = await atWork(t, browser, origin);
  const listed = (await page.locator("button.person .who").allTextContents()).map((text) => text.split("·").at(-1).trim()).slice(0, 20);
  assert.ok(listed.length > 0);
  await context.setOffline(true);
  const id = idNumber();
  await record(page, id, "Cài đặt VNeID");
  await page.goto(`${origin}/app#/dat-hen`);
  await page.getByLabel("Số định danh (12 số)").fill(id);
  await page.getByLabel("Họ và tên").fill("Chamaléa Thị Thử Nghiệm");
  await page.getByLabel("Số điện thoại để báo (nếu có)").fill("0987 316 254");
  await page.getByText("đồng ý để tôi đặt hẹn hộ").click();
  await assertAccessible(page, "app-appointment");
  await page.getByRole("button", { name: "Gửi yêu cầu đặt hẹn" }).click();
  await page.getByText("Đã lưu yêu cầu đặt hẹn").waitFor();
  const dump = await diskOf(page);
  assert.match(dump, /request_appointment/, "the queue is in it");
  assert.doesNotMatch(dump, /a key that can be taken out/);
  for (const secret of [id, id.slice(-6), "Chamaléa", "316 254", "316254", PASSWORD, HA, ...listed]) {
    assert.ok(!dump.includes(secret), `${secret} lies in the clear`);
  }
});

test("nobody signs out over unsent work, and signing out leaves no list behind", async (t) => {
  const { context, page } = await atWork(t, browser, origin);
  await context.setOffline(true);
  await record(page, idNumber(), "Cài đặt VNeID");
  await goTo(page, "Tôi");
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await page.getByText("01 việc chưa gửi").waitFor();
  await assertAccessible(page, "app-me-unsent");
  await context.setOffline(false);
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await page.getByLabel("Số điện thoại của bạn").waitFor();
  const left = await page.evaluate(() => new Promise((resolve) => {
    indexedDB.open("to06-app").onsuccess = ({ target }) => {
      target.result.transaction("kept").objectStore("kept").getAllKeys().onsuccess = (event) => resolve(event.target.result);
    };
  }));
  assert.deepEqual(left.filter((name) => /village|pull|session|^me$|own/.test(name)), []);
});

test("two tabs send each operation once, and both see it", async (t) => {
  const { context, page } = await atWork(t, browser, origin, LAN);
  const other = await open(context, origin);
  await other.getByRole("navigation").waitFor();
  await status(other).getByText("Đã gửi hết").waitFor();
  const sent = [];
  await context.route("**/api/v1/sync/push", (route) => {
    sent.push(...opsOf(route.request()).map((op) => op.op_id));
    return route.continue();
  });
  await context.setOffline(true);
  await record(page, idNumber(), "Cài đặt VNeID");
  await record(other, idNumber(), "Cài đặt VNeID");
  await status(page).getByText("02 chờ gửi").waitFor();
  await context.setOffline(false);
  await status(page).getByText("Đã gửi hết").waitFor();
  await status(other).getByText("Đã gửi hết").waitFor();
  assert.equal(sent.length, 2);
  assert.equal(new Set(sent).size, 2);
  // Who leaves in one tab has left in all.
  await goTo(page, "Tôi");
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await other.getByRole("heading", { name: "Đăng nhập tình nguyện viên" }).waitFor();
});

/** Fills what is left of the phone's space with rubbish, down to the last bytes. */
function fill() {
  return new Promise((resolve) => {
    const opening = indexedDB.open("rubbish");
    opening.onupgradeneeded = () => opening.result.createObjectStore("rubbish", { autoIncrement: true });
    opening.onsuccess = () => {
      const db = opening.result;
      const add = (size) => {
        if (size < 64) return resolve(db.close());
        const change = db.transaction("rubbish", "readwrite");
        change.objectStore("rubbish").add(crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536))));
        change.oncomplete = () => add(size);
        change.onabort = () => add(Math.floor(size / 2));
      };
      add(65_536);
    };
  });
}

test("a full phone says so, and neither what was saved nor what was typed is lost", async (t) => {
  const context = await browser.newContext(PHONE);
  t.after(() => context.close());
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 4 * 1024 * 1024 });
  await page.goto(`${origin}/app`);
  await signIn(page);
  await chooseVillage(page);
  await context.setOffline(true);
  await record(page, idNumber(), "Cài đặt VNeID");
  await page.evaluate(fill);
  const id = idNumber();
  await page.getByLabel("Số định danh (12 số)").fill(id);
  await page.getByRole("button", { name: "Kích hoạt mức 1", exact: true }).click();
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText("máy đã hết chỗ").waitFor();
  await assertAccessible(page, "app-full");
  assert.equal(await page.getByLabel("Số định danh (12 số)").inputValue(), id);
  await status(page).getByText("01 chờ gửi").waitFor();
  await cdp.send("Storage.overrideQuotaForOrigin", { origin });
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText("Đã lưu trên máy: Kích hoạt mức 1").waitFor();
  await status(page).getByText("02 chờ gửi").waitFor();
});

test("a session that has ended, an app that is too old, and a restored server stop no work", async (t) => {
  const { context, page } = await atWork(t, browser, origin, LAN);
  await status(page).getByText("Đã gửi hết").waitFor();

  let epoch = "";
  await context.route("**/api/v1/meta", async (route) => {
    const answer = await route.fetch();
    const meta = await answer.json();
    return route.fulfill({ response: answer, json: { ...meta, ...(epoch && { epoch }), client_min: "9.0.0", banner: "Bảo trì lúc 22:00 tối nay." } });
  });
  await context.route(/\/api\/v1\/(sync\/pull|me\/ledger)/, (route) =>
    route.fulfill({ status: 426, contentType: "application/problem+json", body: JSON.stringify({ type: "/problems/client-too-old", title: "Ứng dụng trên máy đã cũ.", status: 426, instance: "urn:uuid:0" }) }));
  await record(page, idNumber(), "Cài đặt VNeID");
  await page.getByText("Ứng dụng trên máy đã cũ.").waitFor();
  await page.getByText("Bảo trì lúc 22:00 tối nay.").waitFor();
  await status(page).getByText("Đã gửi hết").waitFor();
  await assertAccessible(page, "app-too-old");
  await context.unroute(/\/api\/v1\/(sync\/pull|me\/ledger)/);

  const sent = [];
  await context.route("**/api/v1/sync/push", async (route) => {
    const answer = await route.fetch();
    sent.push(...(await answer.json()).results.map((result) => result.result));
    return route.fulfill({ response: answer });
  });
  epoch = "e-restored";
  await status(page).click();
  await page.waitForFunction(() => document.querySelector("header .status.complete"));
  assert.ok(sent.length > 0 && sent.every((result) => result === "replayed"), sent.join());
  await context.unroute("**/api/v1/sync/push");

  await context.route("**/api/v1/**", (route) => {
    if (!route.request().headers().authorization && !route.request().url().includes("/refresh")) return route.continue();
    return route.fulfill({ status: 401, contentType: "application/problem+json", body: JSON.stringify({ type: "/problems/session-ended", title: "Phiên đăng nhập đã kết thúc.", status: 401, instance: "urn:uuid:0" }) });
  });
  await record(page, idNumber(), "Cài đặt VNeID");
  await page.getByText("việc chưa gửi vẫn được giữ trên máy").waitFor();
  await assertAccessible(page, "app-ended");
  await page.reload();
  await page.getByText("việc chưa gửi vẫn được giữ trên máy").waitFor();
  await context.unroute("**/api/v1/**");
  await page.getByLabel("Số điện thoại của bạn").fill(LAN);
  await page.getByLabel("Mật khẩu", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Đăng nhập lại" }).click();
  await status(page).getByText("Đã gửi hết").waitFor();
});

/** The program as it would be after an update: the app's worker is another one from the moment that says so. */
async function behindUpdate(t) {
  let isNewer = false;
  const { hostname, port } = new URL(origin);
  const server = createServer((asked, answer) => {
    const { url: path, method, headers } = asked;
    const passed = request({ hostname, port, path, method, headers }, (told) => {
      const isWorker = path === "/app-worker.js";
      const { "content-length": length, ...more } = told.headers;
      answer.writeHead(told.statusCode, isWorker || length === undefined ? more : told.headers);
      if (isWorker && isNewer) answer.write("/* a newer release */\n");
      told.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { address: `http://127.0.0.1:${server.address().port}`, release: () => (isNewer = true) };
}

test("a newer app is taken when its owner agrees, and what waits to be sent waits on", async (t) => {
  const { address, release } = await behindUpdate(t);
  const context = await browser.newContext(PHONE);
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${address}/app`);
  await signIn(page);
  await chooseVillage(page);
  await page.evaluate("navigator.serviceWorker.ready");
  await page.reload();
  await page.locator(".chips").waitFor();
  await context.route("**/api/v1/sync/push", (route) => route.abort("connectionreset"));
  await record(page, idNumber(), "Cài đặt VNeID");
  release();
  await page.evaluate("navigator.serviceWorker.getRegistration('/app').then((one) => one.update())");
  await page.getByText("Có bản mới của ứng dụng").waitFor();
  await assertAccessible(page, "app-update");
  const fresh = page.waitForEvent("load");
  await page.getByRole("button", { name: "Dùng bản mới" }).click();
  await fresh;
  await status(page).getByText("01 chờ gửi").waitFor();
  await context.unroute("**/api/v1/sync/push");
  await status(page).click();
  await status(page).getByText("Đã gửi hết").waitFor();
});
