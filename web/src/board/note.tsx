/** A short note behind a question mark: what a word means, where it stands. */
import type { ComponentChildren } from "preact";

import { t } from "../words.ts";

export function Note({ about, children }: { about: string; children: ComponentChildren }) {
  return (
    <details class="note">
      <summary><span aria-hidden="true">?</span> <span>{about}</span></summary>
      <div>{children}<p><a href="#giai-thich">{t("Mọi từ được giải thích", "All words explained")}</a></p></div>
    </details>
  );
}
