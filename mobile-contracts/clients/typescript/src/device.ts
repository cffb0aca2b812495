/** What a phone signs with a key of its own, as `mobile-contracts/src/device.rs` describes it. */
import { textOf } from "./base64url.ts";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const text = new TextEncoder();

/** A pair whose private half never leaves this browser. */
export function makeDeviceKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
}

/** Its public half, as a phone registers it. */
export async function publicKeyOf(pair: CryptoKeyPair): Promise<string> {
  return textOf(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
}

async function sign(pair: CryptoKeyPair, lines: string[]): Promise<string> {
  const how = { name: "ECDSA", hash: "SHA-256" };
  return textOf(new Uint8Array(await crypto.subtle.sign(how, pair.privateKey, text.encode(lines.join("\n")))));
}

/** For `POST /api/v1/devices`. */
export function signRegistration(pair: CryptoKeyPair, deviceId: string, accountId: string): Promise<string> {
  return sign(pair, ["to06/device/register/v1", deviceId, accountId]);
}

/** For `POST /api/v1/devices/{device_id}/orders`. */
export function signOrders(pair: CryptoKeyPair, deviceId: string, wiped: boolean): Promise<string> {
  return sign(pair, ["to06/device/orders/v1", deviceId, String(wiped)]);
}

/** For `POST /api/v1/sessions/refresh`; `signedAt` in seconds by the server's clock. */
export async function signRefresh(pair: CryptoKeyPair, refreshToken: string, signedAt: number): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", text.encode(refreshToken)));
  return sign(pair, ["to06/session/refresh/v1", textOf(hash), String(signedAt)]);
}
