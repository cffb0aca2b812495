// What every view of work on the ground and of data has in common; how to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { COMMANDER, goTo, LEAD, onBoard, VOLUNTEER } from "./board.mjs";
import { assertAccessible } from "./pages.mjs";

const open = onBoard();
const VIEWS = ["ra-quan/chien-dich", "ra-quan/huy-dong", "ra-quan/tuyen-truyen", "du-lieu/lam-sach", "du-lieu/quyen", "du-lieu/trung", "du-lieu/cong-an", "du-lieu/tin-cay", "du-lieu/dau-hieu", "du-lieu/lay-bang"];

const loaded = (page) => page.evaluate(() => performance.getEntriesByType("resource").map((one) => one.name));

test("each view speaks English too, and no word of the page stays Vietnamese", async (t) => {
  const page = await open(t, COMMANDER, `#${VIEWS[0]}`);
  await page.evaluate(() => localStorage.setItem("to06-language", "en"));
  await page.reload();
  for (const view of VIEWS) {
    await goTo(page, `#${view}`);
    await page.locator("main .panel").first().waitFor();
    await page.waitForLoadState("networkidle");
    await assertAccessible(page, `english-${view.replace("/", "-")}`);
    const words = await page.evaluate(() => {
      const all = [...document.querySelectorAll("main h1, main h2, main h3, main label, main button, main summary, main p.soft, main p.empty, main th[scope=col]")];
      return all.filter((one) => !one.closest("[lang=vi]") && !one.querySelector("[lang=vi]")).map((one) => one.textContent).filter((text) => /[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i.test(text));
    });
    // Units and documents keep their names.
    assert.deepEqual(words.filter((text) => !/Xã |Phường |Tỉnh |Thôn /.test(text)), [], view);
  }
});

test("a view that fails says so and is asked for again; one that waits says that too", async (t) => {
  const page = await open(t, LEAD);
  const broken = /\/api\/v1\/(campaigns|mobilisation|activities|data-reports|rights-requests|persons|reconciliation-tasks|draws|grades|signal-rules|units)(\?|\/|$)/;
  for (const view of VIEWS.slice(0, -1)) {
    await page.route(broken, (route) => route.abort());
    await goTo(page, `#${view}`);
    const again = page.getByRole("button", { name: "Thử lại" });
    await again.first().waitFor();
    await page.unroute(broken);
    // Parts of a view fail one after another.
    for (const deadline = Date.now() + 30_000; Date.now() < deadline && (await again.count()) > 0; )
      await again.first().click({ timeout: 2_000 }).catch(() => undefined);
    assert.equal(await again.count(), 0, view);
  }
  await page.route(/\/api\/v1\/campaigns\?/, () => {});
  await goTo(page, "#ra-quan/chien-dich");
  await page.getByText("Đang tải…").first().waitFor();
});

test("by the keyboard alone a campaign is opened, and Escape brings back where one was", async (t) => {
  const page = await open(t, LEAD, "#ra-quan");
  await page.getByRole("button", { name: "Mở đợt ra quân" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement.textContent === "Mở đợt ra quân");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.getByLabel("Tên đợt").focus();
  await page.keyboard.type("Đợt bàn phím");
  await page.getByLabel("Theo kế hoạch, công văn nào").focus();
  await page.keyboard.type("KH 14");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /Đợt bàn phím/ }).waitFor();
});

test("a volunteer is offered none of it, and the first load of the board carries none of it", async (t) => {
  const page = await open(t, VOLUNTEER);
  await page.locator(".ranks tbody tr").first().waitFor();
  for (const name of ["Ra quân", "Dữ liệu"]) assert.equal(await page.getByRole("link", { name, exact: true }).count(), 0);
  assert.ok(!(await loaded(page)).some((address) => address.includes("board-work")));
  const lead = await open(t, LEAD, "#ra-quan");
  await lead.getByRole("heading", { name: "Đợt ra quân" }).waitFor();
  assert.ok((await loaded(lead)).some((address) => address.includes("board-work")));
});
