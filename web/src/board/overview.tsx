/** Where we stand: the total, the steps, who leads and who lags, and how far it can be believed. */
import { useEffect, useState } from "preact/hooks";

import { api, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Loading, Trouble } from "../kit.tsx";
import { may } from "../session.ts";
import { hour, lower, spellDay, t, day as dayOf } from "../words.ts";
import { Today } from "./lazy.tsx";
import { TileMap } from "./map.tsx";
import { Missing } from "./missing.tsx";
import { Note } from "./note.tsx";
import { Share } from "./share.tsx";
import { asked, board, CLASSES, doubtOf, grades, LEVELS, lost, METRICS, nameOf, PERIODS, queryOf, type Row, spell, spellTenth, STAGES, UNIONS } from "./state.ts";
import { Trend } from "./trend.tsx";

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
        <Ask id="period" name={t("Thời gian", "Window")} list={PERIODS} value={asked.value.period} set={(period) => (asked.value = { ...asked.value, period })} />
        <Ask id="metric" name={t("Theo", "By")} list={METRICS} value={asked.value.metric} set={(metric) => (asked.value = { ...asked.value, metric })} />
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
  const { total, as_of, previous_to, basis, merged_to } = board.value!;
  const numbers: [string, string, string?][] = [
    [nameOf(STAGES, board.value!.stage), spell(total.count)],
    [t("Chỉ tiêu", "Target"), total.target == null ? "–" : spell(total.target)],
    [t("Đạt, %", "Reached, %"), total.rate_percent == null ? "–" : spellTenth(total.rate_percent), "good"],
    [t("Đã xác nhận, %", "Confirmed, %"), total.count === 0 ? "–" : spellTenth((100 * total.confirmed) / total.count)],
    [t("Không để lại tên", "Without a name"), spell(total.anonymous)],
  ];
  return (
    <>
      <dl class="counts">
        {numbers.map(([name, number, tone]) => <div key={name} class={tone}><dt>{name}</dt><dd>{number}</dd></div>)}
      </dl>
      <p class="soft fresh">
        {t(`Số liệu lúc ${hour(as_of)}`, `As of ${hour(as_of)}`)}
        {basis === "recognised" && t(", chỉ tính bản ghi đã được công nhận", ", recognised records only")}
        {total.rows_with_target < total.rows && t(`; tỷ lệ tính trên ${total.rows_with_target} trong ${total.rows} đơn vị có chỉ tiêu`, `; the rate is of ${total.rows_with_target} of ${total.rows} units`)}
        {asked.value.period !== "start" && t(`; thứ hạng so với kỳ trước, đến ${lower(spellDay(previous_to, dayOf(new Date())))}`, `; ranks compared with the window before, to ${spellDay(previous_to, dayOf(new Date()))}`)}
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
  const most = asked.value.metric === "count" ? Math.max(1, ...rows.map((row) => row.count)) : Math.max(100, ...rows.map((row) => row.rate_percent ?? 0));
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
                <th scope="col" class="share"><span class="unseen">{asked.value.metric === "count" ? t("So với đơn vị dẫn đầu", "Against the first") : t("So với chỉ tiêu", "Against the target")}</span></th>
                <th scope="col" class="number more">{t("Xác nhận, %", "Confirmed, %")}</th>
                {isGraded && <th scope="col">{t("Tin cậy", "Trust")}</th>}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => {
                const doubt = doubtOf(row.unit_id);
                const value = asked.value.metric === "count" ? row.count : row.rate_percent ?? 0;
                return (
                  <tr key={row.unit_id ?? row.mass_union ?? row.name} class={chosen !== undefined && chosen !== null && row.unit_id === chosen ? "chosen" : undefined}>
                    <td class="number rank">{row.rank ?? "–"}</td>
                    <td><Moved by={row.rank_change} /></td>
                    <th scope="row">{row.name}{row.class && <span class="soft"> {lower(nameOf(CLASSES, row.class))}</span>}{row.target_error && <span class="warn"> {t("xem lại chỉ tiêu", "check the target")}</span>}</th>
                    <td class="number">{spell(row.count)}</td>
                    <td class="number more">{row.target == null ? "–" : spell(row.target)}</td>
                    <td class="number">{row.rate_percent == null ? "–" : spellTenth(row.rate_percent)}</td>
                    <Share value={value} most={most} />
                    <td class="number more">{row.count === 0 ? "–" : spellTenth((100 * row.confirmed) / row.count)}</td>
                    {isGraded && <td>{row.unit_id != null && grades.value.get(row.unit_id)?.grade}{doubt && <span class="warn" title={doubt.reason}> {t("cần kiểm tra", "to be checked")}</span>}</td>}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
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
        <strong>{spell(row.count)}</strong> {t("người", "people")}{row.target != null && <> / {spell(row.target)}</>}
        {row.pace_per_day != null && row.pace_per_day >= 0.05 && <>, {t(`${spellTenth(row.pace_per_day)} người mỗi ngày`, `${spellTenth(row.pace_per_day)} a day`)}</>}.
        {row.forecast_on != null && t(` Với đà này đạt chỉ tiêu: ${lower(spellDay(row.forecast_on, dayOf(new Date())))}.`, ` At this pace the target is reached: ${spellDay(row.forecast_on, dayOf(new Date()))}.`)}
        {row.league_rank != null && t(` Hạng ${row.league_rank} trong nhóm chỉ tiêu thứ ${row.league}.`, ` ${row.league_rank} of league ${row.league}.`)}
      </p>
      {(row.unsent_estimate ?? 0) > 0 && <p class="warn">{t(`Còn khoảng ${spell(row.unsent_estimate!)} lượt trên máy chưa gửi về: đơn vị này chưa hẳn đứng sau.`, `About ${spell(row.unsent_estimate!)} operations wait on phones: this unit may not be behind.`)}</p>}
      {(row.late_percent ?? 0) > 0 && <p class="soft">{t(`${spellTenth(row.late_percent!)}% số này đến muộn hơn ba ngày.`, `${spellTenth(row.late_percent!)}% came more than three days late.`)}</p>}
      {grade && <p class={doubtOf(row.unit_id) ? "warn" : "soft"}>{grade.grade === "–" ? t("Chưa xếp loại tin cậy", "No grade of trust yet") : `${t("Tin cậy", "Trust")} ${grade.grade}`}: {grade.reason}</p>}
    </section>
  );
}

/** Every step of the same window, and where people are lost between two. */
function Funnel() {
  const { period, union } = asked.value;
  const steps = useAsked(`${period} ${union} ${board.value?.as_of}`, () =>
    Promise.all(STAGES.map(async ([stage]) => (await told(api.GET("/api/v1/leaderboards/{level}", { params: { path: { level: "commune" }, query: { ...queryOf(asked.value), stage, metric: "count", class: undefined, within: undefined, limit: 1 } } }))).total.count)),
  );
  const [kept, keep] = useState<number[]>();
  if (steps.told && steps.told !== kept) keep(steps.told);
  const counts = steps.told ?? kept;
  const title = t("Các bước, toàn tỉnh", "The steps, whole province");
  if (!counts) return <Missing title={title} asked={steps} as="steps-part" />;
  const most = Math.max(1, ...counts);
  // Where most people are lost between two steps.
  const lostAt = counts.map((count, index) => (index === 0 ? 0 : counts[index - 1]! - count));
  const worst = lostAt.indexOf(Math.max(...lostAt));
  return (
    <section class="panel steps-part" aria-labelledby="funnel">
      <h2 id="funnel">{title}</h2>
      <Note about={t("Vì sao bước sau ít hơn bước trước?", "Why is each step smaller than the one before?")}>
        <p>{t("Mỗi bước đếm riêng, mỗi người một lần. Đã thu nhận hồ sơ chưa phải là kích hoạt: phải chờ duyệt, rồi kích hoạt trong bảy ngày. Chỗ hụt nhiều nhất là nơi cần đến nhà trước.", "Each step is counted by itself, each person once. Collected is not active: it must be approved, and then activated within seven days. Where most are lost is where to go first.")}</p>
      </Note>
      <ol class="funnel">
        {STAGES.map(([stage, name], index) => (
          <li key={stage}>
            <span>{name}</span>
            <strong>{spell(counts[index]!)}</strong>
            {index > 0 && counts[index - 1]! > counts[index]! && (
              <span class={index === worst ? "leak warn" : "leak soft"}>{t(`còn ${spellTenth((100 * counts[index]!) / counts[index - 1]!)}% của bước trước, hụt ${spell(counts[index - 1]! - counts[index]!)} người`, `${spellTenth((100 * counts[index]!) / counts[index - 1]!)}% of the step before, ${spell(counts[index - 1]! - counts[index]!)} people lost`)}</span>
            )}
            <svg viewBox="0 0 100 12" preserveAspectRatio="none" width="100%" height="12" aria-hidden="true"><rect width={(100 * counts[index]!) / most} height="12" rx="2" /></svg>
          </li>
        ))}
      </ol>
      {counts[2]! > counts[4]! && <p class="warn">{t(`${spell(counts[2]! - counts[4]!)} người đã thu nhận hồ sơ mức 2 mà chưa kích hoạt.`, `${spell(counts[2]! - counts[4]!)} people were collected and are not active yet.`)}</p>}
    </section>
  );
}
