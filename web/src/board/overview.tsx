/** Where we stand: the total, the steps, who leads and who lags, and how far it can be believed. */
import { useEffect, useState } from "preact/hooks";

import { api, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Loading, Trouble } from "../kit.tsx";
import { may } from "../session.ts";
import { hour, lower, spellDay, t, day as dayOf } from "../words.ts";
import { Funnel } from "./funnel.tsx";
import { Today } from "./lazy.tsx";
import { TileMap } from "./map.tsx";
import { Note } from "./note.tsx";
import { Share } from "./share.tsx";
import { asked, board, byMetric, CLASSES, confirmedOf, countOf, doubtOf, grades, groupOf, LEVELS, lost, METRICS, nameOf, ofPeriod, PERIODS, type Row, spell, spellTenth, STAGES, UNIONS } from "./state.ts";
import { Counts } from "./total.tsx";
import { Trend } from "./trend.tsx";
import { write } from "./views/address.ts";
import { span } from "./views/spell.ts";

export function Overview() {
  const [chosen, choose] = useState<Row>();
  const units = useAsked("communes-to-look-into", async () => (await told(api.GET("/api/v1/units", { params: { query: { level: "commune", limit: 200 } } }))).items);
  useEffect(() => choose(undefined), [board.value?.level]);
  const row = chosen && board.value?.rows.find((one) => one.unit_id === chosen.unit_id);
  return (
    <>
      <h1 class="unseen">{t("Bảng chỉ huy", "The board")}</h1>
      <form class="panel asked" onSubmit={(event) => event.preventDefault()}>
        <Ask id="level" name={t("Xếp hạng", "Rank")} list={LEVELS} value={asked.value.level} set={(level) => (asked.value = { ...asked.value, level, within: undefined })} />
        {asked.value.level === "village" && (
          <label>
            <span>{t("Trong xã", "Within")}</span>
            <select value={String(asked.value.within ?? "")} onChange={(event) => (asked.value = { ...asked.value, within: Number(event.currentTarget.value) || undefined })}>
              <option value="">{t("cả đơn vị của tôi", "my whole unit")}</option>
              {units.told?.map((one) => <option key={one.unit_id} value={String(one.unit_id)}>{one.name}</option>)}
            </select>
          </label>
        )}
        <Ask id="stage" name={t("Bước", "Step")} list={STAGES} value={asked.value.stage} set={(stage) => (asked.value = { ...asked.value, stage })} />
        <Ask id="period" name={t("Thời gian", "Window")} list={PERIODS} value={asked.value.period} set={(period) => (asked.value = { ...asked.value, ...ofPeriod(asked.value, period) })} />
        <Ask id="metric" name={t("Theo", "By")} list={METRICS} value={asked.value.metric} set={(metric) => (asked.value = { ...asked.value, ...byMetric(asked.value, metric) })} />
        {asked.value.level !== "union" && <Ask id="union" name={t("Lực lượng", "Union")} list={UNIONS} value={asked.value.union} set={(union) => (asked.value = { ...asked.value, union })} />}
        {asked.value.level === "commune" && <Ask id="class" name={t("Vùng", "Class")} list={CLASSES} value={asked.value.class} set={(next) => (asked.value = { ...asked.value, class: next })} />}
      </form>
      {!board.value ? (lost.value === undefined ? <Loading /> : <Trouble why={lost.value} />) : (
        <>
          <Total />
          <div class="wall">
            <div class="stack">
              <Ranks chosen={row?.unit_id} />
              <Funnel />
            </div>
            <div class="stack">
              <TileMap chosen={row?.unit_id ?? undefined} choose={choose} />
              {row && <One row={row} />}
              {may("read_brief") && <Today />}
              <Trend />
            </div>
          </div>
        </>
      )}
    </>
  );
}

function Ask({ id, name, list, value, set }: { id: string; name: string; list: [string, string][]; value: string; set: (word: string) => void }) {
  return (
    <label>
      <span>{name}</span>
      <select id={id} value={value} onChange={(event) => set(event.currentTarget.value)}>
        {list.map(([word, label]) => <option key={word} value={word}>{label}</option>)}
      </select>
    </label>
  );
}

