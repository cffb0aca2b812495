/** A view that few open: fetched when somebody does, so that nobody else waits for it. */
import type { Schemas } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Heading, Loading, Trouble } from "../kit.tsx";
import { t } from "../words.ts";
import type { Key } from "./own.tsx";
import type { Memory } from "./tab.ts";

type Data = typeof import("./data.tsx");

/** What somebody is about to ask about their data, with these codes. */
export interface Wish {
  code: string;
  kind: Schemas["RightsKind"] | "";
  words: string;
}

export const NO_WISH: Wish = { code: "", kind: "", words: "" };

export interface MyDataProps {
  own: Key;
  draft: Memory<Wish>;
  /** The appointment itself is kept no more, so nothing new can be asked for with its codes. */
  gone: boolean;
  back: () => void;
}

let fetched: Promise<Data> | undefined;
let tries = 0;

async function fetchData(): Promise<Data> {
  // A browser remembers that a module failed; under another address it tries again.
  fetched ??= tries++ === 0 ? import("./data.tsx") : import(/* @vite-ignore */ `/assets/booking-data.js?again=${tries}`);
  try {
    return await fetched;
  } catch (why) {
    fetched = undefined;
    throw why;
  }
}

export function MyData(props: MyDataProps) {
  const { told: data, why, again } = useAsked("data", fetchData);
  if (data) return <data.Data {...props} />;
  if (why === undefined) return <Loading />;
  return (
    <>
      <Heading>{t("Dữ liệu của tôi", "My data")}</Heading>
      <Trouble why={why} again={again} />
      <p class="deeds"><button type="button" class="quiet" onClick={props.back}>{t("Về lịch hẹn", "Back to the appointment")}</button></p>
    </>
  );
}
