/** Recording somebody: who, what was done, saved. Three taps where they are on the village's list. */
import { useState } from "preact/hooks";

import { Choice, Field, Heading, useDeed } from "../kit.tsx";
import { day, t } from "../words.ts";
import { Pick, Toggle } from "./choices.tsx";
import { SaveTrouble } from "./faults.tsx";
import { useBegun } from "./begun.ts";
import { choose, chosen, markRecorded, type Person } from "./lists.ts";
import { meta } from "./meta.ts";
import { type Consent, type Holder, type Outcome, records, type Stage, visit } from "./operation.ts";
import { save } from "./outbox.ts";
import { unitName, villages } from "./pull.ts";
import { picked, said, say } from "./route.ts";
import { accountId } from "./session.ts";
import { Kept, Since } from "./since.tsx";
import { sync } from "./sync.ts";
import { FIELD_STAGES, OTHER_STAGES, outcomeName, REASONS, stageName } from "./terms.ts";
import { describe } from "./todo.tsx";
import { faultsOf, labelOfTyped, NOBODY, PickedPerson, sealTyped, type Typed, WhoFields, whoOf, wordsOf } from "./who.tsx";

export function VillageChoice() {
  return (
    <Choice id="village" label={t("Thôn, khu phố", "Village")} value={String(chosen.value ?? "")} chosen={(id) => void choose(Number(id))}>
      {chosen.value === undefined && <option value="">{t("Chọn thôn, khu phố", "Choose a village")}</option>}
      {villages.value.map((unit) => <option key={unit.unit_id} value={String(unit.unit_id)}>{unit.name}</option>)}
    </Choice>
  );
}

interface Fields {
  typed: Typed;
  stages: Stage[];
  reason: Outcome | undefined;
  unfinished: boolean;
  promisedOn: string;
  holder: Holder;
}

const NOTHING: Fields = { typed: NOBODY, stages: [], reason: undefined, unfinished: false, promisedOn: "", holder: "own" };
const ACTS = [...FIELD_STAGES, ...OTHER_STAGES, "visit"];

export function Record() {
  const person = picked.value;
  return <Form key={person?.person_id ?? ""} person={person} />;
}

