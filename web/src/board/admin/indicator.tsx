/** One indicator: written anew, who answers for it from a day on, and every state that it had. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Dialog } from "../../dialog.tsx";
import { Choice, Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { spellTime, t } from "../../words.ts";
import { Listed, usePaged } from "../paged.tsx";
import { date } from "../report/numbers.ts";
import { nameOf, spell } from "../state.ts";
import { type Indicator, MEASURES, SECTIONS } from "./catalogue.tsx";
import { useNames } from "./people.ts";

const ROLES: [Schemas["DossierRole"], string][] = [
  ["received", t("hồ sơ đã nhận", "dossiers received")],
  ["eligible", t("hồ sơ đủ điều kiện", "dossiers eligible")],
  ["resolved", t("hồ sơ đã giải quyết", "dossiers resolved")],
  ["pending", t("hồ sơ đang chờ", "dossiers pending")],
];
const CODE = /^[a-z0-9_]+(\.[a-z0-9_]+){0,3}$/;
const PAGE = 20;
const VIEWS: [string, string][] = [
  ["write", t("Nội dung", "What it says")],
  ["owner", t("Cơ quan", "Department")],
  ["history", t("Các bản cũ", "Earlier states")],
];

interface Props {
  /** The one that is changed; none: a new one. */
  indicator: Indicator | undefined;
  all: Indicator[];
  today: string;
  close: () => void;
  changed: (said: string) => void;
}

export function OneIndicator(props: Props) {
  const { indicator, close } = props;
  const [view, show] = useState("write");
  return (
    <Dialog title={indicator?.name ?? t("Thêm chỉ tiêu", "Add an indicator")} lang={indicator && "vi"} close={close} wide>
      {indicator && (
        <div class="deeds tabs-like" role="group" aria-label={t("Xem gì", "What to see")}>
          {VIEWS.map(([word, name]) => <button key={word} type="button" class={view === word ? "small" : "quiet small"} aria-pressed={view === word} onClick={() => show(word)}>{name}</button>)}
        </div>
      )}
      {view === "write" || !indicator ? <Write {...props} /> : view === "owner" ? <Owner {...props} indicator={indicator} /> : <History code={indicator.code} />}
    </Dialog>
  );
}

function Write({ indicator, all, changed }: Props) {
  const [code, setCode] = useState(indicator?.code ?? "");
  const [words, setWords] = useState({
    name: indicator?.name ?? "", counted_in: indicator?.counted_in ?? "", section: indicator?.section ?? SECTIONS[1]!, measure: indicator?.measure ?? "count",
    parent_code: indicator?.parent_code ?? "", denominator_code: indicator?.denominator_code ?? "", same_as_code: indicator?.same_as_code ?? "", after_code: "",
    role: indicator?.role ?? "", retired_on: indicator?.retired_on ?? "", reason: "",
  });
  const [isPart, setPart] = useState(indicator?.is_part ?? false);
  const [needs, setNeeds] = useState(indicator?.needs_denominator ?? false);
  const { busy, why, run } = useDeed();
  const set = (field: keyof typeof words) => (value: string) => setWords({ ...words, [field]: value });
  const codeFault = code !== "" && !CODE.test(code) ? t("Chữ thường không dấu, số, gạch dưới; tối đa bốn phần cách nhau bằng dấu chấm.", "Lower-case letters, digits and underscores; at most four parts with dots between.") : !indicator && all.some((one) => one.code === code) ? t("Mã này đã có.", "There is one of this code.") : undefined;
  const others = all.filter((one) => one.code !== code);
  const other = (field: "parent_code" | "denominator_code" | "same_as_code" | "after_code", label: string, nothing: string) => (
    <Choice id={`indicator-${field}`} label={label} value={words[field]} chosen={set(field)} fault={faultAt(why, `/${field}`)}>
      <option value="">{nothing}</option>
      {others.map((one) => <option key={one.code} value={one.code}>{one.section} · {one.name}</option>)}
    </Choice>
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (codeFault) return;
        void run(async () => {
          const body: Schemas["WriteIndicator"] = {
            name: words.name.trim(), counted_in: words.counted_in.trim(), section: words.section, measure: words.measure as Schemas["Measure"],
            parent_code: words.parent_code || undefined, denominator_code: words.denominator_code || undefined, same_as_code: words.same_as_code || undefined,
            after_code: words.after_code || undefined, role: (words.role || undefined) as Schemas["DossierRole"] | undefined, retired_on: words.retired_on || undefined,
            is_part: isPart, needs_denominator: needs, reason: words.reason.trim(), revision: indicator?.revision ?? 0,
          };
          await told(api.PUT("/api/v1/indicators/{code}", { params: { path: { code } }, body }));
          changed(t(`Đã ghi “${body.name}”.`, `“${body.name}” is written.`));
        });
      }}
    >
      <Trouble why={why} />
      {indicator ? <p class="soft">{t(`Mã ${code}, bản ${spell(indicator.revision ?? 1)}`, `Code ${code}, revision ${spell(indicator.revision ?? 1)}`)}{indicator.fed_by && t("; số do chương trình tự điền", "; its values are filled by the program")}.</p> : <Field id="indicator-code" label={t("Mã (không bao giờ đổi)", "Code (it never changes)")} value={code} typed={setCode} required maxLength={60} fault={codeFault ?? faultAt(why, "/code")} hint={t("Như dvc25.dang_ky_khai_sinh.", "Such as dvc25.dang_ky_khai_sinh.")} />}
      <Field id="indicator-name" label={t("Tên như báo cáo in", "Name as the report prints it")} value={words.name} typed={set("name")} required maxLength={200} fault={faultAt(why, "/name")} />
      <div class="pair">
        <Field id="indicator-unit" label={t("Đếm bằng", "Counted in")} value={words.counted_in} typed={set("counted_in")} required maxLength={40} fault={faultAt(why, "/counted_in")} hint={t("Như hồ sơ, người.", "Such as hồ sơ, người.")} />
        <Choice id="indicator-section" label={t("Mục của báo cáo", "Section")} value={words.section} chosen={set("section")} fault={faultAt(why, "/section")}>{SECTIONS.map((word) => <option key={word} value={word}>{word}</option>)}</Choice>
      </div>
      <Choice id="indicator-measure" label={t("Là", "It is")} value={words.measure} chosen={set("measure")} fault={faultAt(why, "/measure")}>{MEASURES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}</Choice>
      {other("parent_code", t("Nằm dưới chỉ tiêu", "Stands under"), t("không nằm dưới chỉ tiêu nào", "nothing"))}
      {words.parent_code && <label class="check"><input type="checkbox" checked={isPart} onChange={(event) => setPart(event.currentTarget.checked)} /> <span>{t("Cộng vào chỉ tiêu trên", "It is added up in that one")}</span></label>}
      <label class="check"><input type="checkbox" checked={needs} onChange={(event) => setNeeds(event.currentTarget.checked)} /> <span>{t("Báo cáo nói tỷ lệ của nó", "The report tells a percentage of it")}</span></label>
      <details class="history" open={Boolean(indicator?.denominator_code ?? indicator?.same_as_code ?? indicator?.role)}>
        <summary>{t("Mẫu số, hồ sơ, chỗ đứng", "Denominator, dossiers, place")}</summary>
        {other("denominator_code", t("Mẫu số phải bằng số của", "Its denominator must be the value of"), t("không buộc", "none"))}
        <Choice id="indicator-role" label={t("Trong các hồ sơ, nó đếm", "Among dossiers it counts")} value={words.role} chosen={set("role")} fault={faultAt(why, "/role")}>
          <option value="">{t("không phải hồ sơ", "no dossiers")}</option>
          {ROLES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
        </Choice>
        {other("same_as_code", t("Đếm cùng điều với (ở mục khác)", "Counts the same as (in another section)"), t("không có", "none"))}
        {other("after_code", t("Đứng sau", "Stands after"), indicator ? t("chỗ cũ", "where it is") : t("cuối bảng", "the end"))}
      </details>
      <Field id="indicator-retired" type="date" label={t("Thôi dùng từ ngày (bỏ trống: còn dùng)", "Retired on (empty: still used)")} value={words.retired_on} typed={set("retired_on")} fault={faultAt(why, "/retired_on")} />
      <Field id="indicator-reason" label={t("Vì sao ghi như vậy", "Why it is written so")} value={words.reason} typed={set("reason")} required maxLength={300} fault={faultAt(why, "/reason")} />
      <div class="deeds"><button disabled={busy || codeFault !== undefined}>{t("Ghi", "Write it")}</button></div>
    </form>
  );
}

