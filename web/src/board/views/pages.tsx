/** The way through a list that is told in pages. */
import { t } from "../../words.ts";
import { type Asked } from "../state.ts";
import { write } from "./address.ts";

/** To the next page and back to the first one; the browser's own way back leads to the one before. */
export function Pages({ one, next, of }: { one: Asked; next: string | null | undefined; of?: string }) {
  if (!next && !one.cursor) return null;
  return (
    <nav class="deeds pages" aria-label={t("Các trang", "Pages")}>
      {one.cursor && <a class="button small" href={write({ ...one, cursor: undefined })}>{t("Trang đầu", "First page")}</a>}
      {one.cursor && <button type="button" class="quiet small" onClick={() => history.back()}>{t("Quay lại", "Back")}</button>}
      {next && <a class="button small" rel="next" href={write({ ...one, cursor: next })}>{t("Trang sau", "Next page")}</a>}
      {of && <span class="soft">{of}</span>}
    </nav>
  );
}
