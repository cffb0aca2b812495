/** What the desk knows: which office and desk this is, and the queue as it was last told. */
import { computed, effect, signal } from "@preact/signals";

import { api, type Schemas, told, Unreachable, uuid } from "../api.ts";
import { me } from "../session.ts";
import { day } from "../words.ts";

export type Office = Schemas["Office"];
export type Ticket = Schemas["DeskTicket"];
export type Queue = Schemas["DeskQueue"];
export type Appointment = Schemas["DeskAppointment"];
export type Figures = Schemas["DayStatistics"];

const DESK_NO = "to06-desk-no";
const OFFICE = "to06-desk-office";

function kept(key: string): number | undefined {
  try {
    return Number(localStorage.getItem(key)) || undefined;
  } catch {
    return undefined;
  }
}

function keep(key: string, value: number | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, String(value));
  } catch {
    // Asked again next time.
  }
}

/** The offices of one's own unit. */
export const offices = signal<Office[] | undefined>(undefined);
export const office = signal<Office | undefined>(undefined);
/** The number over this desk. */
export const deskNo = signal<number | undefined>(kept(DESK_NO));
/** Only these are called to this desk; all if empty. */
export const calledFor = signal<string[]>([]);

export const queue = signal<Queue | undefined>(undefined);
/** Today's appointments, as they were when somebody was last expected or no longer. */
export const booked = signal<Appointment[] | undefined>(undefined);
export const figures = signal<Figures | undefined>(undefined);
/** Why the last look failed; what is shown is as old as {@link lookedAt}. */
export const lost = signal<unknown>(undefined);
export const lookedAt = signal<Date | undefined>(undefined);
/** Goes on every few seconds, for waits that are counted here. */
export const now = signal(new Date());

/** Who is called to this desk, or sits at it. */
export const mine = computed(() => queue.value?.at_desks.find((ticket) => ticket.desk_no === deskNo.value));
/** What ended at this desk last, while it can be taken back. */
export const undoable = computed(() => queue.value?.ended.find((ticket) => ticket.desk_no === deskNo.value && canUndo(ticket)));
/** The appointments as their tickets say they are by now. */
export const visits = computed(() => {
  const told = queue.value;
  if (!told) return booked.value;
  const tickets = new Map([...told.waiting, ...told.at_desks, ...told.parked, ...told.ended].map((ticket) => [ticket.appointment_id, ticket.state]));
  return booked.value?.map((one) => {
    const state = tickets.get(one.appointment_id);
    if (state === undefined) return one;
    return { ...one, status: state === "waiting" || state === "parked" ? "checked_in" : state };
  });
});
/** Booked, not here, and later than the office waits for. */
export const late = computed(() => visits.value?.filter(isLate) ?? []);

export function isLate(one: Appointment): boolean {
  const grace = (queue.value?.rules.grace_min ?? 15) * 60_000;
  return one.status === "booked" && Date.parse(one.starts_at) + grace < now.value.getTime();
}

export function canUndo(ticket: Ticket): boolean {
  if (!ticket.ended_at || !queue.value) return false;
  return now.value.getTime() < Date.parse(ticket.ended_at) + queue.value.rules.undo_min * 60_000;
}

/** Whole minutes since then. */
export function minutesSince(at: string): number {
  return Math.max(0, Math.floor((now.value.getTime() - Date.parse(at)) / 60_000));
}

export async function loadOffices(): Promise<void> {
  const unit_id = me.value?.unit_id;
  const page = await told(api.GET("/api/v1/offices", { params: { query: { unit_id, limit: 200 } } }));
  offices.value = page.items;
  const last = kept(OFFICE);
  const only = page.items.length === 1 ? page.items[0] : undefined;
  office.value ??= page.items.find((one) => one.office_id === last) ?? only;
}

export function chooseOffice(next: Office | undefined): void {
  forget();
  office.value = next;
  keep(OFFICE, next?.office_id);
}

export function chooseDesk(next: number | undefined): void {
  deskNo.value = next;
  keep(DESK_NO, next);
}

/** Which office this is, whatever else about it changes. */
export const officeId = computed(() => office.value?.office_id);

/** The office as it is after a change. */
export function changeOffice(next: Office): void {
  office.value = next;
  offices.value = offices.value?.map((one) => (one.office_id === next.office_id ? next : one));
}

function forget(): void {
  queue.value = booked.value = figures.value = undefined;
  lost.value = lookedAt.value = undefined;
}

/** Nothing of one officer's day stays for the next, but where this desk stands. */
export function forgetAll(): void {
  forget();
  office.value = offices.value = undefined;
}

