/** Every step of the same window, and where people are lost between two. */
import { Loading } from "../kit.tsx";
import { hour, t } from "../words.ts";
import { Missing } from "./missing.tsx";
import { Note } from "./note.tsx";
import { asked, countOf, spellTenth, STAGES } from "./state.ts";
import { type Steps, useSteps } from "./steps.ts";

export function Funnel() {
  const { period, union } = asked.value;
  const steps = useSteps({ level: "commune", period, union });
  const title = t("Các bước, toàn tỉnh", "The steps, whole province");
  if (!steps.told && steps.why !== undefined) return <Missing title={title} asked={steps} as="steps-part" />;
  return (
    <section class="panel steps-part" aria-labelledby="funnel">
      <h2 id="funnel">{title}</h2>
      <Note about={t("Vì sao bước sau ít hơn bước trước?", "Why is each step smaller than the one before?")}>
        <p>{t("Mỗi bước đếm riêng, mỗi người một lần. Đã thu nhận hồ sơ chưa phải là kích hoạt: phải chờ duyệt, rồi kích hoạt trong bảy ngày. Chỗ hụt nhiều nhất là nơi cần đến nhà trước.", "Each step is counted by itself, each person once. Collected is not active: it must be approved, and then activated within seven days. Where most are lost is where to go first.")}</p>
      </Note>
      {!steps.told ? <Loading /> : (
        <>
          <Told steps={steps.told} />
          {steps.why === undefined
            ? <p class="soft">{t(`Số liệu lúc ${hour(steps.told.as_of)}, cập nhật mỗi phút.`, `As of ${hour(steps.told.as_of)}, every minute.`)}</p>
            : <p class="deeds"><span class="fault">{t(`Không tải được; đây là số lúc ${hour(steps.told.as_of)}.`, `Not loaded; these are as of ${hour(steps.told.as_of)}.`)}</span> <button type="button" class="quiet small" onClick={steps.again}>{t("Thử lại", "Try again")}</button></p>}
        </>
      )}
    </section>
  );
}

function Told({ steps: { counts, merged_to } }: { steps: Steps }) {
  const most = Math.max(1, ...counts);
  // Where most people are lost between two steps.
  const lostAt = counts.map((count, index) => (index === 0 ? 0 : counts[index - 1]! - count));
  const worst = lostAt.indexOf(Math.max(...lostAt));
  const people = (count: number) => countOf(count, merged_to);
  return (
    <>
      <ol class="funnel">
        {STAGES.map(([stage, name], index) => {
          const [count, before, lost] = [counts[index]!, counts[index - 1] ?? 0, lostAt[index]!];
          return (
            <li key={stage}>
              <span>{name}</span>
              <strong>{people(count)}</strong>
              {lost > 0 && <span class={index === worst ? "leak warn" : "leak soft"}>{t(`còn ${spellTenth((100 * count) / before)}% của bước trước, hụt ${people(lost)} người`, `${spellTenth((100 * count) / before)}% of the step before, ${people(lost)} people lost`)}</span>}
              <svg viewBox="0 0 100 12" preserveAspectRatio="none" width="100%" height="12" aria-hidden="true"><rect width={(100 * count) / most} height="12" rx="2" /></svg>
            </li>
          );
        })}
      </ol>
      {counts[2]! > counts[4]! && <p class="warn">{t(`${people(counts[2]! - counts[4]!)} người đã thu nhận hồ sơ mức 2 mà chưa kích hoạt.`, `${people(counts[2]! - counts[4]!)} people were collected and are not active yet.`)}</p>}
    </>
  );
}
