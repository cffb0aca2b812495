// Pictures of every view of every face, at a phone's, a tablet's, a desk's and a wall's width, in light and dark, to be
// looked at after a change of style:
//
//   TO06_API=../target/debug/api npm run screenshots -- FOLDER [FACE …]      faces: public booking app desk board stories
//   TO06_API=../target/debug/api npm run screenshots -- screenshots readme    the four of the README
//
// The faces show what each view is like on a common day. `stories` runs the stories, and takes what they come through:
// empty, offline, refused, too old, a dialog in the middle of its work. FOLDER lies outside the tree; its index.html
// shows all that lies there. Everybody on them is invented.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { chooseVillage, idNumber, PASSWORD, record, signIn as signInToApp } from "./app.mjs";
import { ADMIN, call, COMMANDER, csv, goTo, LEAD, VOLUNTEER } from "./board.mjs";
import { issue, serve } from "./desk.mjs";
import { heightOf, picture, SCHEMES, startBrowser, WIDTHS } from "./pages.mjs";
import { startProgram } from "./program.mjs";

const OFFICER = "0900000004";
/** Views of a face that are found by following its own links. */
const FOLLOWED_MAX = 60;
/** A4 at 96 dots an inch. */
const PAPER = { width: 794, height: 1123 };

const [folder, ...wanted] = process.argv.slice(2);
if (!folder) throw new Error("Name a folder for the pictures.");
const out = resolve(folder);
await mkdir(out, { recursive: true });

const program = await startProgram();
const browser = await startBrowser();

async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: WIDTHS[0], height: heightOf(WIDTHS[0]) }, locale: "vi-VN", ...options });
  return context.newPage();
}

/** What is asked for has come, and nothing moves any more. */
async function settled(page) {
  await page.waitForLoadState("networkidle", { timeout: 5_000 }).catch(() => undefined);
  await page.waitForFunction(() => ![...document.querySelectorAll("[role=status]")].some((one) => one.textContent === "Đang tải…"), undefined, { timeout: 20_000 }).catch(() => undefined);
}

async function take(page, view) {
  await settled(page);
  await picture(page, out, view);
  console.log(view);
}

/** One view as it is printed. */
async function takePaper(page, view) {
  await settled(page);
  await page.emulateMedia({ media: "print", colorScheme: "light" });
  await page.setViewportSize(PAPER);
  await page.screenshot({ path: join(out, `${view}-paper.png`), fullPage: true });
  await page.emulateMedia({ media: "screen" });
  await page.setViewportSize({ width: WIDTHS[0], height: heightOf(WIDTHS[0]) });
}

/** What a wall shows is as high as the wall. */
async function takeSlide(page, view) {
  for (const colorScheme of SCHEMES)
    for (const width of WIDTHS) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: width === WIDTHS[0] ? heightOf(width) : Math.round((width * 9) / 16) });
      await page.screenshot({ path: join(out, `${view}-${width}-${colorScheme}.png`) });
    }
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
  for (const [view, path] of [["keys", "/lich-hen"], ["join", "/cho/vao"], ["wait", "/cho"], ["ticket", "/so-thu-tu"]]) {
    await plain.goto(program.origin + path);
    await take(plain, `public-plain-${view}`);
  }
  await plain.getByLabel("Số phiếu").fill("B999");
  await plain.getByRole("main").getByRole("button").click();
  await take(plain, "public-plain-ticket-refused");
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
  await page.getByRole("button", { name: "Dữ liệu của tôi" }).click();
  await page.locator("#data-words").waitFor();
  await take(page, "booking-data");
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
  await page.getByRole("button", { name: /^Tôi có mã dùng một lần/ }).click();
  await take(page, "app-code");
  await page.getByRole("button", { name: "Quay lại đăng nhập" }).click();
  await signInToApp(page);
  await page.locator("button.tile").first().waitFor();
  await take(page, "app-villages");
  await chooseVillage(page);
  await take(page, "app-todo");
  await page.getByLabel("Tìm trong thôn").fill("khong co ai nhu vay");
  await take(page, "app-nobody");
  await page.getByLabel("Tìm trong thôn").fill("");
  await page.locator("button.person").first().click();
  await page.getByRole("button", { name: /^Kích hoạt mức 2/ }).click();
  await take(page, "app-record-listed");
  await page.getByRole("button", { name: "người khác" }).click();
  await page.getByRole("button", { name: "Chưa xong" }).click();
  await take(page, "app-record");
  await page.getByRole("button", { name: "Đồng ý — Lưu", exact: true }).click();
  await page.locator(".fault").first().waitFor();
  await take(page, "app-record-faults");
  await page.getByRole("button", { name: "Chưa xong" }).click();
  await record(page, idNumber(), "Cài đặt VNeID");
  await page.evaluate("location.hash = '/so'");
  await page.locator(".lines li button").first().click();
  await page.getByRole("button", { name: /^Ghi nhầm/ }).click();
  await take(page, "app-take-back");
  await page.context().setOffline(true);
  await record(page, idNumber(), "Kích hoạt mức 1");
  for (const [view, at] of [["ledger", "/so"], ["book", "/dat-hen"], ["activity", "/tuyen-truyen"], ["help", "/huong-dan"], ["campaigns", "/chien-dich"], ["asks-offline", "/nho"], ["badge-offline", "/the"], ["rights-offline", "/quyen"]]) {
    await page.evaluate((hash) => (location.hash = hash), at);
    await page.locator("main h1").waitFor();
    for (const summary of view === "help" ? await page.locator("main summary").all() : []) await summary.click();
    await take(page, `app-${view}`);
  }
  await page.context().setOffline(false);
  for (const [view, at] of [["me", "/toi"], ["asks", "/nho"], ["by-card", "/the-hen"], ["rights", "/quyen"], ["wrong-data", "/bao-sai"], ["badge", "/the"]]) {
    await page.evaluate((hash) => (location.hash = hash), at);
    await page.locator(view === "badge" ? ".six" : "main h1").waitFor();
    await take(page, `app-${view}`);
  }
  await takeHours(page);
  const foreign = await open();
  await foreign.goto(`${program.origin}/app`);
  await signInToApp(foreign, COMMANDER).catch(() => undefined);
  await take(foreign, "app-foreign");
}

