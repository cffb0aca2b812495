/** Views that come after the first ones: the worker keeps them beforehand, and where there is none they are fetched when opened. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { Heading, Loading, Trouble, useDeed } from "../kit.tsx";
import { t } from "../words.ts";

type More = typeof import("./more.tsx");

const more = signal<More | undefined>(undefined);

/** The view of that name, as soon as it is there. */
export function Later({ view }: { view: keyof More }) {
  const { busy, why, run } = useDeed();
  const fetch = () => run(async () => void (more.value ??= await import("./more.tsx")));
  useEffect(() => void fetch(), []);
  if (more.value) {
    const Shown = more.value[view];
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
