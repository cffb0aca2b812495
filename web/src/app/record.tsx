/** Recording somebody: who, what was done, saved. Three taps where they are on the village's list. */
import { useState } from "preact/hooks";

import { Choice, Field, Heading, useDeed } from "../kit.tsx";
import { day, t } from "../words.ts";
import { Pick, Toggle } from "./choices.tsx";
import { SaveTrouble } from "./faults.tsx";
import { useBegun } from "./begun.ts";
import { Piece } from "./later.tsx";
import { choose, chosen, markRecorded, type Person } from "./lists.ts";
import { meta } from "./meta.ts";
import { ABSENT, type Age, ageOf, type Consent, type Holder, type Outcome, records, remark, type Stage, visit } from "./operation.ts";
import { save } from "./outbox.ts";
import { unitName, villages } from "./pull.ts";
import { picked, said, say } from "./route.ts";
import { accountId } from "./session.ts";
import { Kept, Since } from "./since.tsx";
import { sync } from "./sync.ts";
import { actName, FIELD_STAGES, OTHER_STAGES, outcomeName, REASONS, stageName } from "./terms.ts";
import { describe } from "./todo.tsx";
import { ageOfTyped, Doubt, faultsOf, labelOfTyped, MoreFields, NOBODY, PickedPerson, sealScanned, sealTyped, type Typed, WhoFields, whoOf, wordsOf } from "./who.tsx";

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
  note: string;
}

