/** This phone, by a number and a key of its own for each person who works with it. */
import { makeDeviceKey } from "@to06/client";

import { uuid } from "../api.ts";
import { keep, kept, ownKey } from "./box.ts";

export const APP = "pwa";
/** Of this app; told with every request, so that a server can ask for a newer one. */
export const VERSION = "0.1.0";

/** Under this name lies the number that the server knows this phone by. */
export const deviceName = (account: string): string => `device/${account}`;

export const keyOf = (account: string): Promise<CryptoKeyPair> => ownKey(deviceName(account), makeDeviceKey);

export async function deviceOf(account: string): Promise<string> {
  const known = await kept<string>(deviceName(account));
  if (known) return known;
  const made = uuid();
  await keep({ [deviceName(account)]: made });
  return made;
}
