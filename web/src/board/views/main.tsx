/**
 * What boards there are besides the first one. Fetched when somebody first opens one of these views: most look
 * at the first one only, on a phone.
 */
import { signal } from "@preact/signals";
import { render } from "preact";

import { type Me, me } from "../../session.ts";
import { board, lost } from "../state.ts";
import { Boards } from "./boards.tsx";
import { Closings } from "./closings.tsx";
import { Today, TodayInShort } from "./today.tsx";
import { Wall } from "./wall.tsx";

/** What stands behind the #: which view, and what of it. */
const address = signal("");
const read = () => (address.value = location.hash.slice(1));

const VIEWS: Record<string, (props: { rest: string }) => preact.JSX.Element | null> = {
  "hom-nay": Today,
  "xep-hang": Boards,
  "da-chot": Closings,
  "man-hinh": Wall,
};

function Shown() {
  const [, view, rest] = /^([^/?]*)[/?]?(.*)$/s.exec(address.value) ?? [];
  const View = VIEWS[view ?? ""];
  return View ? <View rest={rest ?? ""} /> : null;
}

/** Shows them there, or a part of them within another view, for whoever is signed in; what it gives puts them away. */
export function show(place: HTMLElement, who: Me, part?: string): () => void {
  me.value = who;
  read();
  addEventListener("hashchange", read);
  render(part === "today" ? <TodayInShort /> : <Shown />, place);
  return () => {
    removeEventListener("hashchange", read);
    render(null, place);
    // Whoever comes next is told what they may see.
    if (part === undefined) board.value = lost.value = undefined;
  };
}
