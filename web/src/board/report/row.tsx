/** One figure: what stands, and what somebody types over it. */
import { hour, t } from "../../words.ts";
import { type Draft, draftsOf, faultsOf, keyOf, setDraft, shownOf, type Span, type Value } from "./drafts.ts";
import { type Indicator, ownerOf } from "./figures.tsx";
import { percentOf, readCount, spell } from "./numbers.ts";
import type { PeriodOf } from "./period.tsx";

interface Props {
  indicator: Indicator;
  span: Span;
  period: PeriodOf;
  mayType: boolean;
  standing: Value | undefined;
  look: () => void;
}

export function Row({ indicator, span, period, mayType, standing, look }: Props) {
  const key = keyOf(indicator.code, span);
  const draft = draftsOf(period.period_id).get(key);
  const shown = draft ?? shownOf(standing);
  const owner = ownerOf(indicator, period);
  const faults = draft ? faultsOf(draft) : {};
  const type = (change: Partial<Draft>) => setDraft(period.period_id, key, { ...shown, ...change }, standing);
  // Grouped once somebody goes on: while they type, nothing moves under their hands.
  const tidy = (name: "value" | "denominator") => {
    const read = readCount(shown[name]);
    if (draft && read != null) type({ [name]: spell(read) });
  };
  const isPassed = draft && (standing?.revision ?? 0) !== draft.seen;
  return (
    <>
      <tr class={draft ? "typed" : undefined}>
        <th scope="row">
          {indicator.name} <span class="soft">({indicator.counted_in})</span>
          {owner && <span class="soft fed">{owner}</span>}
          {indicator.fed_by && <span class="soft fed">{standing?.value != null && !standing.fed ? t("nhập tay, phần mềm không ghi đè", "typed; the program leaves it so") : t("phần mềm tự đếm", "counted by the program")}</span>}
        </th>
        <td class="value" data-label={t("Giá trị", "Value")}>
          <input
            class="number" inputMode="numeric" maxLength={20} disabled={!mayType} value={shown.value} aria-invalid={faults.value ?? false} aria-label={`${t("Giá trị", "Value")}, ${indicator.name}`}
            onInput={(event) => type({ value: event.currentTarget.value })} onBlur={() => tidy("value")}
          />
        </td>
        <td class="more" data-label={t("Hơn", "More than")}>
          <input type="checkbox" disabled={!mayType} checked={shown.at_least} aria-label={`${t("Nguồn ghi “hơn”", "The source says “more than”")}, ${indicator.name}`} onChange={(event) => type({ at_least: event.currentTarget.checked })} />
        </td>
        <td class="value" data-label={t("Trên tổng số", "Of")}>
          <input
            class="number" inputMode="numeric" maxLength={20} disabled={!mayType} value={shown.denominator} aria-invalid={faults.denominator ?? false} aria-label={`${t("Trên tổng số", "Of")}, ${indicator.name}`}
            onInput={(event) => type({ denominator: event.currentTarget.value })} onBlur={() => tidy("denominator")}
          />
        </td>
        <td class="number percent" data-label="%">{percentOf(readCount(shown.value), readCount(shown.denominator)) || "–"}</td>
        <td class="source" data-label={t("Nguồn", "Source")}>
          <input maxLength={200} disabled={!mayType} value={shown.source} aria-invalid={faults.source ?? false} aria-label={`${t("Nguồn", "Source")}, ${indicator.name}`} onInput={(event) => type({ source: event.currentTarget.value })} />
        </td>
        <td class="look"><button type="button" class="link" aria-label={`${t("Chi tiết", "Details")}, ${indicator.name}`} onClick={look}>{t("Chi tiết", "Details")}</button></td>
      </tr>
      {isPassed && draft && (
        <tr class="passed">
          <td colSpan={7}>
            <div class="notice" role="alert">
              <p>
                <strong>{t("Người khác vừa ghi số này", "Somebody else just wrote this figure")}{standing && t(` lúc ${hour(standing.entered_at)}`, ` at ${hour(standing.entered_at)}`)}: {standing?.value == null ? t("bỏ trống", "taken back") : spell(standing.value)}{standing?.denominator != null && `/${spell(standing.denominator)}`}.</strong>{" "}
                {t("Số bạn gõ:", "You typed:")} {draft.value || t("bỏ trống", "nothing")}{draft.denominator && `/${draft.denominator}`}.
              </p>
              <div class="deeds">
                <button type="button" class="quiet small" onClick={() => setDraft(period.period_id, key, undefined)}>{t("Lấy số của họ", "Take theirs")}</button>
                <button type="button" class="quiet small" onClick={() => type({ seen: standing?.revision ?? 0 })}>{t("Giữ số của tôi", "Keep mine")}</button>
              </div>
            </div>
          </td>
        </tr>
      )}
    </>
  );
}
