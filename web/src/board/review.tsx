/** What waits for somebody's judgement: signals, held operations, and what is left to do. */
import { useState } from "preact/hooks";

import { api, Refused, type Schemas, told } from "../api.ts";
import { listName } from "../app/terms.ts";
import { useAsked } from "../ask.ts";
import { Dialog } from "../dialog.tsx";
import { Choice, Field, faultAt, Loading, Trouble, useDeed } from "../kit.tsx";
import { may, me } from "../session.ts";
import { spellTime, t } from "../words.ts";
import { PickUnit } from "./admin/pieces.tsx";
import { labelOf, type Units, useUnits } from "./admin/units.ts";
import { Note } from "./note.tsx";
import { Listed, usePaged } from "./paged.tsx";
import { Sent } from "./sent.tsx";
import { spell } from "./state.ts";
import { TakeList } from "./take-list.tsx";

type Signal = Schemas["Signal"];
type Held = Schemas["HeldOperation"];
type Verdict = Schemas["SignalVerdict"];

const PAGE = 50;

export function Review() {
  return (
    <>
      <h1 class="unseen">{t("Cần xem xét", "To be judged")}</h1>
      <Worklists />
      <div class="halves">
        <Signals />
        {may("correct_work") && <HeldOnes />}
      </div>
    </>
  );
}

/** How many are left in a commune, list by list. */
function Worklists() {
  const [chosen, choose] = useState("");
  const communes = useAsked("communes", async () => {
    const query = { level: "commune", within: me.value?.unit_id, limit: 200 } as const;
    return (await told(api.GET("/api/v1/units", { params: { query } }))).items;
  });
  // Whoever works in one commune has no other to choose from.
  const unit_id = Number(chosen) || communes.told?.[0]?.unit_id || (communes.told && me.value?.unit_id);
  const counts = useAsked(`worklists ${unit_id}`, async () => (unit_id ? told(api.GET("/api/v1/worklists", { params: { query: { unit_id } } })) : undefined));
  if (!may("read_worklists")) return null;
  return (
    <section class="panel" aria-labelledby="left">
      <div class="panel-head">
        <h2 id="left">{t("Việc còn lại", "Left to do")}</h2>
        {communes.told && communes.told.length > 0 && (
          <Choice id="left-in" label={t("Xã, phường", "Commune")} value={String(unit_id ?? "")} chosen={choose}>
            {communes.told.map((one) => <option key={one.unit_id} value={String(one.unit_id)}>{one.name}</option>)}
          </Choice>
        )}
      </div>
      {!counts.told ? (counts.why === undefined ? <Loading /> : <Trouble why={counts.why} />) : (
        <dl class="counts">
          {counts.told.lists.map((one) => <div key={one.worklist}><dt>{listName(one.worklist, one.title)}</dt><dd>{spell(one.people)}</dd></div>)}
        </dl>
      )}
    </section>
  );
}

const SEVERITIES: Record<string, string> = { info: t("để biết", "to know"), flag: t("cần hỏi", "to ask"), high: t("cần hỏi ngay", "to ask at once") };

function Signals() {
  const [chosen, choose] = useState<Signal>();
  const list = usePaged("signals", (cursor) => told(api.GET("/api/v1/signals", { params: { query: { state: "open", cursor, limit: PAGE } } })));
  return (
    <section class="panel" aria-labelledby="signals">
      <div class="panel-head">
        <h2 id="signals">{t("Dấu hiệu cần hỏi lại", "Signals")}</h2>
        <div class="deeds"><TakeList asked={{ table: "signals" }} ofDays title={t("Dấu hiệu cần hỏi lại", "Signals")} says={t("Mọi dấu hiệu về những ngày này, cả những dấu hiệu đã trả lời. Không có tên ai.", "Every signal about these days, answered ones too. It names nobody.")} /></div>
      </div>
      <p class="soft">{t("Không dấu hiệu nào là kết luận; không dấu hiệu nào đổi số liệu.", "None is a verdict, and none changes a number.")}</p>
      <Note about={t("Thấy dấu hiệu thì làm gì?", "What to do about one?")}>
        <p>{t("Hỏi người ghi trước: phần lớn có lý do thật, như một đội lưu động giúp cả thôn trong một buổi. Trả lời “đã giải thích được” thì đóng; “bản ghi sai” thì sửa hay hủy bản ghi ở mục Quản lý.", "Ask whoever recorded first: most have an honest reason, such as a mobile team that helps a whole village in a morning. “Explained” closes it; where records are wrong, correct them or take them back under Manage.")}</p>
      </Note>
      <Listed list={list} empty={t("Không có dấu hiệu nào đang mở.", "None is open.")}>
        {(rows) => (
          <ul class="cases">
            {rows.map((one) => (
              <li key={one.signal_id}>
                <p><strong lang="vi">{one.title}</strong> <span class={one.severity === "high" ? "badge grave" : "badge"}>{SEVERITIES[one.severity] ?? one.severity}</span></p>
                <p lang="vi">{one.explanation}</p>
                <p class="deeds"><span class="soft">{actsOf(one).count}, {spellTime(one.raised_at)}</span>
                  {may("answer_signals") && <button type="button" class="quiet small" onClick={() => choose(one)}>{t("Trả lời", "Answer")}</button>}
                </p>
              </li>
            ))}
          </ul>
        )}
      </Listed>
      {chosen && <Answer signal={chosen} close={() => choose(undefined)} done={() => { choose(undefined); list.again(); }} />}
    </section>
  );
}

