/** A list of people from a file: what each column was read as, what would become of each line, and then all or nothing. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Choice, Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { usePress } from "../../press.ts";
import { day, t } from "../../words.ts";
import { Note } from "../note.tsx";
import { nameOf, spell } from "../state.ts";
import { XLSX } from "./files.ts";
import { UnitOptions, useSome } from "./pieces.tsx";
import { communesOf, useUnits } from "./units.ts";

type Imported = Schemas["ImportedRoster"];

const READ_AS: [string, string][] = [
  ["name", t("họ tên", "name")], ["family_name", t("họ đệm", "family name")], ["given_name", t("tên", "given name")], ["birth", t("ngày hoặc năm sinh", "birth")],
  ["sex", t("giới tính", "sex")], ["id_number", t("số định danh", "ID number")], ["phone", t("điện thoại", "phone")], ["village", t("thôn, khu phố", "village")],
  ["commune", t("xã, phường", "commune")], ["group", t("nhóm", "group")], ["smartphone", t("điện thoại thông minh", "smartphone")], ["phone_agreed", t("đồng ý nghe gọi", "agreed to be called")], ["number", t("số thứ tự", "number")],
];
const RESULTS: [string, string][] = [
  ["new", t("người mới", "new")],
  ["known", t("đã biết", "known")],
  ["changed", t("đã biết, có điều mới", "known, says something new")],
  ["duplicate", t("trùng dòng khác", "repeats another line")],
  ["refused", t("sai", "wrong")],
];

export function ImportRoster({ imported }: { imported: () => void }) {
  const [file, setFile] = useState<File>();
  const [within, setWithin] = useState("");
  const [name, setName] = useState("");
  const [source, setSource] = useState("");
  const [listedOn, setListedOn] = useState(day(new Date()));
  const [agreed, setAgreed] = useState(false);
  const [answer, setAnswer] = useState<Imported>();
  const { busy, why, run } = useDeed();
  const press = usePress();
  const units = useUnits();
  const send = (dry_run: boolean) =>
    run(async () => {
      if (!file) return;
      const kind = file.name.toLowerCase().endsWith(".csv") ? "text/csv" : XLSX;
      const query = { unit_id: Number(within) || undefined, list_name: name.trim() || undefined, list_source: source.trim() || undefined, listed_on: listedOn || undefined, phones_agreed: agreed, dry_run };
      const put = (key?: string) => told(api.POST("/api/v1/rosters", { params: { query, header: key === undefined ? undefined : { "Idempotency-Key": key } }, body: file as never, bodySerializer: (body) => body, headers: { "Content-Type": kind } }));
      setAnswer(dry_run ? await put() : await press([query, file.name, file.size, file.lastModified], put));
      if (!dry_run) imported();
    });
  const changed = <Value,>(set: (value: Value) => void) => (value: Value) => {
    set(value);
    setAnswer(undefined);
  };
  return (
    <section class="panel" aria-labelledby="import">
      <h2 id="import">{t("Nhập danh sách người trong thôn", "Import a list of people in villages")}</h2>
      <Note about={t("Tệp gồm những cột nào, và giữ lại gì?", "Which columns, and what is kept?")}>
        <p>{t("Cột được nhận theo tên tiếng Việt, thứ tự nào cũng được: họ tên; ngày sinh hoặc năm sinh; giới tính; số CCCD; điện thoại; thôn hoặc khu phố; xã hoặc phường; nhóm; có điện thoại thông minh; đồng ý. Số 0 mà Excel làm mất được thêm lại và nói rõ. Tối đa 20.000 dòng, 8 MB; tệp .xlsx hoặc CSV UTF-8.", "Columns are known by their Vietnamese names in any order: name, birth, sex, ID number, phone, village, commune, group, smartphone, consent. Zeros that Excel lost are put back and told. At most 20,000 lines and 8 MB; .xlsx or CSV UTF-8.")}</p>
        <p>{t("Số định danh không được lưu, chỉ dùng để nhận ra người đã có. Số điện thoại chỉ giữ khi chủ máy đồng ý. Sai một dòng thì không dòng nào được ghi.", "The ID number is never kept: it only recognises who is known. A phone is kept only where its owner agreed. With one wrong line nothing is written.")}</p>
      </Note>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send(true);
        }}
      >
        <div class="field">
          <label for="roster-file">{t("Tệp .xlsx hoặc .csv", "A .xlsx or .csv file")}</label>
          <input id="roster-file" type="file" accept={`.xlsx,.csv,text/csv,${XLSX}`} required onChange={(event) => changed(setFile)(event.currentTarget.files?.[0])} />
        </div>
        <Choice id="roster-within" label={t("Tìm thôn trong", "Villages are within")} value={within} chosen={changed(setWithin)}><UnitOptions communes={communesOf(units.told)} /></Choice>
        <Field id="roster-name" label={t("Tên danh sách", "Name of the list")} value={name} typed={setName} required maxLength={120} fault={faultAt(why, "?list_name")} />
        <Field id="roster-source" label={t("Văn bản nào (căn cứ để giữ)", "From which document (the ground to keep it)")} value={source} typed={setSource} required maxLength={200} fault={faultAt(why, "?list_source")} />
        <Field id="roster-on" type="date" label={t("Ngày của văn bản", "Date of the document")} value={listedOn} typed={setListedOn} required fault={faultAt(why, "?listed_on")} />
        <label class="check"><input type="checkbox" checked={agreed} onChange={(event) => changed(setAgreed)(event.currentTarget.checked)} /> <span>{t("Văn bản ghi rõ chủ các số điện thoại đồng ý được gọi", "The document says that the owners of the phones agreed to be called")}</span></label>
        <Trouble why={why} />
        <button disabled={busy || !file}>{t("Xem trước từng dòng", "See every line first")}</button>
      </form>
      {answer && <Verdict answer={answer} busy={busy} write={() => void send(false)} />}
    </section>
  );
}

function Verdict({ answer, busy, write }: { answer: Imported; busy: boolean; write: () => void }) {
  const [only, setOnly] = useState(answer.refused > 0 ? "refused" : "");
  const lines = answer.lines.filter((line) => only === "" || line.result === only);
  const { some, more } = useSome(lines);
  const unread = answer.columns.filter((one) => !one.read_as);
  const counts: [string, number][] = [["new", answer.new], ["changed", answer.changed], ["known", answer.known], ["duplicate", answer.duplicate], ["refused", answer.refused]];
  return (
    <div class="verdict">
      <p role="status"><strong>{!answer.dry_run ? t("Đã nhập danh sách.", "The list is imported.") : answer.refused > 0 ? t(`${spell(answer.refused)} dòng sai; chưa ghi gì. Sửa tệp rồi xem lại.`, `${spell(answer.refused)} lines are wrong; nothing was written. Mend the file and see again.`) : t("Mọi dòng đều đọc được; chưa ghi gì.", "Every line can be read; nothing was written yet.")}</strong></p>
      <p>{counts.map(([word, count]) => `${nameOf(RESULTS, word)}: ${spell(count)}`).join("; ")}.</p>
      <p class="soft">{t("Cột đã đọc: ", "Columns read: ")}{answer.columns.filter((one) => one.read_as).map((one) => `${one.header} → ${nameOf(READ_AS, one.read_as)}`).join("; ")}.</p>
      {unread.length > 0 && <p class="warn">{t("Không đọc cột: ", "Not read: ")}{unread.map((one) => one.header).join(", ")}.</p>}
      {answer.sheets_left_out > 0 && <p class="warn">{t(`Chỉ đọc trang “${answer.sheet}”; còn ${answer.sheets_left_out} trang khác.`, `Only the sheet “${answer.sheet}” was read; there are ${answer.sheets_left_out} others.`)}</p>}
      {answer.dry_run && answer.refused === 0 && <p class="deeds"><button type="button" disabled={busy} onClick={write}>{t(`Nhập ${spell(answer.lines.length)} dòng`, `Import ${spell(answer.lines.length)} lines`)}</button></p>}
      {answer.lines.length > 0 && (
        <>
          <Choice id="lines-shown" label={t("Hiện dòng", "Show lines")} value={only} chosen={setOnly}>
            <option value="">{t("tất cả", "all")}</option>
            {RESULTS.map(([word, title]) => <option key={word} value={word}>{title}</option>)}
          </Choice>
          <ul class="cases lines">
            {some.map((line) => (
              <li key={line.line}>{t(`Dòng ${line.line}`, `Line ${line.line}`)}: <span class={line.result === "refused" ? "fault" : "soft"}>{nameOf(RESULTS, line.result)}{line.message && `. ${line.message}`}</span></li>
            ))}
          </ul>
          {more}
        </>
      )}
    </div>
  );
}
