/** Beginning a form anew with what an operation of this phone said, as far as that was right. */
import { beginWith } from "./begun.ts";
import type { Line } from "./lines.ts";
import { carried, choose, type Person } from "./lists.ts";
import { type Operation, operationOf } from "./outbox.ts";
import { type Place, picked } from "./route.ts";
import { NOBODY, type Typed } from "./who.tsx";

/** What of it is to be kept. */
interface Right {
  person: boolean;
  act: boolean;
  village: boolean;
}

/** Fills the form of that kind of work and says where it is. Of a sealed number nothing is left to fill in: the card is scanned again. */
export async function beginAgain(line: Line, right: Right): Promise<Place> {
  const op = line.saved?.op && (await operationOf(line.saved));
  if (op?.village_id && right.village) await choose(op.village_id);
  picked.value = undefined;
  if (line.kind === "activity") {
    await beginWith({ place: "/tuyen-truyen" }, op && right.act ? activityOf(op) : {});
    return "/tuyen-truyen";
  }
  if (line.kind === "request_appointment") {
    await beginWith({ place: "/dat-hen" }, { ...(op && right.person && { typed: typedOf(op) }), ...(op && right.act && wishOf(op)) }, op && right.person ? (op.name ?? undefined) : undefined);
    return "/dat-hen";
  }
  const person = op && right.person && right.village ? personOf(op) : undefined;
  const fields = { ...(op && right.person && !person && { typed: typedOf(op) }), ...(op && right.act && actOf(op)) };
  picked.value = person;
  await beginWith({ place: "/ghi", person }, fields, op && right.person ? (op.name ?? undefined) : undefined);
  return "/ghi";
}

function typedOf({ name, birth_year, sex, phone, subject }: Operation): Typed {
  return { ...NOBODY, name: name ?? "", birthYear: birth_year ? String(birth_year) : "", sex: sex ?? undefined, phone: phone ?? "", without: subject?.kind === "provisional" };
}

/** Whoever was picked from a list, or had no number, is the same person again. */
function personOf({ subject, village_id, name, birth_year, sex, phone }: Operation): Person | undefined {
  const person_id = subject?.kind === "provisional" ? subject.person_id : undefined;
  if (!person_id || !village_id) return undefined;
  const listed = carried.value.find((list) => list.village_id === village_id)?.people[person_id];
  return listed ?? { person_id, village_id, name, birth_year, sex, phone, stages: [], groups: [], next_step: "visit", next_step_text: "" };
}

function actOf({ kind, stage, outcome, device_holder, promised_on }: Operation): object {
  if (kind === "visit") return { unfinished: true, reason: outcome ?? undefined, promisedOn: promised_on ?? "" };
  return { stages: stage ? [stage] : [], holder: device_holder ?? "own" };
}

function wishOf({ appointment }: Operation): object {
  return { service: appointment?.service_code ?? "", from: appointment?.not_before ?? "", to: appointment?.not_after ?? "" };
}

function activityOf({ activity, attended, leaflets, helped, text }: Operation): object {
  const count = (many: number | null | undefined) => (many == null ? "" : String(many));
  return { kind: activity ?? "meeting", attended: count(attended), leaflets: count(leaflets), helped: count(helped), text: text ?? "" };
}
