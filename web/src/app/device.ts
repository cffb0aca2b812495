/** What this phone says of itself to the server, and what it is told to do. */
import { publicKeyOf, Refused, signOrders, signRegistration } from "@to06/client";

import { uuid } from "../api.ts";
import { forgetAll, keep, kept } from "./box.ts";
import { keepUnsentOnly, lastError, oldestWaiting, waitingCount } from "./outbox.ts";
import { APP, deviceName, deviceOf, keyOf, VERSION } from "./phone.ts";
import { accountId, asked, createStranger, endSession, standing } from "./session.ts";
import { tellTabs } from "./tabs.ts";

/** Registers once a sign-in: from then on nobody else renews this session. */
export async function register(): Promise<void> {
  const account = accountId();
  if (!account || (await kept<boolean>("registered"))) return;
  const pair = await keyOf(account);
  const device_id = await deviceOf(account);
  const body = {
    device_id,
    public_key: await publicKeyOf(pair),
    signature: await signRegistration(pair, device_id, account),
    app: APP,
    version: VERSION,
    proves_refreshes: true,
  };
  try {
    await asked((client) => client.POST("/api/v1/devices", { body }));
    await keep({ registered: true });
  } catch (why) {
    if (!(why instanceof Refused)) throw why;
    // What it has not sent goes up all the same, and is held; the answer to its report is the order to wipe.
    if (why.code === "device-lost") return;
    if (why.code !== "device-taken") throw why;
    // Its key is another one: this browser was emptied, or copied. A new number is a new phone.
    await keep({ [deviceName(account)]: uuid() });
  }
}

/** Says how this phone fares, and does what it is told. */
export async function report(): Promise<void> {
  const account = accountId();
  if (!account) return;
  const oldest = oldestWaiting();
  const estimate = await navigator.storage?.estimate?.().catch(() => undefined);
  const free = estimate?.quota === undefined ? undefined : Math.floor((estimate.quota - (estimate.usage ?? 0)) / 1_048_576);
  const body = {
    app: APP,
    version: VERSION,
    pending: waitingCount.value,
    ...(oldest && { oldest_pending_at: oldest }),
    ...(free !== undefined && { storage_free_mb: Math.min(free, 100_000_000) }),
    ...(lastError.value && { last_error: lastError.value }),
  };
  const path = { device_id: await deviceOf(account) };
  const { order } = await asked((client) => client.POST("/api/v1/devices/{device_id}/report", { params: { path }, body }));
  lastError.value = undefined;
  if (order === "wipe") await wipe(account);
}

/** A phone without a session asks whether it is lost. */
export async function askOrders(): Promise<void> {
  const account = accountId();
  if (!account) return;
  const device_id = await deviceOf(account);
  const signature = await signOrders(await keyOf(account), device_id, false);
  const answer = await createStranger().POST("/api/v1/devices/{device_id}/orders", {
    params: { path: { device_id } },
    body: { wiped: false, signature },
  });
  if (answer.data?.order === "wipe") await wipe(account);
}

/** What a phone that has wiped itself still has to say, as the lost phone that it was. */
const WIPED = "device-wiped";

interface WipeReport {
  device_id: string;
  signature: string;
}

/**
 * Forgets lists, names and the session, and last who this is, so that a phone that dies over it begins anew. What is
 * not sent stays: its owner may still send it, and as work of the lost phone it is held then.
 */
async function wipe(account: string): Promise<void> {
  const device_id = await deviceOf(account);
  const said: WipeReport = { device_id, signature: await signOrders(await keyOf(account), device_id, true) };
  await endSession();
  await keepUnsentOnly();
  await forgetAll();
  standing.value = "wiped";
  await keep({ [WIPED]: said });
  tellTabs();
  await reportWipe();
}

/** Says that this phone has wiped itself, until the server has heard it: nothing else would ever tell the lead. */
export async function reportWipe(): Promise<void> {
  const said = await kept<WipeReport>(WIPED);
  if (!said) return;
  const { device_id, signature } = said;
  const params = { path: { device_id } };
  const { response } = await createStranger().POST("/api/v1/devices/{device_id}/orders", { params, body: { wiped: true, signature } });
  // A phone that the server knows no more has nothing to report.
  if (response.ok || response.status === 404) await keep({ [WIPED]: undefined });
}

/** Asks the browser not to empty what lies here when space runs short. */
export async function persist(): Promise<boolean> {
  return (await navigator.storage?.persist?.().catch(() => false)) ?? false;
}