const VERDICTS: [Verdict, string][] = [
  ["explained", t("Đã giải thích được", "It is explained")],
  ["confirmed_wrong", t("Bản ghi sai", "The records are wrong")],
  ["withdrawn", t("Không còn gì phải hỏi", "Nothing to ask about any more")],
];

function Answer({ signal, close, done }: { signal: Signal; close: () => void; done: () => void }) {
  const [answer, setAnswer] = useState<Verdict>("explained");
  const [note, setNote] = useState("");
  const { busy, why, run } = useDeed();
  return (
    <Dialog title={signal.title} lang="vi" close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(async () => {
            await told(api.POST("/api/v1/signals/{signal_id}/answers", { params: { path: { signal_id: signal.signal_id } }, body: { answer, note } }));
            done();
          });
        }}
      >
        <p lang="vi">{signal.explanation}</p>
        <Acts signal={signal} />
        <Trouble why={why} />
        <Choice id="verdict" label={t("Trả lời", "Answer")} value={answer} chosen={(word) => setAnswer(word as Verdict)}>
          {VERDICTS.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
        </Choice>
        <Field id="note" label={t("Vì sao (không ghi tên công dân)", "How it came about (no names of citizens)")} value={note} typed={setNote} required maxLength={500} fault={faultAt(why, "/note")} />
        <button disabled={busy}>{t("Gửi", "Send")}</button>
      </form>
    </Dialog>
  );
}

/** Signals that are about outreach; all others are about records of people. */
const OF_OUTREACH = ["round_counts", "crowd_high"];

/** How many a signal is about, and how one of them is called and found. */
function actsOf({ rule, acts }: Signal) {
  return OF_OUTREACH.includes(rule)
    ? { count: t(`${spell(acts)} buổi tuyên truyền`, `${spell(acts)} activities`), one: t("Buổi", "Activity"), at: "#ra-quan/tuyen-truyen" }
    : { count: t(`${spell(acts)} bản ghi`, `${spell(acts)} records`), one: t("Bản ghi", "Record"), at: "#quan-ly/ban-ghi" };
}

/** The records that a signal is about, and what was said about it so far. */
function Acts({ signal }: { signal: Signal }) {
  const detail = useAsked(signal.signal_id, () => told(api.GET("/api/v1/signals/{signal_id}", { params: { path: { signal_id: signal.signal_id } } })));
  if (!detail.told) return detail.why === undefined ? <Loading /> : <Trouble why={detail.why} />;
  const { answers, op_ids } = detail.told;
  const { count, one: name, at } = actsOf(signal);
  return (
    <>
      {answers.map((one) => <p key={one.answered_at} class="soft">{VERDICTS.find(([word]) => word === one.answer)?.[1] ?? one.answer}: {one.note} ({spellTime(one.answered_at)})</p>)}
      {may("correct_work") && op_ids.length > 0 && (
        <details class="note">
          <summary>{t("Xem", "See")} {count}</summary>
          <div><ol class="columns">{op_ids.map((id, index) => <li key={id}><a href={`${at}/${id}`}>{name} {index + 1}</a></li>)}</ol></div>
        </details>
      )}
    </>
  );
}