/** A volunteer books by the hour, and keeps the slip. */
async function takeHours(page) {
  await page.evaluate("location.hash = '/dat-hen'");
  await page.getByLabel("Số định danh (12 số)").fill(idNumber());
  await page.getByLabel("Họ và tên").fill("Nguyễn Thị Thử");
  await page.getByText("đồng ý để tôi đặt hẹn hộ").click();
  await page.getByRole("button", { name: "Chọn giờ ngay" }).click();
  await page.getByLabel("Xã, phường").selectOption("");
  await page.locator("button.hour").nth(3).waitFor();
  await take(page, "app-hours");
  await page.locator("button.hour").nth(3).click();
  await page.getByRole("timer").waitFor();
  await take(page, "app-hold");
  await page.getByRole("button", { name: "Xác nhận đặt lịch" }).click();
  await page.getByRole("heading", { name: "Đã đặt lịch" }).waitFor();
  await take(page, "app-hour-booked");
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
  // Another page of a list is the same view.
  const links = async () => page.locator("nav:not(.pages) a[href^='#']").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
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
  await page.evaluate("location.hash = 'thiet-lap'");
  await page.getByRole("button", { name: "Sửa lịch tuần" }).click();
  await take(page, "desk-week");
  await page.locator(".weekday").first().getByRole("button", { name: /^Bỏ buổi/ }).first().click();
  await page.getByRole("button", { name: "Xem trước lịch tuần mới" }).click();
  await page.locator(".plan").waitFor();
  await take(page, "desk-week-preview");
  await page.getByRole("button", { name: "Thôi, không đổi" }).click();
  await page.getByRole("button", { name: "Thôi, giữ như cũ" }).click();
  await page.getByRole("button", { name: "Sửa quầy và máy" }).click();
  for (let kits = 0; kits < 2; kits += 1) await page.getByRole("button", { name: "Thêm máy" }).click();
  await take(page, "desk-kits");
  await page.getByRole("button", { name: "Xem trước ai bị ảnh hưởng" }).click();
  await page.getByRole("button", { name: /^Đổi, / }).click();
  await page.getByRole("button", { name: /^Báo hỏng / }).first().click();
  await page.getByLabel("Hỏng gì").fill("Máy đọc vân tay không nhận");
  await take(page, "desk-kit-outage");
  await page.getByRole("button", { name: "Xem trước ai bị ảnh hưởng" }).click();
  await page.getByRole("button", { name: /^Đổi, / }).click();
  await page.locator(".kits .warn").waitFor();
  await take(page, "desk-kit-out");
  await page.goto(program.origin + screen);
  await take(page, "desk-display");
}

