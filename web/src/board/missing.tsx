/** A part of the board that has not come, under its own name: the bar has said already that the network is away. */
import type { Asked } from "../ask.ts";
import { Refused } from "../api.ts";
import { Trouble } from "../kit.tsx";
import { t } from "../words.ts";

export function Missing({ title, asked, as }: { title: string; asked: Asked<unknown>; as?: string }) {
  if (asked.why === undefined) return null;
  return (
    <section class={`panel ${as ?? ""}`}>
      <h2>{title}</h2>
      {asked.why instanceof Refused ? <Trouble why={asked.why} /> : (
        <div class="empty">
          <p>{t("Chưa tải được. Có mạng là tự hiện.", "Not loaded yet. It comes with the network.")}</p>
          <button type="button" class="quiet small" onClick={asked.again}>{t("Thử lại", "Try again")}</button>
        </div>
      )}
    </section>
  );
}
