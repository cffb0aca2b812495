/** One entry of a register, everything that became of it, and changing it: where it stands, or what was written wrongly. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Dialog } from "../../dialog.tsx";
import { Choice, Field, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { may, me } from "../../session.ts";
import { spellTime, t } from "../../words.ts";
import { Mend } from "./mend-entry.tsx";
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
  // Of a task that another unit gave, one says only how far it has come.
  const isOwn = !now.assigned_unit_id || now.assigned_unit_id !== me.value?.unit_id || now.unit_id === me.value.unit_id;
  const done = () => {
    detail.again();
    changed();
  };
  return (
    <Dialog title={nameOfKind(entry.kind)} close={close} wide>
      <p><strong>{now.number && `${now.number}: `}{now.subject}</strong><br /><span class="soft">{now.body}{now.assigned_unit_name && now.assigned_unit_name !== now.body && ` (${now.assigned_unit_name})`}, {date(now.noted_on)}{now.due_on && `; ${t("hạn", "due")} ${date(now.due_on)}`}</span></p>
      {now.withdrawn_at && <p class="warn">{t("Đã bỏ khỏi sổ; không báo cáo nào in mục này.", "It was taken out of the register; no report tells it.")}</p>}
      {!history ? (detail.why === undefined ? <Loading /> : <Trouble why={detail.why} />) : history.length > 0 && (
        <ol class="cases">{history.map((one, index) => <Told key={one.changed_at} change={one} before={history[index - 1]} />)}</ol>
      )}
      {may("keep_registers") && history && (
        <>
          {entry.kind !== "directive" && !now.withdrawn_at && <Change key={history.length} {...{ isOwn, done }} entry={now} />}
          {isOwn && <Mend key={`mend ${history.length}`} entry={now} done={done} />}
        </>
      )}
    </Dialog>
  );
}

function Told({ change, before }: { change: Schemas["RegisterChange"]; before: Schemas["RegisterChange"] | undefined }) {
  const was = change.words_before;
  const deed = (change.withdrawn ?? false) !== (before?.withdrawn ?? false)
    ? change.withdrawn ? t("Bỏ khỏi sổ", "Taken out") : t("Đưa lại vào sổ", "Put back")
    : was ? t("Sửa lại cho đúng", "Corrected") : STATES.find(([word]) => word === change.state)?.[1] ?? change.state;
  return (
    <li>
      <p>
        <strong>{deed}</strong>: {change.note}
        {was && <><br />{t("Trước đó ghi", "It said")}: {was.number && `${was.number}: `}{was.subject} ({was.body}, {date(was.noted_on)})</>}
        <br /><span class="soft">{spellTime(change.changed_at)}{change.due_on && `; ${t("hạn", "due")} ${date(change.due_on)}`}</span>
      </p>
    </li>
  );
}

function Change({ entry, isOwn, done }: { entry: RegisterEntry; isOwn: boolean; done: () => void }) {
  const [state, setState] = useState(entry.state);
  const [due, setDue] = useState(entry.due_on ?? "");
  const [note, setNote] = useState("");
  const { busy, why, run } = useDeed();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          const body = { state: state as Schemas["EntryState"], due_on: isOwn && entry.kind === "task" && due ? due : undefined, note };
          await told(api.PATCH("/api/v1/register-entries/{entry_id}", { params: { path: { entry_id: entry.entry_id } }, body }));
          done();
        });
      }}
    >
      <Trouble why={why} />
      <Choice id="state" label={t("Nay là", "It is now")} value={state} chosen={setState}>
        {STATES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
      </Choice>
      {isOwn && entry.kind === "task" && <Field id="due" type="date" label={t("Hạn", "Due")} value={due} typed={setDue} fault={faultAt(why, "/due_on")} />}
      <Field id="note" label={t("Vì sao, kết quả gì (không ghi tên công dân)", "Why, with what result (no names of citizens)")} value={note} typed={setNote} required maxLength={300} fault={faultAt(why, "/note")} />
      <button disabled={busy}>{t("Ghi", "Write it")}</button>
    </form>
  );
}