const NOTHING: Fields = { typed: NOBODY, stages: [], reason: undefined, unfinished: false, promisedOn: "", holder: "own", note: "" };
const ACTS = [...FIELD_STAGES, ...OTHER_STAGES, "visit", "note"];

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
  const { typed, stages, reason, unfinished, promisedOn, holder, note } = fields;
  const [judged, setJudged] = useState(false);
  const { busy, why, run } = useDeed();
  const village = person?.village_id ?? chosen.value;
  const has = (stage: Stage) => person?.stages.includes(stage) ?? false;
  const toggle = (stage: Stage) => set({ stages: stages.includes(stage) ? stages.filter((one) => one !== stage) : [...stages, stage] });

  const faults = faultsOf(typed, new Date().getFullYear(), person !== undefined);
  const acted = stages.length > 0 || (unfinished && reason !== undefined);
  // A note alone is enough, unless they do not agree to it.
  const nothing = judged && !acted && (note.trim() === "" || Object.keys(faults).length === 0);
  // There is nobody to ask, so that nobody is asked to say that they agree.
  const age = person ? ageOf(person.birth_year ?? undefined) : ageOfTyped(typed);
  const absent = stages.length === 0 && unfinished && reason !== undefined && ABSENT.includes(reason);
  const keep = (consent: Consent) => {
    setJudged(true);
    said.value = undefined;
    const noted = consent === undefined || consent === "listed" ? "" : note.trim();
    const isWhole = consent === undefined || consent === "listed" || Object.keys(faults).length === 0;
    if (!(acted || noted) || village === undefined || !isWhole) {
      setTimeout(() => document.querySelector<HTMLElement>("[aria-invalid=true], .fault")?.scrollIntoView({ block: "center" }));
      return;
    }
    void run(async () => {
      const author = accountId();
      if (!author) return;
      const act = {
        author, village, consent,
        who: person ? ({ by: "person", personId: person.person_id } as const) : whoOf(typed),
        words: wordsOf(typed),
        label: person ? (person.name ?? describe(person)) : labelOfTyped(typed),
      };
      const drafts = await records(act, stages, holder);
      if (unfinished && reason) drafts.push(await visit(act, reason, promisedOn || undefined));
      if (noted) drafts.push(await remark(act, noted));
      await save(author, drafts);
      await clear();
      // It is saved already: a phone that is full now loses no more than this mark.
      if (person) await markRecorded(person, stages, unfinished ? reason : undefined).catch(() => undefined);
      const what = [...stages.map(stageName), ...(unfinished && reason ? [outcomeName(reason)] : []), ...(noted ? [actName({ kind: "note" })] : [])].join(", ");
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
          if (!absent) keep(age === "child" ? "guardian_spoken" : "spoken");
          else keep(person ? "listed" : undefined);
        }}
      >
        <section class="step">
          <h2>{t("1. Ai?", "1. Who?")}</h2>
          {person ? (
            <>
              <PickedPerson person={person} drop={drop} />
              <Piece view="NotesOf" given={{ recorded_person_id: person.person_id }} />
              <MoreFields typed={typed} set={(part) => set({ typed: { ...typed, ...part } })} faults={judged ? faults : {}} withName />
            </>
          ) : (
            <>
              <WhoFields typed={typed} change={(typed) => set({ typed })} judged={judged} sealed={(scanned) => sealScanned(scanned, ACTS)} />
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
          {!person && <Doubt typed={typed} village={village} stages={stages} />}
          {unfinished && (
            <>
              <Pick name="reason" label={t("Vì sao?", "Why?")} value={reason} options={REASONS.map((one) => [one, outcomeName(one)])} chosen={(reason) => set({ reason })} />
              {nothing && <p class="fault">{t("Hãy chọn lý do.", "Choose a reason.")}</p>}
              <Field id="promised" label={t("Hẹn gặp lại ngày (nếu có)", "Promised to come again on (if so)")} type="date" value={promisedOn} typed={(promisedOn) => set({ promisedOn })} min={day(new Date())} />
            </>
          )}
          {nothing && !unfinished && <p class="fault">{t("Hãy chọn việc đã làm.", "Choose what was done.")}</p>}
          {stages.length > 0 && (
            <Pick
              name="holder" label={t("Trên điện thoại của ai?", "On whose phone?")} value={holder} chosen={(holder) => set({ holder })}
              options={[["own", t("Của chính họ", "Their own")], ["family", t("Người nhà", "Family's")], ["helper", t("Người giúp", "A helper's")]]}
            >
              {holder === "helper" && <p class="soft">{t("Máy của người giúp thì chỉ ghi lại, không tính kết quả.", "On a helper's phone it is kept and not counted.")}</p>}
            </Pick>
          )}
          {!absent && (
            <details open={note !== ""}>
              <summary>{t("Ghi chú cho lần sau", "A note for the next time")}</summary>
              <Field
                id="note" label={t("Người đến sau cần biết gì?", "What should whoever comes next know?")} value={note} typed={(note) => set({ note })} autocomplete="off" maxLength={500}
                hint={t("Trưởng nhóm và tình nguyện viên của thôn đọc được. Chỉ giữ khi họ đồng ý. Không ghi số định danh, mật khẩu, mã OTP.", "Your lead and the village's volunteers read it. Kept only if they agree. No ID number, password or OTP.")}
              />
            </details>
          )}
          <details>
            <summary>{t("Bước do công an làm", "What the police do")}</summary>
            <div class="toggles">
              {OTHER_STAGES.map((stage) => <Toggle key={stage} on={stages.includes(stage)} toggle={() => toggle(stage)}>{stageName(stage)}</Toggle>)}
            </div>
          </details>
        </section>
        <section class="step">
          {absent ? <Absent isListed={person !== undefined} busy={busy} /> : <Asked age={age} busy={busy} keep={keep} />}
        </section>
        <Kept isKept={isKept} />
      </form>
      <p class="after">{t("Việc khác: ", "Also: ")}<a href="#/dat-hen">{t("đặt hẹn hộ", "book for somebody")}</a> · <a href="#/tuyen-truyen">{t("ghi buổi tuyên truyền", "an outreach activity")}</a>{village !== undefined && person && <span class="soft"> · {unitName(village)}</span>}</p>
    </>
  );
}

/** The last step where somebody is there: whether they agree, or who answers for a child. */
function Asked({ age, busy, keep }: { age: Age; busy: boolean; keep: (consent: Consent) => void }) {
  const isChild = age === "child";
  return (
    <>
      <h2>{isChild ? t("3. Cha, mẹ hoặc người giám hộ có đồng ý không?", "3. Does a parent or guardian agree?") : t("3. Họ có đồng ý để ghi tên không?", "3. Do they agree to be recorded?")}</h2>
      {isChild && <p class="soft">{t("Người này chưa đủ 14 tuổi: cha, mẹ hoặc người giám hộ quyết định thay.", "They are under 14: a parent or guardian decides for them.")}</p>}
      {meta.value?.consent && (
        <details>
          <summary>{t("Đọc cho người dân nghe", "Read this to them")}</summary>
          <p lang="vi">{meta.value.consent.text}</p>
        </details>
      )}
      <div class="save">
        <button type="submit" disabled={busy}>{isChild ? t("Cha mẹ đồng ý — Lưu", "A parent agrees — Save") : t("Đồng ý — Lưu", "They agree — Save")}</button>
        {age === "perhaps" && <button type="button" class="quiet" disabled={busy} onClick={() => keep("guardian_spoken")}>{t("Chưa đủ 14 tuổi, cha mẹ đồng ý — Lưu", "Under 14, a parent agrees — Save")}</button>}
        <button type="button" class="quiet" disabled={busy} onClick={() => keep(isChild ? "guardian_signed" : "signed")}>{t("Đã ký giấy — Lưu", "Signed — Save")}</button>
        <button type="button" class="quiet" disabled={busy} onClick={() => keep(undefined)}>{t("Không đồng ý — Lưu không tên", "They do not — Save nameless")}</button>
      </div>
    </>
  );
}

/** The last step where nobody is there to be asked. */
function Absent({ isListed, busy }: { isListed: boolean; busy: boolean }) {
  return (
    <>
      <h2>{t("3. Lưu lượt đi", "3. Save the visit")}</h2>
      <p class="soft">
        {isListed
          ? t("Không cần xin đồng ý: lượt này ghi theo danh sách của thôn, không ghi thêm gì về họ.", "No consent is needed: it stands on the village's list, and nothing more is kept of them.")
          : t("Chưa ai đồng ý nên chỉ ghi một lượt không tên. Muốn hẹn lại, hãy chọn tên trong danh sách thôn.", "Nobody agreed, so one nameless count is kept. To come again, pick them from the village's list.")}
      </p>
      <div class="save">
        <button type="submit" disabled={busy}>{isListed ? t("Lưu lượt đi", "Save the visit") : t("Lưu không tên", "Save nameless")}</button>
      </div>
    </>
  );
}
