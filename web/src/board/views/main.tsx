/**
 * What boards there are besides the first one, and how they came about. Fetched when somebody first opens one of these views: most look
 * at the first one only, on a phone.
 */
import type { Me } from "../../session.ts";
import { address, showIn } from "../shown.ts";
import { board, lost } from "../state.ts";
import { Boards } from "./boards.tsx";
import { Closings } from "./closings.tsx";
import { Today, TodayInShort } from "./today.tsx";
import { Trends } from "./trends.tsx";
import { Wall } from "./wall.tsx";

const VIEWS: Record<string, (props: { rest: string }) => preact.JSX.Element | null> = {
  "hom-nay": Today,
  "xep-hang": Boards,
  "dien-bien": Trends,
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
  const putAway = showIn(place, who, part === "today" ? <TodayInShort /> : <Shown />);
  return () => {
    putAway();
    // Whoever comes next is told what they may see.
    if (part === undefined) board.value = lost.value = undefined;
  };
}
