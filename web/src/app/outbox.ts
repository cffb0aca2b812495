/**
 * What was recorded here: each operation from Save until weeks after the server's verdict. It survives
 * closing, restarting, updates and signing out, and lies in a database of its own under a key of its own, so
 * that whatever else is forgotten, this is not.
 */
import { computed, signal } from "@preact/signals";
import { type DBSchema, openDB } from "idb";

import type { Schemas } from "../api.ts";
import { type Boxed, box, connection, finish, makeBoxKey, unbox } from "./box.ts";
import { serverNow } from "./clock.ts";
import { limits } from "./meta.ts";
import { deviceOf } from "./phone.ts";
import { tellTabs } from "./tabs.ts";

export type Operation = Schemas["Operation"];
type Result = Schemas["OperationResult"];
type Entry = Schemas["LedgerEntry"];

/** waiting: not yet decided. The rest is the server's word; whatever it is that we do not know is held. */
export type State = "waiting" | "recognised" | "merged" | "held" | "refused";

/** One operation as it lies here. What names nobody lies open, so that a thousand are listed at once. */
export interface Saved {
  op_id: string;
  account_id: string;
  /** Which phone this was when it was saved: one that was lost and wiped is another one since. */
  device_id?: string | undefined;
  /** That phone's own count, from 1. */
  seq: number;
  saved_at: string;
  kind: string;
  stage?: string | null | undefined;
  outcome?: string | null | undefined;
  village_id?: number | null | undefined;
  target_op_id?: string | null | undefined;
  state: State;
  code?: string | null | undefined;
  /** Why, as the server told it, in Vietnamese. */
  message?: string | null | undefined;
  decided_at?: string | undefined;
  /** Before then the server takes it no more than it did, by the server's clock. */
  again_at?: string | undefined;
  /** As it is sent. The ID number in it is sealed: not even this phone reads it. Gone when whom it is about was erased. */
  op?: Boxed | undefined;
  /** Whom it is about, for whoever recorded it. */
  label?: Boxed | undefined;
}

/** What is to be saved, before it has a number. */
export interface Draft {
  op: Omit<Operation, "seq">;
  label?: string | undefined;
}

interface Known extends DBSchema {
  keys: { key: string; value: CryptoKey };
  counts: { key: string; value: number };
  ops: { key: string; value: Saved; indexes: { account_id: string } };
}

const run = connection<Known>(() =>
  openDB<Known>("to06-outbox", 1, {
    upgrade(db) {
      db.createObjectStore("keys");
      db.createObjectStore("counts");
      db.createObjectStore("ops", { keyPath: "op_id" }).createIndex("account_id", "account_id");
    },
  }),
);

/** Of who is signed in, the newest first. */
export const saved = signal<Saved[]>([]);
export const waiting = computed(() => saved.value.filter((one) => one.state === "waiting"));
/** What may be sent now, the newest first. */
export const sendable = (): Saved[] => waiting.value.filter((one) => !one.again_at || Date.parse(one.again_at) <= serverNow());
export const waitingCount = computed(() => waiting.value.length);
/** Unsent work of others on this phone. */
export const othersWaiting = signal(0);
/** The name of the last error of this phone, for the lead; no words. */
export const lastError = signal<string | undefined>(undefined);

export const oldestWaiting = (): string | undefined => waiting.value.at(-1)?.saved_at;

let key: Promise<CryptoKey> | undefined;

function keyOfOutbox(): Promise<CryptoKey> {
  key ??= (async () => {
    const made = await makeBoxKey();
    return run(async (db) => {
      const change = db.transaction("keys", "readwrite");
      const first = await change.store.get("box");
      await finish(change, first ? [] : [change.store.put(made, "box")]);
      return first ?? made;
    });
  })();
  return key;
}

/** Numbers begin anew where the phone has become another one. */
const newestFirst = (a: Saved, b: Saved) => (a.saved_at === b.saved_at ? b.seq - a.seq : a.saved_at < b.saved_at ? 1 : -1);

/** Reads everything anew. */
export async function reload(account: string | undefined): Promise<void> {
  const all = await run((db) => db.getAll("ops"));
  othersWaiting.value = all.filter((one) => one.account_id !== account && one.state === "waiting").length;
  saved.value = all.filter((one) => one.account_id === account).sort(newestFirst);
}

/** The phone has no room, or holds too much unsent work. Nothing was saved, and nothing is lost. */
export class Full extends Error {
  override readonly name = "Full";
}

/**
 * Saves all of these or none, and returns only when they lie on the disk and were read back.
 *
 * @throws Full
 */
