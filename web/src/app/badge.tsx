/** The badge: six digits that a householder types to find out who stands at the door. Fetched when it is first shown. */
import { useEffect, useRef, useState } from "preact/hooks";

import { Heading, Trouble } from "../kit.tsx";
import { t } from "../words.ts";
import { asked, me } from "./session.ts";
import { unionName } from "./terms.ts";
import type { showBadge } from "./badge-shown.ts";

export function Badge() {
  const place = useRef<HTMLDivElement>(null);
  const [why, setWhy] = useState<unknown>();
  useEffect(() => {
    let away: (() => void) | undefined;
    let gone = false;
    const address = "/assets/app-badge.js";
    (import(/* @vite-ignore */ address) as Promise<{ showBadge: typeof showBadge }>).then((module) => {
      if (!gone) away = module.showBadge(place.current!, () => asked((client) => client.POST("/api/v1/badges")), setWhy);
    }, setWhy);
    return () => {
      gone = true;
      away?.();
    };
  }, []);
  const who = me.value;
  return (
    <>
      <Heading>{who?.name ?? t("Thẻ của tôi", "My badge")}</Heading>
      <p class="under">{[who && unionName(who.mass_union), who?.unit_label].filter(Boolean).join(" · ")}</p>
      <Trouble why={why}><p>{t("Mã cần có mạng; có mạng lại thì mã tự hiện.", "A code needs a network; it comes by itself once there is one.")}</p></Trouble>
      <div ref={place} />
    </>
  );
}
