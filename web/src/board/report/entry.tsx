/** One entry of a register, everything that became of it, and changing where it stands. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Dialog } from "../../dialog.tsx";
import { Choice, Field, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { may } from "../../session.ts";
import { spellTime, t } from "../../words.ts";
import { date } from "./numbers.ts";
import { STATES } from "./registers.tsx";

type RegisterEntry = Schemas["RegisterEntry"];

export function nameOfKind(kind: string): string {
  const names: Record<string, string> = { directive: t("Văn bản chỉ đạo", "Directive"), difficulty: t("Khó khăn", "Difficulty"), proposal: t("Đề xuất", "Proposal"), task: t("Nhiệm vụ", "Task") };
  return names[kind] ?? kind;
}

export function Entry({ entry, close, changed }: { entry: RegisterEntry; close: () => void; changed: () => void }) {
  const path = { entry_id: entry.entry_id };
  const detail = useAsked(entry.entry_id, () => told(api.GET("/api/v1/register-entries/{entry_id}", { params: { path } })));
  const [kept, keep] = useState(detail.told);
  if (detail.told && detail.told !== kept) keep(detail.told);
  const now = (detail.told ?? kept)?.entry ?? entry;
  const history = (detail.told ?? kept)?.history;
  return (
    <Dialog title={nameOfKind(entry.kind)} close={close} wide>
      <p><strong>{now.number && `${now.number}: `}{now.subject}</strong><br /><span class="soft">{now.body}, {date(now.noted_on)}{now.due_on && `; ${t("hạn", "due")} ${date(now.due_on)}`}</span></p>
      {!history ? (detail.why === undefined ? <Loading /> : <Trouble why={detail.why} />) : history.length > 0 && (
        <ol class="cases">
          {history.map((one) => (
            <li key={one.changed_at}><p><strong>{STATES.find(([word]) => word === one.state)?.[1] ?? one.state}</strong>: {one.note}<br /><span class="soft">{spellTime(one.changed_at)}{one.due_on && `; ${t("hạn", "due")} ${date(one.due_on)}`}</span></p></li>
          ))}
        </ol>
      )}
      {entry.kind !== "directive" && may("keep_registers") && history && <Change key={history.length} entry={now} done={() => { detail.again(); changed(); }} />}
    </Dialog>
  );
}

function Change({ entry, done }: { entry: RegisterEntry; done: () => void }) {
  const [state, setState] = useState(entry.state);
  const [due, setDue] = useState(entry.due_on ?? "");
  const [note, setNote] = useState("");
  const { busy, why, run } = useDeed();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          const body = { state: state as Schemas["EntryState"], due_on: entry.kind === "task" && due ? due : undefined, note };
          await told(api.PATCH("/api/v1/register-entries/{entry_id}", { params: { path: { entry_id: entry.entry_id } }, body }));
          done();
        });
      }}
    >
      <Trouble why={why} />
      <Choice id="state" label={t("Nay là", "It is now")} value={state} chosen={setState}>
        {STATES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
      </Choice>
      {entry.kind === "task" && <Field id="due" type="date" label={t("Hạn", "Due")} value={due} typed={setDue} fault={faultAt(why, "/due_on")} />}
      <Field id="note" label={t("Vì sao, kết quả gì (không ghi tên công dân)", "Why, with what result (no names of citizens)")} value={note} typed={setNote} required maxLength={300} fault={faultAt(why, "/note")} />
      <button disabled={busy}>{t("Ghi", "Write it")}</button>
    </form>
  );
}