/** A report that was begun, and each of its steps. */
async function takeReport(page) {
  const { unit_id } = (await call(page, "GET", "/me")).body;
  const { period_id } = (await call(page, "POST", "/reporting-periods", { unit_id, month: "2026-10", starts_on: "2026-09-17", ends_on: "2026-10-16", cumulative_from: "2022-01-18" })).body;
  await goTo(page, "bao-cao");
  await take(page, "board-report-periods");
  await goTo(page, `bao-cao/${period_id}`);
  const rows = page.locator(".section[open] .figures tbody tr:not(.heading)");
  const type = (row, label, text) => rows.nth(row).getByLabel(label).fill(text);
  await type(0, /^Giá trị, /, "319914");
  await type(0, /^Trên tổng số, /, "548950");
  await type(0, /^Nguồn, /, "Báo cáo 02");
  await type(1, /^Giá trị, /, "ba trăm");
  await take(page, "board-report-typed");
  await type(1, /^Giá trị, /, "");
  await page.getByRole("button", { name: /^Ghi 1 số/ }).click();
  await page.getByText("Đã ghi 1 số.").waitFor();
  await rows.first().getByRole("button", { name: /^Chi tiết, / }).click();
  await take(page, "board-report-figure");
  await page.keyboard.press("Escape");
  for (const [view, at] of [["figures", ""], ["findings", "/ra-soat"], ["texts", "/phan-viet"], ["issue", "/phat-hanh"]]) {
    await goTo(page, `bao-cao/${period_id}${at}`);
    await take(page, `board-report-${view}`);
  }
  await takePaper(page, "board-report-issue");
}

async function takeBoard() {
  const page = await open();
  await page.goto(`${program.origin}/chi-huy`);
  await page.getByLabel("Số điện thoại").waitFor();
  await take(page, "board-sign-in");
  await signInToStaff(page, "/chi-huy", COMMANDER);
  await page.locator(".tile").first().click();
  await take(page, "board-chosen");
  await takePaper(page, "board-first");
  await takeFollowed(page, "board");
  for (const [view, at] of [["ranks", "xep-hang/commune"], ["today", "hom-nay"]]) {
    await goTo(page, at);
    await takePaper(page, `board-${view}`);
  }
  await goTo(page, "da-chot");
  await page.getByRole("link", { name: /^Các bản / }).first().click();
  await take(page, "board-closing");
  await goTo(page, "quan-ly/don-vi");
  await page.locator(".units a").first().click();
  await take(page, "board-unit");
  await takeReport(page);
  await goTo(page, "man-hinh");
  await page.locator(".dot").first().waitFor();
  await page.getByRole("button", { name: "Dừng" }).click();
  for (let slide = 0; slide < (await page.locator(".dot").count()); slide += 1) {
    await page.locator(".slide-head .line").waitFor();
    await settled(page);
    await takeSlide(page, `board-wall-${slide + 1}`);
    await page.keyboard.press("ArrowRight");
  }
  await page.getByRole("button", { name: "Chọn bảng" }).click();
  await take(page, "board-wall-choose");
  await page.keyboard.press("Escape");
  await page.context().setOffline(true);
  await goTo(page, "");
  await page.locator(".line.lost").waitFor();
  await take(page, "board-offline");

  const administrator = await open();
  await signInToStaff(administrator, "/chi-huy", ADMIN);
  for (const [view, at] of [["accounts", "tai-khoan"], ["targets", "quan-ly/chi-tieu"], ["village-lists", "quan-ly/danh-sach"], ["catalogue", "quan-ly/danh-muc"], ["system", "quan-ly/he-thong"]]) {
    await goTo(administrator, at);
    await take(administrator, `board-administrator-${view}`);
  }
  await goTo(administrator, "quan-ly/chi-tieu");
  await administrator.getByRole("button", { name: "Đặt chỉ tiêu" }).click();
  await take(administrator, "board-target-new");
  await administrator.keyboard.press("Escape");
  await goTo(administrator, "tai-khoan");
  await administrator.locator(".account button").first().click();
  await take(administrator, "board-account");
  await administrator.keyboard.press("Escape");
  await administrator.getByLabel("Tệp", { exact: true }).setInputFiles(csv("phone,name,role,mass_union,unit_code\n0912000111,Người Thử Mời,boss,youth,22786"));
  await administrator.getByRole("button", { name: "Xem trước" }).click();
  await take(administrator, "board-invite");

  const lead = await open();
  await signInToStaff(lead, "/chi-huy", LEAD);
  await takeFollowed(lead, "board-lead");
  await goTo(lead, "quan-ly/phan-cong");
  await lead.getByRole("button", { name: "Giao thôn" }).first().click();
  await take(lead, "board-assign");

  await goTo(lead, "ra-quan");
  await lead.getByRole("button", { name: "Mở đợt ra quân" }).click();
  await take(lead, "board-drive-new");
  await lead.getByLabel("Tên đợt").fill("Tháng Thanh niên");
  await lead.getByLabel("Theo kế hoạch, công văn nào").fill("KH 12/ĐTN");
  await lead.getByRole("button", { name: "Mở", exact: true }).click();
  await lead.getByRole("button", { name: "Đặt chỉ tiêu" }).click();
  await lead.getByLabel("Số người trong đợt").fill("1250");
  await lead.getByRole("button", { name: "Ghi", exact: true }).click();
  await lead.getByRole("button", { name: "Lập đội" }).click();
  await lead.getByLabel("Tên đội").fill("Đội 1");
  await lead.getByLabel("Hà Thử").check();
  await take(lead, "board-drive-team");
  await lead.getByRole("dialog").getByRole("button", { name: "Lập đội" }).click();
  await lead.getByText("Đội 1 có 1 người.").waitFor();
  await take(lead, "board-drive");
  for (const [view, at] of [["members", "ra-quan/huy-dong"], ["outreach", "ra-quan/tuyen-truyen"], ["data-reports", "du-lieu/lam-sach"], ["rights", "du-lieu/quyen"], ["twins", "du-lieu/trung"], ["police", "du-lieu/cong-an"], ["trust", "du-lieu/tin-cay"], ["signal-rules", "du-lieu/dau-hieu"], ["tables", "du-lieu/lay-bang"]]) {
    await goTo(lead, at);
    await take(lead, `board-${view}`);
  }

  const volunteer = await open();
  await signInToStaff(volunteer, "/chi-huy", VOLUNTEER);
  await goTo(volunteer, "xep-hang/volunteer");
  await take(volunteer, "board-own-work");
}

