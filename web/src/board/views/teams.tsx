/** The teams of a campaign: who leads, and how many go in each. */
import { api, told } from "../../api.ts";
import { Loading } from "../../kit.tsx";
import { lower, t } from "../../words.ts";
import { Share } from "../share.tsx";
import { type Asked, nameOf, spell, spellTenth, STAGES } from "../state.ts";
import { useAgain } from "./again.ts";
import { Failed, Fresh } from "./fresh.tsx";
import { countOf, rankOf, UNION_NAMES } from "./lists.ts";
import { Pages } from "./pages.tsx";
import { span } from "./spell.ts";

/** What teams of elsewhere are told in. */
const TENS = 10;

export function Teams({ one }: { one: Asked }) {
  const { campaign, stage, cursor, rows: limit } = one;
  const list = useAgain(`${campaign} ${stage} ${cursor}`, async () => {
    if (!campaign) return undefined;
    const read = await told(api.GET("/api/v1/leaderboards/team", { params: { query: { campaign_id: campaign, stage, cursor, limit } } }));
    return { ...read, as_of: new Date().toISOString() };
  });
  if (!campaign) return <p class="panel empty">{t("Chọn một đợt ra quân ở trên: đội nào cũng thuộc một đợt.", "Choose a campaign above: every team belongs to one.")}</p>;
  if (!list.told) return list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />;
  const { rows, small_teams, from, to, next_cursor, as_of } = list.told;
  const most = Math.max(1, ...rows.map((row) => row.count));
  return (
    <article class="one-board">
      <header class="board-head">
        <div>
          <h2>{t("Đội", "Teams")}: {lower(nameOf(STAGES, stage))}</h2>
          <p class="soft">{span(from, to)}</p>
        </div>
        <div class="board-state">
          <Fresh as_of={as_of} why={list.why} />
          <button type="button" class="quiet small on-screen" onClick={() => print()}>{t("In bảng (A4)", "Print (A4)")}</button>
        </div>
      </header>
      <section class="panel" aria-label={t("Bảng xếp hạng", "The ranks")}>
        {rows.length === 0 ? <p class="empty">{t("Đợt này chưa có đội nào.", "This campaign has no team yet.")}</p> : (
          <table class="ranks full">
            <thead>
              <tr>
                <th scope="col" class="number">{t("Hạng", "Rank")}</th>
                <th scope="col">{t("Đội", "Team")}</th>
                <th scope="col" class="number">{t("Số người", "People")}</th>
                <th scope="col"><span class="unseen">{t("So với đội dẫn đầu", "Against the first")}</span></th>
                <th scope="col" class="number">{t("Thành viên", "Members")}</th>
                <th scope="col" class="number">{t("Mỗi ngày", "A day")}</th>
                <th scope="col" class="number">{t("Giúp thêm", "Assists")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.team_id}>
                  <td class="number rank">{rankOf(row)}</td>
                  <th scope="row">{row.name}<span class="soft about">{row.within}, {nameOf(UNION_NAMES, row.mass_union)}</span></th>
                  <td class="number people" data-label={t("Số người", "People")}>{countOf(row.count, row.merged, TENS)}</td>
                  <Share value={row.count} most={most} />
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
        {rows.some((row) => row.merged) && <li>{t("Dấu ≈: đội của nơi khác chỉ kể tròn chục.", "≈: teams of elsewhere are told in whole tens.")}</li>}
        {small_teams > 0 && <li>{t(`${small_teams} đội dưới ba người không kể ra.`, `${small_teams} teams of fewer than three are not told.`)}</li>}
      </ul>
    </article>
  );
}
