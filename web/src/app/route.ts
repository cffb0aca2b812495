/** Where in the app somebody is. An address names a view and never a person. */
import { signal } from "@preact/signals";

import type { Person } from "./lists.ts";

export type Place = "/" | "/ghi" | "/so" | "/toi" | "/dat-hen" | "/tuyen-truyen" | "/nho" | "/the" | "/chien-dich" | "/huong-dan" | "/the-hen" | "/quyen" | "/bao-sai";

const PLACES: Place[] = ["/", "/ghi", "/so", "/toi", "/dat-hen", "/tuyen-truyen", "/nho", "/the", "/chien-dich", "/huong-dan", "/the-hen", "/quyen", "/bao-sai"];

function current(): Place {
  const asked = location.hash.slice(1) as Place;
  return PLACES.includes(asked) ? asked : "/";
}

export const place = signal<Place>(current());
/** Whom the next record is about, if they were picked from a list. */
export const picked = signal<Person | undefined>(undefined);
/** What was just done, and where that is told until somebody goes on. */
export const said = signal<{ words: string; at: Place } | undefined>(undefined);

addEventListener("hashchange", () => {
  const next = current();
  if (said.value && said.value.at !== next) said.value = undefined;
  place.value = next;
});

export function go(to: Place): void {
  if (place.value !== to) location.hash = to;
}

/** Says what was done, there. */
export function say(words: string, at: Place): void {
  said.value = { words, at };
  go(at);
  window.scrollTo(0, 0);
}
