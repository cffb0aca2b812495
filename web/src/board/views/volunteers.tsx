/** People: one's own work among others without a name, and a commune's volunteers for those who lead them. */
import { api, told } from "../../api.ts";
import { Loading } from "../../kit.tsx";
import { me } from "../../session.ts";
import { lower, t } from "../../words.ts";
import { Share } from "../share.tsx";
import { type Asked, nameOf, PERIODS, spell, spellTenth, STAGES } from "../state.ts";
import { useAgain } from "./again.ts";
import { Failed, Fresh } from "./fresh.tsx";
import { rankOf, UNION_NAMES } from "./lists.ts";
import { Pages } from "./pages.tsx";
import { Moved } from "./rows.tsx";
import { shortDay, span } from "./spell.ts";

const WEEK = 40;
const HEIGHT = 120;
/** What stands under a bar of a week. */
const FOOT = 20;

/** The quarter one stands in, one's weeks, and the three best: nobody's name. */
export function OwnWork({ one }: { one: Asked }) {
  // Of days that somebody chose the contract tells nobody about oneself.
  const period = one.from ? "month" : one.period;
  const own = useAgain(`${one.stage} ${period}`, async () => {
    const read = await told(api.GET("/api/v1/leaderboards/volunteer/me", { params: { query: { stage: one.stage, period } } }));
    return { ...read, as_of: new Date().toISOString() };
  });
  if (!own.told) return own.why === undefined ? <Loading /> : <Failed why={own.why} again={own.again} />;
  const { count, assists, band, top, weeks, from, to, stage, as_of } = own.told;
  const most = Math.max(1, ...weeks.map((week) => week.count));
  const said = weeks.map((week) => t(`tuần từ ${shortDay(week.from)}: ${week.count}`, `week from ${shortDay(week.from)}: ${week.count}`)).join("; ");
  return (
    <article class="one-board">
      <header class="board-head">
        <div>
          <h2>{t("Việc của tôi", "My work")}: {lower(nameOf(STAGES, stage))}</h2>
          <p class="soft">{nameOf(PERIODS, period)}, {span(from, to)}</p>
        </div>
        <div class="board-state"><Fresh as_of={as_of} why={own.why} /></div>
      </header>
      <dl class="counts roomy">
        <div class="good"><dt>{t("Người tôi đã giúp", "People I helped")}</dt><dd>{spell(count)}</dd></div>
        <div><dt>{t("Giúp thêm", "Assists")}</dt><dd>{spell(assists)}</dd></div>
        <div><dt>{t("Tôi đứng ở", "I stand in")}</dt><dd>{band == null ? "–" : t(`nhóm ${band} trong 4`, `${band} of 4`)}</dd></div>
      </dl>
      <div class="halves">
        <section class="panel" aria-labelledby="own-weeks">
          <h3 id="own-weeks">{t("Tám tuần của tôi", "My eight weeks")}</h3>
          <svg class="trend weeks" viewBox={`0 0 ${weeks.length * WEEK} ${HEIGHT + FOOT}`} role="img" aria-label={said}>
            {weeks.map((week, index) => {
              const height = Math.max(week.count > 0 ? 2 : 0, ((HEIGHT - 16) * week.count) / most);
              const middle = index * WEEK + WEEK / 2;
              return (
                <g key={week.from}>
                  <rect class={index === weeks.length - 1 ? "today" : undefined} x={middle - 13} y={HEIGHT - height} width="26" height={height} rx="3" />
                  {week.count > 0 && <text x={middle} y={HEIGHT - height - 4}>{spell(week.count)}</text>}
                  <text x={middle} y={HEIGHT + 14} class="foot">{shortDay(week.from)}</text>
                </g>
              );
            })}
            <line x1="0" y1={HEIGHT} x2={weeks.length * WEEK} y2={HEIGHT} />
          </svg>
        </section>
        <section class="panel" aria-labelledby="best">
          <h3 id="best">{t("Ba kết quả cao nhất trong xã", "The three best of the commune")}</h3>
          {top.length === 0 ? <p class="empty">{t("Dưới năm người đi làm thì không so: so là biết ai.", "With fewer than five volunteers nobody is compared: it would name them.")}</p> : (
            <ol class="best">
              {top.map((best, index) => <li key={index} class={best.own ? "own" : undefined}><strong>{rankOf(best)}</strong> <span>{t(`${spell(best.count)} người`, `${spell(best.count)} people`)}</span>{best.own && <span class="badge good">{t("là tôi", "that is me")}</span>}</li>)}
            </ol>
          )}
          <p class="soft">{band == null ? null : [t("Tôi ở nhóm dẫn đầu.", "I am among the first quarter."), t("Tôi ở nửa trên.", "I am in the upper half."), t("Tôi ở nửa dưới.", "I am in the lower half."), t("Tôi ở nhóm cuối: hỏi trưởng nhóm xem vướng ở đâu.", "I am in the last quarter: ask your lead what stands in the way.")][band - 1]} {t("Không ai thấy tên ai.", "Nobody sees a name.")}</p>
        </section>
      </div>
    </article>
  );
}

