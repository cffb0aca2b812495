/** Views that come after the first ones: the worker keeps them beforehand, and where there is none they are fetched when opened. */
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";

import { Heading, Loading, Trouble, useDeed } from "../kit.tsx";
import { t } from "../words.ts";

type More = typeof import("./more.tsx");

const more = signal<More | undefined>(undefined);

async function fetchMore(): Promise<void> {
  more.value ??= await import("./more.tsx");
}

/** Takes it along before it is asked for, so that nobody waits for it in the field. */
export const takeMore = (): Promise<void> => fetchMore().catch(() => undefined);

/** All of it, as soon as it is there. */
export function useMore() {
  const { busy, why, run } = useDeed();
  const fetch = () => run(fetchMore);
  useEffect(() => void fetch(), []);
  return { more: more.value, busy, why, fetch };
}

interface PieceProps<P extends keyof More> {
  view: P;
  given: Parameters<More[P]>[0] & object;
}

/** A piece of a view that is there from the first. */
export function Piece<P extends keyof More>({ view, given }: PieceProps<P>) {
  const { more, why } = useMore();
  if (!more) return why === undefined ? <Loading /> : <Trouble why={why} />;
  const Shown = more[view] as ComponentType<object>;
  return <Shown {...given} />;
}

type View = { [V in keyof More]: More[V] extends () => unknown ? V : never }[keyof More];

/** The view of that name. */
export function Later({ view }: { view: View }) {
  const { more, busy, why, fetch } = useMore();
  if (more) {
    const Shown = more[view];
    return <Shown />;
  }
  if (why === undefined) return <Loading />;
  return (
    <>
      <Heading>{t("Phần này chưa về máy", "This part is not on the phone yet")}</Heading>
      <Trouble why={why}><p>{t("Hãy đến nơi có mạng rồi thử lại. Những gì đã ghi vẫn nằm trên máy.", "Find a network and try again. What you recorded is kept on this phone.")}</p></Trouble>
      <p><button type="button" disabled={busy} onClick={() => void fetch()}>{t("Thử lại", "Try again")}</button></p>
    </>
  );
}
