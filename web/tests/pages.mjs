// What the tests of every face share: a browser, and what must hold of each view.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SCREENS = process.env.TO06_SCREENS;
/** The least width at which nothing is to be moved sideways (WCAG 1.4.10), in CSS pixels. */
const NARROWEST = 320;

export function startBrowser(...args) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", ...args],
  });
}

/** No violation, in light and in dark, and nothing wider than the screen, zoomed to 200 % too; with TO06_SCREENS a picture of each. */
export async function assertAccessible(page, view) {
  const viewport = page.viewportSize();
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    // Past the page's own policy, which rightly lets no foreign script in.
    const violations = await page.evaluate(`(() => { ${AXE}; return axe.run(document, { resultTypes: ["violations"] }); })()`);
    const told = violations.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`);
    assert.deepEqual(told, [], `${view}, ${colorScheme}`);
    if (!SCREENS) continue;
    for (const width of [360, 768, 1440, 1920]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${SCREENS}/${view}-${width}-${colorScheme}.png`, fullPage: true });
    }
    await page.setViewportSize(viewport);
  }
  await page.emulateMedia({ colorScheme: "light" });
  for (const width of [viewport.width, Math.max(NARROWEST, viewport.width >> 1)]) {
    await page.setViewportSize({ width, height: viewport.height });
    const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    assert.equal(overflow, 0, `${view} is wider than ${width} px`);
  }
  await page.setViewportSize(viewport);
}
