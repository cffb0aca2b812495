/** Settling a request: doing what was asked for, refusing it on a ground of the law, or the person wants it no more. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Choice, Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { t } from "../../words.ts";
import { SEXES } from "./person-words.tsx";
import type { Request } from "./rights.tsx";

type Decision = Schemas["RightsDecision"];
type Shown = NonNullable<Schemas["SettleRightsRequest"]["identity_shown"]>;

const DECISIONS: [Decision, string][] = [
  ["done", t("Làm theo yêu cầu", "Do what is asked for")],
  ["refuse", t("Từ chối", "Refuse")],
  ["withdrawn", t("Người dân không cần nữa", "They want it no more")],
];
export const GROUNDS: [string, string][] = [
  ["identity_not_shown", t("Không chứng minh được là ai", "Who they are was not shown")],
  ["law_requires_keeping", t("Luật buộc phải giữ", "The law requires keeping")],
  ["rights_of_others", t("Quyền của người khác", "Rights of others")],
  ["security", t("An ninh, trật tự", "Security")],
  ["not_kept_here", t("Không giữ ở đây", "Not kept here")],
  ["excessive", t("Yêu cầu quá mức, lặp lại", "Excessive")],
];
/** What cannot be taken back. */
const ERASING = ["erase", "withdraw", "object"];

export function Settle({ request, done }: { request: Request; done: () => void }) {
  const [decision, setDecision] = useState<Decision>("done");
  const [ground, setGround] = useState("");
  const [answer, setAnswer] = useState("");
  const [right, setRight] = useState({ name: "", phone: "", birth_year: "", sex: "" });
  const [seen, setSeen] = useState(false);
  const [shown, setShown] = useState<Shown | "">("");
  const { busy, why, run } = useDeed();
  const isDone = decision === "done";
  const corrects = isDone && request.kind === "correct";
  const erases = isDone && ERASING.includes(request.kind);
  // Whoever holds a slip, and whoever was received without a card, may be anybody.
  const mustShow = isDone && request.shown_by !== "card";
  const mustSee = erases && !mustShow;
  const set = (field: keyof typeof right) => (value: string) => setRight({ ...right, [field]: value });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          const correction = corrects ? { name: right.name.trim() || undefined, phone: right.phone.trim() || undefined, birth_year: Number(right.birth_year) || undefined, sex: right.sex || undefined } : undefined;
          const body = { decision, answer: answer.trim(), ground: decision === "refuse" ? ground : undefined, correction, identity_shown: mustShow && shown ? shown : undefined };
          await told(api.POST("/api/v1/rights-requests/{rights_request_id}/settlement", { params: { path: { rights_request_id: request.rights_request_id } }, body }));
          done();
        });
      }}
    >
      <h3>{t("Giải quyết", "Settle it")}</h3>
      <Trouble why={why} />
      <Choice id="decision" label={t("Quyết định", "Decision")} value={decision} chosen={(word) => { setDecision(word as Decision); setSeen(false); }}>{DECISIONS.map(([word, name]) => <option key={word} value={word}>{name}</option>)}</Choice>
      {decision === "refuse" && (
        <Choice id="ground" label={t("Căn cứ của luật", "Ground of the law")} value={ground} chosen={setGround} fault={faultAt(why, "/ground")}>
          <option value="">{t("chọn căn cứ", "choose one")}</option>
          {GROUNDS.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
        </Choice>
      )}
      {corrects && (
        <>
          <p class="soft">{t("Ghi điều đúng; bỏ trống thì giữ nguyên. Năm sinh, giới tính của người có số định danh là của số ấy.", "Write what is right; what is left empty stays. Birth year and sex of somebody with an ID number are those of the number.")}</p>
          <div class="pair">
            <Field id="right-name" label={t("Họ tên", "Name")} value={right.name} typed={set("name")} maxLength={200} fault={faultAt(why, "/correction/name")} />
            <Field id="right-phone" type="tel" label={t("Điện thoại", "Phone")} value={right.phone} typed={set("phone")} maxLength={30} fault={faultAt(why, "/correction/phone")} />
          </div>
          <div class="pair">
            <Field id="right-birth" label={t("Năm sinh", "Year of birth")} value={right.birth_year} typed={set("birth_year")} inputMode="numeric" maxLength={4} fault={faultAt(why, "/correction/birth_year")} />
            <Choice id="right-sex" label={t("Giới tính", "Sex")} value={right.sex} chosen={set("sex")} fault={faultAt(why, "/correction/sex")}>
              <option value="">{t("giữ nguyên", "as it is")}</option>
              {SEXES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
            </Choice>
          </div>
        </>
      )}
      <Field id="answer" label={t("Trả lời người dân: đã làm gì, hay vì sao không (không ghi tên)", "What the person is answered: what was done, or why not (no names)")} value={answer} typed={setAnswer} required maxLength={500} fault={faultAt(why, "/answer")} />
      {erases && <p class="warn">{t("Mọi dữ liệu của người này bị xóa ngay, lịch hẹn sắp tới bị hủy; số đếm vẫn giữ. Không hoàn tác được.", "Everything of this person is erased at once, and appointments to come are cancelled; counts stay. It cannot be undone.")}</p>}
      {mustShow && (
        <Choice id="shown" label={t("Đã xem người yêu cầu là ai bằng cách nào?", "How was it seen who asks?")} value={shown} chosen={(word) => setShown(word as Shown)} fault={faultAt(why, "/identity_shown")}>
          <option value="">{t("chọn", "choose")}</option>
          <option value="card">{t("Đã xem thẻ Căn cước", "They showed their card")}</option>
          {request.shown_by === "staff" && <option value="vouched">{t("Chưa có thẻ, trưởng thôn xác nhận", "They have none, the village head stands up for them")}</option>}
        </Choice>
      )}
      {mustSee && <label class="check"><input type="checkbox" checked={seen} onChange={(event) => setSeen(event.currentTarget.checked)} /> <span>{t("Tôi đã xem lại người yêu cầu là ai", "I have looked again at who is asking")}</span></label>}
      <div class="deeds"><button class={erases ? "danger quiet" : undefined} disabled={busy || (mustSee && !seen) || (mustShow && shown === "") || (decision === "refuse" && ground === "")}>{erases ? t("Xóa dữ liệu, giải quyết xong", "Erase and settle") : t("Giải quyết xong", "Settle it")}</button></div>
    </form>
  );
}
