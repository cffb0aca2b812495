/**
 * Forms that were begun and not saved: what was typed survives closing, restarting and an update. It lies encrypted
 * among the lists and is forgotten with them. An ID number is no part of it: whole, it lies here sealed, so that it
 * can be recorded and not be read; in part, not at all.
 */
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";

import { keep, kept } from "./box.ts";
import type { Person } from "./lists.ts";
import type { Place } from "./route.ts";
import { accountId, standing } from "./session.ts";

export interface Begun {
  place: Place;
  /** About whom, if they were picked from a list. */
  person?: Person | undefined;
  at: string;
  /** By what whoever began it will recognise it. */
  label?: string | undefined;
  fields: object;
}

const BEGUN = "begun";
const MANY = 20;
const KEPT_MS = 7 * 24 * 3_600_000;
const WAIT_MS = 300;

/** The newest first. */
export const begun = signal<Begun[]>([]);
/** The phone has no room for what is being typed. */
export const unkept = signal(false);

const isFresh = (one: Begun) => Date.now() - Date.parse(one.at) < KEPT_MS;
const isSame = (a: Pick<Begun, "place" | "person">, b: Pick<Begun, "place" | "person">) => a.place === b.place && a.person?.person_id === b.person?.person_id;

export async function resumeBegun(): Promise<void> {
  begun.value = ((await kept<Begun[]>(BEGUN)) ?? []).filter(isFresh);
}

export function dropBegun(): void {
  begun.value = [];
}

let turn: Promise<void> = Promise.resolve();

/** Keeps this in the place of what was kept of the same form; of other forms another tab may know more. */
function put(form: Pick<Begun, "place" | "person">, next: () => Promise<Begun | undefined>): Promise<void> {
  const account = accountId();
  turn = turn.then(async () => {
    const one = await next();
    const others = ((await kept<Begun[]>(BEGUN)) ?? []).filter((other) => isFresh(other) && !isSame(other, form));
    // Whoever left meanwhile leaves nothing behind.
    if (!account || accountId() !== account || standing.value === "wiped") return;
    const all = [...(one ? [one] : []), ...others].slice(0, MANY);
    await keep({ [BEGUN]: all.length > 0 ? all : undefined });
    begun.value = all;
    unkept.value = false;
  }).catch(() => {
    unkept.value = true;
  });
  return turn;
}

/** Begins a form with these fields in the place of whatever was begun there; with none, anew. What lies in them may lie on the disk. */
export const beginWith = (form: Pick<Begun, "place" | "person">, fields: object, label?: string): Promise<void> =>
  put(form, async () => (Object.keys(fields).length > 0 ? { ...form, at: new Date().toISOString(), label, fields } : undefined));

/** Lets go of a form. */
export const letGo = (form: Pick<Begun, "place" | "person">): Promise<void> => put(form, async () => undefined);

interface Way<T> {
  person?: Person | undefined;
  /** What may lie on the disk of it. */
  sealed?: (fields: T) => Promise<T>;
  label?: (fields: T) => string | undefined;
}

/** The fields of a form: as they were left, kept as they are typed, and let go of when they are saved. */
export function useBegun<T extends object>(place: Place, none: T, { person, sealed, label }: Way<T>) {
  const form = { place, person };
  const [before] = useState(() => begun.value.find((one) => isSame(one, form)));
  const [since, setSince] = useState(before?.at);
  const [fields, show] = useState<T>(() => ({ ...none, ...before?.fields }));
  const latest = useRef(fields);
  const [isKept, setKept] = useState(before !== undefined);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const write = () => {
    if (timer.current === undefined) return;
    clearTimeout(timer.current);
    timer.current = undefined;
    const now = latest.current;
    void put(form, async () => {
      if (JSON.stringify(now) === JSON.stringify(none)) return undefined;
      return { ...form, at: new Date().toISOString(), label: label?.(now), fields: sealed ? await sealed(now) : now };
    }).then(() => setKept(timer.current === undefined && !unkept.value && now !== none));
  };
  useEffect(() => {
    document.addEventListener("visibilitychange", write);
    return () => {
      document.removeEventListener("visibilitychange", write);
      write();
    };
  }, []);
  const set = (part: Partial<T>) => {
    latest.current = { ...latest.current, ...part };
    show(latest.current);
    setKept(false);
    clearTimeout(timer.current);
    timer.current = setTimeout(write, WAIT_MS);
  };
  const clear = () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    latest.current = none;
    show(none);
    setKept(false);
    setSince(undefined);
    return letGo(form);
  };
  return { fields, set, clear, since, isKept };
}
