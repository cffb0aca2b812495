/** The teams of a campaign: who leads by what they are to bring, and how many go in each. */
import { api, type Schemas, told } from "../../api.ts";
import { Loading } from "../../kit.tsx";
import { may } from "../../session.ts";
import { lower, t } from "../../words.ts";
import { Share } from "../share.tsx";
import { type Asked, countOf, METRICS, nameOf, spell, spellTenth, STAGES } from "../state.ts";
import { useAgain } from "./again.ts";
import { Failed, Fresh } from "./fresh.tsx";
import { rankOf, UNION_NAMES } from "./lists.ts";
import { Pages } from "./pages.tsx";
import { Moved } from "./rows.tsx";
import { shortDay, span } from "./spell.ts";

/** What teams of elsewhere are told in. */
const TENS = 10;

export function Teams({ one }: { one: Asked }) {
  const { campaign, stage, cursor, rows: limit } = one;
  const metric = one.metric === "count" ? "count" : "rate";
  const list = useAgain(`${campaign} ${stage} ${metric} ${cursor}`, async () => {
    if (!campaign) return undefined;
    const read = await told(api.GET("/api/v1/leaderboards/team", { params: { query: { campaign_id: campaign, stage, metric, cursor, limit } } }));
    return { ...read, as_of: new Date().toISOString() };
  });
  if (!campaign) return <p class="panel empty">{t("Chọn một đợt ra quân ở trên: đội nào cũng thuộc một đợt.", "Choose a campaign above: every team belongs to one.")}{may("manage_campaigns") && <> <a href="#ra-quan/chien-dich">{t("Mọi đợt ra quân", "All campaigns")}</a></>}</p>;
  if (!list.told) return list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />;
  const { rows, small_teams, from, to, next_cursor, as_of } = list.told;
  const isByRate = list.told.metric === "rate";
  const hasTargets = rows.some((row) => row.target != null);
  const valueOf = (row: (typeof rows)[number]) => (isByRate ? row.rate_percent ?? 0 : row.count);
  const most = Math.max(isByRate ? 100 : 1, ...rows.map(valueOf));
  return (
    <article class="one-board">
      <header class="board-head">
        <div>
          <h2>{t("Đội", "Teams")}: {lower(nameOf(STAGES, stage))}</h2>
          <p class="soft">{span(from, to)}, {t("xếp theo", "ranked by")} {lower(nameOf(METRICS, list.told.metric))}</p>
        </div>
        <div class="board-state">
          <Fresh as_of={as_of} why={list.why} />
          <button type="button" class="quiet small on-screen" onClick={() => print()}>{t("In bảng (A4)", "Print (A4)")}</button>
        </div>
      </header>
      <section class="panel" aria-label={t("Bảng xếp hạng", "The ranks")}>
        {rows.length === 0 ? <p class="empty">{t("Đợt này chưa có đội nào.", "This campaign has no team yet.")}{may("manage_campaigns") && <> <a href={`#ra-quan/chien-dich/${campaign}`}>{t("Lập đội", "Form one")}</a></>}</p> : (
          <table class="ranks full">
            <thead>
              <tr>
                <th scope="col" class="number">{t("Hạng", "Rank")}</th>
                <th scope="col"><span class="unseen">{t("Lên xuống", "Change")}</span></th>
                <th scope="col">{t("Đội", "Team")}</th>
                <th scope="col" class="number">{t("Số người", "People")}</th>
                {hasTargets && <th scope="col" class="number">{t("Chỉ tiêu", "Target")}</th>}
                {hasTargets && <th scope="col" class="number">%</th>}
                <th scope="col"><span class="unseen">{isByRate ? t("So với chỉ tiêu", "Against the target") : t("So với đội dẫn đầu", "Against the first")}</span></th>
                <th scope="col" class="number">{t("Thành viên", "Members")}</th>
                <th scope="col" class="number">{t("Mỗi ngày", "A day")}</th>
                <th scope="col" class="number">{t("Giúp thêm", "Assists")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.team_id}>
                  <td class="number rank">{row.ranked ? rankOf(row) : "–"}</td>
                  <td class="moved"><Moved by={row.rank_change} /></td>
                  <th scope="row">{row.name}<span class="soft about">{row.within}, {nameOf(UNION_NAMES, row.mass_union)}</span><Mark row={row} /></th>
                  <td class="number people" data-label={t("Số người", "People")}>{countOf(row.count, row.merged ? TENS : undefined)}</td>
                  {hasTargets && <td class="number" data-label={t("Chỉ tiêu", "Target")}>{row.target == null ? "–" : spell(row.target)}</td>}
                  {hasTargets && <td class="number percent" data-label="%">{row.rate_percent == null ? "–" : spellTenth(row.rate_percent)}</td>}
                  <Share value={valueOf(row)} most={most} />
                  <td class="also number" data-label={t("Thành viên", "Members")}>{spell(row.members)}</td>
                  <td class="also number" data-label={t("Mỗi ngày", "A day")}>{spellTenth(row.pace_per_day)}</td>
                  <td class={`also number${row.assists > 0 ? "" : " none"}`} data-label={t("Giúp thêm", "Assists")}>{row.assists > 0 ? spell(row.assists) : "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <Pages one={one} next={next_cursor} />
      </section>
      <ul class="notes soft">
        <li>{t("Đội là những người đang ở trong đội: ai đổi đội thì mang theo việc của mình.", "A team is who is in it now: whoever changes teams takes their work along.")}</li>
        {rows.some((row) => row.merged) && <li>{t("Dấu ≈: đội của nơi khác chỉ kể tròn chục. Vì vậy mọi đội, cả đội của mình, đều xếp hạng theo số tròn chục.", "≈: teams of elsewhere are told in whole tens, so all teams, one's own too, are ranked by whole tens.")}</li>}
        {rows.some((row) => row.rank_change) && <li>{t("Lên xuống so với một tuần trước.", "Moves are since a week before.")}</li>}
        {isByRate && rows.some((row) => !row.ranked) && <li>{t("Đội chưa có chỉ tiêu, hoặc chỉ tiêu dưới 30 người, có trong bảng mà không xếp hạng.", "Teams without a target, or with one of fewer than 30 people, are listed and not ranked.")}</li>}
        {isByRate && rows.some((row) => row.target_error) && <li>{t("Vượt 100 % xếp như 100 %, đội nào đạt trước đứng trước.", "More than 100 % ranks as 100 %, the earliest first.")}</li>}
        {!hasTargets && rows.length > 0 && metric === "rate" && <li>{t("Chưa đội nào có chỉ tiêu nên xếp theo số người.", "No team has a target: ranked by people.")}{may("manage_campaigns") && <> <a href={`#ra-quan/chien-dich/${campaign}`}>{t("Đặt chỉ tiêu cho đội", "Set targets of teams")}</a></>}</li>}
        {small_teams > 0 && <li>{t(`${small_teams} đội dưới ba người không kể ra.`, `${small_teams} teams of fewer than three are not told.`)}</li>}
      </ul>
    </article>
  );
}

/** What is to be known of a team's target. */
function Mark({ row }: { row: Schemas["TeamRow"] }) {
  return (
    <>
      {row.reached_on != null && <span class="badge good">{t("đạt", "reached")} {shortDay(row.reached_on)}</span>}
      {row.target_error && <span class="badge">{t("vượt 100 %: xem lại chỉ tiêu", "over 100 %: check the target")}</span>}
      {!row.ranked && row.target != null && <span class="badge calm">{t("chỉ tiêu nhỏ, không xếp", "small target, not ranked")}</span>}
    </>
  );
}
