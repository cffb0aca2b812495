/** The way through a list that is told in pages. */
import { t } from "../../words.ts";
import { type Asked } from "../state.ts";
import { write } from "./address.ts";

/** To the next page, to the one before where the list tells it, and back to the first one; else the browser's own way back leads there. */
export function Pages({ one, next, before, of }: { one: Asked; next: string | null | undefined; before?: string | null | undefined; of?: string }) {
  const isFirst = !one.cursor && !before;
  if (!next && isFirst) return null;
  return (
    <nav class="deeds pages" aria-label={t("Các trang", "Pages")}>
      {!isFirst && <a class="button quiet small" href={write({ ...one, cursor: undefined, around: undefined })}>{t("Trang đầu", "First page")}</a>}
      {before && <a class="button quiet small" rel="prev" href={write({ ...one, cursor: before, around: undefined })}>{t("Trang trước", "Previous page")}</a>}
      {one.cursor && before === undefined && <button type="button" class="quiet small" onClick={() => history.back()}>{t("Quay lại", "Back")}</button>}
      {next && <a class="button quiet small" rel="next" href={write({ ...one, cursor: next, around: undefined })}>{t("Trang sau", "Next page")}</a>}
      {of && <span class="soft">{of}</span>}
    </nav>
  );
}
