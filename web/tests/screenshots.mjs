// Pictures of every view of every face, at a phone's, a tablet's, a desk's and a wall's width, in light and dark, to be
// looked at after a change of style:
//
//   TO06_API=../target/debug/api npm run screenshots -- FOLDER [FACE …]      faces: public booking app desk board
//
// FOLDER lies outside the tree; its index.html shows all of them. Everybody on them is invented.
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { chooseVillage, idNumber, PASSWORD, record, signIn as signInToApp } from "./app.mjs";
import { startBrowser } from "./pages.mjs";
import { startProgram } from "./program.mjs";

const WIDTHS = [360, 768, 1440, 1920];
const SCHEMES = ["light", "dark"];
const PHONE_HEIGHT = 740;
const SCREEN_HEIGHT = 900;
const OFFICER = "0900000004";
const COMMANDER = "0900000002";
const ADMINISTRATOR = "0900000001";
/** Views of a face that are found by following its own links. */
const FOLLOWED_MAX = 30;

const [folder, ...wanted] = process.argv.slice(2);
if (!folder) throw new Error("Name a folder for the pictures.");
const out = resolve(folder);
await mkdir(out, { recursive: true });

const program = await startProgram();
const browser = await startBrowser();
const taken = [];

async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: WIDTHS[0], height: PHONE_HEIGHT }, locale: "vi-VN", ...options });
  return context.newPage();
}

/** One view in every width and colour scheme. */
async function take(page, view) {
  // What is asked for has come, and nothing moves any more.
  await page.waitForLoadState("networkidle", { timeout: 5_000 }).catch(() => undefined);
  for (const colorScheme of SCHEMES)
    for (const width of WIDTHS) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: width < 700 ? PHONE_HEIGHT : SCREEN_HEIGHT });
      // As high as all of it: what is fixed to the bottom of a screen is not drawn across its middle.
      const height = await page.evaluate("document.documentElement.scrollHeight");
      await page.setViewportSize({ width, height });
      const name = `${view}-${width}-${colorScheme}.png`;
      await page.screenshot({ path: join(out, name) });
      taken.push(name);
    }
  await page.setViewportSize({ width: WIDTHS[0], height: PHONE_HEIGHT });
  console.log(view);
}

async function takePublic() {
  const page = await open();
  for (const [view, path] of [["home", "/"], ["ranks", "/bang"], ["verify", "/xac-minh"], ["refused", "/khong-co"]]) {
    await page.goto(program.origin + path);
    await take(page, `public-${view}`);
  }
  const plain = await open({ javaScriptEnabled: false });
  await plain.goto(`${program.origin}/dat-lich`);
  await take(plain, "public-plain-find");
  await plain.getByRole("button", { name: "Tìm chỗ trống gần nhất" }).click();
  await plain.locator(".choices a").first().click();
  await take(plain, "public-plain-who");
}

async function takeBooking() {
  const page = await open();
  await page.goto(`${program.origin}/dat-lich`);
  await page.locator("button.hour").first().waitFor();
  await take(page, "booking-find");
  // The first hours may close while one types.
  await page.locator("button.hour").nth(3).click();
  await take(page, "booking-who");
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  await page.locator("[aria-invalid=true]").first().waitFor();
  await take(page, "booking-faults");
  await page.getByLabel("Số định danh (12 số)").fill(idNumber());
  await page.getByLabel("Họ và tên").fill("Nguyễn Thị Thử");
  await page.getByRole("button", { name: "Giữ chỗ" }).click();
  await page.getByRole("timer").waitFor();
  await take(page, "booking-confirm");
  await page.getByRole("button", { name: "Xác nhận đặt lịch" }).click();
  await page.getByRole("heading", { name: "Đã đặt lịch" }).waitFor();
  await take(page, "booking-booked");
  const [code, secret] = await page.locator(".keys .code").allTextContents();
  await page.goto(`${program.origin}/lich-hen#${code}.${secret}`);
  await page.locator(".held").waitFor();
  await take(page, "booking-own");
  for (const [view, path] of [["keys", "/lich-hen"], ["join", "/cho/vao"], ["wait", "/cho"]]) {
    await page.goto(program.origin + path);
    await take(page, `booking-${view}`);
  }
}

