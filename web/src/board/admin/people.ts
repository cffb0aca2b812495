/** Who has an account within a unit, for lists that tell only numbers. Each reading is audited by the server. */
import { api, type Schemas, told } from "../../api.ts";
import { type Asked, useAsked } from "../../ask.ts";
import { me } from "../../session.ts";
import { t } from "../../words.ts";
import { PAGE, readAll } from "./lists.ts";

export type Account = Schemas["Account"];

export interface People {
  rows: Account[];
  by: ReadonlyMap<string, Account>;
  isAll: boolean;
}

export function usePeople(unit_id: number | undefined): Asked<People> {
  return useAsked(`people ${unit_id}`, async () => {
    const { rows, isAll } = await readAll((cursor) => told(api.GET("/api/v1/accounts", { params: { query: { unit_id, cursor, limit: PAGE } } })));
    return { rows, isAll, by: new Map(rows.map((one) => [one.account_id, one])) };
  });
}

/** What they are called: oneself, or somebody beyond what was read. */
export function nameOfAccount(people: People | undefined, id: string): string {
  if (id === me.value?.account_id) return me.value.name;
  return people?.by.get(id)?.name ?? t("người ở cấp khác", "somebody of another level");
}

const collator = new Intl.Collator("vi");

/** By given name, which is the last word; then by what stands before it. */
export function byGivenName(one: Account, other: Account): number {
  const last = (name: string) => name.slice(name.lastIndexOf(" ") + 1);
  return collator.compare(last(one.name), last(other.name)) || collator.compare(one.name, other.name);
}

/** Whose work whoever is signed in assigns: a lead, that of the own union. */
export function membersOf(people: People): Account[] {
  const { role, mass_union } = me.value!;
  return people.rows.filter((one) => role !== "lead" || one.mass_union === mass_union).sort(byGivenName);
}

/** Who may be given work. */
export function volunteersOf(people: People): Account[] {
  return membersOf(people).filter((one) => one.role === "volunteer");
}

export const UNIONS: [string, string][] = [
  ["youth", t("Đoàn Thanh niên", "Youth Union")],
  ["women", t("Hội Phụ nữ", "Women's Union")],
  ["none", t("không thuộc đoàn, hội", "no union")],
];
