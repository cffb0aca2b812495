/** What people write in the report, section by section, with everything that stood there before. */
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";

import { api, Refused, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Field, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { may, me } from "../../session.ts";
import { spellTime, t } from "../../words.ts";
import type { PeriodOf, StepProps } from "./period.tsx";

type Section = Schemas["TextSection"];

const SECTIONS: [Section, string][] = [
  ["opening", t("Mở đầu", "Opening")],
  ["work", t("I. Công tác chỉ đạo, triển khai", "I. What was done")],
  ["services", t("II.1. Dịch vụ công thiết yếu", "II.1. Essential services")],
  ["citizens", t("II.2. Công dân số", "II.2. Digital citizens")],
  ["data", t("II.3. Kết nối dữ liệu", "II.3. Connected data")],
  ["residence", t("II.4. Cư trú", "II.4. Residence")],
  ["outreach", t("II.5. Tuyên truyền", "II.5. Outreach")],
  ["strengths", t("III.1. Ưu điểm", "III.1. What went well")],
  ["weaknesses", t("III.2. Tồn tại, hạn chế", "III.2. What did not")],
  ["proposals", t("IV. Đề xuất, kiến nghị", "IV. What is asked for")],
  ["tasks", t("V. Nhiệm vụ thời gian tới", "V. What is to be done")],
  ["closing", t("Kết thúc", "Closing")],
  ["recipients", t("Nơi nhận (mỗi dòng một nơi)", "Recipients (a line each)")],
  ["signer", t("Người ký (chức vụ, rồi tên)", "Signer (office, then name)")],
];
const CHARS_MAX = 20_000;
const SHOWN = 20;

const BEGUN = t("đang viết dở", "begun");

/** A text as it is typed, before it is written. */
interface Typed {
  text: string;
  /** The revision over which it is typed, 0 for none. */
  seen: number;
  /** Why, after the period was closed. */
  reason: string;
}

/** By whose it is, its period and its section: it outlives a change of the section, the step and the view. */
const drafts = signal<ReadonlyMap<string, Typed>>(new Map());

const keyOf = (period: PeriodOf, section: Section) => `${me.value?.account_id} ${period.period_id} ${section}`;

function setDraft(key: string, typed: Typed | undefined): void {
  const next = new Map(drafts.value);
  if (typed) next.set(key, typed);
  else next.delete(key);
  drafts.value = next;
}

addEventListener("beforeunload", (event) => {
  if (drafts.value.size > 0) event.preventDefault();
});

export function Texts({ period, changed }: StepProps) {
  const [section, choose] = useState<Section>("work");
  const isBegun = (word: Section) => drafts.value.has(keyOf(period, word));
  return (
    <div class="texts">
      <nav class="panel" aria-label={t("Các mục", "Sections")}>
        <ul class="picks">
          {SECTIONS.map(([word, name]) => <li key={word}><button type="button" class={word === section ? "small" : "quiet small"} aria-pressed={word === section} onClick={() => choose(word)}><span>{name}{isBegun(word) && <small> · {BEGUN}</small>}</span></button></li>)}
        </ul>
      </nav>
      <div class="field narrow-only">
        <label for="section">{t("Mục", "Section")}</label>
        <select id="section" value={section} onChange={(event) => choose(event.currentTarget.value as Section)}>
          {SECTIONS.map(([word, name]) => <option key={word} value={word}>{isBegun(word) ? `${name} (${BEGUN})` : name}</option>)}
        </select>
      </div>
      <One key={section} section={section} period={period} changed={changed} />
    </div>
  );
}

function One({ section, period, changed }: { section: Section; period: PeriodOf; changed: () => void }) {
  const name = SECTIONS.find(([word]) => word === section)![1];
  const list = useAsked(`texts ${section}`, () => told(api.GET("/api/v1/reporting-periods/{period_id}/texts", { params: { path: { period_id: period.period_id }, query: { section, limit: SHOWN } } })));
  const [kept, keep] = useState(list.told);
  if (list.told && list.told !== kept) keep(list.told);
  const all = list.told ?? kept;
  const written = () => {
    list.again();
    changed();
  };
  return (
    <section class="panel" aria-labelledby="text">
      <h2 id="text">{name}</h2>
      {!all ? (list.why === undefined ? <Loading /> : <Trouble why={list.why} />) : (
        <>
          {may("issue_reports") ? <Write section={section} period={period} standing={all.items[0]} written={written} /> : <Paragraphs text={all.items[0]?.text ?? ""} />}
          {all.items.length > 1 && (
            <details class="history">
              <summary>{t(`Các bản trước (${all.items.length - 1}${all.next_cursor ? "+" : ""})`, `Earlier revisions (${all.items.length - 1}${all.next_cursor ? "+" : ""})`)}</summary>
              {all.items.slice(1).map((one) => (
                <article key={one.revision}>
                  <p class="soft">{t(`Bản ${one.revision}`, `Revision ${one.revision}`)}, {spellTime(one.written_at)}</p>
                  <Paragraphs text={one.text} />
                </article>
              ))}
            </details>
          )}
        </>
      )}
    </section>
  );
}

function Paragraphs({ text }: { text: string }) {
  if (text.trim() === "") return <p class="soft">{t("Để trống.", "Nothing stands here.")}</p>;
  return <>{text.split("\n").filter((line) => line.trim()).map((line, index) => <p key={index}>{line}</p>)}</>;
}

interface WriteProps {
  section: Section;
  period: PeriodOf;
  standing: Schemas["ReportText"] | undefined;
  written: () => void;
}

function Write({ section, period, standing: listed, written }: WriteProps) {
  // What one wrote oneself stands before the list says so.
  const [own, setOwn] = useState<Schemas["ReportText"]>();
  const standing = own && own.revision > (listed?.revision ?? 0) ? own : listed;
  const key = keyOf(period, section);
  const typed = drafts.value.get(key);
  const type = (next: Typed | undefined) => setDraft(key, next);
  const [said, say] = useState("");
  const { busy, why, forget, run } = useDeed();
  const stands = standing?.revision ?? 0;
  const text = typed?.text ?? standing?.text ?? "";
  const isPassed = typed !== undefined && typed.seen !== stands;
  const send = () =>
    run(async () => {
      if (!typed) return;
      try {
        const body = { section, text: typed.text, seen_revision: typed.seen, reason: period.closed_at ? typed.reason : undefined };
        const now = await told(api.PUT("/api/v1/reporting-periods/{period_id}/texts", { params: { path: { period_id: period.period_id } }, body }));
        setOwn(now);
        const later = drafts.value.get(key);
        type(later && later !== typed ? { ...later, seen: now.revision } : undefined);
        say(t(`Đã ghi bản ${now.revision}.`, `Revision ${now.revision} is written.`));
        written();
      } catch (error) {
        if (error instanceof Refused && error.code === "revision-passed") written();
        throw error;
      }
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Trouble why={why} />
      {isPassed && standing && (
        <div class="notice">
          <p><strong>{t(`Bản ${stands} của người khác`, `Revision ${stands}, of somebody else`)}, {spellTime(standing.written_at)}:</strong></p>
          <Paragraphs text={standing.text} />
          <div class="deeds">
            <button type="button" class="quiet small" onClick={() => { type(undefined); forget(); }}>{t("Lấy bản của họ", "Take theirs")}</button>
            <button type="button" class="quiet small" onClick={() => { type({ text, seen: stands, reason: typed.reason }); forget(); }}>{t("Giữ bản của tôi", "Keep mine")}</button>
          </div>
        </div>
      )}
      <div class="field">
        <label for="words">{t("Nội dung (không ghi tên công dân)", "Text (no names of citizens)")}</label>
        <textarea id="words" rows={12} maxLength={CHARS_MAX} value={text} onInput={(event) => type({ text: event.currentTarget.value, seen: typed?.seen ?? stands, reason: typed?.reason ?? "" })} />
        <p class="soft">{t("Mỗi dòng một đoạn. Số liệu tự in bên cạnh, không cần gõ lại.", "A line is a paragraph. Figures print themselves.")}</p>
      </div>
      {period.closed_at && typed && <Field id="text-reason" label={t("Lý do sửa sau khi chốt", "Why it is changed after closing")} value={typed.reason} typed={(reason) => type({ ...typed, reason })} required maxLength={300} fault={faultAt(why, "/reason")} />}
      <div class="deeds">
        <button disabled={busy || !typed || isPassed}>{t("Ghi lại", "Write it")}</button>
        {typed && <button type="button" class="quiet" disabled={busy} onClick={() => { type(undefined); forget(); }}>{t("Bỏ", "Drop")}</button>}
        <span class="good" role="status">{!typed && said}</span>
      </div>
    </form>
  );
}