async function takeApp() {
  const page = await open();
  await page.goto(`${program.origin}/app`);
  await page.locator("#phone").waitFor();
  await take(page, "app-sign-in");
  await signInToApp(page);
  await page.locator("button.tile").first().waitFor();
  await take(page, "app-villages");
  await chooseVillage(page);
  await take(page, "app-todo");
  await page.locator("button.person").first().click();
  await page.getByRole("button", { name: /^Kích hoạt mức 2/ }).click();
  await take(page, "app-record-listed");
  await page.getByRole("button", { name: "người khác" }).click();
  await page.getByRole("button", { name: "Chưa xong" }).click();
  await take(page, "app-record");
  await page.getByRole("button", { name: "Chưa xong" }).click();
  await record(page, idNumber(), "Cài đặt VNeID");
  await page.context().setOffline(true);
  await record(page, idNumber(), "Kích hoạt mức 1");
  for (const [view, at] of [["ledger", "/so"], ["book", "/dat-hen"], ["activity", "/tuyen-truyen"], ["help", "/huong-dan"], ["campaigns", "/chien-dich"], ["asks-offline", "/nho"]]) {
    await page.evaluate((hash) => (location.hash = hash), at);
    await page.locator("main h1").waitFor();
    await take(page, `app-${view}`);
  }
  await page.context().setOffline(false);
  for (const [view, at] of [["me", "/toi"], ["asks", "/nho"], ["badge", "/the"]]) {
    await page.evaluate((hash) => (location.hash = hash), at);
    await page.locator("main h1").waitFor();
    await take(page, `app-${view}`);
  }
}

async function signInToStaff(page, path, phone) {
  await page.goto(program.origin + path);
  await page.getByLabel("Số điện thoại").waitFor();
  await page.getByLabel("Số điện thoại").fill(phone);
  await page.getByLabel("Mật khẩu").fill(PASSWORD);
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
  await page.getByRole("button", { name: "Đăng xuất" }).waitFor();
}

/** Every view that the face itself leads to, and the views that those lead to. */
async function takeFollowed(page, face) {
  const seen = new Set();
  const links = async () => page.locator("nav a[href^='#']").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  const next = await links();
  while (next.length > 0 && seen.size < FOLLOWED_MAX) {
    const at = next.shift();
    if (seen.has(at)) continue;
    seen.add(at);
    await page.evaluate((hash) => (location.hash = hash), at);
    await page.locator("main, .board").first().waitFor();
    await take(page, `${face}-${at.slice(1).replaceAll(/[^\w-]/g, "-") || "first"}`);
    next.push(...(await links()));
  }
}

async function takeDesk() {
  const page = await open();
  await page.goto(`${program.origin}/quay`);
  await page.getByLabel("Số điện thoại").waitFor();
  await take(page, "desk-sign-in");
  await signInToStaff(page, "/quay", OFFICER);
  await take(page, "desk-offices");
  await page.getByRole("button", { name: "mở cả ngày" }).click();
  await page.getByLabel("Quầy số").fill("3");
  await page.keyboard.press("Tab");
  await page.getByRole("heading", { name: "Quầy 3" }).waitFor();
  await page.evaluate("document.activeElement.blur()");
  for (let tickets = 0; tickets < 4; tickets += 1) {
    await page.keyboard.press("p");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    if (tickets === 3) await take(page, "desk-ticket");
    await dialog.getByRole("button", { name: "Phát phiếu", exact: true }).click();
    await page.locator(".given").getByRole("button", { name: "Xong" }).click();
  }
  await page.keyboard.press("n");
  await page.getByRole("button", { name: "Bắt đầu làm" }).waitFor();
  await take(page, "desk-called");
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await take(page, "desk-keys");
  await page.keyboard.press("Escape");
  const screen = await page.locator("a[href^='/man-hinh/']").first().getAttribute("href");
  await takeFollowed(page, "desk");
  await page.goto(program.origin + screen);
  await take(page, "desk-display");
}

async function takeBoard() {
  const page = await open();
  await signInToStaff(page, "/chi-huy", COMMANDER);
  await takeFollowed(page, "board");
  const other = await open();
  await signInToStaff(other, "/chi-huy", ADMINISTRATOR);
  await other.evaluate("location.hash = 'tai-khoan'");
  await take(other, "board-accounts-administrator");
}

const FACES = { public: takePublic, booking: takeBooking, app: takeApp, desk: takeDesk, board: takeBoard };
try {
  for (const face of wanted.length > 0 ? wanted : Object.keys(FACES)) await FACES[face]();
} finally {
  const pictures = taken.map((name) => `<figure><figcaption>${name}</figcaption><a href="${name}"><img src="${name}" height="420" alt=""></a></figure>`);
  await writeFile(join(out, "index.html"), `<!doctype html>\n<meta charset="utf-8">\n<title>Tổ 06</title>\n<style>body { display: flex; flex-wrap: wrap; gap: 1rem; font: .875rem system-ui } figure { margin: 0 }</style>\n${pictures.join("\n")}\n`);
  await browser.close();
  await program.stop();
}
