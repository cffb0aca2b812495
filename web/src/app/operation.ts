/** Making an operation of what was done: its id, its clock, and the ID number sealed before anything is written. */
import { seal } from "@to06/client";

import type { Schemas } from "../api.ts";
import { readIdNumber } from "../citizen.ts";
import { day } from "../words.ts";
import { clockOfNow } from "./clock.ts";
import type { Draft, Operation } from "./outbox.ts";
import { meta } from "./meta.ts";

export type Stage = NonNullable<Operation["stage"]>;
export type Outcome = NonNullable<Operation["outcome"]>;
export type Holder = NonNullable<Operation["device_holder"]>;

/** Who somebody is to us. An ID number lives only from the keyboard or the camera to the seal. */
export type Who =
  | { by: "id"; idNumber: string }
  | { by: "sealed"; ahead: Ahead }
  | { by: "person"; personId: string }
  | { by: "nobody" };

/** A number sealed for each act that may come of it, under the id that this act will have. Nobody reads it here again. */
export interface Ahead {
  /** The last four digits. */
  tail: string;
  /** Whether a parent or guardian is to be asked: the year is no more to be read than the number. */
  age: Age;
  acts: { [act: string]: { op_id: string; subject: Schemas["Subject"] } };
}

/** Under 14 whatever their birthday is, or perhaps. */
export type Age = "child" | "perhaps" | undefined;

const CONSENT_AGE = 14;

export function ageOf(birthYear: number | undefined): Age {
  const years = birthYear === undefined ? Infinity : Number(day(new Date()).slice(0, 4)) - birthYear;
  return years < CONSENT_AGE ? "child" : years === CONSENT_AGE ? "perhaps" : undefined;
}

/** What they said of themselves. */
export interface Words {
  name?: string | undefined;
  phone?: string | undefined;
  birth_year?: number | undefined;
  sex?: "male" | "female" | undefined;
}

/** The phone has never met the server, so that it has no key to seal to. */
export class NoKey extends Error {
  override readonly name = "NoKey";
}

/** A version 7 UUID: those of one phone sort by the moment of Save. */
export function operationId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let at = Date.now();
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = at % 256;
    at = Math.floor(at / 256);
  }
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function begin(kind: string, author_id: string, op_id = operationId()) {
  return { op_id, kind, author_id, recorded_at: new Date().toISOString(), ...clockOfNow() };
}

/** An act whose number was sealed ahead has the id that this was done for. `name`: the stage of a record, else the kind. */
function beginAct(kind: string, act: Act, name = kind) {
  return begin(kind, act.author, act.who.by === "sealed" ? act.who.ahead.acts[name]?.op_id : undefined);
}

/** Seals a number for each of these acts, of which some will be saved. */
export async function sealAhead(idNumber: string, names: string[]): Promise<Ahead> {
  const acts = names.map(async (name) => {
    const op_id = operationId();
    return [name, { op_id, subject: await subjectOf({ by: "id", idNumber }, op_id) }] as const;
  });
  return { tail: idNumber.slice(-4), age: ageOf(readIdNumber(idNumber)?.birthYear), acts: Object.fromEntries(await Promise.all(acts)) };
}

async function subjectOf(who: Who, opId: string): Promise<Schemas["Subject"]> {
  if (who.by === "person") return { kind: "provisional", person_id: who.personId };
  if (who.by === "nobody") return { kind: "none" };
  if (who.by === "sealed") return Object.values(who.ahead.acts).find((act) => act.op_id === opId)!.subject;
  const key = meta.value?.sealing_key;
  if (!key) throw new NoKey();
  return { kind: "sealed", kid: key.kid, sealed: await seal(key, opId, who.idNumber) };
}

/** After these nobody was there who could agree, or they wanted nothing of it. */
export const ABSENT: Outcome[] = ["away", "declined"];

/**
 * How somebody agreed; under 14 a parent or guardian does. `listed`: nobody could, and a visit to them stands on the list that names them. `undefined`:
 * they did not.
 */
export type Consent = "spoken" | "signed" | "guardian_spoken" | "guardian_signed" | "listed" | undefined;

interface Act {
  author: string;
  village: number;
  who: Who;
  words: Words;
  consent: Consent;
  /** For whoever recorded it, to recognise it by. */
  label?: string | undefined;
}

/** Without consent nothing of a person leaves the form. */
async function about({ who, words, consent }: Act, opId: string) {
  if (consent === undefined) return { subject: await subjectOf({ by: "nobody" }, opId) };
  if (consent === "listed") return { subject: await subjectOf(who, opId) };
  const text_version = meta.value?.consent?.version;
  return { subject: await subjectOf(who, opId), consent: { method: consent, ...(text_version && { text_version }) }, ...given(words) };
}

function given<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== "")) as Partial<T>;
}

/** One record a stage: each is an act of its own, and each number is sealed for it alone. */
export function records(act: Act, stages: Stage[], holder: Holder): Promise<Draft[]> {
  return Promise.all(
    stages.map(async (stage) => {
      const start = beginAct("record", act, stage);
      const onPhone = stage !== "level2_collected" && stage !== "level2_approved";
      const op = { ...start, village_id: act.village, stage, ...(onPhone && { device_holder: holder }), ...(await about(act, start.op_id)) };
      return { op, label: act.consent && act.label };
    }),
  );
}

/** A visit after which something is still to be done, and why. */
export async function visit(act: Act, outcome: Outcome, promisedOn: string | undefined): Promise<Draft> {
  const start = beginAct("visit", act);
  const op = { ...start, village_id: act.village, outcome, ...(promisedOn && { promised_on: promisedOn }), ...(await about(act, start.op_id)) };
  return { op, label: act.consent && act.label };
}

/** Words about somebody for whoever comes next. */
export async function remark(act: Act, text: string): Promise<Draft> {
  const start = beginAct("note", act);
  return { op: { ...start, village_id: act.village, text, ...(await about(act, start.op_id)) }, label: act.label };
}

/** An appointment that the server books as soon as it hears of it. */
export async function wish(act: Act, appointment: Schemas["AppointmentWish"]): Promise<Draft> {
  const start = beginAct("request_appointment", act);
  return { op: { ...start, village_id: act.village, appointment, ...(await about(act, start.op_id)) }, label: act.label };
}

/** What was a mistake. */
export function takeBack(author: string, target: string, reason: string): Draft {
  return { op: { ...begin("void", author), target_op_id: target, reason } };
}

/** A meeting, leaflets, a loudspeaker: counts, and nobody's name. */
export function activity(author: string, village: number, told: { activity: string; attended?: number | undefined; leaflets?: number | undefined; helped?: number | undefined; text?: string | undefined }): Draft {
  return { op: { ...begin("activity", author), village_id: village, ...(given(told) as typeof told) } };
}
