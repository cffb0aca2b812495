/** Persons who may be one: seen beside each other, merged, or said to be two; and merges, which may be undone. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Trouble, useDeed } from "../../kit.tsx";
import { usePress } from "../../press.ts";
import { spellTime, t } from "../../words.ts";
import { useNames } from "../admin/people.ts";
import { Done } from "../admin/pieces.tsx";
import { labelOf, useUnits } from "../admin/units.ts";
import { Note } from "../note.tsx";
import { Listed, usePaged } from "../paged.tsx";
import { nameOf, STAGES } from "../state.ts";
import { SEXES, Words } from "./person-words.tsx";

type Twins = Schemas["PersonTwins"];
type Twin = Schemas["PersonTwin"];

const PAGE = 20;

export function PossibleTwins() {
  const [done, setDone] = useState<{ said: string; undo?: () => void }>();
  const [shown, show] = useState<{ id: string; name: string }>();
  const { busy, why, run } = useDeed();
  const press = usePress();
  const units = useUnits();
  const list = usePaged("twins", (cursor) => told(api.GET("/api/v1/persons/twins", { params: { query: { cursor, limit: PAGE } } })));
  const merges = usePaged("merges", (cursor) => told(api.GET("/api/v1/persons/merges", { params: { query: { cursor, limit: PAGE } } })));
  const changed = (next: typeof done) => {
    setDone(next);
    list.again();
    merges.again();
  };
  const part = (merge_id: string) =>
    run(async () => {
      await press({ merge_id }, (key) => told(api.POST("/api/v1/persons/merges/{merge_id}/undo", { params: { path: { merge_id }, header: { "Idempotency-Key": key } } })));
      changed({ said: t("Đã tách lại thành hai người, số đếm như chưa từng gộp.", "They are two again, with every count as if they had never been one.") });
    });
  const merge = ({ one, other }: Twins) =>
    run(async () => {
      const body = { one_person_id: one.person_id, other_person_id: other.person_id };
      const { merge_id } = await press(body, (key) => told(api.POST("/api/v1/persons/merges", { params: { header: { "Idempotency-Key": key } }, body })));
      changed({ said: t(`Đã gộp: ${one.name} là một người, mỗi bước chỉ tính một lần.`, `${one.name} is one person now, and each step counts once.`), undo: () => void part(merge_id) });
    });
  const tell = ({ one, other }: Twins) =>
    run(async () => {
      await told(api.POST("/api/v1/persons/distinctions", { body: { one_person_id: one.person_id, other_person_id: other.person_id } }));
      changed({ said: t("Đã ghi là hai người: không hỏi lại về cặp này nữa.", "They are two: this pair is not asked about again.") });
    });
  return (
    <div class="halves">
      <section class="panel" aria-labelledby="twins">
        <h1 id="twins">{t("Có thể là một người", "Who may be one person")}</h1>
        <Note about={t("Gộp thì điều gì xảy ra?", "What does merging do?")}>
          <p>{t("Hai hồ sơ gần giống tên, năm sinh không trái nhau, và ít nhất một hồ sơ chưa có số định danh. Gộp: mọi bản ghi được tính lại như của một người; không xóa gì, tách lại lúc nào cũng được. Chưa chắc thì hỏi người ghi trước.", "Two whose names are alike, whose years of birth do not contradict each other, and of whom one at least has no ID number. Merging counts every record anew as of one person; nothing is deleted, and they may be parted at any time. If in doubt ask whoever recorded first.")}</p>
        </Note>
        <p class="soft">{t("Mỗi thôn được mở ra xem đều ghi vào nhật ký.", "Every village that is opened here is audited.")}</p>
        <Trouble why={why} />
        <Done said={done?.said} undo={done?.undo} busy={busy} />
        <Listed list={list} empty={t("Không có cặp nào giống nhau.", "Nobody looks like anybody else.")}>
          {(rows) => (
            <ul class="cases">
              {rows.map((pair) => (
                <li key={`${pair.one.person_id} ${pair.other.person_id}`}>
                  <p class="soft">{labelOf(units.told, pair.village_id)}{pair.same_phone != null && <>; <span class={pair.same_phone ? "good" : "warn"}>{pair.same_phone ? t("cùng số điện thoại", "the same phone") : t("khác số điện thoại", "different phones")}</span></>}</p>
                  <div class="beside">{[pair.one, pair.other].map((one) => <OneOfThem key={one.person_id} one={one} show={() => show({ id: one.person_id, name: one.name })} />)}</div>
                  <div class="deeds">
                    <button type="button" class="small" disabled={busy} onClick={() => void merge(pair)}>{t("Là một người: gộp", "One person: merge")}<span class="unseen"> {pair.one.name}</span></button>
                    <button type="button" class="quiet small" disabled={busy} onClick={() => void tell(pair)}>{t("Là hai người", "Two people")}<span class="unseen"> {pair.one.name}</span></button>
                  </div>
                </li>
              ))}
            </ul>
          )}
        </Listed>
      </section>
      <Merges list={merges} busy={busy} part={(id) => void part(id)} show={(id) => show({ id, name: t("Người đã gộp", "Who was merged") })} />
      {shown && <Words {...shown} close={() => show(undefined)} />}
    </div>
  );
}

function OneOfThem({ one, show }: { one: Twin; show: () => void }) {
  return (
    <div class="twin">
      <p><strong>{one.name}</strong><br /><span class="soft">{[one.birth_year, nameOf(SEXES, one.sex), one.id_tail ? t(`số định danh …${one.id_tail}`, `ID number …${one.id_tail}`) : t("chưa có số định danh", "no ID number")].filter(Boolean).join(", ")}</span></p>
      <p>{one.stages.length === 0 ? <span class="soft">{t("Chưa ghi bước nào", "No step is recorded")}</span> : one.stages.map((stage) => nameOf(STAGES, stage)).join(", ")}<br /><span class="soft">{t("Ghi lần đầu", "First recorded")} {spellTime(one.first_recorded_at)}</span></p>
      <button type="button" class="link" onClick={show}>{t("Ai đã nói gì", "Who said what")}<span class="unseen"> {one.name}</span></button>
    </div>
  );
}

interface MergesProps {
  list: ReturnType<typeof usePaged<Schemas["PersonMerge"]>>;
  busy: boolean;
  part: (merge_id: string) => void;
  show: (person_id: string) => void;
}

function Merges({ list, busy, part, show }: MergesProps) {
  const nameOfAccount = useNames();
  return (
    <section class="panel" aria-labelledby="merges">
      <h2 id="merges">{t("Đã gộp", "Merged")}</h2>
      <Listed list={list} empty={t("Chưa gộp ai.", "Nobody was merged.")}>
        {(rows) => (
          <ul class="cases">
            {rows.map((one) => (
              <li key={one.merge_id}>
                <p>{spellTime(one.merged_at)}, {nameOfAccount(one.merged_by)} {one.undone_at && <span class="badge calm">{t("đã tách lại", "parted")}</span>}{one.undone_at && <><br /><span class="soft">{spellTime(one.undone_at)}{one.undone_by && `, ${nameOfAccount(one.undone_by)}`}</span></>}</p>
                <p class="deeds">
                  <button type="button" class="quiet small" onClick={() => show(one.kept_person_id)}>{t("Ai đã nói gì", "Who said what")}</button>
                  {!one.undone_at && <button type="button" class="quiet small" disabled={busy} onClick={() => part(one.merge_id)}>{t("Tách lại", "Part them")}</button>}
                </p>
              </li>
            ))}
          </ul>
        )}
      </Listed>
    </section>
  );
}
