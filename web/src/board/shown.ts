/** How views that are fetched when somebody first opens one read their address, are shown, and are put away. */
import { computed, signal } from "@preact/signals";
import { type ComponentChild, render } from "preact";

import { type Me, me } from "../session.ts";

/** What stands behind the #. */
export const address = signal("");
/** The same, part by part: which view, and what of it. */
export const parts = computed(() => address.value.split("/"));

const read = () => (address.value = location.hash.slice(1));

/** Shows it there, for whoever is signed in; what this gives puts it away. */
export function showIn(place: HTMLElement, who: Me, shown: ComponentChild): () => void {
  me.value = who;
  read();
  addEventListener("hashchange", read);
  render(shown, place);
  return () => {
    removeEventListener("hashchange", read);
    render(null, place);
  };
}
