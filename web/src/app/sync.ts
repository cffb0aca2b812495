/** When this phone speaks to the server, and what it does then: send first, read afterwards. */
import { signal } from "@preact/signals";
import { packed, Refused, Unreachable } from "@to06/client";

import { uuid } from "../api.ts";
import { keep, kept } from "./box.ts";
import { askOrders, register, report, reportWipe } from "./device.ts";
import { refreshDrives } from "./drives.ts";
import { refreshLists } from "./lists.ts";
import { isTooOld, limits, type Meta, meta, refreshMeta, refreshTexts } from "./meta.ts";
import { archive, lastError, operationOf, reload, saved, sendable, sendAgain, settle, waitingCount } from "./outbox.ts";
import { APP, deviceOf, VERSION } from "./phone.ts";
import { heirOf, pull, villages } from "./pull.ts";
import { accountId, asked, mayRecord, standing } from "./session.ts";
import { refreshOwn } from "./own.ts";
import { refreshSlips } from "./slips.ts";
import { aloneOrNot, tellTabs } from "./tabs.ts";

/** Outlives the session: what was confirmed to this account may be asked for again under the next one. */
const epochName = (account: string) => `device-epoch/${account}`;
const COMPLETE = "complete";
const BACKOFF_FIRST_MS = 2_000;
/** A timer that is set for longer rings at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export const busy = signal(false);
/** Why the last attempt ended before its end. */
export const trouble = signal<unknown>(undefined);
/** When everything was last sent and read. */
export const completeAt = signal<string | undefined>(undefined);
/** The server wants a newer app. What was recorded is sent all the same. */
export const tooOld = signal(false);

let failures = 0;
/** Until then the server wants to hear nothing, whatever happens here: milliseconds of `performance.now()`. */
let quietUntil = 0;
/** Somebody called while it was at it: what they want may have come too late for this turn. */
let calledAgain = false;
let timer: ReturnType<typeof setTimeout> | undefined;

export async function resumeSync(): Promise<void> {
  completeAt.value = await kept<string>(COMPLETE);
  tooOld.value = isTooOld(meta.value?.client_min);
}

/** Begins to speak to the server whenever that may help. */
export function keepSyncing(): void {
  addEventListener("online", () => {
    // What failed without a network says nothing about this one.
    failures = 0;
    void sync();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void sync();
  });
  void sync();
}

let running: Promise<void> | undefined;
let resting = false;

/** Does something while nothing is sent or read: what comes in later would lie on a phone that somebody has left. */
export async function quietly<T>(deed: () => Promise<T>): Promise<T> {
  resting = true;
  try {
    await running;
    return await deed();
  } finally {
    resting = false;
  }
}

/** Sends and reads everything. Of many who call at once one is heard, in all tabs; all wait for it. */
export function sync(): Promise<void> {
  if (resting || performance.now() < quietUntil) return running ?? Promise.resolve();
  calledAgain = running !== undefined;
  running ??= attempt().finally(() => {
    running = undefined;
    if (calledAgain && !resting && trouble.value === undefined) void sync();
    else plan();
  });
  return running;
}

async function attempt(): Promise<void> {
  await reportWipe().catch(() => undefined);
  const account = accountId();
  if (!account || !["in", "ended"].includes(standing.value)) return;
  busy.value = true;
  try {
    await aloneOrNot("sync", () => everything(account));
    failures = 0;
    trouble.value = undefined;
  } catch (why) {
    failures += 1;
    trouble.value = why;
    if (why instanceof Refused) lastError.value = why.code;
    if (why instanceof Refused || why instanceof Unreachable) quietUntil = performance.now() + (why.retryAfterS ?? 0) * 1_000;
    // It may have ended because the phone was reported lost.
    if (standing.value === "ended") await askOrders().catch(() => undefined);
  } finally {
    busy.value = false;
  }
}

/** Full jitter: phones that lost the network together do not come back together. Never before the server's `Retry-After`. */
function plan(): void {
  clearTimeout(timer);
  const { syncEveryMs, backoffMaxMs } = limits.value;
  const most = failures === 0 ? syncEveryMs : Math.min(backoffMaxMs, BACKOFF_FIRST_MS * 2 ** failures);
  const wait = failures === 0 ? most : Math.max(BACKOFF_FIRST_MS, Math.random() * most, quietUntil - performance.now());
  timer = setTimeout(() => {
    quietUntil = 0;
    void sync();
  }, Math.min(wait, TIMER_MAX_MS));
}

async function everything(account: string): Promise<void> {
  const told = await refreshMeta();
  tooOld.value = isTooOld(told.client_min);
  if (standing.value === "ended") return askOrders();
  await reload(account);
  // Nothing was recorded here, and nothing ever will be.
  if (!mayRecord() && saved.value.length === 0) return;
  await register();
  await noticeRestore(account, told.epoch);
  await push(account, told);
  await report();
  if (standing.value !== "in") return;
  await refreshTexts();
  await read(account);
  await archive(account);
  if (waitingCount.value > 0) return;
  completeAt.value = new Date().toISOString();
  await keep({ [COMPLETE]: completeAt.value });
  tellTabs("complete");
}

async function read(account: string): Promise<void> {
  try {
    await pull(account);
    if (!mayRecord()) return await refreshOwn(account);
    const ours = new Set(villages.value.map((unit) => unit.unit_id));
    await refreshLists((village) => [heirOf(village)].find((heir) => heir !== undefined && ours.has(heir)));
    await refreshOwn(account);
    await refreshDrives();
    await refreshSlips();
  } catch (why) {
    if (!(why instanceof Refused) || why.problem.status !== 426) throw why;
    tooOld.value = true;
  }
}

/** Another epoch: the server was restored from a backup, and may have forgotten what it confirmed. */
async function noticeRestore(account: string, epoch: string): Promise<void> {
  const known = await kept<string>(epochName(account));
  if (known === epoch) return;
  if (known !== undefined) await sendAgain(account);
  await keep({ [epochName(account)]: epoch });
}

/** Sends what waits, the oldest first; of each phone that this one was by itself, for the server may have lost one of them. */
async function push(account: string, told: Meta): Promise<void> {
  const own = await deviceOf(account);
  let size = told.limits.ops_per_push;
  const tried = new Set<string>();
  for (;;) {
    const left = sendable().filter((one) => !tried.has(one.op_id));
    const device_id = left.at(-1)?.device_id ?? own;
    const batch = left.filter((one) => (one.device_id ?? own) === device_id).slice(-size).reverse();
    if (batch.length === 0) return;
    const ops = await Promise.all(batch.map(operationOf));
    const body = {
      protocol: 1,
      device_id,
      push_id: uuid(),
      epoch: told.epoch,
      client: { app: APP, version: VERSION },
      client_time: new Date().toISOString(),
      pending_after: waitingCount.value - batch.length,
      ops,
    };
    const packing = await packed(body);
    try {
      const { results } = await asked((client) => client.POST("/api/v1/sync/push", { body, ...packing }));
      await settle(account, results);
    } catch (why) {
      if (!(why instanceof Refused) || why.problem.status !== 413 || size === 1) throw why;
      size = Math.max(1, Math.floor(size / 2));
      continue;
    }
    // What is to be sent again later is not sent again at once.
    for (const one of batch) tried.add(one.op_id);
  }
}