/** One picture of each face, of a phone or of a desk. */
async function takeReadme() {
  const keep = (page, name) => page.screenshot({ path: join(out, `${name}.png`) });
  const large = { viewport: { width: 1280, height: 800 } };

  const app = await open();
  await app.goto(`${program.origin}/app`);
  await signInToApp(app);
  await chooseVillage(app);
  await settled(app);
  await keep(app, "app");

  const booking = await open();
  await booking.goto(`${program.origin}/dat-lich`);
  await booking.locator("button.hour").first().waitFor();
  await settled(booking);
  await keep(booking, "booking");

  const desk = await open(large);
  await signInToStaff(desk, "/quay", OFFICER);
  await desk.getByRole("button", { name: "mở cả ngày" }).click();
  await desk.getByLabel("Quầy số").fill("3");
  await desk.keyboard.press("Tab");
  await desk.getByRole("heading", { name: "Quầy 3" }).waitFor();
  await desk.evaluate("document.activeElement.blur()");
  for (let tickets = 0; tickets < 6; tickets += 1) await issue(desk);
  await desk.keyboard.press("n");
  await desk.getByRole("button", { name: "Bắt đầu làm" }).waitFor();
  await serve(desk);
  await desk.keyboard.press("n");
  await desk.getByRole("button", { name: "Bắt đầu làm" }).waitFor();
  await desk.locator(".said").waitFor({ state: "hidden" });
  await desk.evaluate("scrollTo(0, 0)");
  await settled(desk);
  await keep(desk, "desk");

  const board = await open(large);
  await signInToStaff(board, "/chi-huy", COMMANDER);
  await board.locator(".board tbody tr").first().waitFor();
  await settled(board);
  await keep(board, "board");
}

/** What the stories come through: each of them looks at its views, and with TO06_SCREENS takes them too. */
async function takeStories() {
  const play = fileURLToPath(new URL("play.mjs", import.meta.url));
  await once(spawn(process.execPath, [play], { stdio: "inherit", env: { ...process.env, TO06_SCREENS: out } }), "exit");
}

const FACES = { public: takePublic, booking: takeBooking, app: takeApp, desk: takeDesk, board: takeBoard, stories: takeStories };
try {
  for (const face of wanted.length > 0 ? wanted : Object.keys(FACES)) await (FACES[face] ?? takeReadme)();
} finally {
  const pictures = (await readdir(out)).filter((name) => name.endsWith(".png")).sort().map((name) => `<figure><figcaption>${name}</figcaption><a href="${name}"><img src="${name}" height="420" loading="lazy" alt=""></a></figure>`);
  if (!wanted.includes("readme")) await writeFile(join(out, "index.html"), `<!doctype html>\n<meta charset="utf-8">\n<title>Tổ 06</title>\n<style>body { display: flex; flex-wrap: wrap; gap: 1rem; font: .875rem system-ui } figure { margin: 0 }</style>\n${pictures.join("\n")}\n`);
  await browser.close();
  await program.stop();
}