/** Everything together, and when it was read. */
function Total() {
  const { total, as_of, previous_from, previous_to, basis, merged_to } = board.value!;
  return (
    <>
      <Counts />
      <p class="soft fresh">
        {t(`Số liệu lúc ${hour(as_of)}`, `As of ${hour(as_of)}`)}
        {basis === "recognised" && t(", chỉ tính bản ghi đã được công nhận", ", recognised records only")}
        {total.rows_with_target < total.rows && t(`; tỷ lệ tính trên ${total.rows_with_target} trong ${total.rows} đơn vị có chỉ tiêu`, `; the rate is of ${total.rows_with_target} of ${total.rows} units`)}
        {previous_from != null && t(`; thứ hạng so với kỳ trước, ${span(previous_from, previous_to)}`, `; ranks compared with the window before, ${span(previous_from, previous_to)}`)}
        {merged_to != null && t(`; đơn vị khác chỉ hiện từng nhóm đủ ${merged_to} người`, `; other units in whole groups of ${merged_to} people`)}.
      </p>
    </>
  );
}

function Ranks({ chosen }: { chosen: number | null | undefined }) {
  const { rows } = board.value!;
  // Where nobody has answered yet a column of dashes says nothing.
  const isGraded = rows.some((row) => row.unit_id != null && (grades.value.get(row.unit_id)?.answered ?? 0) > 0);
  // A full bar is the whole target, or the most that somebody did beyond it; of counts, the most.
  const most = board.value!.metric === "count" ? Math.max(1, ...rows.map((row) => row.count)) : Math.max(100, ...rows.map((row) => row.rate_percent ?? 0));
  return (
    <section class="panel" aria-labelledby="ranks">
      <h2 id="ranks">{nameOf(LEVELS, board.value!.level)}, {lower(nameOf(STAGES, board.value!.stage))}</h2>
      <Note about={t("Hạng, %, xác nhận tính thế nào?", "How are ranks, % and confirmed counted?")}>
        <p>{t("% là số người so với chỉ tiêu; vượt 100 % là bình thường, ai đạt trước đứng trước. Bằng nhau thì cùng hạng. ▲ ▼ là lên, xuống so với kỳ trước.", "% is people against the target; more than 100 % is normal, and the earliest stands first. Equals share a rank. ▲ ▼ tell the places won or lost since the window before.")}</p>
        <p>{t("Xác nhận là phần đã có nguồn thứ hai: điểm tiếp nhận, danh sách công an, cuộc gọi lại. Phần còn lại do tình nguyện viên tự khai.", "Confirmed is the part with a second source: an office, a police list, a call-back. The rest volunteers report themselves.")}</p>
      </Note>
      {rows.length === 0 ? <p class="empty">{t("Chưa có số liệu.", "No numbers yet.")}</p> : (
        <div class="scroll" tabIndex={0} role="region" aria-label={t("Bảng xếp hạng", "The ranks")}>
          <table class="ranks">
            <thead>
              <tr>
                <th scope="col" class="number">{t("Hạng", "Rank")}</th>
                <th scope="col"><span class="unseen">{t("Lên xuống", "Change")}</span></th>
                <th scope="col">{t("Đơn vị", "Unit")}</th>
                <th scope="col" class="number">{t("Số người", "People")}</th>
                <th scope="col" class="number more">{t("Chỉ tiêu", "Target")}</th>
                <th scope="col" class="number">%</th>
                <th scope="col" class="share"><span class="unseen">{board.value!.metric === "count" ? t("So với đơn vị dẫn đầu", "Against the first") : t("So với chỉ tiêu", "Against the target")}</span></th>
                <th scope="col" class="number more">{t("Xác nhận, %", "Confirmed, %")}</th>
                {isGraded && <th scope="col">{t("Tin cậy", "Trust")}</th>}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => {
                const doubt = doubtOf(row.unit_id);
                const value = board.value!.metric === "count" ? row.count : row.rate_percent ?? 0;
                return (
                  <tr key={row.unit_id ?? row.mass_union ?? row.name} class={chosen !== undefined && chosen !== null && row.unit_id === chosen ? "chosen" : undefined}>
                    <td class="number rank">{row.rank ?? "–"}</td>
                    <td><Moved by={row.rank_change} /></td>
                    <th scope="row">{row.name}{row.class && <span class="soft"> {lower(nameOf(CLASSES, row.class))}</span>}{row.target_error && <span class="warn"> {t("xem lại chỉ tiêu", "check the target")}</span>}</th>
                    <td class="number">{countOf(row.count, groupOf(row))}</td>
                    <td class="number more">{row.target == null ? "–" : spell(row.target)}</td>
                    <td class="number">{row.rate_percent == null ? "–" : spellTenth(row.rate_percent)}</td>
                    <Share value={value} most={most} />
                    <td class="number more">{confirmedOf(row, groupOf(row)) ?? "–"}</td>
                    {isGraded && <td>{row.unit_id != null && grades.value.get(row.unit_id)?.grade}{doubt && <span class="warn" title={doubt.reason}> {t("cần kiểm tra", "to be checked")}</span>}</td>}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      <Rest />
    </section>
  );
}

/** That there are more rows than stand here, and where: who lags is among them. */
function Rest() {
  const { level, next_cursor, rows, total } = board.value!;
  if (!next_cursor) return null;
  const all = `${spell(total.rows)} ${lower(nameOf(LEVELS, level))}`;
  return <p>{t(`${spell(rows.length)} trong ${all}`, `${spell(rows.length)} of ${all}`)}: <a href={write(asked.value)}>{t("xem tất cả", "see all")}</a></p>;
}

function Moved({ by }: { by: number | null | undefined }) {
  if (!by) return null;
  return by > 0 ? <span class="good">▲ <span class="unseen">{t("lên", "up")} </span>{by}</span> : <span class="fault">▼ <span class="unseen">{t("xuống", "down")} </span>{-by}</span>;
}

/** The tile that was chosen, in words. */
function One({ row }: { row: Row }) {
  const grade = row.unit_id == null ? undefined : grades.value.get(row.unit_id);
  return (
    <section class="panel" aria-live="polite">
      <h2>{row.name}</h2>
      <p>
        {row.rank != null && <>{t("Hạng", "Rank")} <strong>{row.rank}</strong>{row.class_rank != null && t(`, hạng ${row.class_rank} trong vùng`, `, ${row.class_rank} of its class`)}. </>}
        <strong>{countOf(row.count, groupOf(row))}</strong> {t("người", "people")}{row.target != null && <> / {spell(row.target)}</>}
        {row.pace_per_day != null && row.pace_per_day >= 0.05 && <>, {t(`${spellTenth(row.pace_per_day)} người mỗi ngày`, `${spellTenth(row.pace_per_day)} a day`)}</>}.
        {row.forecast_on != null && t(` Với đà này đạt chỉ tiêu: ${lower(spellDay(row.forecast_on, dayOf(new Date())))}.`, ` At this pace the target is reached: ${spellDay(row.forecast_on, dayOf(new Date()))}.`)}
        {row.league_rank != null && t(` Hạng ${row.league_rank} trong nhóm chỉ tiêu thứ ${row.league}.`, ` ${row.league_rank} of league ${row.league}.`)}
      </p>
      {(row.unsent_estimate ?? 0) > 0 && <p class="warn">{t(`Còn khoảng ${spell(row.unsent_estimate!)} lượt trên máy chưa gửi về: đơn vị này chưa hẳn đứng sau.`, `About ${spell(row.unsent_estimate!)} operations wait on phones: this unit may not be behind.`)}</p>}
      {(row.late_percent ?? 0) > 0 && <p class="soft">{t(`${spellTenth(row.late_percent!)}% số này đến muộn hơn ba ngày.`, `${spellTenth(row.late_percent!)}% came more than three days late.`)}</p>}
      {grade && <p class={doubtOf(row.unit_id) ? "warn" : "soft"}>{grade.grade === "–" ? t("Chưa xếp loại tin cậy", "No grade of trust yet") : `${t("Tin cậy", "Trust")} ${grade.grade}`}: <span lang="vi">{grade.reason}</span>{doubtOf(row.unit_id) && may("reconcile_numbers") && <> <a href="#du-lieu/tin-cay">{t("Xem và xử lý", "See and act")}</a></>}</p>}
    </section>
  );
}
