/** Who is at the door: by code, by card, by name, or without an appointment. */
import { effect, signal, untracked } from "@preact/signals";

import { api, Refused, type Schemas, told } from "../api.ts";
import { digitsOf } from "../citizen.ts";
import { may } from "../session.ts";
import { day, t } from "../words.ts";
import { type Appointment, busy, deed, type Office, office, officeId, type Ticket, trouble } from "./state.ts";
import type { PriorityClass } from "./tell.ts";
import { question } from "./verbs.ts";

/** What the desk sees of whoever stands there; it holds for one person. */
export const seen = signal<PriorityClass>("none");
/** The ticket that was given out last. */
export const given = signal<Ticket | undefined>(undefined);
/** Who is called as was typed. */
export const found = signal<{ name: string; people: Appointment[] } | undefined>(undefined);
/** The card that was shown last, kept until somebody else comes. */
const card = signal<string | undefined>(undefined);

/** Eight letters alone may be a code, or a name. */
export type Told = { code: string; name?: string } | { card: string } | { name: string };

/** Begins the QR code of a slip. */
const SLIP = /^\s*TO06:\s*/i;
/** Codes have no I, L, O and U, but people type them. */
const CODE = /^[0-9A-Z]{4}-?[0-9A-Z]{4}$/i;
const LETTERS_MIN = 2;

/** What was scanned or typed. Of a card's own QR code only the number is looked at. */
export function readDoor(text: string): Told | undefined {
  const whole = text.trim();
  if (SLIP.test(whole)) return { code: whole };
  const first = digitsOf(whole.split("|")[0]!);
  if (/^\d{12}$/.test(first)) return { card: first };
  // Of twenty codes one has no digit.
  if (CODE.test(whole)) return /[\d-]/.test(whole) ? { code: whole } : { code: whole, name: whole };
  if ([...whole].length >= LETTERS_MIN) return { name: whole };
  return undefined;
}

/** Who came while something was being done, or asked, and whether they go first: each has a turn after it. */
export const inLine = signal<{ told: Told; seen: PriorityClass }[]>([]);

/** Lets in whoever that is, at once or in turn. */
export function arrive(text: string): void {
  const told = readDoor(text);
  if (!told) return;
  if (!busy.value) return admit(told, seen.value);
  inLine.value = [...inLine.value, { told, seen: seen.value }];
  seen.value = "none";
}

/** Nothing of one office's door stays for the next. */
effect(() => {
  void officeId.value;
  given.value = found.value = card.value = undefined;
  inLine.value = [];
});

/** What went wrong before is read first, and what is asked is answered first. */
effect(() => {
  const [next, ...rest] = inLine.value;
  if (!next || busy.value || trouble.value || question.value) return;
  untracked(() => {
    inLine.value = rest;
    // What was chosen meanwhile is about somebody who comes after them.
    if (seen.value === "none") seen.value = next.seen;
    admit(next.told, next.seen);
  });
});

/** A name is looked up first. */
function admit(told: Told, own: PriorityClass): void {
  card.value = "card" in told ? told.card : undefined;
  given.value = found.value = undefined;
  if ("code" in told) void checkIn({ code: told.code }, own, told.name);
  else if ("card" in told) void checkIn({ id_number: told.card }, own);
  else void findByName(told.name);
}

async function findByName(name: string): Promise<void> {
  const here = office.value;
  if (here) await deed("door", () => lookUp(here, name));
}

async function lookUp(here: Office, name: string): Promise<string> {
  const params = { path: { office_id: here.office_id } };
  const { appointments } = await told(api.POST("/api/v1/offices/{office_id}/desk/find-by-name", { params, body: { name, on: day(new Date()) } }));
  found.value = { name, people: appointments };
  return t(`Tìm thấy ${appointments.length} người.`, `${appointments.length} found.`);
}

/** Lets somebody in; where nobody has that code, whoever is called so is looked up. */
export async function checkIn(body: Schemas["CheckIn"], own = seen.value, name?: string): Promise<void> {
  const here = office.value;
  if (!here) return;
  await deed("door", async (key) => {
    const params = { path: { office_id: here.office_id }, header: { "Idempotency-Key": key } };
    try {
      return admitted(await told(api.POST("/api/v1/offices/{office_id}/desk/check-ins", { params, body: { ...body, class: own } })), own);
    } catch (why) {
      if (name === undefined || !(why instanceof Refused) || why.code !== "appointment-unknown") throw why;
      return lookUp(here, name);
    }
  });
}

/** Gives a ticket to somebody without an appointment here. */
export function issue(body: Schemas["IssueTicket"]): Promise<boolean> {
  const here = office.value;
  if (!here) return Promise.resolve(false);
  return deed("dialog", async (key) => {
    const params = { path: { office_id: here.office_id }, header: { "Idempotency-Key": key } };
    const ticket = await told(api.POST("/api/v1/offices/{office_id}/desk/tickets", { params, body }));
    return admitted(ticket, body.class ?? "none");
  });
}

/** What was seen of them is over; what was chosen meanwhile is about the next. */
function admitted(ticket: Ticket, own: PriorityClass): string {
  given.value = ticket;
  found.value = undefined;
  if (seen.value === own) seen.value = "none";
  return t(`Đã phát phiếu ${ticket.number}.`, `Ticket ${ticket.number}.`);
}

/** What can be done about a refusal at the door, as buttons: the likeliest first. */
export function waysOut(why: unknown): { label: string; run: () => void }[] {
  if (!(why instanceof Refused)) return [];
  const idNumber = card.value;
  switch (why.code) {
    case "appointment-elsewhere":
      if (!idNumber) return [];
      return [{ label: t("Chuyển lịch hẹn đó về đây", "Move it here"), run: () => (question.value = { kind: "issue", idNumber, moveHere: true }) }];
    case "appointment-unknown":
      return [
        { label: t("Phát phiếu không hẹn", "A ticket without one"), run: () => (question.value = { kind: "issue", idNumber }) },
        ...(may("book_for_others") ? [{ label: t("Đặt hẹn ngày khác", "Book another day"), run: () => (question.value = { kind: "ahead", idNumber }) }] : []),
      ];
    case "appointment-here": {
      const { appointment_id } = why.problem as { appointment_id?: string };
      return appointment_id ? [{ label: t("Ghi nhận đến theo lịch hẹn", "Check in with it"), run: () => void checkIn({ appointment_id }) }] : [];
    }
    default:
      return [];
  }
}
