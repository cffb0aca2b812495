/** An outreach activity: how many came, how many leaflets went out. Counts, and nobody's name. */
import { useState } from "preact/hooks";

import { Field, Heading, useDeed } from "../kit.tsx";
import { t } from "../words.ts";
import { useBegun } from "./begun.ts";
import { Pick } from "./choices.tsx";
import { SaveTrouble } from "./faults.tsx";
import { chosen } from "./lists.ts";
import { activity } from "./operation.ts";
import { save } from "./outbox.ts";
import { VillageChoice } from "./record.tsx";
import { say } from "./route.ts";
import { accountId } from "./session.ts";
import { Kept, Since } from "./since.tsx";
import { sync } from "./sync.ts";
import { activityKinds } from "./terms.ts";

const COUNT_MAX = 100_000;

/** A count as typed; `undefined` where nobody counted, NaN where it is none. */
function countOf(typed: string): number | undefined {
  const digits = typed.replace(/[.\s]/g, "");
  if (digits === "") return undefined;
  return /^\d+$/.test(digits) && Number(digits) <= COUNT_MAX ? Number(digits) : Number.NaN;
}

const NOTHING = { kind: "meeting", attended: "", leaflets: "", helped: "", text: "" };

export function Activity() {
  const { fields: typed, set, clear, since, isKept } = useBegun("/tuyen-truyen", NOTHING, {});
  const kind = typed.kind;
  const { busy, why, run } = useDeed();
  const counts = { attended: countOf(typed.attended), leaflets: countOf(typed.leaflets), helped: countOf(typed.helped) };
  const fault = (count: number | undefined) => (Number.isNaN(count) ? t("Chỉ gồm chữ số, tối đa 100.000.", "Digits only, at most 100,000.") : undefined);
  const village = chosen.value;
  const [judged, setJudged] = useState(false);
  const isWhole = village !== undefined && !Object.values(counts).some(Number.isNaN);
  return (
    <>
      <Heading>{t("Buổi tuyên truyền", "Outreach activity")}</Heading>
      <Since at={since} clear={() => void clear()} />
      <SaveTrouble why={why} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setJudged(true);
          if (!isWhole) return;
          void run(async () => {
            const author = accountId();
            if (!author || village === undefined) return;
            await save(author, [activity(author, village, { activity: kind, ...counts, text: typed.text.trim() || undefined })]);
            await clear();
            say(t("Đã lưu buổi tuyên truyền trên máy.", "The activity is saved on this phone."), "/so");
            void sync();
          });
        }}
      >
        <VillageChoice />
        {judged && village === undefined && <p class="fault">{t("Hãy chọn thôn, khu phố.", "Choose a village.")}</p>}
        <Pick name="activity" label={t("Hình thức", "Kind")} value={kind} options={activityKinds} chosen={(kind) => set({ kind })} />
        <div class="pair">
          <Field id="attended" label={t("Số người dự", "How many came")} value={typed.attended} typed={(attended) => set({ attended })} inputMode="numeric" autocomplete="off" maxLength={7} fault={fault(counts.attended)} />
          <Field id="leaflets" label={t("Số tờ rơi đã phát", "Leaflets given out")} value={typed.leaflets} typed={(leaflets) => set({ leaflets })} inputMode="numeric" autocomplete="off" maxLength={7} fault={fault(counts.leaflets)} />
          <Field id="helped" label={t("Số người được giúp trên máy", "Helped on their phones")} value={typed.helped} typed={(helped) => set({ helped })} inputMode="numeric" autocomplete="off" maxLength={7} fault={fault(counts.helped)} />
        </div>
        <Field id="text" label={t("Ghi chú, không ghi tên ai (nếu có)", "A note without names (if any)")} value={typed.text} typed={(text) => set({ text })} autocomplete="off" maxLength={500} />
        <p class="soft">{t("Ô nào không đếm thì để trống. Người được giúp vẫn phải ghi nhận từng người.", "Leave empty what nobody counted. Whoever was helped is still recorded one by one.")}</p>
        <button disabled={busy}>{t("Lưu buổi tuyên truyền", "Save the activity")}</button>
        <Kept isKept={isKept} />
      </form>
    </>
  );
}