function HeldOnes() {
  const [chosen, choose] = useState<Held>();
  const units = useUnits();
  const list = usePaged("held", (cursor) => told(api.GET("/api/v1/held-operations", { params: { query: { cursor, limit: PAGE } } })));
  return (
    <section class="panel" aria-labelledby="held">
      <div class="panel-head">
        <h2 id="held">{t("Bản ghi chờ duyệt", "Held operations")}</h2>
        <div class="deeds"><TakeList asked={{ table: "held" }} title={t("Bản ghi chờ duyệt", "Held operations")} /></div>
      </div>
      <p class="soft">{t("Máy chủ không tự nhận được; chưa duyệt thì chưa tính.", "The server could not take them by itself; they do not count before.")}</p>
      <Note about={t("Được công nhận, đã xác nhận, chờ duyệt khác nhau thế nào?", "How do recognised, confirmed and held differ?")}>
        <p>{t("Được công nhận: máy chủ đã nhận và tính. Đã xác nhận: có thêm nguồn thứ hai (làm tại điểm tiếp nhận, danh sách công an, gọi lại). Chờ duyệt: chưa tính, người có trách nhiệm xem rồi duyệt hay từ chối; sau 30 ngày nội dung bị xóa.", "Recognised: taken by the server and counted. Confirmed: with a second source besides (an office, the police's list, a call-back). Held: not counted before somebody decides; after 30 days its words are deleted.")}</p>
      </Note>
      <Listed list={list} empty={t("Không có gì chờ duyệt.", "Nothing is held.")}>
        {(rows) => (
          <ul class="cases">
            {rows.map((one) => (
              <li key={one.op_id}>
                <p><strong>{one.message}</strong>{one.village_id && units.told && <><br />{units.told.has(one.village_id) ? labelOf(units.told, one.village_id) : t("Gửi cho một thôn ngoài phạm vi của bạn", "Sent for a village beyond your unit")}</>}</p>
                <p class="deeds"><span class="soft">{spellTime(one.received_at)}{one.kept_until && `; ${t("giữ đến", "kept until")} ${spellTime(one.kept_until)}`}</span>
                  <button type="button" class="quiet small" onClick={() => choose(one)}>{t("Xem và quyết định", "See and decide")}</button>
                </p>
              </li>
            ))}
          </ul>
        )}
      </Listed>
      {chosen && <Decide held={chosen} units={units.told} close={() => choose(undefined)} done={() => { choose(undefined); list.again(); }} />}
    </section>
  );
}

function Decide({ held, units, close, done }: { held: Held; units: Units | undefined; close: () => void; done: () => void }) {
  const [reason, setReason] = useState("");
  const [village, setVillage] = useState<number>();
  const [agreed, setAgreed] = useState(false);
  const { busy, why, run } = useDeed();
  const path = { held_op_id: held.op_id };
  const detail = useAsked(held.op_id, () => told(api.GET("/api/v1/held-operations/{held_op_id}", { params: { path } })));
  const decide = (decision: Schemas["ReviewDecision"]) =>
    run(async () => {
      await told(api.POST("/api/v1/held-operations/{held_op_id}/decision", { params: { path }, body: { decision, reason, village_id: decision === "approve" ? village : undefined, guardian_agreed: decision === "approve" && agreed } }));
      done();
    });
  return (
    <Dialog title={held.message} close={close} wide>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void decide("approve");
        }}
      >
        {!detail.told ? (detail.why === undefined ? <Loading /> : <Trouble why={detail.why} />) : <Sent sent={detail.told.sent} units={units} />}
        <Trouble why={why} />
        {held.kind !== "void" && units && <PickUnit id="right-village" label={t("Thôn đúng, nếu gửi nhầm thôn (bỏ trống: như đã gửi)", "The right village, if it was sent for another (empty: as sent)")} units={units} among={(one) => one.level === "village"} chosen={village} choose={setVillage} fault={faultAt(why, "/village_id")} />}
        {(agreed || (why instanceof Refused && why.code === "guardian-needed")) && <label class="check"><input type="checkbox" checked={agreed} onChange={(event) => setAgreed(event.currentTarget.checked)} /> <span>{t("Đã hỏi cha, mẹ hoặc người giám hộ, và họ đồng ý", "A parent or guardian was asked, and agreed")}</span></label>}
        <Field id="reason" label={t("Lý do (không ghi tên)", "Why (no names)")} value={reason} typed={setReason} required maxLength={200} fault={faultAt(why, "/reason")} />
        <div class="deeds">
          <button disabled={busy || !detail.told}>{t("Duyệt", "Approve")}</button>
          <button type="button" class="quiet danger" disabled={busy || !detail.told || !reason.trim()} onClick={() => void decide("refuse")}>{t("Từ chối", "Refuse")}</button>
        </div>
      </form>
    </Dialog>
  );
}
