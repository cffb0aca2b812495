/** What people ask about their own data: the register, the most overdue first, and receiving a request. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Choice } from "../../kit.tsx";
import { may } from "../../session.ts";
import { spellTime, t } from "../../words.ts";
import { labelOf, useUnits } from "../admin/units.ts";
import { Note } from "../note.tsx";
import { Listed, usePaged } from "../paged.tsx";
import { date } from "../report/numbers.ts";
import { nameOf, spell } from "../state.ts";
import { TakeList } from "../take-list.tsx";
import { Receive } from "./receive-right.tsx";
import { OneRequest } from "./right.tsx";

export type Request = Schemas["RightsRequest"];

const PAGE = 30;
export const KINDS: [Schemas["RightsKind"], string][] = [
  ["access", t("Xem, lấy bản sao", "See them, and a copy")],
  ["correct", t("Sửa dữ liệu", "Correct them")],
  ["erase", t("Xóa dữ liệu", "Erase them")],
  ["withdraw", t("Rút lại sự đồng ý", "Withdraw the consent")],
  ["restrict", t("Hạn chế xử lý", "Restrict their use")],
  ["object", t("Phản đối xử lý", "Object to their use")],
];
const STATES: [string, string][] = [
  ["received", t("mới nhận", "received")],
  ["acknowledged", t("đã xác nhận", "acknowledged")],
  ["extended", t("đã gia hạn", "extended")],
  ["done", t("đã làm", "done")],
  ["refused", t("từ chối", "refused")],
  ["withdrawn", t("người dân rút", "withdrawn")],
];

export const stateName = (word: string) => nameOf(STATES, word);

/** How many working days are left, or over. */
export function Left({ one }: { one: Request }) {
  const days = one.days_left;
  if (days == null) return <span class="soft">{stateName(one.state)}</span>;
  const step = one.acknowledged_at ? t("trả lời", "to settle") : t("xác nhận", "to acknowledge");
  if (days < 0) return <span class="badge grave">{t(`quá hạn ${step} ${spell(-days)} ngày làm việc`, `${spell(-days)} working days late ${step}`)}</span>;
  return <span class={days <= 1 ? "badge" : "badge calm"}>{days === 0 ? t(`hôm nay là ngày cuối để ${step}`, `today is the last day ${step}`) : t(`còn ${spell(days)} ngày làm việc để ${step}`, `${spell(days)} working days left ${step}`)}</span>;
}

export function Rights() {
  return (
    <>
      <h1 class="unseen">{t("Quyền của người dân về dữ liệu", "What people ask about their data")}</h1>
      <div class="halves">
        {may("decide_rights") && <Register />}
        <Receive />
      </div>
    </>
  );
}

function Register() {
  const [settled, setSettled] = useState(false);
  const [chosen, choose] = useState<string>();
  const units = useUnits();
  const list = usePaged(`rights ${settled}`, (cursor) => told(api.GET("/api/v1/rights-requests", { params: { query: { settled, cursor, limit: PAGE } } })));
  return (
    <section class="panel" aria-labelledby="register">
      <div class="panel-head">
        <h2 id="register">{t("Sổ yêu cầu", "The register")}</h2>
        <Choice id="rights-shown" label={t("Hiện", "Show")} value={settled ? "settled" : "open"} chosen={(word) => setSettled(word === "settled")}>
          <option value="open">{t("đang mở, gấp nhất trước", "open, the most urgent first")}</option>
          <option value="settled">{t("đã giải quyết", "settled")}</option>
        </Choice>
        <div class="deeds"><TakeList asked={{ table: "rights" }} ofDays title={t("Sổ yêu cầu về dữ liệu", "The register of requests")} says={t("Mọi yêu cầu đang mở, và những yêu cầu đã giải quyết trong những ngày này. Không có tên ai.", "Every open request, and those that were settled on these days. It names nobody.")} /></div>
      </div>
      <Note about={t("Hạn tính thế nào?", "How are days counted?")}>
        <p>{t("Tính bằng ngày làm việc, ngày nhận không tính: xác nhận trong 2 ngày; xem và sửa 10 ngày; rút, hạn chế, phản đối 15 ngày; xóa 20 ngày. Gia hạn được một lần, kèm lý do báo cho người dân. Danh sách không có tên; mỗi lần mở một yêu cầu được ghi nhật ký.", "In working days, the day of receipt apart: 2 to acknowledge; 10 to show or correct; 15 to withdraw, restrict or object; 20 to erase. More time may be taken once, with a reason that the person is told. The list names nobody, and each opening is audited.")}</p>
      </Note>
      <Listed list={list} empty={settled ? t("Chưa giải quyết yêu cầu nào.", "No request is settled yet.") : t("Không có yêu cầu nào đang mở.", "No request is open.")}>
        {(rows) => (
          <ul class="cases">
            {rows.map((one) => (
              <li key={one.rights_request_id}>
                <p><strong>{nameOf(KINDS, one.kind)}</strong> <Left one={one} /><br /><span class="soft">{labelOf(units.told, one.unit_id)}; {t("nhận", "received")} {spellTime(one.received_at)}; {one.settled_at ? `${stateName(one.state)} ${spellTime(one.settled_at)}` : t(`trả lời chậm nhất ${date(one.due_on)}`, `settled by ${date(one.due_on)}`)}</span></p>
                <p class="deeds"><button type="button" class="quiet small" onClick={() => choose(one.rights_request_id)}>{one.settled_at ? t("Xem", "See") : t("Xem, giải quyết", "See, settle")}<span class="unseen"> {nameOf(KINDS, one.kind)}, {date(one.due_on)}</span></button></p>
              </li>
            ))}
          </ul>
        )}
      </Listed>
      {chosen && <OneRequest key={chosen} id={chosen} units={units.told} close={() => choose(undefined)} changed={list.again} />}
    </section>
  );
}