function Form({ person }: { person: Person | undefined }) {
  const { fields, set, clear, since, isKept } = useBegun<Fields>("/ghi", NOTHING, {
    person,
    sealed: async (fields) => ({ ...fields, typed: await sealTyped(fields.typed, ACTS) }),
    label: ({ typed }) => (person ? (person.name ?? describe(person)) : labelOfTyped(typed)),
  });
  const { typed, stages, reason, unfinished, promisedOn, holder } = fields;
  const [judged, setJudged] = useState(false);
  const { busy, why, run } = useDeed();
  const village = person?.village_id ?? chosen.value;
  const has = (stage: Stage) => person?.stages.includes(stage) ?? false;
  const toggle = (stage: Stage) => set({ stages: stages.includes(stage) ? stages.filter((one) => one !== stage) : [...stages, stage] });

  const nothing = stages.length === 0 && !(unfinished && reason);
  const keep = (consent: Consent) => {
    setJudged(true);
    said.value = undefined;
    const isWhole = consent === undefined || person !== undefined || Object.keys(faultsOf(typed, new Date().getFullYear())).length === 0;
    if (nothing || village === undefined || !isWhole) {
      setTimeout(() => document.querySelector<HTMLElement>("[aria-invalid=true], .fault")?.scrollIntoView({ block: "center" }));
      return;
    }
    void run(async () => {
      const author = accountId();
      if (!author) return;
      const act = {
        author, village, consent,
        who: person ? ({ by: "person", personId: person.person_id } as const) : whoOf(typed),
        words: person ? {} : wordsOf(typed),
        label: person ? (person.name ?? describe(person)) : labelOfTyped(typed),
      };
      const drafts = await records(act, stages, holder);
      if (unfinished && reason) drafts.push(await visit(act, reason, promisedOn || undefined));
      await save(author, drafts);
      await clear();
      // It is saved already: a phone that is full now loses no more than this mark.
      if (person) await markRecorded(person, stages, unfinished ? reason : undefined).catch(() => undefined);
      const what = [...stages.map(stageName), ...(unfinished && reason ? [outcomeName(reason)] : [])].join(", ");
      const whose = consent ? act.label ?? "" : t("một lượt không tên", "one nameless count");
      say(t(`Đã lưu trên máy: ${what}${whose && ` — ${whose}`}.`, `Saved on this phone: ${what}${whose && ` — ${whose}`}.`), person ? "/" : "/ghi");
      picked.value = undefined;
      setJudged(false);
      void sync();
    });
  };
  const drop = () => {
    void clear();
    picked.value = undefined;
  };

  return (
    <>
      <Heading>{t("Ghi nhận", "Record")}</Heading>
      <Since at={since} clear={() => void clear()} />
      <SaveTrouble why={why} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          keep("spoken");
        }}
      >
        <section class="step">
          <h2>{t("1. Ai?", "1. Who?")}</h2>
          {person ? (
            <PickedPerson person={person} drop={drop} />
          ) : (
            <>
              <WhoFields typed={typed} change={(typed) => set({ typed })} judged={judged} village={village} />
              <VillageChoice />
              {judged && village === undefined && <p class="fault">{t("Hãy chọn thôn, khu phố.", "Choose a village.")}</p>}
            </>
          )}
        </section>
        <section class="step">
          <h2>{t("2. Đã làm được gì?", "2. What was done?")}</h2>
          <div class="toggles">
            {FIELD_STAGES.map((stage) => (
              <Toggle key={stage} on={stages.includes(stage)} toggle={() => toggle(stage)}>
                {stageName(stage)}{has(stage) && <span class="soft">{t("đã ghi trước đây", "recorded before")}</span>}
              </Toggle>
            ))}
            <Toggle on={unfinished} toggle={() => set({ unfinished: !unfinished })}>{t("Chưa xong", "Not done yet")}</Toggle>
          </div>
          {unfinished && (
            <>
              <Pick name="reason" label={t("Vì sao?", "Why?")} value={reason} options={REASONS.map((one) => [one, outcomeName(one)])} chosen={(reason) => set({ reason })} />
              {judged && nothing && <p class="fault">{t("Hãy chọn lý do.", "Choose a reason.")}</p>}
              <Field id="promised" label={t("Hẹn gặp lại ngày (nếu có)", "Promised to come again on (if so)")} type="date" value={promisedOn} typed={(promisedOn) => set({ promisedOn })} min={day(new Date())} />
            </>
          )}
          {judged && nothing && !unfinished && <p class="fault">{t("Hãy chọn việc đã làm.", "Choose what was done.")}</p>}
          {stages.length > 0 && (
            <Pick
              name="holder" label={t("Trên điện thoại của ai?", "On whose phone?")} value={holder} chosen={(holder) => set({ holder })}
              options={[["own", t("Của chính họ", "Their own")], ["family", t("Người nhà", "Family's")], ["helper", t("Người giúp", "A helper's")]]}
            >
              {holder === "helper" && <p class="soft">{t("Máy của người giúp thì chỉ ghi lại, không tính kết quả.", "On a helper's phone it is kept and not counted.")}</p>}
            </Pick>
          )}
          <details>
            <summary>{t("Bước do công an làm", "What the police do")}</summary>
            <div class="toggles">
              {OTHER_STAGES.map((stage) => <Toggle key={stage} on={stages.includes(stage)} toggle={() => toggle(stage)}>{stageName(stage)}</Toggle>)}
            </div>
          </details>
        </section>
        <section class="step">
          <h2>{t("3. Họ có đồng ý để ghi tên không?", "3. Do they agree to be recorded?")}</h2>
          {meta.value?.consent && (
            <details>
              <summary>{t("Đọc cho người dân nghe", "Read this to them")}</summary>
              <p lang="vi">{meta.value.consent.text}</p>
            </details>
          )}
          <div class="save">
            <button type="submit" disabled={busy}>{t("Đồng ý — Lưu", "They agree — Save")}</button>
            <button type="button" class="quiet" disabled={busy} onClick={() => keep("signed")}>{t("Đã ký giấy — Lưu", "Signed — Save")}</button>
            <button type="button" class="quiet" disabled={busy} onClick={() => keep(undefined)}>{t("Không đồng ý — Lưu không tên", "They do not — Save nameless")}</button>
          </div>
        </section>
        <Kept isKept={isKept} />
      </form>
      <p class="after">{t("Việc khác: ", "Also: ")}<a href="#/dat-hen">{t("đặt hẹn hộ", "book for somebody")}</a> · <a href="#/tuyen-truyen">{t("ghi buổi tuyên truyền", "an outreach activity")}</a>{village !== undefined && person && <span class="soft"> · {unitName(village)}</span>}</p>
    </>
  );
}
