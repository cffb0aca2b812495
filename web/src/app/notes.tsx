/** What was noted of somebody before. It lies on no phone: it is asked for by whoever wants to read it. */
import { useState } from "preact/hooks";

import type { Schemas } from "../api.ts";
import { Loading, Trouble, useDeed } from "../kit.tsx";
import { t } from "../words.ts";
import { asked } from "./session.ts";
import { shortTime } from "./status.tsx";

const SHOWN = 10;

export function NotesOf({ recorded_person_id }: { recorded_person_id: string }) {
  const [notes, show] = useState<Schemas["FieldNote"][]>();
  const { why, run } = useDeed();
  const params = { path: { recorded_person_id }, query: { limit: SHOWN } };
  const load = () => run(async () => show((await asked((client) => client.GET("/api/v1/persons/{recorded_person_id}/notes", { params }))).items));
  return (
    <details onToggle={(event) => void (event.currentTarget.open && load())}>
      <summary>{t("Ghi chú của những lần trước", "Notes of earlier visits")}</summary>
      <Trouble why={why}><p>{t("Phần này cần có mạng.", "This needs a network.")}</p></Trouble>
      {!notes ? why === undefined && <Loading /> : notes.length === 0 ? <p class="soft">{t("Chưa có ghi chú nào.", "No notes yet.")}</p> : (
        <ul class="lines">{notes.map((note) => <li key={note.op_id}>{note.text} <span class="soft">{shortTime(note.written_at)}</span></li>)}</ul>
      )}
    </details>
  );
}