function Owner({ indicator, today, changed }: Props & { indicator: Indicator }) {
  const [owner, setOwner] = useState("");
  const [from, setFrom] = useState(today);
  const { busy, why, run } = useDeed();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          await told(api.PUT("/api/v1/indicators/{code}/owner", { params: { path: { code: indicator.code } }, body: { owner: owner.trim(), valid_from: from } }));
          changed(t(`${owner.trim()} chịu trách nhiệm từ ngày ${date(from)}.`, `${owner.trim()} answers for it from ${date(from)}.`));
        });
      }}
    >
      <ul class="cases">
        {indicator.owners.map((one) => <li key={one.valid_from}><p><strong lang="vi">{one.owner}</strong><br /><span class="soft">{t("từ", "from")} {date(one.valid_from)}{one.valid_to && t(` đến trước ${date(one.valid_to)}`, ` until before ${date(one.valid_to)}`)}</span></p></li>)}
      </ul>
      <Trouble why={why} />
      <Field id="owner" label={t("Cơ quan chịu trách nhiệm, như báo cáo gọi", "Department, as the report names it")} value={owner} typed={setOwner} required maxLength={200} fault={faultAt(why, "/owner")} />
      <Field id="owner-from" type="date" label={t("Từ ngày", "From")} value={from} typed={setFrom} required fault={faultAt(why, "/valid_from")} />
      <div class="deeds"><button disabled={busy}>{t("Đổi cơ quan", "Change it")}</button></div>
    </form>
  );
}

function History({ code }: { code: string }) {
  const nameOfAccount = useNames();
  const list = usePaged(`changes ${code}`, (cursor) => told(api.GET("/api/v1/indicators/{code}/changes", { params: { path: { code }, query: { cursor, limit: PAGE } } })));
  return (
    <Listed list={list} empty={t("Chưa có bản nào.", "There is none.")}>
      {(rows) => (
        <ol class="cases">
          {rows.map((one) => (
            <li key={one.revision}>
              <p><strong>{t(`Bản ${spell(one.revision)}`, `Revision ${spell(one.revision)}`)}: <span lang="vi">{one.name}</span></strong><br /><span class="soft">{one.section}; {nameOf(MEASURES, one.measure)}, {one.counted_in}{one.parent_code && t(`; dưới ${one.parent_code}`, `; under ${one.parent_code}`)}{one.retired_on && t(`; thôi dùng từ ${date(one.retired_on)}`, `; retired on ${date(one.retired_on)}`)}</span></p>
              <p>{one.reason}<br /><span class="soft">{one.changed_by ? nameOfAccount(one.changed_by) : t("chương trình", "the program")}, {spellTime(one.changed_at)}</span></p>
            </li>
          ))}
        </ol>
      )}
    </Listed>
  );
}
