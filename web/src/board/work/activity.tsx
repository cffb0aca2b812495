/** One activity with its author's words and what was said about it since: corrected, taken back, and back again. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { activityKinds } from "../../app/terms.ts";
import { useAsked } from "../../ask.ts";
import { Dialog } from "../../dialog.tsx";
import { Choice, Field, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { spellTime, t } from "../../words.ts";
import { useNames } from "../admin/people.ts";
import { Failed } from "../admin/pieces.tsx";
import { labelOf, type Units } from "../admin/units.ts";
import { date, readCount, spell } from "../report/numbers.ts";
import { kindName, spellCounts } from "./outreach.tsx";

type Detail = Schemas["OutreachActivityDetail"];

interface Props {
  id: string;
  units: Units | undefined;
  close: () => void;
  changed: (said: string) => void;
}

export function OneActivity({ id, units, close, changed }: Props) {
  const found = useAsked(id, () => told(api.GET("/api/v1/activities/{activity_id}", { params: { path: { activity_id: id } } })));
  const nameOfAccount = useNames();
  const [now, setNow] = useState<Detail>();
  const [does, setDoes] = useState<"correct" | "void">("correct");
  const { busy, why, run } = useDeed();
  const detail = now ?? found.told;
  if (!detail) return <Dialog title={t("Buổi tuyên truyền", "An activity")} close={close}>{found.why === undefined ? <Loading /> : <Failed why={found.why} again={found.again} />}</Dialog>;
  const { activity, author_name, text, corrections } = detail;
  const done = (next: Detail, said: string) => {
    setNow(next);
    changed(said);
  };
  return (
    <Dialog title={`${kindName(activity.activity)}, ${date(activity.on_day)}`} close={close} wide>
      <p>{labelOf(units, activity.village_id)}; {t("người ghi", "by")} {author_name}. {spellCounts(activity)} {activity.is_voided && <span class="badge calm">{t("đã hủy", "taken back")}</span>}</p>
      {text && <blockquote class="said-words" lang="vi">{text}</blockquote>}
      <Trouble why={why} />
      {corrections.length > 0 && (
        <>
          <h3>{t("Đã sửa gì", "What was corrected")}</h3>
          <ol class="cases">
            {corrections.map((one) => (
              <li key={one.correction_id}>
                <p><strong>{one.voids ? t("Hủy", "Taken back") : t(`Sửa: ${kindName(one.activity)}, ${spellCounts(one)}`, `Corrected: ${kindName(one.activity)}, ${spellCounts(one)}`)}</strong>: {one.reason}<br /><span class="soft">{nameOfAccount(one.corrected_by)}, {spellTime(one.corrected_at)}{one.undone_at && t(`; đã hoàn tác ${spellTime(one.undone_at)}`, `; undone ${spellTime(one.undone_at)}`)}</span></p>
                {one.correction_id === activity.correction_id && <p class="deeds"><button type="button" class="quiet small" disabled={busy} onClick={() => void run(async () => done(await told(api.POST("/api/v1/activity-corrections/{correction_id}/undo", { params: { path: { correction_id: one.correction_id } } })), t("Đã hoàn tác: lời trước đó lại có hiệu lực.", "Undone: what was said before holds again.")))}>{t("Hoàn tác", "Undo")}</button></p>}
              </li>
            ))}
          </ol>
        </>
      )}
      {!activity.is_voided && (
        <>
          <div class="deeds tabs-like" role="group" aria-label={t("Làm gì", "What to do")}>
            <button type="button" class={does === "correct" ? "small" : "quiet small"} aria-pressed={does === "correct"} onClick={() => setDoes("correct")}>{t("Sửa", "Correct")}</button>
            <button type="button" class={does === "void" ? "small" : "quiet small"} aria-pressed={does === "void"} onClick={() => setDoes("void")}>{t("Hủy", "Take back")}</button>
          </div>
          {does === "correct" ? <Correct key={activity.correction_id} detail={detail} done={done} /> : <TakeBack id={id} done={done} />}
        </>
      )}
    </Dialog>
  );
}

type Done = (next: Detail, said: string) => void;
const COUNTS = ["attended", "leaflets", "helped"] as const;
const COUNT_NAMES = { attended: t("Người dự", "Attended"), leaflets: t("Tờ rơi", "Leaflets"), helped: t("Được giúp", "Helped") };

function Correct({ detail: { activity }, done }: { detail: Detail; done: Done }) {
  const [kind, setKind] = useState(activity.activity);
  const [typed, type] = useState({ attended: spell(activity.attended), leaflets: spell(activity.leaflets), helped: spell(activity.helped) });
  const [reason, setReason] = useState("");
  const { busy, why, run } = useDeed();
  const isWrong = COUNTS.some((name) => readCount(typed[name]) === undefined);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isWrong) return;
        void run(async () => {
          const counts = { attended: readCount(typed.attended), leaflets: readCount(typed.leaflets), helped: readCount(typed.helped) };
          const body = { activity: kind, ...counts, reason: reason.trim() };
          done(await told(api.POST("/api/v1/activities/{activity_id}/corrections", { params: { path: { activity_id: activity.activity_id } }, body })), t("Đã sửa buổi tuyên truyền.", "The activity is corrected."));
        });
      }}
    >
      <Trouble why={why} />
      <Choice id="activity-kind" label={t("Hình thức", "Kind")} value={kind} chosen={setKind} fault={faultAt(why, "/activity")}>
        {!activityKinds.some(([word]) => word === kind) && <option value={kind}>{kind}</option>}
        {activityKinds.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
      </Choice>
      <div class="pair">
        {COUNTS.map((name) => <Field key={name} id={name} label={COUNT_NAMES[name]} value={typed[name]} typed={(value) => type({ ...typed, [name]: value })} inputMode="numeric" fault={readCount(typed[name]) === undefined ? t("Chỉ gồm chữ số.", "Digits only.") : faultAt(why, `/${name}`)} hint={t("Bỏ trống: không đếm.", "Empty: not counted.")} />)}
      </div>
      <Field id="reason" label={t("Vì sao (không ghi tên công dân)", "Why (no names of citizens)")} value={reason} typed={setReason} required maxLength={200} fault={faultAt(why, "/reason")} />
      <div class="deeds"><button disabled={busy || isWrong}>{t("Ghi bản sửa", "Write the correction")}</button></div>
    </form>
  );
}

function TakeBack({ id, done }: { id: string; done: Done }) {
  const [reason, setReason] = useState("");
  const { busy, why, run } = useDeed();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => done(await told(api.POST("/api/v1/activities/{activity_id}/voiding", { params: { path: { activity_id: id } }, body: { reason: reason.trim() } })), t("Đã hủy: buổi này không tính nữa.", "Taken back: it counts nowhere.")));
      }}
    >
      <p class="soft">{t("Không có thật, hay ghi hai lần: không tính ở đâu nữa, vẫn được giữ, và hoàn tác được.", "It did not happen, or was told twice: it counts nowhere, is kept, and may be undone.")}</p>
      <Trouble why={why} />
      <Field id="reason" label={t("Vì sao (không ghi tên công dân)", "Why (no names of citizens)")} value={reason} typed={setReason} required maxLength={200} fault={faultAt(why, "/reason")} />
      <div class="deeds"><button class="quiet danger" disabled={busy}>{t("Hủy buổi này", "Take it back")}</button></div>
    </form>
  );
}