export function serviceName(code: string): string {
  return office.value?.services.find((one) => one.service_code === code)?.name ?? code;
}

/** How often the public screen, which names nobody, is looked at for a change. */
const GLANCE_MS = 2_500;
/** How often the queue is read where nothing seemed to change: others may have booked. */
const ANYWAY_MS = 60_000;

/** How old the day's appointments may grow where no count shows a change: somebody moved within the day. */
const BOOKED_MS = 10 * 60_000;
let bookedOf = { counts: "", at: 0 };
/** Goes up when something was changed that no count shows: what is being read then is too old. */
let changes = 0;

/** The next look reads the day's appointments, whatever the counts say. */
export function readBookedAnew(): void {
  changes += 1;
  bookedOf = { counts: "", at: 0 };
}

/** Names are read only when something changed: every reading is written down in the audit trail. */
async function look(office_id: number): Promise<void> {
  const params = { path: { office_id } };
  const known = changes;
  const [next, days] = await Promise.all([
    told(api.GET("/api/v1/offices/{office_id}/desk/queue", { params })),
    told(api.GET("/api/v1/offices/{office_id}/statistics", { params })),
  ]);
  if (office.value?.office_id !== office_id) return;
  const on = day(new Date());
  const counts = JSON.stringify([office_id, on, next.expected, days.days[0]?.booked]);
  if (!booked.value || counts !== bookedOf.counts || Date.now() - bookedOf.at > BOOKED_MS) {
    const query = { on };
    const list = await told(api.GET("/api/v1/offices/{office_id}/desk/day", { params: { ...params, query } }));
    if (office.value?.office_id !== office_id) return;
    booked.value = list.appointments;
    bookedOf = known === changes ? { counts, at: Date.now() } : { counts: "", at: 0 };
  }
  queue.value = next;
  figures.value = days.days[0];
  lookedAt.value = now.value = new Date();
  lost.value = undefined;
}

let looking: Promise<void> = Promise.resolve();
let lastSeen = "";

/** Reads the queue, after whatever is being read now: what was done before this call is in it. */
export function renew(): Promise<void> {
  looking = looking.then(async () => {
    const id = office.value?.office_id;
    if (id === undefined || !me.value) return;
    try {
      await look(id);
    } catch (why) {
      lost.value = why;
    }
  });
  return looking;
}

async function glance(): Promise<void> {
  const id = office.value?.office_id;
  if (id === undefined || !me.value) return;
  now.value = new Date();
  try {
    const screen = await told(api.GET("/api/v1/offices/{office_id}/display", { params: { path: { office_id: id } } }));
    const seen = JSON.stringify([id, screen.calls, screen.waiting, screen.changed_at]);
    const old = !lookedAt.value || Date.now() - lookedAt.value.getTime() > ANYWAY_MS;
    if (seen === lastSeen && !old && lost.value === undefined) return;
    lastSeen = seen;
    await renew();
  } catch (why) {
    lost.value = why;
  }
}

/** Looks as long as somebody works here; gives what ends it. */
export function keepLooking(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  const again = async () => {
    await glance();
    if (!over) timer = setTimeout(() => void again(), GLANCE_MS);
  };
  const stop = effect(() => {
    if (officeId.value !== undefined) void renew();
  });
  void again();
  return () => {
    over = true;
    clearTimeout(timer);
    stop();
  };
}

/** What somebody is doing, what became of it, and what went wrong where. */
export const busy = signal(false);
export const said = signal("");
export type Where = "desk" | "door" | "dialog";
export const trouble = signal<{ at: Where; why: unknown; again?: () => void } | undefined>(undefined);
let doing: Promise<boolean> = Promise.resolve(true);

/**
 * Does one thing at a time, under a key of its own: pressed again after a lost answer, it is done once.
 * What it gives is said aloud.
 */
export async function deed(at: Where, work: (key: string) => Promise<string>): Promise<boolean> {
  if (busy.value) return false;
  const key = uuid();
  const attempt = async (): Promise<boolean> => {
    busy.value = true;
    trouble.value = undefined;
    try {
      said.value = await work(key);
      return true;
    } catch (why) {
      trouble.value = { at, why, again: why instanceof Unreachable ? () => void (doing = attempt()) : undefined };
      return false;
    } finally {
      // What is done next is judged by what this one made of the queue.
      await renew();
      busy.value = false;
    }
  };
  doing = attempt();
  return doing;
}

/** Does it after whatever is being done: what was answered to a question is not lost. */
export async function whenFree(run: () => void): Promise<void> {
  while (busy.value) await doing;
  run();
}
