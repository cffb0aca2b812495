/** Sealing an ID number so that only the server reads it, as `mobile-contracts/src/sealing.rs` describes it. */
import { bytesOf, textOf } from "./base64url.ts";

const VERSION = 1;
const NONCE_BYTES = 12;
const PADDED_BYTES = 32;
const CURVE = { name: "ECDH", namedCurve: "P-256" };

const text = new TextEncoder();
const PURPOSE = text.encode("to06/subject/v1");

/** The server's public key, as `sealing_key` of `GET /api/v1/meta`. */
export interface SealingKey {
  kid: string;
  public_key: string;
}

/** What randomness gives, and test vectors set. */
export interface Randomness {
  ephemeral: CryptoKeyPair;
  nonce: Uint8Array;
}

/**
 * Seals 1 to 31 bytes for one operation: in another it does not open. Nobody but the server reads it back,
 * not even who sealed it.
 */
export async function seal(server: SealingKey, opId: string, plaintext: string, given?: Randomness): Promise<string> {
  const ephemeral = given?.ephemeral ?? (await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]));
  const nonce = given?.nonce ?? crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const serverPoint = bytesOf(server.public_key);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", ephemeral.publicKey));
  const context = bind(server.kid, opId);

  const theirs = await crypto.subtle.importKey("raw", serverPoint as BufferSource, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, ephemeral.privateKey, 256);
  const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: join(point, serverPoint), info: context as BufferSource };
  const key = await crypto.subtle.deriveKey(derivation, material, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);

  const how = { name: "AES-GCM", iv: nonce as BufferSource, additionalData: context as BufferSource };
  const ciphertext = new Uint8Array(await crypto.subtle.encrypt(how, key, pad(plaintext)));
  return textOf(join(Uint8Array.of(VERSION), point, nonce, ciphertext));
}

function bind(kid: string, opId: string): Uint8Array {
  const name = text.encode(kid);
  const id = opId.replaceAll("-", "").match(/../g)?.map((pair) => parseInt(pair, 16)) ?? [];
  return join(PURPOSE, Uint8Array.of(0, VERSION, name.length), name, Uint8Array.from(id));
}

function pad(plaintext: string): Uint8Array<ArrayBuffer> {
  const bytes = text.encode(plaintext);
  if (bytes.length < 1 || bytes.length >= PADDED_BYTES) throw new RangeError("1 to 31 bytes can be sealed");
  const padded = new Uint8Array(PADDED_BYTES);
  padded[0] = bytes.length;
  padded.set(bytes, 1);
  return padded;
}

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

