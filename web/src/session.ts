/**
 * Who is signed in, for the faces of those who have an account. The tokens lie in cookies that no
 * script reads; this only knows whether they still do.
 */
import { signal } from "@preact/signals";

import { api, isProblem, Refused, type Schemas, told } from "./api.ts";

export type Me = Schemas["Me"];

/** `undefined` until the server was asked, `null` for nobody. */
export const me = signal<Me | null | undefined>(undefined);
/** Somebody was signed in, and the server no longer says so. */
export const ended = signal(false);

const SESSIONS = "/api/v1/browser-sessions";
const RENEWAL = `${SESSIONS}/refresh`;

/** Told to the whole page: each face and each part that it fetches later has a copy of this module. */
const ENDED = "to06-session-ended";

addEventListener(ENDED, () => {
  if (!me.value) return;
  me.value = null;
  ended.value = true;
});

/** Calls as they were sent, for sending them again. */
const sent = new Map<string, Request>();

api.use({
  onRequest({ request, schemaPath, id }) {
    if (!schemaPath.startsWith(SESSIONS)) sent.set(id, request.clone());
    return undefined;
  },
  async onResponse({ response, id }) {
    const again = sent.get(id);
    sent.delete(id);
    if (response.status !== 401 || !again) return undefined;
    if (await renew(Date.now())) return fetch(again);
    dispatchEvent(new Event(ENDED));
    return undefined;
  },
  onError({ id }) {
    sent.delete(id);
  },
});

/** When this page renewed the session last. */
let renewedAt = 0;
let lastOne = false;

/**
 * Renews the session, unless that was done since whoever asks found it too old; whether it goes on.
 * Tabs of one browser take turns: two at once would each end with half of a pair.
 */
async function renew(foundOldAt: number): Promise<boolean> {
  const once = async (): Promise<boolean> => {
    if (renewedAt >= foundOldAt) return lastOne;
    const answer = await fetch(RENEWAL, { method: "POST" });
    // A proxy's page says nothing about the session.
    if (!answer.ok && !isProblem(await answer.json())) throw new Error(`An answer ${answer.status} that is not the server's.`);
    renewedAt = Date.now();
    lastOne = answer.ok;
    return lastOne;
  };
  return navigator.locks ? await navigator.locks.request("to06-session", once) : once();
}

/** Finds out who is signed in. */
export async function recall(): Promise<void> {
  try {
    me.value = await told(api.GET("/api/v1/me"));
  } catch (why) {
    if (!(why instanceof Refused) || why.problem.status !== 401) throw why;
    me.value = null;
  }
}

export async function signIn(phone: string, password: string): Promise<void> {
  await told(api.POST(SESSIONS, { body: { phone, password } }));
  ended.value = false;
  await recall();
}

/** Replaces one's own password; a given one must be. */
export async function changePassword(current: string, next: string): Promise<void> {
  await told(api.PUT("/api/v1/me/password", { body: { current_password: current, new_password: next } }));
  await recall();
}

export async function signOut(): Promise<void> {
  await told(api.DELETE(SESSIONS));
  me.value = null;
}

/** Ends every session of the account, this one too. */
export async function signOutEverywhere(): Promise<void> {
  await told(api.DELETE("/api/v1/sessions"));
  me.value = null;
}

/** Whether whoever is signed in may do that, by the contract's word for it. */
export function may(right: string): boolean {
  return me.value?.permissions.includes(right) ?? false;
}
