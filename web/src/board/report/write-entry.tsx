/** Writing a directive, a difficulty, a proposal or a task. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Choice, Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { usePress } from "../../press.ts";
import { me } from "../../session.ts";
import { day, t } from "../../words.ts";
import { KINDS } from "./registers.tsx";

type Kind = Schemas["EntryKind"];

const ALL_ROWS = 200;

export const WHOSE: Record<Kind, string> = {
  directive: t("Cơ quan ban hành", "Who issued it"),
  difficulty: t("Cơ quan gặp khó khăn", "Who meets it"),
  proposal: t("Kiến nghị với ai", "Who is asked"),
  task: t("Cơ quan thực hiện", "Who has to do it"),
};

export function WriteEntry({ written }: { written: () => void }) {
  const nothing = { noted_on: day(new Date()), body: "", number: "", subject: "", due_on: "", unit: "" };
  const [kind, setKind] = useState<Kind>("task");
  const [entry, setEntry] = useState(nothing);
  const [said, say] = useState("");
  const { busy, why, run } = useDeed();
  const press = usePress();
  const units = useAsked("units within", () => told(api.GET("/api/v1/units", { params: { query: { level: "commune", within: me.value!.unit_id, limit: ALL_ROWS } } })));
  // Whoever is given a task is named as its unit is, unless somebody types otherwise.
  const give = (unit: string) => setEntry({ ...entry, unit, body: entry.body || (units.told?.items.find((one) => String(one.unit_id) === unit)?.name ?? "") });
  const set = (name: keyof typeof nothing) => (value: string) => {
    say("");
    setEntry({ ...entry, [name]: value });
  };
  return (
    <section class="panel" aria-labelledby="write">
      <h2 id="write">{t("Ghi vào sổ", "Write an entry")}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(async () => {
            const { noted_on, body, subject } = entry;
            const number = kind === "directive" ? entry.number : undefined;
            const due_on = kind === "task" && entry.due_on ? entry.due_on : undefined;
            const assigned_unit_id = kind === "task" && entry.unit ? Number(entry.unit) : undefined;
            const said = { unit_id: me.value!.unit_id, kind, noted_on, body, number, subject, due_on, assigned_unit_id };
            await press(said, (key) => told(api.POST("/api/v1/register-entries", { params: { header: { "Idempotency-Key": key } }, body: said })));
            setEntry(nothing);
            say(t("Đã ghi vào sổ.", "It is written."));
            written();
          });
        }}
      >
        <Trouble why={why} />
        <Choice id="kind" label={t("Loại", "Kind")} value={kind} chosen={(word) => setKind(word as Kind)}>
          {KINDS.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
        </Choice>
        <Field id="subject" label={t("Nội dung (không ghi tên công dân)", "What it is about (no names of citizens)")} value={entry.subject} typed={set("subject")} required maxLength={1000} fault={faultAt(why, "/subject")} />
        {kind === "task" && units.told && units.told.items.length > 1 && (
          <Choice id="given" label={t("Giao cho xã (nếu có)", "Given to a commune (if any)")} value={entry.unit} chosen={give} fault={faultAt(why, "/assigned_unit_id")}>
            <option value="">{t("Không giao riêng xã nào", "To none in particular")}</option>
            {units.told.items.map((one) => <option key={one.unit_id} value={String(one.unit_id)}>{one.name}</option>)}
          </Choice>
        )}
        <Field id="body" label={WHOSE[kind]} value={entry.body} typed={set("body")} required maxLength={200} fault={faultAt(why, "/body")} />
        {kind === "directive" && <Field id="number" label={t("Số, ký hiệu", "Number and symbol")} value={entry.number} typed={set("number")} required maxLength={60} fault={faultAt(why, "/number")} />}
        <div class="pair">
          <Field id="noted" type="date" label={kind === "directive" ? t("Ngày ban hành", "Date") : t("Từ ngày", "Told from")} value={entry.noted_on} typed={set("noted_on")} required fault={faultAt(why, "/noted_on")} />
          {kind === "task" && <Field id="due-on" type="date" label={t("Hạn (nếu có)", "Due (if any)")} value={entry.due_on} typed={set("due_on")} fault={faultAt(why, "/due_on")} />}
        </div>
        <div class="deeds"><button disabled={busy}>{t("Ghi vào sổ", "Write it")}</button><span class="good" role="status">{said}</span></div>
      </form>
    </section>
  );
}
