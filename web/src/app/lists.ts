/** The villages whose lists this phone carries: who is left there, and what is to be done next. */
import { signal } from "@preact/signals";

import type { Schemas } from "../api.ts";
import { keep, kept, keptNames } from "./box.ts";
import { asked } from "./session.ts";

export interface Person extends Omit<Schemas["WorklistEntry"], "person_id"> {
  person_id: string;
  /** It was recorded on this phone since the list came; what is next, the next list will tell. */
  just_recorded?: boolean;
}

/** A village as it was when it was last asked for. */
export interface VillageList {
  village_id: number;
  as_of: string;
  /** Each list with the ids of its people, in the server's order. */
  lists: { worklist: string; title: string; people: string[] }[];
  people: Record<string, Person>;
}

const PREFIX = "village/";
const CHOSEN = "village-chosen";
const OLD_MS = 10 * 60_000;
const PAGE = 200;

export const carried = signal<VillageList[]>([]);
/** Where somebody works now. */
export const chosen = signal<number | undefined>(undefined);

export async function resumeLists(): Promise<void> {
  const names = (await keptNames()).filter((name) => name.startsWith(PREFIX));
  const lists = await Promise.all(names.map((name) => kept<VillageList>(name)));
  carried.value = lists.filter((list) => list !== undefined);
  chosen.value = await kept<number>(CHOSEN);
}

export function dropLists(): void {
  carried.value = [];
  chosen.value = undefined;
}

/** Works in this village from now on; its lists come when there is a network. */
export async function choose(village: number): Promise<void> {
  chosen.value = village;
  await keep({ [CHOSEN]: village });
}

export function listOf(village: number | undefined): VillageList | undefined {
  return carried.value.find((one) => one.village_id === village);
}

/** Asks for a village's lists, all pages of each. */
export async function carry(village: number): Promise<void> {
  const counts = await asked((client) => client.GET("/api/v1/worklists", { params: { query: { unit_id: village } } }));
  const list: VillageList = { village_id: village, as_of: new Date().toISOString(), lists: [], people: {} };
  for (const { worklist, title, people } of counts.lists) {
    const ids: string[] = [];
    for (let cursor: string | null | undefined, more = people > 0; more; ) {
      const query = { unit_id: village, limit: PAGE, ...(cursor && { cursor }) };
      const page = await asked((client) => client.GET("/api/v1/worklists/{worklist}", { params: { path: { worklist }, query } }));
      for (const person of page.items) {
        ids.push(person.person_id);
        list.people[person.person_id] = person;
      }
      cursor = page.next_cursor;
      more = Boolean(cursor);
    }
    list.lists.push({ worklist, title, people: ids });
  }
  await keep({ [PREFIX + village]: list });
  carried.value = [...carried.value.filter((one) => one.village_id !== village), list];
}

/** Marks somebody as recorded, so that nobody does it twice before the next list comes. */
export async function markRecorded(person: Person, stages: string[], outcome: string | undefined): Promise<void> {
  const list = listOf(person.village_id);
  if (!list?.people[person.person_id]) return;
  const marked: Person = {
    ...person,
    stages: [...new Set([...person.stages, ...stages])],
    last_outcome: outcome ?? person.last_outcome,
    just_recorded: true,
  };
  const next = { ...list, people: { ...list.people, [person.person_id]: marked } };
  carried.value = carried.value.map((one) => (one === list ? next : one));
  await keep({ [PREFIX + person.village_id]: next });
}

/** Forgets a village's names. */
export async function putDown(village: number): Promise<void> {
  await keep({ [PREFIX + village]: undefined });
  carried.value = carried.value.filter((one) => one.village_id !== village);
}

/**
 * Brings up to date what is carried, and what somebody chose since. Told is what a village is now: itself, its heir, or
 * nothing of ours. The list of one that has ended goes when that of its heir has come.
 */
export async function refreshLists(nowOf: (village: number) => number | undefined): Promise<void> {
  for (const { village_id } of carried.value) if (nowOf(village_id) === undefined) await putDown(village_id);
  const heir = chosen.value && nowOf(chosen.value);
  if (heir && heir !== chosen.value) await choose(heir);
  const wanted = [...carried.value.map((one) => one.village_id), chosen.value].map((village) => village && nowOf(village));
  for (const village of new Set(wanted)) {
    const known = listOf(village);
    const isOld = !known || Math.abs(Date.now() - Date.parse(known.as_of)) > OLD_MS;
    if (village && isOld) await carry(village);
  }
  for (const { village_id } of carried.value) if (nowOf(village_id) !== village_id) await putDown(village_id);
}

/** Letters without their marks, as people type in a hurry: `phuoc dai` finds Phước Đại. */
export function fold(text: string): string {
  return text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "").replace(/\s+/g, " ").trim();
}

/** Who of these answers to what was typed: words of the name, a birth year, or the last digits of the number. */
export function matching(people: Person[], typed: string): Person[] {
  const words = fold(typed).split(" ").filter(Boolean);
  if (words.length === 0) return people;
  return people.filter((person) => {
    const text = fold(`${person.name ?? ""} ${person.birth_year ?? ""} ${person.id_tail ?? ""}`);
    return words.every((word) => text.includes(word));
  });
}
