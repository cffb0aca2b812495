/**
 * What lies on this phone and how: encrypted under keys that no script can take out of the browser. Whoever
 * copies the files of the browser has neither names nor numbers.
 *
 * Two databases: what came from the server and may be thrown away and asked for again (`to06-app`), and what
 * only this phone has (`to06-outbox`, in outbox.ts).
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

/** Something encrypted with AES-256-GCM. */
export interface Boxed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

interface Known extends DBSchema {
  keys: { key: string; value: CryptoKey | CryptoKeyPair };
  kept: { key: string; value: Boxed };
}

const AES = { name: "AES-GCM", length: 256 };
const text = new TextEncoder();

export const makeBoxKey = (): Promise<CryptoKey> => crypto.subtle.generateKey(AES, false, ["encrypt", "decrypt"]);

export async function box(key: CryptoKey, value: unknown): Promise<Boxed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text.encode(JSON.stringify(value))) };
}

export async function unbox<T>(key: CryptoKey, { iv, data }: Boxed): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data))) as T;
}

/**
 * Waits for a transaction and for each request in it; of many that fail with it, the reason is the
 * transaction's.
 */
export async function finish(change: { done: Promise<void> }, requests: Promise<unknown>[]): Promise<void> {
  await Promise.allSettled([...requests, change.done]);
  await change.done;
}

/** Errors after which a browser's connection to its database is dead, though the database is well. */
const DEAD = new Set(["InvalidStateError", "UnknownError", "AbortError"]);

/** A database that is opened again, once, when the connection died while the phone slept. */
export function connection<S extends DBSchema>(open: () => Promise<IDBPDatabase<S>>) {
  let opened: Promise<IDBPDatabase<S>> | undefined;
  return async function run<T>(deed: (db: IDBPDatabase<S>) => Promise<T>): Promise<T> {
    opened ??= open();
    try {
      return await deed(await opened);
    } catch (why) {
      if (!(why instanceof DOMException) || !DEAD.has(why.name)) throw why;
      void opened.then((db) => db.close(), () => undefined);
      opened = open();
      return deed(await opened);
    }
  };
}

const run = connection<Known>(() =>
  openDB<Known>("to06-app", 1, {
    upgrade(db) {
      db.createObjectStore("keys");
      db.createObjectStore("kept");
    },
  }),
);

/** A key of this phone, made when it is first asked for. Two tabs that make one at once get the same. */
export async function ownKey<K extends CryptoKey | CryptoKeyPair>(name: string, make: () => Promise<K>): Promise<K> {
  const known = await run((db) => db.get("keys", name));
  if (known) return known as K;
  const made = await make();
  return run(async (db) => {
    const change = db.transaction("keys", "readwrite");
    const first = await change.store.get(name);
    await finish(change, first ? [] : [change.store.put(made, name)]);
    return (first ?? made) as K;
  });
}

let boxKey: Promise<CryptoKey> | undefined;
const boxKeyOf = () => (boxKey ??= ownKey("box", makeBoxKey));

/** What is kept under a name, if anything is. */
export async function kept<T>(name: string): Promise<T | undefined> {
  const found = await run((db) => db.get("kept", name));
  return found && unbox<T>(await boxKeyOf(), found);
}

/** Keeps all of this or, where the phone is full, nothing of it; `undefined` forgets. */
export async function keep(values: Record<string, unknown>): Promise<void> {
  const key = await boxKeyOf();
  const boxes = await Promise.all(
    Object.entries(values).map(async ([name, value]) => [name, value === undefined ? undefined : await box(key, value)] as const),
  );
  await run(async (db) => {
    const change = db.transaction("kept", "readwrite");
    await finish(change, boxes.map(([name, value]) => (value ? change.store.put(value, name) : change.store.delete(name))));
  });
}

/** The names under which something is kept. */
export function keptNames(): Promise<string[]> {
  return run((db) => db.getAllKeys("kept"));
}

/** Forgets everything that came from the server, and its keys. */
export async function forgetAll(): Promise<void> {
  await run(async (db) => {
    const change = db.transaction(["keys", "kept"], "readwrite");
    await finish(change, [change.objectStore("keys").clear(), change.objectStore("kept").clear()]);
  });
  boxKey = undefined;
}
