/** What keeps people from it, beside the rate: outcomes of visits in the units of the board; of elsewhere in whole tens. */
import { outcomeName } from "../../app/terms.ts";
import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { day, lower, t } from "../../words.ts";
import { type Asked, type Board, countOf, spellTenth } from "../state.ts";
import { span } from "./spell.ts";

export type GapReasons = Schemas["GapReasons"];

/** Visits are told of so many days at most; of longer windows of the last four weeks. */
const DAYS_MAX = 92;
const DAYS = 28;
const DAY_MS = 86_400_000;
/** As many as are read at a glance. */
const SHOWN = 4;

const earlier = (iso: string, days: number) => day(new Date(new Date(`${iso}T00:00:00+07:00`).getTime() - days * DAY_MS));

/** Of the units that the board is of, a page of them. */
export function useReasons(one: Asked, board: Board | undefined) {
  const to = board?.to;
  const isShort = board?.from != null && earlier(board.to, DAYS_MAX - 1) <= board.from;
  const from = to && (isShort ? board!.from! : earlier(to, DAYS - 1));
  const { level, within } = one;
  const isOfUnits = level === "commune" || level === "village";
  const asked = useAsked(`reasons ${level} ${within} ${from} ${to}`, async () => {
    if (!from || !to || !isOfUnits) return undefined;
    return told(api.GET("/api/v1/leaderboards/reasons", { params: { query: { level, within, from, to, limit: 200 } } }));
  });
  return asked.told;
}

/** `vắng nhà 12`, the commonest of a unit; of what is told in tens `vắng nhà ≈ 10`. */
export function worst(reasons: GapReasons | undefined, unit: number | null | undefined): string | undefined {
  const row = reasons?.rows.find(({ unit_id }) => unit_id === unit);
  const first = row?.reasons[0];
  return first && `${lower(outcomeName(first.outcome))} ${countOf(first.n, row.merged ? reasons!.merged_to : undefined)}`;
}

export function Reasons({ told: all, isOwn }: { told: GapReasons | undefined; isOwn: boolean }) {
  if (!all || all.reasons.length === 0) return null;
  const unmoved = all.reasons.reduce((sum, { n }) => sum + n, 0);
  const isMerged = all.merged_to != null;
  const count = (n: number) => countOf(n, isMerged ? all.merged_to : undefined);
  return (
    <section class="panel" aria-labelledby="reasons">
      <h3 id="reasons">{isOwn ? t("Vướng ở đâu, trong đơn vị của tôi", "What stands in the way, in my unit") : t("Vướng ở đâu", "What stands in the way")}</h3>
      <p>
        {all.reasons.slice(0, SHOWN).map(({ outcome, n }, at) => <span key={outcome}>{at > 0 && "; "}{lower(outcomeName(outcome))} <strong>{count(n)}</strong> ({spellTenth((100 * n) / unmoved)}%)</span>)}.
      </p>
      <p class="soft">{t(`Trong ${count(all.visits)} lượt đến nhà, ${span(all.from, all.to)}, có ${count(unmoved)} lượt chưa được việc.`, `Of ${count(all.visits)} visits, ${span(all.from, all.to)}, ${count(unmoved)} moved nobody.`)}{isMerged && ` ${t(`Nơi khác chỉ kể từng nhóm đủ ${all.merged_to} lượt.`, `Other units are told in whole groups of ${all.merged_to} visits.`)}`}</p>
    </section>
  );
}
