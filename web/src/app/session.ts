/** Who is signed in on this phone, and how it speaks to the server in their name. */
import { signal } from "@preact/signals";
import { type Client, createClient, Refused, type Schemas, signRefresh, told } from "@to06/client";

import { language } from "../words.ts";
import { keep, kept, keptNames } from "./box.ts";
import { serverNow } from "./clock.ts";
import { keyOf, VERSION } from "./phone.ts";
import { alone } from "./tabs.ts";

type Session = Schemas["Session"];
export type Me = Schemas["Me"];

/** Where somebody stands with this phone. */
export type Standing = "starting" | "out" | "in" | "ended" | "password" | "wiped";

export const standing = signal<Standing>("starting");
export const me = signal<Me | undefined>(undefined);

const SESSION = "session";
const ME = "me";
/** What lets a returning person sign in at once though strangers guess at their number. */
const DEVICE_TOKEN = "device-token";

/** An access token is renewed when this little of its life is left. */
const RENEW_BEFORE_MS = 60_000;

let session: Session | undefined;

export const client: Client = createClient({
  origin: location.origin,
  name: `to06-web/${VERSION}`,
  language,
  token: () => session?.access_token,
});

/** Whose work this is; also when their session has ended. */
export function accountId(): string | undefined {
  return session?.account_id;
}

/** Takes up what the last visit left. */
export async function resume(): Promise<void> {
  session = await kept<Session>(SESSION);
  me.value = await kept<Me>(ME);
  const isEnded = (await kept<boolean>("ended")) === true;
  if (!session) standing.value = "out";
  else if (isEnded) standing.value = "ended";
  else standing.value = session.must_change_password ? "password" : "in";
}

export async function signIn(phone: string, password: string): Promise<void> {
  const device_token = await kept<string>(DEVICE_TOKEN);
  const body = { phone, password, ...(device_token && { device_token }) };
  const next = await told(createStranger().POST("/api/v1/sessions", { body }));
  const isSame = session?.account_id === next.account_id;
  session = next;
  const account = await told(client.GET("/api/v1/me"));
  // Whoever may no longer record has no use for anybody's name; what they recorded lies elsewhere and is still sent.
  if (!isSame || !records(account)) await forgetWork();
  await keep({ [SESSION]: next, [ME]: account, [DEVICE_TOKEN]: next.device_token, ended: undefined, registered: undefined });
  me.value = account;
  standing.value = next.must_change_password ? "password" : "in";
}

export const createStranger = (): Client => createClient({ origin: location.origin, name: `to06-web/${VERSION}`, language });

export async function changePassword(current_password: string, new_password: string): Promise<void> {
  await asked((client) => client.PUT("/api/v1/me/password", { body: { current_password, new_password } }));
  // Other phones are signed out by it; this one stays.
  session = session && { ...session, must_change_password: false };
  await keep({ [SESSION]: session });
  standing.value = "in";
}

/** Ends the session. Without an answer the server's half ends by itself in time; this half ends now. */
export async function endSession(): Promise<void> {
  await told(client.DELETE("/api/v1/sessions/current")).catch(() => undefined);
  session = undefined;
}

/** Ends every session of this account, or none where the server does not answer. */
export async function endEverywhere(): Promise<void> {
  await asked((client) => client.DELETE("/api/v1/sessions"));
}

/** Ends the session here, after everything was sent. */
export async function signOut(): Promise<void> {
  await endSession();
  me.value = undefined;
  await forgetWork();
  standing.value = "out";
}

/** Forgets names, lists and the session; who this phone is it remembers. */
async function forgetWork(): Promise<void> {
  const names = await keptNames();
  const gone = names.filter((name) => !name.startsWith("device") && name !== "clock" && name !== "meta");
  await keep(Object.fromEntries(gone.map((name) => [name, undefined])));
}

/** The server knows this session no longer. What is not sent stays, for the same person. */
async function end(): Promise<void> {
  await keep({ ended: true });
  standing.value = "ended";
}

/** Asks in the name of who is signed in; renews the session when it is about to end. */
export async function asked<Told>(call: (client: Client) => Promise<{ data?: Told; error?: unknown; response: Response }>): Promise<Told> {
  if (!session) throw new Error("nobody is signed in");
  if (Date.parse(session.access_until) - serverNow() < RENEW_BEFORE_MS) await renew(session.access_token);
  const used = session.access_token;
  try {
    return await told(call(client));
  } catch (why) {
    if (!(why instanceof Refused) || why.problem.status !== 401) throw why;
    await renew(used);
    return told(call(client));
  }
}

/** Exchanges the pair, in one tab at a time: each refresh token is good once. */
function renew(used: string): Promise<void> {
  return alone("session", async () => {
    const known = await kept<Session>(SESSION);
    if (known && known.access_token !== used) {
      session = known;
      return;
    }
    const presented = known ?? session;
    // Whoever left meanwhile has no session that could have ended.
    if (!presented) throw new Error("nobody is signed in");
    try {
      session = await exchange(presented);
      await keep({ [SESSION]: session });
    } catch (why) {
      if (why instanceof Refused && why.problem.status === 401 && session) await end();
      throw why;
    }
  });
}

async function exchange(presented: Session): Promise<Session> {
  const pair = await keyOf(presented.account_id);
  const signed_at = Math.floor(serverNow() / 1000);
  const signature = await signRefresh(pair, presented.refresh_token, signed_at);
  const body = { refresh_token: presented.refresh_token, proof: { signed_at, signature } };
  return told(createStranger().POST("/api/v1/sessions/refresh", { body }));
}

const records = (one: Me) => one.permissions.includes("record_work");

/** Whether somebody may record at all; an officer or a reporter may not. */
export function mayRecord(): boolean {
  return me.value !== undefined && records(me.value);
}
