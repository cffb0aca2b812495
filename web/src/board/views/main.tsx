/**
 * What boards there are besides the first one. Fetched when somebody first opens one of these views: most look
 * at the first one only, on a phone.
 */
import { signal } from "@preact/signals";
import { render } from "preact";

import { type Me, me } from "../../session.ts";
import { Boards } from "./boards.tsx";
import { Closings } from "./closings.tsx";

/** What stands behind the #: which view, and what of it. */
const address = signal("");
const read = () => (address.value = location.hash.slice(1));

const VIEWS: Record<string, (props: { rest: string }) => preact.JSX.Element | null> = {
  "xep-hang": Boards,
  "da-chot": Closings,
};

function Shown() {
  const [, view, rest] = /^([^/?]*)[/?]?(.*)$/s.exec(address.value) ?? [];
  const View = VIEWS[view ?? ""];
  return View ? <View rest={rest ?? ""} /> : null;
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