export async function save(account: string, drafts: Draft[]): Promise<void> {
  if (waitingCount.value + drafts.length > limits.value.waitingMax) throw new Full();
  const device_id = await deviceOf(account);
  const key = await keyOfOutbox();
  const boxes = await Promise.all(
    drafts.map(async ({ op, label }) => ({ op: await box(key, op), label: label ? await box(key, label) : undefined })),
  );
  try {
    await run(async (db) => {
      const change = db.transaction(["counts", "ops"], "readwrite", { durability: "strict" });
      const ops = change.objectStore("ops");
      const counts = change.objectStore("counts");
      // Older apps counted by account: the first phone since then counts on from there.
      let seq = (await counts.get(device_id)) ?? (await counts.get(account)) ?? 0;
      const writes: Promise<unknown>[] = [counts.delete(account)];
      for (const [index, { op }] of drafts.entries()) {
        // The second try of a connection that died may find what the first has written, with its number.
        if (await ops.getKey(op.op_id)) continue;
        seq += 1;
        writes.push(ops.put({
          op_id: op.op_id,
          account_id: account,
          device_id,
          seq,
          saved_at: op.recorded_at,
          kind: op.kind,
          stage: op.stage,
          outcome: op.outcome,
          village_id: op.village_id,
          target_op_id: op.target_op_id,
          state: "waiting",
          ...boxes[index]!,
        }));
      }
      writes.push(counts.put(seq, device_id));
      await finish(change, writes);
      for (const { op } of drafts) {
        if (!(await db.getKey("ops", op.op_id))) throw new DOMException("not there", "UnknownError");
      }
    });
  } catch (why) {
    if (why instanceof DOMException) lastError.value = why.name;
    if (why instanceof DOMException && why.name === "QuotaExceededError") throw new Full();
    throw why;
  } finally {
    await reload(account);
  }
  tellTabs();
}

/** What is sent of it: the very same, however often. Of somebody who was erased there is nothing to ask for. */
export async function operationOf(one: Saved): Promise<Operation> {
  const op = await unbox<Omit<Operation, "seq">>(await keyOfOutbox(), one.op!);
  return { ...op, seq: one.seq };
}

/** Whom it is about, if that may still be known. */
export async function labelOf(one: Saved): Promise<string | undefined> {
  return one.label && unbox<string>(await keyOfOutbox(), one.label);
}

const STATES: Record<string, State> = { applied: "recognised", merged: "merged", held: "held", rejected: "refused" };

/** Writes down what the server has said to a push. What it did not name still waits. */
export async function settle(account: string, results: Result[]): Promise<void> {
  const byId = new Map(results.map((result) => [result.op_id, result]));
  await change(account, (one) => {
    const told = byId.get(one.op_id);
    if (!told) return undefined;
    const { code, message, retry_after_s } = told;
    if (told.result === "retry") return { ...one, code, message, again_at: retry_after_s ? new Date(serverNow() + retry_after_s * 1000).toISOString() : undefined };
    const word = told.result === "replayed" ? (told.original_result ?? "applied") : told.result;
    return { ...one, state: STATES[word] ?? "held", code, message, decided_at: new Date().toISOString() };
  });
}

/** Writes down what was pulled of one's own operations: a lead may have decided since. */
export async function learn(account: string, entries: Entry[]): Promise<void> {
  const told = new Map(entries.map((entry) => [entry.op_id, entry]));
  await change(account, (one) => {
    const entry = told.get(one.op_id);
    if (!entry) return undefined;
    const state = STATES[entry.result] ?? "held";
    const next = { ...one, state, code: entry.code, message: entry.message, decided_at: one.decided_at ?? entry.received_at };
    // Whoever was erased is nobody here either: what became of it is left, and nothing that could be sent.
    return entry.erased ? { ...next, op: undefined, label: undefined } : next;
  });
}

/** After a restore from a backup: whatever was confirmed lately is sent once more, which costs nothing; but nobody who was erased since. */
export async function sendAgain(account: string): Promise<void> {
  await change(account, (one) => (one.state === "waiting" || !one.op ? undefined : { ...one, state: "waiting" }));
}

/** Lets go of what was decided long ago; the ledger of the server knows it. */
export async function archive(account: string): Promise<void> {
  const before = new Date(Date.now() - limits.value.keptMs).toISOString();
  const old = saved.value.filter((one) => one.state !== "waiting" && (one.decided_at ?? "") < before && one.decided_at);
  if (old.length === 0) return;
  await run(async (db) => {
    const change = db.transaction("ops", "readwrite");
    await finish(change, old.map((one) => change.store.delete(one.op_id)));
  });
  await reload(account);
}

/** Of a lost phone, whoever worked on it: lets go of what was decided and of whom the rest is about. What is unsent stays as it will be sent. */
export async function keepUnsentOnly(): Promise<void> {
  await run(async (db) => {
    const change = db.transaction("ops", "readwrite");
    const all = await change.store.getAll();
    await finish(change, all.map((one) => (one.state === "waiting" ? change.store.put({ ...one, label: undefined }) : change.store.delete(one.op_id))));
  });
  await reload(undefined);
}

async function change(account: string, next: (one: Saved) => Saved | undefined): Promise<void> {
  await run(async (db) => {
    const change = db.transaction("ops", "readwrite");
    const all = await change.store.index("account_id").getAll(account);
    const changed = all.map(next).filter((one) => one !== undefined);
    await finish(change, changed.map((one) => change.store.put(one)));
  });
  await reload(account);
  tellTabs();
}
