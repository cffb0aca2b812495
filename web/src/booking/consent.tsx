/** What one agrees to, in the words that everybody is told: asked for when somebody wants to know. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import { api, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Loading, Trouble } from "../kit.tsx";
import { t, vietnamese } from "../words.ts";

/** `children`: what to know besides. */
export function WhatConsent({ children }: { children?: ComponentChildren }) {
  const [open, show] = useState(false);
  return (
    <details onToggle={(event) => show(event.currentTarget.open)}>
      <summary>{t("Đồng ý là đồng ý gì?", "What does one agree to?")}</summary>
      {open && <Text />}
      {children}
    </details>
  );
}

function Text() {
  const { told: consent, why, again } = useAsked("consent", () => told(api.GET("/api/v1/rights/consent-text")));
  if (!consent) return why === undefined ? <Loading /> : <Trouble why={why} again={again} />;
  return <p lang={vietnamese}>{consent.text}</p>;
}
