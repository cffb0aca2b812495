/** Where the appointments are that were booked from this phone, and their codes: told once by the server, and there without a network too. */
import { signal } from "@preact/signals";

import { type Schemas, told } from "../api.ts";
import { keep, kept } from "./box.ts";
import { entries } from "./pull.ts";
import { createStranger } from "./session.ts";

type Appointment = Schemas["Appointment"];

/** What is handed to whoever comes. */
export interface Slip {
  code: string;
  secret: string;
  starts_at: string;
  status: string;
  office_name: string;
  address: string;
  directions: string;
  documents: string[];
  /** Who comes, where a volunteer booked it by the hour. */
  name?: string | undefined;
  told_at: string;
}

const SLIPS = "slips";
/** Looked at in one sync: the rest is for the next one, for the server lets nobody look at many. */
const AT_ONCE = 5;
const OLD_MS = 6 * 3_600_000;
const KEPT_MS = 7 * 24 * 3_600_000;

/** By the appointment's id. */
export const slips = signal<Record<string, Slip>>({});

export async function resumeSlips(): Promise<void> {
  slips.value = (await kept<Record<string, Slip>>(SLIPS)) ?? {};
}

export function dropSlips(): void {
  slips.value = {};
}

const isWanted = (slip: Pick<Slip, "starts_at">) => Date.now() - Date.parse(slip.starts_at) < KEPT_MS;

/** Keeps these; what is long over is let go of. */
export async function keepSlips(next: Record<string, Slip>): Promise<void> {
  const known = (await kept<Record<string, Slip>>(SLIPS)) ?? {};
  slips.value = Object.fromEntries(Object.entries({ ...known, ...next }).filter(([, slip]) => isWanted(slip)));
  await keep({ [SLIPS]: slips.value });
}

export function slipOf(one: Appointment, secret: string, name?: string): Slip {
  const { code, starts_at, status, office_name, address, directions, documents } = one;
  return { code, secret, starts_at, status, office_name, address, directions, documents, name, told_at: new Date().toISOString() };
}

/** Looks at an appointment by its two codes. */
export async function lookUp({ code, secret, name }: Pick<Slip, "code" | "secret" | "name">): Promise<Slip> {
  return slipOf(await told(createStranger().POST("/api/v1/appointments/lookup", { body: { code, secret } })), secret, name);
}

/** Whether what is kept of it may no longer be so: never asked, asked long ago, or booked by the hour and moved since. */
function isOld(id: string, booked: Schemas["RequestedSlip"]): boolean {
  const known = slips.value[id];
  if (!known) return true;
  return known.starts_at !== booked.starts_at || known.status !== booked.status || known.secret !== booked.secret;
}

/** Asks where the requests are that were booked, and how those stand that were booked by the hour. */
export async function refreshSlips(): Promise<void> {
  const requested = entries.value.flatMap(({ appointment }) => (appointment?.booked && isWanted(appointment.booked) ? [appointment.booked] : []));
  const ids = new Set(requested.map((booked) => booked.appointment_id as string));
  const wanted = [
    ...requested.filter((booked) => isOld(booked.appointment_id, booked)).map((booked) => [booked.appointment_id as string, booked] as const),
    ...Object.entries(slips.value).filter(([id, slip]) => !ids.has(id) && isWanted(slip) && Date.now() - Date.parse(slip.told_at) > OLD_MS),
  ].slice(0, AT_ONCE);
  if (wanted.length === 0) return;
  const found = await Promise.all(wanted.map(async ([id, key]) => [id, await lookUp({ ...slips.value[id], ...key }).catch(() => undefined)] as const));
  await keepSlips(Object.fromEntries(found.filter((one): one is [string, Slip] => one[1] !== undefined)));
}
