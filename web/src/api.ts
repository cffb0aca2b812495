/** The server that these pages came from. */
import { createClient, isProblem, Refused, type Schemas, told, Unreachable } from "@to06/client";

import { language } from "./words.ts";

export { isProblem, Refused, told, Unreachable };
export type { Schemas };

export const api = createClient({ origin: location.origin, name: "to06-web/0.1.0", language });

/** A version 4 UUID, also where a page came without TLS or the browser is old. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Clocks that differ by less are left alone: an answer takes its time too. */
const CLOCKS_DIFFER_MS = 10_000;
let ahead = 0;

api.use({
  onResponse({ request, response }) {
    // An answer that a cache kept tells the hour of another day; what changes something is in none.
    const differ = request.method === "GET" ? NaN : Date.parse(response.headers.get("date") ?? "") - Date.now();
    if (!Number.isNaN(differ)) ahead = Math.abs(differ) > CLOCKS_DIFFER_MS ? differ : 0;
    return undefined;
  },
});

/** Milliseconds since 1970 by the server, whose ends of holds and offers are; a phone's own clock may be wrong. */
export function serverNow(): number {
  return Date.now() + ahead;
}

const DEVICE = "to06-device";

/** This browser, by a number that says nothing of its owner; a new one where nothing is kept. */
export function deviceId(): string {
  try {
    const known = localStorage.getItem(DEVICE);
    if (known) return known;
    const made = uuid();
    localStorage.setItem(DEVICE, made);
    return made;
  } catch {
    return uuid();
  }
}
