/** What was noted of a person for whoever comes next, the newest first. It names a citizen, so that each page is audited by the server. */
import { api, told } from "../../api.ts";
import { spellTime, t, vietnamese } from "../../words.ts";
import { Listed, usePaged } from "../paged.tsx";

const PAGE = 20;

export function PersonNotes({ id, nameOfAccount }: { id: string; nameOfAccount: (id: string) => string }) {
  const list = usePaged(`notes ${id}`, (cursor) => told(api.GET("/api/v1/persons/{recorded_person_id}/notes", { params: { path: { recorded_person_id: id }, query: { cursor, limit: PAGE } } })));
  return (
    <section aria-labelledby="person-notes">
      <h3 id="person-notes">{t("Ghi chú", "Notes")}</h3>
      <Listed list={list} empty={t("Chưa ai ghi chú gì về người này.", "Nothing was noted of this person.")}>
        {(rows) => (
          <ul class="cases">
            {rows.map((one) => <li key={one.op_id}><p><span lang={vietnamese}>{one.text}</span><br /><span class="soft">{nameOfAccount(one.written_by)}, {spellTime(one.written_at)}</span></p></li>)}
          </ul>
        )}
      </Listed>
    </section>
  );
}
