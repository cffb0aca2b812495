/** What a phone seals and signs, against the vectors of the contract, whose folder is in `TO06_EXAMPLES`. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { makeDeviceKey, seal, type SealingKey, signOrders } from "../src/index.ts";

const folder = process.env["TO06_EXAMPLES"];
assert.ok(folder, "TO06_EXAMPLES names the folder of the examples");

interface Vector {
  kid: string;
  op_id: string;
  plaintext: string;
  ephemeral_private_key_hex: string;
  ephemeral_public_key: string;
  nonce_hex: string;
  sealed: string;
}

const base64url = (hex: string) => Buffer.from(hex, "hex").toString("base64url");

async function keyPair(privateHex: string, publicText: string): Promise<CryptoKeyPair> {
  const point = Buffer.from(publicText, "base64url");
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString("base64url"));
  const jwk = { kty: "EC", crv: "P-256", x, y } as JsonWebKey;
  const curve = { name: "ECDH", namedCurve: "P-256" };
  return {
    privateKey: await crypto.subtle.importKey("jwk", { ...jwk, d: base64url(privateHex) }, curve, false, ["deriveBits"]),
    publicKey: await crypto.subtle.importKey("jwk", jwk, curve, true, []),
  };
}

test("what is sealed with the randomness of a vector is the vector", async () => {
  const vectors = JSON.parse(await readFile(join(folder, "sealing-vectors.json"), "utf8"));
  const servers: SealingKey[] = vectors.server_keys;
  const opens: Vector[] = vectors.opens;
  assert.ok(opens.length > 0);
  for (const vector of opens) {
    const server = servers.find((one) => one.kid === vector.kid);
    assert.ok(server);
    const ephemeral = await keyPair(vector.ephemeral_private_key_hex, vector.ephemeral_public_key);
    const nonce = Uint8Array.from(Buffer.from(vector.nonce_hex, "hex"));
    assert.equal(await seal(server, vector.op_id, vector.plaintext, { ephemeral, nonce }), vector.sealed);
    assert.notEqual(await seal(server, vector.op_id, vector.plaintext), vector.sealed);
  }
});

test("nothing and too much are not sealed", async () => {
  const vectors = JSON.parse(await readFile(join(folder, "sealing-vectors.json"), "utf8"));
  const opId = "0199f3a1-2b3c-7d4e-8f50-61728394a5b6";
  for (const plaintext of ["", "0".repeat(32)]) {
    await assert.rejects(seal(vectors.server_keys[0], opId, plaintext), RangeError);
  }
});

test("what a phone signs, its public key verifies", async () => {
  const pair = await makeDeviceKey();
  const signature = Buffer.from(await signOrders(pair, "0199f3a1-2b3c-7d4e-8f50-61728394a5b6", false), "base64url");
  assert.equal(signature.length, 64);
  const line = new TextEncoder().encode("to06/device/orders/v1\n0199f3a1-2b3c-7d4e-8f50-61728394a5b6\nfalse");
  assert.ok(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, pair.publicKey, signature, line));
  await assert.rejects(crypto.subtle.exportKey("pkcs8", pair.privateKey));
});
