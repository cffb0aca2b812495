/** A board's rows together, in a few large numbers. */
import { t } from "../words.ts";
import { board, confirmedOf, countOf, nameOf, spell, spellTenth, STAGES } from "./state.ts";

export function Counts({ as = "counts" }: { as?: string }) {
  const { total, stage, merged_to } = board.value!;
  const numbers: [string, string, string?][] = [
    [nameOf(STAGES, stage), countOf(total.count, merged_to)],
    [t("Chỉ tiêu", "Target"), total.target == null ? "–" : spell(total.target)],
    [t("Đạt, %", "Reached, %"), total.rate_percent == null ? "–" : spellTenth(total.rate_percent), "good"],
    [t("Đã xác nhận, %", "Confirmed, %"), confirmedOf(total, merged_to) ?? "–"],
    [t("Không để lại tên", "Without a name"), countOf(total.anonymous, merged_to)],
  ];
  return (
    <dl class={as}>
      {numbers.map(([name, number, tone]) => <div key={name} class={tone}><dt>{name}</dt><dd>{number}</dd></div>)}
    </dl>
  );
}
