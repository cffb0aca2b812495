/**
 * Reports: periods, figures, findings, texts, what is issued, and the registers. Fetched when somebody first opens
 * one of these views, for most who look at the board never do.
 */
import type { Me } from "../../session.ts";
import { parts, showIn } from "../shown.ts";
import { Period } from "./period.tsx";
import { Periods } from "./periods.tsx";
import { Registers } from "./registers.tsx";

/** The address is `bao-cao`, which period, which of its views. */
function Shown() {
  const [view, periodId, step] = parts.value;
  if (view === "so-theo-doi") return <Registers />;
  return periodId ? <Period key={periodId} periodId={periodId} step={step ?? ""} /> : <Periods />;
}

/** Shows them there, for whoever is signed in; what it gives puts them away. */
export const show = (place: HTMLElement, who: Me): (() => void) => showIn(place, who, <Shown />);
