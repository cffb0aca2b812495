// Seals and opens with WebCrypto, exactly as src/sealing.rs describes, to prove that a browser can.
//
//   node sealing-webcrypto.mjs         checks every vector; ends with 1 at the first difference
//   node sealing-webcrypto.mjs fresh   prints the plaintexts of the vectors sealed anew, as JSON
//
// Everything between the two lines runs unchanged in a browser.
// ---------------------------------------------------------------------------------------------------

const VERSION = 1;
const PURPOSE = new TextEncoder().encode("to06/subject/v1");
const [POINT, NONCE, PADDED, TAG] = [65, 12, 32, 16];
const SEALED = 1 + POINT + NONCE + PADDED + TAG;
const CURVE = { name: "ECDH", namedCurve: "P-256" };

const concat = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));

const toBase64url = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function fromBase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Error("not base64url");
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}

function context(kid, opId) {
  const name = new TextEncoder().encode(kid);
  const id = opId.replaceAll("-", "").match(/../g).map((pair) => parseInt(pair, 16));
  return concat(PURPOSE, [0, VERSION, name.length], name, id);
}

/** One end's private key and the other end's public point give the key of this one message. */
async function deriveKey(privateKey, otherPoint, ephemeralPoint, serverPoint, info) {
  const other = await crypto.subtle.importKey("raw", otherPoint, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: other }, privateKey, 256);
  const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveBits"]);
  const salt = concat(ephemeralPoint, serverPoint);
  const bits = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, material, 256);
  const key = await crypto.subtle.importKey("raw", bits, "AES-GCM", false, ["encrypt", "decrypt"]);
  return { key, shared: new Uint8Array(shared), bits: new Uint8Array(bits) };
}

function pad(plaintext) {
  const bytes = new TextEncoder().encode(plaintext);
  if (bytes.length < 1 || bytes.length >= PADDED) throw new Error("does not fit");
  const padded = new Uint8Array(PADDED);
  padded[0] = bytes.length;
  padded.set(bytes, 1);
  return padded;
}

function unpad(padded) {
  const end = 1 + padded[0];
  if (end < 2 || end > PADDED || padded.slice(end).some((byte) => byte !== 0)) throw new Error("ill padded");
  return new TextDecoder("utf-8", { fatal: true }).decode(padded.slice(1, end));
}

/** What the phone calls; `ephemeral` and `nonce` are given only by test vectors. */
export async function seal(serverPoint, kid, opId, plaintext, ephemeral, nonce) {
  ephemeral ??= await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  nonce ??= crypto.getRandomValues(new Uint8Array(NONCE));
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", ephemeral.publicKey));
  const additionalData = context(kid, opId);
  const derived = await deriveKey(ephemeral.privateKey, serverPoint, point, serverPoint, additionalData);
  const how = { name: "AES-GCM", iv: nonce, additionalData };
  const ciphertext = new Uint8Array(await crypto.subtle.encrypt(how, derived.key, pad(plaintext)));
  return { sealed: toBase64url(concat([VERSION], point, nonce, ciphertext)), context: additionalData, ...derived };
}

/** What only the server can do; here to check the vectors. */
export async function open(privateKey, serverPoint, kid, opId, sealed) {
  const bytes = fromBase64url(sealed);
  if (bytes.length !== SEALED || bytes[0] !== VERSION || bytes[1] !== 4) throw new Error("not of this version");
  const point = bytes.slice(1, 1 + POINT);
  const nonce = bytes.slice(1 + POINT, 1 + POINT + NONCE);
  const additionalData = context(kid, opId);
  const { key } = await deriveKey(privateKey, point, point, serverPoint, additionalData);
  const how = { name: "AES-GCM", iv: nonce, additionalData };
  return unpad(new Uint8Array(await crypto.subtle.decrypt(how, key, bytes.slice(1 + POINT + NONCE))));
}

// ---------------------------------------------------------------------------------------------------

const { readFile } = await import("node:fs/promises");
const vectors = JSON.parse(await readFile(new URL("sealing-vectors.json", import.meta.url), "utf8"));

const toHex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const fromHex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));

async function keyPair(privateHex, publicText) {
  const point = fromBase64url(publicText);
  const [x, y, d] = [point.slice(1, 33), point.slice(33), fromHex(privateHex)].map(toBase64url);
  const jwk = { kty: "EC", crv: "P-256", x, y };
  return {
    privateKey: await crypto.subtle.importKey("jwk", { ...jwk, d }, CURVE, false, ["deriveBits"]),
    publicKey: await crypto.subtle.importKey("jwk", jwk, CURVE, true, []),
    point,
  };
}

function same(name, what, expected, found) {
  if (expected === found) return;
  console.error(`${name}: ${what} differs\n  expected ${expected}\n  found    ${found}`);
  process.exit(1);
}

const servers = new Map();
for (const server of vectors.server_keys) {
  servers.set(server.kid, await keyPair(server.test_only_private_key_hex, server.public_key));
}

if (process.argv[2] === "fresh") {
  const all = [];
  for (const { kid, op_id, plaintext } of vectors.opens) {
    const { sealed } = await seal(servers.get(kid).point, kid, op_id, plaintext);
    all.push({ kid, op_id, plaintext, sealed });
  }
  console.log(JSON.stringify(all));
  process.exit(0);
}

for (const vector of vectors.opens) {
  const { name, kid, op_id, plaintext } = vector;
  const server = servers.get(kid);
  const ephemeral = await keyPair(vector.ephemeral_private_key_hex, vector.ephemeral_public_key);
  const made = await seal(server.point, kid, op_id, plaintext, ephemeral, fromHex(vector.nonce_hex));
  same(name, "context", vector.context_hex, toHex(made.context));
  same(name, "shared secret", vector.shared_hex, toHex(made.shared));
  same(name, "key", vector.key_hex, toHex(made.bits));
  same(name, "sealed text", vector.sealed, made.sealed);
  same(name, "opened text", plaintext, await open(server.privateKey, server.point, kid, op_id, vector.sealed));
}

for (const { name, kid, op_id, sealed } of vectors.refused) {
  const server = servers.get(kid);
  const opened = server
    ? await open(server.privateKey, server.point, kid, op_id, sealed).then(() => "opens", () => "refused")
    : "refused";
  same(name, "verdict", "refused", opened);
}

console.log(`${vectors.opens.length} vectors sealed and opened, ${vectors.refused.length} refused.`);
