/** Everything that was said of a person, field by field, and what was noted. It names a citizen, so that each look is audited by the server. */
import { api, type Schemas, told } from "../../api.ts";
import { Dialog } from "../../dialog.tsx";
import { spellPhone, spellTime, t } from "../../words.ts";
import { useNames } from "../admin/people.ts";
import { Listed, usePaged } from "../paged.tsx";
import { nameOf } from "../state.ts";
import { PersonNotes } from "./person-notes.tsx";

type Word = Schemas["PersonWord"];

const PAGE = 50;
export const SEXES: [string, string][] = [
  ["male", t("nam", "male")],
  ["female", t("nữ", "female")],
];
const FIELDS: [string, string][] = [
  ["name", t("Họ tên", "Name")],
  ["phone", t("Điện thoại", "Phone")],
  ["birth_year", t("Năm sinh", "Year of birth")],
  ["sex", t("Giới tính", "Sex")],
];

function spellValue({ field, value }: Word): string {
  if (field === "sex") return nameOf(SEXES, value);
  return field === "phone" ? spellPhone(value) : value;
}

export function Words({ id, name, close }: { id: string; name: string; close: () => void }) {
  const nameOfAccount = useNames();
  const list = usePaged(`words ${id}`, (cursor) => told(api.GET("/api/v1/persons/{recorded_person_id}/words", { params: { path: { recorded_person_id: id }, query: { cursor, limit: PAGE } } })));
  return (
    <Dialog title={t(`Ai đã nói gì: ${name}`, `Who said what: ${name}`)} close={close} wide>
      <p class="soft">{t("Lời nói sau cùng được hiện; lời trước vẫn giữ. Lần xem này được ghi nhật ký.", "What was said last shows; what was said before is kept. This look is audited.")}</p>
      <Listed list={list} empty={t("Chưa ai nói gì về người này.", "Nothing was said of this person.")}>
        {(rows) => {
          const fields = [...new Set(rows.map((one) => one.field))];
          return fields.map((field) => (
            <section key={field}>
              <h3>{nameOf(FIELDS, field)}</h3>
              <ul class="cases">
                {rows.filter((one) => one.field === field).map((one) => (
                  <li key={`${one.op_id} ${one.field}`}>
                    <p><strong>{spellValue(one)}</strong> {one.shown && <span class="badge good">{t("đang hiện", "shows now")}</span>}{one.taken_back && <span class="badge calm">{t("đã rút lại", "taken back")}</span>}<br /><span class="soft">{nameOfAccount(one.said_by)}, {spellTime(one.said_at)}</span></p>
                  </li>
                ))}
              </ul>
            </section>
          ));
        }}
      </Listed>
      <PersonNotes id={id} nameOfAccount={nameOfAccount} />
    </Dialog>
  );
}
