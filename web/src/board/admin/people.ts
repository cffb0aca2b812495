/** Who has an account within a unit, for lists that tell only numbers. Each reading is audited by the server. */
import { api, type Schemas, told } from "../../api.ts";
import { type Asked, useAsked } from "../../ask.ts";
import { may, me } from "../../session.ts";
import { t } from "../../words.ts";
import { PAGE, readAll } from "./lists.ts";

export type Account = Schemas["Account"];

export interface People {
  rows: Account[];
  by: ReadonlyMap<string, Account>;
  isAll: boolean;
}

async function readPeople(unit_id: number | undefined): Promise<People> {
  const { rows, isAll } = await readAll((cursor) => told(api.GET("/api/v1/accounts", { params: { query: { unit_id, cursor, limit: PAGE } } })));
  return { rows, isAll, by: new Map(rows.map((one) => [one.account_id, one])) };
}

export function usePeople(unit_id: number | undefined): Asked<People> {
  return useAsked(`people ${unit_id}`, () => readPeople(unit_id));
}

function useKnown(): People | undefined {
  return useAsked("names", async () => (may("manage_accounts") ? readPeople(undefined) : undefined)).told;
}

/** What accounts of one's unit are called, where one may know; without that a list still says what it says. */
export function useNames(): (id: string) => string {
  const people = useKnown();
  return (id) => nameOfAccount(people, id);
}

/** Accounts of one's unit, by given name; none where one may not know. */
export function useSomePeople(): Account[] {
  return [...(useKnown()?.rows ?? [])].sort(byGivenName);
}

/** What they are called: oneself, or somebody beyond what was read. */
export function nameOfAccount(people: People | undefined, id: string): string {
  if (id === me.value?.account_id) return me.value.name;
  return people?.by.get(id)?.name ?? t("người ở nơi khác", "somebody of elsewhere");
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
