/** A board of units or unions: what it is of, all of it together, its rows. */
import { useEffect } from "preact/hooks";

import { Refused } from "../../api.ts";
import { Loading } from "../../kit.tsx";
import { lower, t } from "../../words.ts";
import { follow, streamed } from "../live.ts";
import { type Asked, asked, board, FIRST, isAnswered, look, lost, METRICS, nameOf, spell, STAGES } from "../state.ts";
import { Counts } from "../total.tsx";
import { write } from "./address.ts";
import { Failed, Fresh } from "./fresh.tsx";
import { BOARDS } from "./lists.ts";
import { Pages } from "./pages.tsx";
import { Reasons, useReasons } from "./reasons.tsx";
import { Rows } from "./rows.tsx";
import { fullDay, span } from "./spell.ts";
import { writeTrend } from "./trend-address.ts";

export function UnitBoard({ one }: { one: Asked }) {
  useEffect(follow, []);
  const shown = board.value;
  const reasons = useReasons(one, shown);
  const isOther = !isAnswered();
  // A refusal is of what is asked for now; what stands there answers another question.
  if (isOther && lost.value instanceof Refused) return <Failed why={lost.value} again={() => void look()}><p><a href={write(FIRST)}>{t("Về bảng các xã", "To the communes")}</a></p></Failed>;
  if (!shown) return lost.value === undefined ? <Loading /> : <Failed why={lost.value} again={() => void look()} />;
  return (
    <article class="one-board" aria-busy={isOther}>
      <header class="board-head">
        <div>
          <h2>{nameOf(BOARDS, shown.level)}: {lower(nameOf(STAGES, shown.stage))}</h2>
          <p class="soft">{span(shown.from, shown.to)}{(shown.level !== "union" || shown.campaign_id != null) && `, ${t("xếp theo", "ranked by")} ${lower(nameOf(METRICS, shown.metric))}`}{shown.units_as_of !== shown.to && `, ${t("theo đơn vị ngày", "in units of")} ${fullDay(shown.units_as_of)}`}</p>
        </div>
        <div class="board-state">
          <Closing one={one} />
          <Fresh as_of={shown.as_of} why={lost.value} isLive={streamed.value} every={5} isKept={shown.closing?.closed === true && lost.value === undefined} />
          <a class="on-screen" href={writeTrend({ stage: one.stage, union: one.union, within: one.within })}>{t("Diễn biến", "As it came")}</a>
          <button type="button" class="quiet small on-screen" onClick={() => print()}>{t("In bảng (A4)", "Print (A4)")}</button>
        </div>
      </header>
      {shown.closing?.reason && <p class="notice">{t("Lý do bổ sung", "Why it was revised")}: {shown.closing.reason}</p>}
      <Counts as="counts roomy" />
      <Reasons told={reasons} isOwn={one.level === "village" && one.within == null} />
      <section class="panel" aria-label={t("Bảng xếp hạng", "The ranks")}>
        {shown.metric === "rate" && shown.rows.length > 0 && shown.total.rows_with_target === 0 && (
          <p class="notice">{t("Ở đây chưa đơn vị nào có chỉ tiêu, nên chưa xếp theo tỷ lệ được.", "No unit here has a target yet, so none is ranked by rate.")} <a href={write({ ...one, metric: "count", cursor: undefined })}>{t("Xếp theo số người", "Rank by people")}</a></p>
        )}
        {shown.rows.length === 0 ? <Nothing one={one} /> : <Rows board={shown} one={one} reasons={reasons} />}
        <Pages one={one} next={shown.next_cursor} before={shown.prev_cursor ?? null} of={t(`${spell(shown.rows.length)} trong ${spell(shown.total.rows)} dòng`, `${spell(shown.rows.length)} of ${spell(shown.total.rows)} rows`)} />
      </section>
      <Notes />
    </article>
  );
}

/** Why there is no row, and where there may be some. */
function Nothing({ one }: { one: Asked }) {
  const isNarrow = one.kind || one.class || one.league;
  const all = write({ ...one, kind: undefined, class: "", league: undefined, cursor: undefined });
  return (
    <p class="empty">
      {isNarrow ? <>{t("Không có đơn vị nào như vậy.", "There is no such unit.")} <a href={all}>{t("Bỏ lọc", "Show all")}</a></> : t("Chưa có số liệu trong những ngày này.", "No numbers of these days yet.")}
    </p>
  );
}

/** Whether the numbers still move: a closed window says which of its editions this is, and the way to the others. */
function Closing({ one }: { one: Asked }) {
  const { closing } = board.value!;
  if (!closing) return null;
  if (closing.still_moves) {
    return (
      <>
        <span class="badge">{t("Kỳ đã chốt, số dưới đây vẫn đổi", "Closed, but these numbers go on")}</span>
        <span class="soft">{closing.still_moves === "provisional" ? t("Tạm tính theo bản ghi còn chờ duyệt; khi chốt chỉ giữ số đã công nhận.", "Provisional, with what waits for review: only recognised numbers were kept.") : t("Kỳ này chốt trước khi phần mềm giữ số tròn chục cho nơi khác xem.", "This window was closed before numbers in tens were kept for readers elsewhere.")}</span>
        {closing.still_moves === "provisional" && <a class="on-screen" href={write({ ...one, basis: undefined, cursor: undefined })}>{t("Xem số đã chốt", "See the closed numbers")}</a>}
      </>
    );
  }
  if (!closing.closed) return closing.closes_on ? <span class="badge calm">{t(`Còn mở, chốt từ ${fullDay(closing.closes_on)}`, `Open, closes on ${fullDay(closing.closes_on)}`)}</span> : null;
  const { revision, newest_revision, late, reason } = closing;
  return (
    <>
      <span class="badge good">{t("Đã chốt", "Closed")}</span>
      {(revision ?? 0) > 0 && <span class="badge" title={reason ?? undefined}>{t(`Bổ sung muộn, bản ${revision}`, `Late supplement ${revision}`)}</span>}
      {revision != null && newest_revision != null && revision < newest_revision && <a class="badge" href={write({ ...one, revision: undefined })}>{t(`Có bản ${newest_revision} mới hơn`, `Edition ${newest_revision} is newer`)}</a>}
      {(late ?? 0) > 0 && <span class="warn">{t(`${spell(late!)} người đến muộn, chưa vào bản này`, `${spell(late!)} came late and are not in it`)}</span>}
      <a class="on-screen" href={write({ ...one, from: undefined, to: undefined, campaign: undefined, revision: undefined, cursor: undefined, period: "start" })}>{t("Về số đang chạy", "Back to live numbers")}</a>
    </>
  );
}

