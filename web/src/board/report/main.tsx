/**
 * Reports: periods, figures, findings, texts, what is issued, and the registers. Fetched when somebody first opens
 * one of these views, for most who look at the board never do.
 */
import { signal } from "@preact/signals";
import { render } from "preact";

import { type Me, me } from "../../session.ts";
import { Period } from "./period.tsx";
import { Periods } from "./periods.tsx";
import { Registers } from "./registers.tsx";

/** What stands behind the #, part by part: `bao-cao`, which period, which of its views. */
const parts = signal<string[]>([]);
const read = () => (parts.value = location.hash.slice(1).split("/"));

function Shown() {
  const [view, periodId, step] = parts.value;
  if (view === "so-theo-doi") return <Registers />;
  return periodId ? <Period key={periodId} periodId={periodId} step={step ?? ""} /> : <Periods />;
}

/** Shows them there, for whoever is signed in; what it gives puts them away. */
export function show(place: HTMLElement, who: Me): () => void {
  me.value = who;
  read();
  addEventListener("hashchange", read);
  render(<Shown />, place);
  return () => {
    removeEventListener("hashchange", read);
    render(null, place);
  };
}
