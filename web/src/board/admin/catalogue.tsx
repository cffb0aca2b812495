/** What is counted for reports, for everybody: added, written anew, retired, and who answers for it. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Choice, Field, Loading } from "../../kit.tsx";
import { day, t } from "../../words.ts";
import { Note } from "../note.tsx";
import { date } from "../report/numbers.ts";
import { nameOf, spell } from "../state.ts";
import { OneIndicator } from "./indicator.tsx";
import { fits, PAGE, readAll } from "./lists.ts";
import { Done, Failed, useSome } from "./pieces.tsx";

export type Indicator = Schemas["Indicator"];

export const SECTIONS = ["I.2", "II.1", "II.2", "II.3", "II.4", "II.5", "III.2", "V.5", "V.7"];
export const MEASURES: [Schemas["Measure"], string][] = [
  ["heading", t("tiêu đề, không có số", "a heading, without a value")],
  ["count", t("số đếm", "a count")],
  ["rate", t("tỷ lệ", "a rate")],
  ["target", t("chỉ tiêu", "a target")],
];

/** Who answers for it today. */
export function ownerOf(one: Indicator, today: string): string | undefined {
  return one.owners.find((owner) => owner.valid_from <= today && (owner.valid_to == null || owner.valid_to > today))?.owner;
}

export function Catalogue() {
  const [typed, type] = useState("");
  const [section, setSection] = useState("");
  const [asks, ask] = useState<Indicator | "new">();
  const [done, setDone] = useState<string>();
  const list = useAsked("catalogue", () => readAll((cursor) => told(api.GET("/api/v1/indicators", { params: { query: { cursor, limit: PAGE } } }))));
  const today = day(new Date());
  const found = (list.told?.rows ?? []).filter((one) => (section === "" || one.section === section) && (typed.trim() === "" || one.code.includes(typed.trim()) || fits(typed, `${one.name} ${ownerOf(one, today) ?? ""}`)));
  const { some, more } = useSome(found, 30);
  return (
    <section class="panel" aria-labelledby="catalogue">
      <div class="panel-head">
        <h1 id="catalogue">{t("Danh mục chỉ tiêu báo cáo", "What is counted for reports")}</h1>
        {list.told && <button type="button" class="small" onClick={() => ask("new")}>{t("Thêm chỉ tiêu", "Add an indicator")}</button>}
      </div>
      <div class="filters-row">
        <Field id="catalogue-find" label={t("Tìm tên, mã, cơ quan", "Find a name, a code or a department")} value={typed} typed={type} />
        <Choice id="catalogue-section" label={t("Mục của báo cáo", "Section")} value={section} chosen={setSection}>
          <option value="">{t("mọi mục", "every section")}</option>
          {SECTIONS.map((word) => <option key={word} value={word}>{word}</option>)}
        </Choice>
      </div>
      <Note about={t("Sửa danh mục có đổi báo cáo cũ không?", "Do changes touch old reports?")}>
        <p>{t("Không. Số đã nhập giữ nguyên, báo cáo đã phát hành in lại y nguyên. Chỉ tiêu thôi dùng từ một ngày thì kỳ bắt đầu trước ngày đó vẫn có. Mọi bản cũ được giữ kèm ai sửa và vì sao.", "They do not. What was entered stays, and issued reports print as they were. An indicator that is retired on a day stays in periods that began before it. Every state is kept with who wrote it and why.")}</p>
      </Note>
      <Done said={done} />
      {!list.told ? (list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />) : found.length === 0 ? <p class="empty">{t("Không có chỉ tiêu nào như vậy.", "No indicator is like that.")}</p> : (
        <>
          <p class="soft" role="status">{t(`${spell(found.length)} chỉ tiêu.`, `${spell(found.length)} indicators.`)}</p>
          <ul class="cases">
            {some.map((one) => (
              <li key={one.code} class="account">
                <p><strong lang="vi">{one.name}</strong><br /><span class="soft">{one.section}, {one.code}; {nameOf(MEASURES, one.measure)}, {one.counted_in}; <span lang="vi">{ownerOf(one, today) ?? t("chưa có cơ quan", "no department")}</span>{one.fed_by && t("; chương trình tự điền", "; filled by the program")}</span></p>
                <span class="soft">{one.retired_on && t(`thôi dùng từ ${date(one.retired_on)}`, `retired on ${date(one.retired_on)}`)}</span>
                <button type="button" class="quiet small" onClick={() => ask(one)}>{t("Xem, sửa", "See, change")}<span class="unseen"> {one.name}</span></button>
              </li>
            ))}
          </ul>
          {more}
        </>
      )}
      {asks !== undefined && list.told && <OneIndicator indicator={asks === "new" ? undefined : asks} all={list.told.rows} today={today} close={() => ask(undefined)} changed={(said) => { ask(undefined); setDone(said); list.again(); }} />}
    </section>
  );
}
