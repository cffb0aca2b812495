/** One task of finding out why numbers differ from the police's: who, until when, and what came of it. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Dialog } from "../../dialog.tsx";
import { Choice, Field, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { may, me } from "../../session.ts";
import { day, spellTime, t } from "../../words.ts";
import { useNames, useSomePeople } from "../admin/people.ts";
import { Failed } from "../admin/pieces.tsx";
import { labelOf, type Units } from "../admin/units.ts";
import { date, month } from "../report/numbers.ts";
import { nameOf } from "../state.ts";
import { ReportTable, TASK_STATES } from "./police-lists.tsx";

type Detail = Schemas["ReconciliationTaskDetail"];

/** What people say of a task that they have looked at; lists alone say that they agree, or are gone. */
const PEOPLES_STATES = ["in_progress", "explained", "corrected"];

interface Props {
  id: string;
  units: Units | undefined;
  close: () => void;
  changed: () => void;
}

export function OneTask({ id, units, close, changed }: Props) {
  const path = { task_id: id };
  const found = useAsked(id, () => told(api.GET("/api/v1/reconciliation-tasks/{task_id}", { params: { path } })));
  const [now, setNow] = useState<Detail>();
  const nameOfAccount = useNames();
  const detail = now ?? found.told;
  if (!detail) return <Dialog title={t("Việc đối chiếu", "A task")} close={close}>{found.why === undefined ? <Loading /> : <Failed why={found.why} again={found.again} />}</Dialog>;
  const { task, history } = detail;
  return (
    <Dialog title={t(`Đối chiếu: ${labelOf(units, task.report.commune_id)}, ${month(task.report.month.slice(0, 7))}`, `Reconcile: ${labelOf(units, task.report.commune_id)}, ${month(task.report.month.slice(0, 7))}`)} close={close} wide>
      <ReportTable report={task.report} />
      <h3>{t("Đã làm gì", "What was done")}</h3>
      <ol class="cases">
        {history.map((one) => (
          <li key={one.taken_at}><p><strong>{nameOf(TASK_STATES, one.state)}</strong>: {one.note}<br /><span class="soft">{nameOfAccount(one.taken_by)}, {spellTime(one.taken_at)}; {t("hạn", "due")} {date(one.due_on)}{one.account_id && <>; {t("người tìm hiểu", "by")} {nameOfAccount(one.account_id)}</>}</span></p></li>
        ))}
      </ol>
      <Change key={history.length} task={task} done={(next) => { setNow(next); changed(); }} />
    </Dialog>
  );
}

function Change({ task, done }: { task: Schemas["ReconciliationTask"]; done: (next: Detail) => void }) {
  const people = useSomePeople();
  const [state, setState] = useState(PEOPLES_STATES.includes(task.state) ? task.state : "in_progress");
  const [owner, setOwner] = useState(task.account_id ?? me.value!.account_id);
  const [due, setDue] = useState(task.due_on);
  const [note, setNote] = useState("");
  const { busy, why, run } = useDeed();
  const mayChoose = may("manage_accounts");
  const known = people.filter((one) => one.state !== "disabled" && one.role !== "volunteer");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          const body = {
            state: state as Schemas["TaskState"], note: note.trim(),
            account_id: owner === task.account_id ? undefined : owner, due_on: due === task.due_on ? undefined : due,
          };
          done(await told(api.PATCH("/api/v1/reconciliation-tasks/{task_id}", { params: { path: { task_id: task.task_id } }, body })));
        });
      }}
    >
      <Trouble why={why} />
      <div class="pair">
        <Choice id="task-state" label={t("Trạng thái", "State")} value={state} chosen={setState}>{TASK_STATES.filter(([word]) => word === "open" || PEOPLES_STATES.includes(word)).map(([word, name]) => <option key={word} value={word}>{name}</option>)}</Choice>
        <Field id="task-due" type="date" label={t("Hạn", "Due")} value={due} typed={setDue} min={due < day(new Date()) ? due : day(new Date())} required fault={faultAt(why, "/due_on")} />
      </div>
      {mayChoose && (
        <Choice id="task-owner" label={t("Người tìm hiểu", "Who finds out")} value={owner} chosen={setOwner}>
          {!known.some((one) => one.account_id === owner) && <option value={owner}>{owner === me.value!.account_id ? me.value!.name : t("người ở nơi khác", "somebody of elsewhere")}</option>}
          {known.map((one) => <option key={one.account_id} value={one.account_id}>{one.name}</option>)}
        </Choice>
      )}
      <Field id="task-note" label={t("Vì sao, thấy gì (không ghi tên công dân)", "Why, and what was found (no names of citizens)")} value={note} typed={setNote} required maxLength={300} fault={faultAt(why, "/note")} />
      <div class="deeds"><button disabled={busy}>{t("Ghi", "Write it")}</button></div>
    </form>
  );
}