/** What is to be known to read the rows rightly; only what holds of these. */
function Notes() {
  const { rows, basis, merged_to, metric, previous_from, previous_to, total, campaign_id, coverage } = board.value!;
  const notes = [
    basis === "recognised" && t("Chỉ tính bản ghi đã được công nhận.", "Recognised records only."),
    basis === "confirmed" && t("Chỉ tính người đã được nơi khác xác nhận: điểm tiếp nhận, danh sách công an, cuộc gọi kiểm tra.", "Only people whom somebody else confirmed: an office, a police list, a call-back."),
    basis === "provisional" && t("Tạm tính: cả người chỉ có trong bản ghi còn chờ duyệt. Chưa phải số để báo cáo.", "Provisional: with people whom only records tell of that are held. Not for reports."),
    total.rows_with_target < total.rows && total.rows_with_target > 0 && t(`Tỷ lệ chung tính trên ${spell(total.rows_with_target)} trong ${spell(total.rows)} đơn vị có chỉ tiêu.`, `The rate of all is of ${spell(total.rows_with_target)} of ${spell(total.rows)} units.`),
    previous_from != null && t(`Lên xuống so với kỳ trước: ${span(previous_from, previous_to)}.`, `Moves are since the window before: ${span(previous_from, previous_to)}.`),
    rows.some((row) => (row.held ?? 0) > 0) && t(`${spell(rows.reduce((sum, row) => sum + (row.held ?? 0), 0))} người của trang này còn chờ duyệt.`, `${spell(rows.reduce((sum, row) => sum + (row.held ?? 0), 0))} people of this page are held for review.`),
    rows.some((row) => row.tied) && t("Dấu = sau hạng: đồng hạng.", "= after a rank: shared."),
    rows.some((row) => row.merged) && merged_to != null && t(`Dấu ≈ và <: đơn vị khác chỉ kể từng nhóm đủ ${merged_to} người.`, `≈ and <: other units are told in whole groups of ${merged_to} people.`),
    metric === "rate" && rows.some((row) => row.rank == null && row.target != null) && t("Chỉ tiêu quá nhỏ thì có trong bảng mà không xếp hạng: một người đổi cả tỷ lệ.", "Small targets are listed and not ranked: one person would change the rate."),
    metric === "count" && asked.value.metric === "rate" && rows.some((row) => row.no_target === "not_by_union") && t("Chỉ tiêu giao chung, không tách cho từng lực lượng, nên ở đây xếp theo số người.", "The targets are for everybody and not by union: ranked by people here."),
    metric === "momentum" && t("Đà tăng: hơn kỳ trước bao nhiêu người, kỳ trước quy về cùng số ngày, tính theo điểm % của chỉ tiêu; nơi không ai có chỉ tiêu thì theo số người.", "Growth: how many more people than in the window before, brought to as many days, in points of the target; in people where nobody has a target."),
    campaign_id != null && t("Chỉ tiêu là của đợt ra quân. Bảng của đợt không chốt: số đến muộn vẫn được cộng vào.", "The targets are the campaign's. Its board is never closed: what comes late still counts."),
    metric === "rate" && total.rows_with_target > 0 && rows.some((row) => row.target == null) && t("Chưa có chỉ tiêu thì không xếp theo tỷ lệ; xem theo số người.", "Without a target nobody is ranked by rate; look by people."),
    rows.some((row) => row.target_error) && t("Vượt 100 % xếp như 100 %, ai đạt trước đứng trước.", "More than 100 % ranks as 100 %, the earliest first."),
    rows.some((row) => row.target_divided) && t("Chỉ tiêu chia: lấy phần đều theo thôn của đơn vị cũ.", "A divided target: equal shares of a former unit by village."),
    coverage != null && coverage.units_reporting < coverage.units_total && t(`Chưa nghe tin ${spell(coverage.units_total - coverage.units_reporting)} trong ${spell(coverage.units_total)} đơn vị: chưa có bản ghi nào của những ngày này và không máy nào báo về. Chưa nghe tin không phải là không có ai.`, `Nothing was heard of ${spell(coverage.units_total - coverage.units_reporting)} of ${spell(coverage.units_total)} units: no record of these days, and no phone told anything. That is not the same as nobody.`),
    rows.some((row) => row.part) && t("Một phần: chỉ những thôn nằm trong phạm vi của bảng.", "Part: only the villages that this board is about."),
    rows.some((row) => (row.unsent_estimate ?? 0) > 0) && t("Đơn vị còn bản ghi trên máy chưa hẳn đứng sau.", "A unit with records on phones may not be behind."),
  ].filter((note): note is string => typeof note === "string");
  return <ul class="notes soft">{notes.map((note) => <li key={note}>{note}</li>)}</ul>;
}
