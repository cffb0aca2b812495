/** What others ask of a volunteer: about records of one's own, and to call citizens whom another union recorded. Only with a network. */
import { useState } from "preact/hooks";

import type { Schemas } from "../api.ts";
import { Field, Heading, Loading, Trouble, useDeed } from "../kit.tsx";
import { day, dayWithin, spellPhone, t } from "../words.ts";
import { useList } from "./online.ts";
import { unitName } from "./pull.ts";
import { asked } from "./session.ts";
import { figure, stageName } from "./terms.ts";

type OwnSignal = Schemas["OwnSignal"];
type CallBack = Schemas["CallBack"];
type Result = Schemas["TellCallBack"]["result"];

const onDay = (on: string) => dayWithin(on, day(new Date()));

export function Asks() {
  const questions = useList(() => asked((client) => client.GET("/api/v1/me/signals", { params: { query: { limit: 50 } } })));
  const calls = useList(() => asked((client) => client.GET("/api/v1/me/call-backs", { params: { query: { limit: 50 } } })));
  const why = questions.why ?? calls.why;
  const open = calls.items?.filter((one) => one.is_open && !one.result);
  return (
    <>
      <Heading>{t("Việc nhờ bạn", "What is asked of you")}</Heading>
      <Trouble why={why}><p>{t("Phần này cần có mạng.", "This needs a network.")}</p></Trouble>
      {(questions.items || why === undefined) && (
        <>
          <h2>{t("Câu hỏi về việc đã ghi", "Questions about your records")}</h2>
          <p class="soft">{t("Chỉ là câu hỏi: không kết luận ai sai, không đổi số liệu.", "Only questions: nobody is found wrong, and no figure changes.")}</p>
        </>
      )}
      {!questions.items ? why === undefined && <Loading /> : questions.items.length === 0 ? <p class="soft empty">{t("Không có câu hỏi nào.", "No questions.")}</p> : (
        <ul class="lines">{questions.items.map((one) => <li key={one.signal_id}><Question signal={one} answered={questions.again} /></li>)}</ul>
      )}
      {(open || why === undefined) && <h2>{t("Gọi lại cho công dân", "Calls to citizens")}</h2>}
      {!open ? why === undefined && <Loading /> : open.length === 0 ? <p class="soft empty">{t("Không có cuộc gọi nào nhờ bạn.", "No calls to make.")}</p> : (
        <ul class="lines">{open.map((one) => <li key={one.call_back_id}><Call call={one} told={calls.again} /></li>)}</ul>
      )}
    </>
  );
}

function Question({ signal, answered }: { signal: OwnSignal; answered: () => void }) {
  const [note, setNote] = useState("");
  const { busy, why, run } = useDeed();
  const answer = (word: "explained" | "confirmed_wrong") =>
    run(async () => {
      const path = { signal_id: signal.signal_id };
      await asked((client) => client.POST("/api/v1/signals/{signal_id}/answers", { params: { path }, body: { answer: word, note: note.trim() } }));
      answered();
    });
  return (
    <div class="ask">
      <p><strong>{signal.title}</strong> <span class="soft">· {onDay(signal.on_day)} · {figure(signal.acts)} {t("bản ghi", "records")}</span></p>
      <p lang="vi">{signal.explanation}</p>
      <Trouble why={why} />
      {signal.state === "open" ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void answer("explained");
          }}
        >
          <Field id={`note-${signal.signal_id}`} label={t("Vì sao như vậy? (không ghi tên ai)", "How did it come about? (without names)")} value={note} typed={setNote} autocomplete="off" maxLength={500} required />
          <div class="deeds">
            <button disabled={busy || !note.trim()}>{t("Giải thích", "Explain")}</button>
            <button type="button" class="quiet danger" disabled={busy || !note.trim()} onClick={() => void answer("confirmed_wrong")}>{t("Đúng là ghi nhầm", "They are indeed wrong")}</button>
          </div>
        </form>
      ) : (
        <p class="soft">{signal.state === "answered" ? t("Bạn đã trả lời; trưởng nhóm sẽ xem.", "You have answered; your lead will look.") : t("Trưởng nhóm đã kết luận.", "Your lead has concluded.")}</p>
      )}
    </div>
  );
}

/** The number is shown while the call is to be made, and each look at it is written down. */
function Call({ call, told }: { call: CallBack; told: () => void }) {
  const [contact, setContact] = useState<Schemas["CallBackContact"]>();
  const { busy, why, run } = useDeed();
  const params = { path: { call_back_id: call.call_back_id } };
  const tell = (result: Result) =>
    run(async () => {
      await asked((client) => client.POST("/api/v1/call-backs/{call_back_id}/result", { params, body: { result } }));
      told();
    });
  return (
    <div class="ask">
      <p><strong>{stageName(call.stage)}</strong> <span class="soft">{["", onDay(call.on_day), unitName(call.village_id), call.due_on && t(`trả lời đến hết ${onDay(call.due_on)}`, `tell until ${onDay(call.due_on)}`)].filter((part, at) => at === 0 || part).join(" · ")}</span></p>
      <Trouble why={why} />
      {call.may_be_asked === false ? (
        <>
          <p class="notice">{t("Người này đã xin xóa hoặc hạn chế dữ liệu của mình: đừng gọi nữa.", "This citizen had their data erased or its use restricted: do not call them any more.")}</p>
          <button type="button" class="quiet" disabled={busy} onClick={() => void tell("not_to_be_asked")}>{t("Bỏ qua người này", "Leave them out")}</button>
        </>
      ) : !contact ? (
        <button type="button" class="quiet" disabled={busy} onClick={() => void run(async () => setContact(await asked((client) => client.GET("/api/v1/call-backs/{call_back_id}/contact", { params }))))}>
          {call.way === "call" ? t("Xem số để gọi", "Show the number") : t("Xem người cần gặp", "Show whom to meet")}
        </button>
      ) : (
        <>
          <p class="contact"><strong>{contact.name}</strong> {contact.phone && <a class="button quiet" href={`tel:${contact.phone}`}>{t("Gọi", "Call")} {spellPhone(contact.phone)}</a>}</p>
          <p class="notice" lang="vi">{contact.advice}</p>
          <div class="deeds">
            <button type="button" disabled={busy} onClick={() => void tell("confirmed")}>{t("Đúng như đã ghi", "As recorded")}</button>
            <button type="button" class="quiet" disabled={busy} onClick={() => void tell("not_confirmed")}>{t("Chưa làm, hoặc chưa xong", "Not done, or not to the end")}</button>
            <button type="button" class="quiet" disabled={busy} onClick={() => void tell("not_reachable")}>{t("Gọi ba lần không được", "Three calls, no answer")}</button>
            <button type="button" class="quiet danger" disabled={busy} onClick={() => void tell("never_met")}>{t("Chưa ai đến gặp", "Nobody ever came")}</button>
          </div>
        </>
      )}
    </div>
  );
}
