// By what a card is read where nobody can fetch a reader any more, in a real browser. How to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";

import { chooseVillage, goTo, idNumber, open, PHONE, signIn, status } from "./app.mjs";
import { browserSeeing, cardOf } from "./camera.mjs";
import { assertAccessible } from "./pages.mjs";
import { startProgram } from "./program.mjs";

const SCANNER = ["/assets/app-scan.js", "/assets/app-scan.wasm"];

let program;
let origin;
before(async () => {
  program = await startProgram();
  origin = program.origin;
});
after(() => program?.stop());

/** A phone before whose camera this lies, at work in a village. `prepare`: of its context, before the app opens. */
async function seeing(t, text, prepare = async () => {}) {
  const context = await (await browserSeeing(t, text)).newContext(PHONE);
  context.on("weberror", (error) => assert.fail(error.error().message));
  await prepare(context);
  const page = await open(context, origin);
  await signIn(page);
  await chooseVillage(page);
  return { context, page };
}

const keeps = (page, address) => page.evaluate(async (address) => (await caches.match(address)) !== undefined, address);

/** `page.waitForFunction` waits for no promise. */
async function untilKept(page, address) {
  const deadline = Date.now() + 30_000;
  while (!(await keeps(page, address))) {
    assert.ok(Date.now() < deadline, `${address} was not kept`);
    await setTimeout(100);
  }
}

async function scanAndSave(page, id) {
  await goTo(page, "Ghi");
  await page.getByRole("button", { name: "Quét mã QR trên thẻ" }).click();
  await page.getByText(`Số định danh …${id.slice(-4)} đã niêm phong`).waitFor();
  await page.getByRole("button", { name: "Kích hoạt mức 1", exact: true }).click();
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.getByText("Đã lưu trên máy: Kích hoạt mức 1 — Katơr Thị Thử").waitFor();
}

test("a card is scanned without a network, once the reader has come", async (t) => {
  const id = idNumber();
  const { context, page } = await seeing(t, cardOf(id, "Katơr Thị Thử"));
  assert.ok(!(await page.evaluate("'BarcodeDetector' in self && BarcodeDetector.getSupportedFormats().then((all) => all.includes('qr_code'))")), "this browser reads no codes by itself");
  for (const address of SCANNER) await untilKept(page, address);
  await context.setOffline(true);
  await page.reload();
  await page.getByRole("navigation").waitFor();
  await scanAndSave(page, id);
  await status(page).getByText("01 chờ gửi").waitFor();
  await context.setOffline(false);
  await status(page).getByText("Đã gửi hết").waitFor();
});

test("a phone that was never given the reader says so, and the number can be typed", async (t) => {
  // Where each byte is paid for, it is not fetched beforehand.
  const { context, page } = await seeing(t, cardOf(idNumber(), "Katơr Thị Thử"), (context) =>
    context.addInitScript(() => Object.defineProperty(navigator, "connection", { value: { saveData: true } })));
  await status(page).getByText("Đã gửi hết").waitFor();
  await page.evaluate("navigator.serviceWorker.ready");
  assert.equal(await keeps(page, SCANNER[1]), false);
  await context.setOffline(true);
  await goTo(page, "Ghi");
  await page.getByRole("button", { name: "Quét mã QR trên thẻ" }).click();
  await page.getByText("Máy này chưa tải bộ đọc mã QR.").waitFor();
  await assertAccessible(page, "app-scan-none");
  await page.getByLabel("Số định danh (12 số)").fill(idNumber());
});

test("a browser that reads codes by itself is never given another reader", async (t) => {
  const id = idNumber();
  const asked = [];
  // What its own reader says is not what lies before the camera: no other one has looked.
  const { page } = await seeing(t, cardOf(idNumber(), "Người Khác"), async (context) => {
    context.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await context.addInitScript((rawValue) => {
      self.BarcodeDetector = class {
        static getSupportedFormats = async () => ["code_128", "qr_code"];
        detect = async () => [{ rawValue }];
      };
    }, cardOf(id, "Katơr Thị Thử"));
  });
  await scanAndSave(page, id);
  await status(page).getByText("Đã gửi hết").waitFor();
  assert.deepEqual(asked.filter((path) => SCANNER.includes(path)), []);
  for (const address of SCANNER) assert.equal(await keeps(page, address), false, address);
});
