// The slip on paper: an A6 page holds all of it, Vietnamese and the English beside it; how to run it: booking.test.mjs.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { test } from "node:test";

import { idNumber, onDesk, PASSWORD } from "./desk.mjs";

const { ask, open, origin } = onDesk();

const VOLUNTEER = "0900000007";
/** The paper, and what is left of it within its margins: 105 by 148 mm, 6 mm each, in CSS pixels. */
const PX_PER_MM = 96 / 25.4;
const INNER = { width: Math.floor(93 * PX_PER_MM), height: Math.floor(136 * PX_PER_MM) };
const SCREENS = process.env.TO06_SCREENS;

/** Booked by a volunteer for somebody with a long name, whose daughter-in-law asked: every line that a slip may have. */
async function bookedWithAll() {
  const { access_token } = await ask("POST", "/sessions", { phone: VOLUNTEER, password: PASSWORD });
  const as = { authorization: `Bearer ${access_token}` };
  const { slots } = await ask("GET", "/slots/nearest?service=cccd_renew");
  const slot = slots.at(-1);
  const id = idNumber();
  const hold = await ask("POST", "/holds", { office_id: slot.office_id, starts_at: slot.starts_at, service_code: "cccd_renew", device_id: randomUUID(), id_numbers: [id] }, as);
  const booked = await ask(
    "POST", "/appointments",
    { hold_token: hold.hold_token, service_code: "cccd_renew", visitors: [{ id_number: id, name: "Công Tằng Tôn Nữ Nguyễn Thị Phương Thảo" }], proxy: { name: "Chamaléa Thị Thanh Hương", relation: "con dâu" } },
    as,
  );
  return booked.appointments[0];
}

/** The page that the program prints for its two codes. */
async function showSlip(page, { code, secret }) {
  await page.goto(`${origin()}/lich-hen`);
  await page.evaluate((fields) => {
    const form = Object.assign(document.createElement("form"), { method: "post", action: "/lich-hen/phieu" });
    for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    document.body.append(form);
    form.submit();
  }, { code, secret });
  await page.locator(".slip").waitFor();
}

const pagesOf = (pdf) => pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length;

for (const locale of ["vi-VN", "en-US"])
  test(`a slip with every line fits one page of A6 where the browser speaks ${locale}`, async (t) => {
    const page = await open(t, { locale, viewport: INNER });
    await showSlip(page, await bookedWithAll());
    for (const words of ["Chamaléa Thị Thanh Hương (con dâu)", "booked by", "Người giúp đặt", "Code, for the desk", "Bring:", "Cannot come?", "Give no OTP"])
      await page.locator(".slip", { hasText: words }).waitFor();
    const pdf = await page.pdf({ preferCSSPageSize: true });
    if (SCREENS) writeFileSync(`${SCREENS}/slip-${locale}.pdf`, pdf);
    assert.equal(pagesOf(pdf), 1);
    assert.match(pdf.toString("latin1"), /\/MediaBox\s*\[0 0 29[78][.\d]* 4(19|20)[.\d]*\]/, "of the size A6");
    await page.emulateMedia({ media: "print" });
    const edges = await page.evaluate(() => {
      const slip = document.querySelector(".slip");
      const right = Math.max(...[...slip.querySelectorAll("p, li, .code")].map((one) => one.getBoundingClientRect().right));
      return { height: slip.scrollHeight, over: right - slip.getBoundingClientRect().right, beside: document.querySelector(".keys div").getBoundingClientRect().left > document.querySelector(".qr").getBoundingClientRect().left + 50 };
    });
    assert.ok(edges.height <= INNER.height, `${edges.height} px of ${INNER.height}`);
    assert.ok(edges.over < 1, `${edges.over} px are cut`);
    assert.ok(edges.beside, "the codes stand beside the picture");
  });