/** For those who answer for them; people are named by the end of their account's number. */
export function Volunteers({ one }: { one: Asked }) {
  const { stage, period, from, to, within, cursor, rows: limit } = one;
  const list = useAgain(JSON.stringify(one), async () => {
    const days = from ? { from, to } : { period };
    const read = await told(api.GET("/api/v1/leaderboards/volunteer", { params: { query: { stage, ...days, within, cursor, limit } } }));
    return { ...read, as_of: new Date().toISOString() };
  });
  const mustChoose = !within && me.value?.role !== "lead";
  if (mustChoose) return <p class="panel empty">{t("Chọn một xã, phường ở trên: mỗi lần chỉ xem người của một nơi.", "Choose a commune above: people are listed for one place at a time.")}</p>;
  if (!list.told) return list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />;
  const { rows, next_cursor, as_of } = list.told;
  const most = Math.max(1, ...rows.map((row) => row.count));
  return (
    <article class="one-board">
      <header class="board-head">
        <div>
          <h2>{t("Tình nguyện viên", "Volunteers")}: {lower(nameOf(STAGES, stage))}</h2>
          <p class="soft">{span(list.told.from, list.told.to)}{list.told.previous_to != null && `, ${t("so với", "against")} ${span(list.told.previous_from, list.told.previous_to)}`}</p>
        </div>
        <div class="board-state"><Fresh as_of={as_of} why={list.why} /></div>
      </header>
      <section class="panel" aria-label={t("Tình nguyện viên", "Volunteers")}>
        {rows.length === 0 ? <p class="empty">{t("Chưa có ai ghi nhận trong những ngày này.", "Nobody recorded anything on these days.")}</p> : (
          <table class="ranks full">
            <thead>
              <tr>
                <th scope="col" class="number">{t("Hạng", "Rank")}</th>
                <th scope="col"><span class="unseen">{t("Lên xuống", "Change")}</span></th>
                <th scope="col">{t("Số hiệu", "Number")}</th>
                <th scope="col" class="number">{t("Số người", "People")}</th>
                <th scope="col"><span class="unseen">{t("So với nhiều nhất", "Against the most")}</span></th>
                <th scope="col" class="number">{t("Mỗi ngày", "A day")}</th>
                <th scope="col" class="number">{t("Kỳ trước", "Before")}</th>
                <th scope="col" class="number">{t("Giúp thêm", "Assists")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.account_id}>
                  <td class="number rank">{rankOf(row)}</td>
                  <td class="moved"><Moved by={row.rank_change} /></td>
                  <th scope="row"><span class="code-cell">…{row.account_id.slice(-6)}</span><span class="soft about">{nameOf(UNION_NAMES, row.mass_union)}</span></th>
                  <td class="number people" data-label={t("Số người", "People")}>{spell(row.count)}</td>
                  <Share value={row.count} most={most} />
                  <td class="also number" data-label={t("Mỗi ngày", "A day")}>{spellTenth(row.pace_per_day ?? 0)}</td>
                  <td class="also number" data-label={t("Kỳ trước", "Before")}>{spell(row.count_before)}</td>
                  <td class={`also number${row.assists > 0 ? "" : " none"}`} data-label={t("Giúp thêm", "Assists")}>{row.assists > 0 ? spell(row.assists) : "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <Pages one={one} next={next_cursor} />
      </section>
      <p class="notes soft">{t("Chỉ người phụ trách thấy danh sách này. Không treo lên tường, không gửi vào nhóm.", "Only those who lead them see this list. It is not for a wall, nor for a group chat.")}</p>
    </article>
  );
}
