// What the tests of every face share: a browser, and what must hold of each view.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SCREENS = process.env.TO06_SCREENS;
/** A phone's, a tablet's, a desk's and a wall's width, in CSS pixels. */
export const WIDTHS = [360, 768, 1440, 1920];
export const SCHEMES = ["light", "dark"];
/** Of a page in the dark only the colours are others. */
const RULES = { light: {}, dark: { runOnly: ["color-contrast"] } };
const PHONE_HEIGHT = 740;
const SCREEN_HEIGHT = 900;
/** The least width at which nothing is to be moved sideways (WCAG 1.4.10), in CSS pixels. */
const NARROWEST = 320;

export function startBrowser(...args) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", ...args],
  });
}

/** As high as a screen of this width is. */
export const heightOf = (width) => (width < 700 ? PHONE_HEIGHT : SCREEN_HEIGHT);

/** One view in every width and colour scheme, as high as all of it: what is fixed to the bottom of a screen is not drawn across its middle. */
export async function picture(page, folder, view) {
  const viewport = page.viewportSize();
  for (const colorScheme of SCHEMES)
    for (const width of WIDTHS) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: heightOf(width) });
      const height = await page.evaluate(`Math.max(document.documentElement.scrollHeight, ...[...document.querySelectorAll("dialog[open]")].map((one) => one.scrollHeight + 40))`);
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: `${folder}/${view}-${width}-${colorScheme}.png` });
    }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: null });
  await page.setViewportSize(viewport);
}

/** No violation, in light and in dark, and nothing wider than the screen, zoomed to 200 % too; with TO06_SCREENS a picture of each. */
export async function assertAccessible(page, view) {
  const viewport = page.viewportSize();
  // Past the page's own policy, which rightly lets no foreign script in.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(AXE);
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    const violations = await page.evaluate(`axe.run(document, ${JSON.stringify({ resultTypes: ["violations"], ...RULES[colorScheme] })})`);
    const told = violations.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`);
    assert.deepEqual(told, [], `${view}, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  if (SCREENS) await picture(page, SCREENS, view);
  for (const width of [viewport.width, Math.max(NARROWEST, viewport.width >> 1)]) {
    await page.setViewportSize({ width, height: viewport.height });
    const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    assert.equal(overflow, 0, `${view} is wider than ${width} px`);
  }
  await page.setViewportSize(viewport);
}
