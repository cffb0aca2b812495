// How long the phone's faces take where everything is slow; fails beyond what was promised. Times are of a machine of
// its own, so this is a command and no test:
//
//   TO06_API=../target/debug/api npm run speed
import { atWork, goTo, idNumber, PHONE, queueThousand } from "./app.mjs";
import { startBrowser } from "./pages.mjs";
import { startProgram } from "./program.mjs";

/** What a village's edge of the network gives: 400 kbit/s, and so long until an answer begins. */
const SLOW = { offline: false, latency: 400, downloadThroughput: 400_000 / 8, uploadThroughput: 200_000 / 8 };
const SLOWER_PHONE = 4;
const TRIES = 5;

const program = await startProgram();
const browser = await startBrowser();
const tell = [];

/** Milliseconds from the address to something that can be used, with nothing kept. */
async function firstScreen(path, ready) {
  const context = await browser.newContext({ ...PHONE, serviceWorkers: "block" });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", SLOW);
  const began = Date.now();
  await page.goto(program.origin + path, { waitUntil: "commit" });
  await page.locator(ready).first().waitFor();
  const took = Date.now() - began;
  await context.close();
  return took;
}

/** Milliseconds from the tap on the ledger to its first line, with a thousand operations that wait. */
async function ledgerOfThousand() {
  const undo = [];
  const { context, page } = await atWork({ after: (deed) => undo.push(deed) }, browser, program.origin);
  await page.evaluate("navigator.serviceWorker.ready");
  await context.setOffline(true);
  await queueThousand(page);
  // The part with the ledger lies ready, as on every day but the first.
  await page.evaluate("location.hash = '/so'");
  await page.locator(".lines li").first().waitFor();
  await page.evaluate("location.hash = '/'");
  await page.locator("main h1").waitFor();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER_PHONE });
  const took = await page.evaluate(() => new Promise((resolve) => {
    const began = performance.now();
    new MutationObserver((_, observer) => {
      if (!document.querySelector(".figures + .under ~ .lines li")) return;
      observer.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - began));
    }).observe(document.body, { childList: true, subtree: true });
    location.hash = "/so";
  }));
  for (const deed of undo) await deed();
  return took;
}

/** Milliseconds from the tap on Save until it is said that it was saved, and drawn. */
async function saidAfterSave() {
  const undo = [];
  const { context, page } = await atWork({ after: (deed) => undo.push(deed) }, browser, program.origin);
  await context.setOffline(true);
  await goTo(page, "Ghi");
  await page.getByLabel("Số định danh (12 số)").fill(idNumber());
  await page.getByRole("button", { name: "Kích hoạt mức 1", exact: true }).click();
  await page.getByText("Phần đang nhập đã giữ trên máy").waitFor();
  const save = await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).elementHandle();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER_PHONE });
  const took = await save.evaluate((button) => new Promise((resolve) => {
    const began = performance.now();
    new MutationObserver((_, observer) => {
      if (!document.querySelector(".said")) return;
      observer.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - began));
    }).observe(document.body, { childList: true, subtree: true });
    button.click();
  }));
  for (const deed of undo) await deed();
  return took;
}

/** Of several tries the one in the middle: one of them met a machine that did something else. */
async function measure(what, most, once) {
  const all = [];
  for (let index = 0; index < TRIES; index += 1) all.push(await once());
  const took = Math.round(all.sort((a, b) => a - b)[TRIES >> 1]);
  tell.push({ what, "ms": took, "at most": most, "of": all.map(Math.round).join(" ") });
  if (took > most) process.exitCode = 1;
}

try {
  await measure("app, first screen at 400 kbit/s", 2_000, () => firstScreen("/app", "#phone"));
  await measure("booking, first screen at 400 kbit/s", 2_000, () => firstScreen("/dat-lich", "main h1"));
  await measure("1,000 operations listed, a quarter of the speed", 200, ledgerOfThousand);
  await measure("Save until it is said, a quarter of the speed", 100, saidAfterSave);
  console.table(tell);
} finally {
  await browser.close();
  await program.stop();
}
