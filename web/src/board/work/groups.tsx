/** A lead books a school class or an agency in an office of the own unit. */
import { useState } from "preact/hooks";

import { api, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Group } from "../../group.tsx";
import { Choice, Loading, Trouble } from "../../kit.tsx";
import { me } from "../../session.ts";
import { t } from "../../words.ts";
import { useUnits } from "../admin/units.ts";

export function Groups() {
  const units = useUnits();
  const offices = useAsked("offices", async () => (await told(api.GET("/api/v1/offices", { params: { query: { unit_id: me.value!.unit_id, limit: 200 } } }))).items);
  const [chosen, choose] = useState("");
  if (!units.told || !offices.told) {
    const { why, again } = units.told ? offices : units;
    return why === undefined ? <Loading /> : <Trouble why={why} again={again} />;
  }
  // A team of another unit may stand here today; its places are that unit's.
  const own = offices.told.filter((one) => !one.closed && units.told!.has(one.unit_id));
  const office = own.find((one) => String(one.office_id) === chosen) ?? own[0];
  return (
    <>
      <h1 class="unseen">{t("Đặt cho đoàn", "Groups")}</h1>
      <div class="halves">
        <section class="panel" aria-labelledby="group">
          <h2 id="group">{t("Đặt cho cả đoàn", "Book a group")}</h2>
          {office ? (
            <>
              <Choice id="group-office" label={t("Điểm tiếp nhận", "Office")} value={String(office.office_id)} chosen={choose}>
                {own.map((one) => <option key={one.office_id} value={String(one.office_id)}>{one.name}</option>)}
              </Choice>
              <Group key={office.office_id} office={office} />
            </>
          ) : <p class="empty">{t("Đơn vị này không có điểm tiếp nhận nào đang mở.", "No office of this unit is open.")}</p>}
        </section>
        <Columns />
      </div>
    </>
  );
}

const COLUMNS: [string, string][] = [
  ["id_number", t("số định danh 12 số; đặt cột là Văn bản (Text) để không mất số 0 đầu", "12 digits; make the column Text, or a leading 0 is lost")],
  ["name", t("họ và tên", "full name")],
  ["birth_on", t("ngày sinh, như 15/09/2008", "date of birth, such as 15/09/2008")],
  ["phone", t("điện thoại để báo, nếu có", "a phone to be told on, if any")],
  ["village", t("thôn, khu phố, hoặc “ngoài tỉnh”", "the village, or “outside”")],
  ["guardian_name", t("cha, mẹ hoặc người giám hộ đi cùng, nếu dưới 14 tuổi", "who comes along, under 14")],
  ["consent", t("đồng ý ghi vào kết quả của thôn: spoken (nói), written (viết), bỏ trống là không", "agrees to be counted for the village: spoken, written; empty is no")],
];

/** What stands in the file, for whoever writes it. */
function Columns() {
  return (
    <section class="panel" aria-labelledby="group-columns">
      <h2 id="group-columns">{t("Tệp cần có những cột nào", "What the file holds")}</h2>
      <dl class="sent">{COLUMNS.map(([column, about]) => <div key={column}><dt><code>{column}</code></dt><dd>{about}</dd></div>)}</dl>
      <p class="soft">{t("Ba cột đầu phải có. Xong việc thì xóa tệp: số định danh không để lại trên máy chung.", "The first three are needed. Delete the file afterwards: ID numbers do not stay on a shared machine.")}</p>
    </section>
  );
}
