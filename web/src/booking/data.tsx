/** One's own data, by the codes of an appointment: asking to see, correct or erase it, and what became of that. */
import { useEffect, useRef, useState } from "preact/hooks";

import { api, type Schemas, serverNow, told } from "../api.ts";
import { faultAt, Heading, Loading, Trouble, useDeed } from "../kit.tsx";
import { day, dayWithin, spellTime, t, vietnamese } from "../words.ts";
import { WhatConsent } from "./consent.tsx";
import { type MyDataProps, NO_WISH, type Wish } from "./later.tsx";
import type { Key } from "./own.tsx";
import { Stale } from "./slots.tsx";
import { useWatch } from "./watch.ts";

type Kind = Schemas["RightsKind"];
type Request = Schemas["ReceivedRightsRequest"];

interface Right {
  name: string;
  help: string;
  /** What has to be said: nobody puts right, or leaves alone, what was not named. */
  asks?: string;
}

const RIGHTS: Record<Kind, Right> = {
  access: { name: t("Xem dữ liệu của tôi", "See my data"), help: t("Nhận bản sao mọi điều đang lưu về bạn.", "A copy of everything that is kept about you.") },
  correct: { name: t("Sửa điều ghi sai", "Correct what is wrong"), help: t("Họ tên, năm sinh, giới tính, số điện thoại.", "Name, year of birth, sex, phone number."), asks: t("Sai ở đâu, đúng là gì?", "What is wrong, and what is right?") },
  erase: { name: t("Xóa dữ liệu của tôi", "Erase my data"), help: t("Xóa hết; lịch hẹn còn lại cũng bị hủy. Việc đã làm vẫn được đếm, không còn tên ai.", "Everything goes, and appointments are cancelled. What was done is still counted, without a name.") },
  withdraw: { name: t("Rút lại sự đồng ý", "Take my consent back"), help: t("Như xóa, và việc đã làm không được tính vào xếp hạng nữa.", "As erasing, and what was done counts in no ranking any more.") },
  restrict: { name: t("Tạm ngừng sử dụng", "Stop using it for now"), help: t("Vẫn giữ nhưng không dùng, không ai gọi bạn, đến khi bạn muốn lại.", "It is kept, but not used, and nobody calls you, until you want it again.") },
  object: { name: t("Phản đối một cách dùng", "Object to a use"), help: t("Được chấp nhận thì dữ liệu bị xóa như khi rút lại sự đồng ý.", "Where it is granted, the data goes as if the consent were taken back."), asks: t("Không muốn dữ liệu được dùng vào việc gì?", "Which use do you object to?") },
};

const STATES: Record<string, string> = {
  received: t("Đã nhận", "Received"),
  acknowledged: t("Đang xem xét", "Being looked at"),
  extended: t("Được gia hạn", "Extended"),
  done: t("Đã làm xong", "Done"),
  refused: t("Bị từ chối", "Refused"),
  withdrawn: t("Bạn đã rút", "You took it back"),
};

const GROUNDS: Record<string, string> = {
  identity_not_shown: t("chưa rõ người yêu cầu là ai", "it was not shown who asks"),
  law_requires_keeping: t("luật buộc phải giữ", "the law requires keeping it"),
  rights_of_others: t("ảnh hưởng quyền của người khác", "it would harm others' rights"),
  security: t("lý do an ninh", "security"),
  not_kept_here: t("không có dữ liệu đó ở đây", "that is not kept here"),
  excessive: t("yêu cầu lặp lại quá nhiều", "it was asked too often"),
};

const WORDS_CHARS_MAX = 500;
/** How often an open page looks whether there is an answer. */
const AGAIN_MS = 60_000;

const rightOf = (kind: string) => RIGHTS[kind as Kind] as Right | undefined;
const nameOf = (kind: string) => rightOf(kind)?.name ?? kind;
const isOpen = ({ state }: Request) => ["received", "acknowledged", "extended"].includes(state);
const today = () => day(new Date(serverNow()));

const read = async (own: Key) => (await told(api.POST("/api/v1/own-rights-requests/find", { body: own }))).requests;

export function Data({ own, draft, gone, back }: MyDataProps) {
  const [requests, setRequests] = useState<Request[]>();
  const { busy, why, run } = useDeed();
  const look = () => void run(async () => setRequests(await read(own)));
  useEffect(look, []);
  const since = useWatch(requests !== undefined && !busy, AGAIN_MS, async () => setRequests(await read(own)));
  const put = (one: Request) => {
    const isSame = (other: Request) => other.rights_request_id === one.rights_request_id;
    setRequests((all = []) => (all.some(isSame) ? all.map((other) => (isSame(other) ? one : other)) : [one, ...all]));
  };
  return (
    <>
      <Heading>{t("Dữ liệu của tôi", "My data")}</Heading>
      <p>{t("Bạn được xem, sửa, xóa dữ liệu của mình và rút lại sự đồng ý bất cứ lúc nào. Tổ công tác trả lời đúng hạn; nhận kết quả thì mang theo thẻ Căn cước, vì người khác có thể cầm phiếu hẹn này.", "You may see, correct and erase your data and take your consent back at any time. The task force answers in time; bring your card for the result, since somebody else may hold this slip.")}</p>
      <WhatConsent />
      {since && <Stale since={since} />}
      <h2>{t("Yêu cầu đã gửi bằng hai mã này", "Asked for with these codes")}</h2>
      {!requests ? why === undefined ? <Loading /> : <Trouble why={why} again={look} /> : requests.length === 0 ? <p class="soft">{t("Chưa có yêu cầu nào.", "Nothing yet.")}</p> : (
        <ul class="asked">{requests.map((one) => <li key={one.rights_request_id}><Row own={own} request={one} changed={put} /></li>)}</ul>
      )}
      {gone
        ? <p class="notice">{t("Lịch hẹn này không còn được lưu, nên chỉ xem được yêu cầu đã gửi. Muốn yêu cầu thêm, hãy mang thẻ đến điểm tiếp nhận.", "This appointment is kept no more, so what was asked can only be seen. To ask for more, bring your card to an office.")}</p>
        : requests && <Ask own={own} draft={draft} known={requests} sent={put} />}
      <p class="deeds"><button type="button" class="quiet" onClick={back}>{t("Về lịch hẹn", "Back to the appointment")}</button></p>
    </>
  );
}

/** An ID number, of old or of now, however it is written: it would be read by all who read the words. */
function hasIdNumber(words: string): boolean {
  const numbers = words.match(/\d{3,}(?:[ .-]\d{3,})*/g) ?? [];
  return numbers.some((one) => [9, 12].includes(one.replace(/\D/g, "").length));
}

function faultOf({ kind, words }: Wish): string | undefined {
  if (kind && RIGHTS[kind].asks && !words.trim()) return t("Hãy ghi rõ, để biết phải làm gì.", "Say which, so that it can be done.");
  return hasIdNumber(words) ? t("Hãy bỏ số định danh ra: hai mã của lịch hẹn đã nói bạn là ai.", "Take the ID number out: the codes already say who you are.") : undefined;
}

interface AskProps {
  own: Key;
  draft: MyDataProps["draft"];
  known: Request[];
  sent: (one: Request) => void;
}

function Ask({ own, draft, known, sent }: AskProps) {
  const wish = draft.value.code === own.code ? draft.value : NO_WISH;
  const change = (part: Partial<Wish>) => draft.change({ ...wish, ...part, code: own.code });
  const [judged, setJudged] = useState(false);
  const [told_, setTold] = useState<{ request: Request; isNew: boolean }>();
  const { busy, why, run } = useDeed();
  const { kind, words } = wish;
  if (told_) return <Told {...told_} another={() => setTold(undefined)} />;
  const fault = (judged ? faultOf(wish) : undefined) ?? faultAt(why, "/words");
  const send = () => {
    setJudged(true);
    // Faults are drawn first.
    if (!kind || faultOf(wish)) return void setTimeout(() => document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
    return void run(async () => {
      const request = await told(api.POST("/api/v1/own-rights-requests", { body: { ...own, kind, words: words.trim() || undefined } }));
      setTold({ request, isNew: !known.some((one) => one.rights_request_id === request.rights_request_id) });
      setJudged(false);
      draft.clear();
      sent(request);
    });
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <h2>{t("Gửi một yêu cầu", "Ask for something")}</h2>
      <Kinds chosen={kind} choose={(kind) => change({ kind })} fault={judged && !kind ? t("Hãy chọn một điều.", "Choose one.") : undefined} />
      <div class="field">
        <label for="data-words">{(kind && RIGHTS[kind].asks) || t("Muốn nói thêm (nếu có)", "Anything to add (if any)")}</label>
        <textarea id="data-words" rows={4} maxLength={WORDS_CHARS_MAX} value={words} aria-invalid={fault !== undefined} aria-describedby="data-words-about" onInput={(event) => change({ words: event.currentTarget.value })} />
        <p id="data-words-about" class={fault ? "fault" : "soft"}>{fault ?? t("Không ghi số định danh, mật khẩu hay mã OTP.", "No ID number, password or OTP.")}</p>
      </div>
      <Trouble why={why} />
      <button disabled={busy}>{t("Gửi yêu cầu", "Send")}</button>
    </form>
  );
}

interface KindsProps {
  chosen: Kind | "";
  choose: (kind: Kind) => void;
  fault: string | undefined;
}

function Kinds({ chosen, choose, fault }: KindsProps) {
  return (
    <fieldset aria-describedby={fault && "data-kind-fault"}>
      <legend>{t("Bạn muốn gì?", "What do you want?")}</legend>
      {(Object.entries(RIGHTS) as [Kind, Right][]).map(([kind, { name, help }]) => (
        <label key={kind} class="check">
          <input type="radio" name="data-kind" checked={kind === chosen} aria-invalid={fault !== undefined} onChange={() => choose(kind)} />
          <span><strong>{name}</strong><br /><span class="soft">{help}</span></span>
        </label>
      ))}
      {fault && <p id="data-kind-fault" class="fault">{fault}</p>}
    </fieldset>
  );
}

function Told({ request, isNew, another }: { request: Request; isNew: boolean; another: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section class="notice">
      <h2 tabIndex={-1} ref={heading}>{isNew ? t("Đã nhận yêu cầu của bạn", "It is received") : t("Bạn đã gửi yêu cầu này rồi", "You asked for this already")}</h2>
      <p lang={vietnamese}>{request.procedure}</p>
      {!isNew && <p>{t("Yêu cầu trước vẫn giữ nguyên lời và hạn. Muốn ghi khác thì rút nó rồi gửi lại.", "It stands as it was, in its words and days. To change it, take it back and ask again.")}</p>}
      <div class="deeds"><button type="button" class="quiet" onClick={another}>{t("Gửi yêu cầu khác", "Ask for something else")}</button></div>
    </section>
  );
}

interface RowProps {
  own: Key;
  request: Request;
  changed: (one: Request) => void;
}

function Row({ own, request, changed }: RowProps) {
  const [asked, ask] = useState(false);
  const name = nameOf(request.kind);
  const ground = request.ground && (GROUNDS[request.ground] ?? request.ground);
  return (
    <>
      <p><strong>{name}</strong> · <span class={`state ${request.state}`}>{STATES[request.state] ?? request.state}</span></p>
      <p class="soft">{t("Gửi lúc", "Sent")} {spellTime(request.received_at)}{request.settled_at && t(`; xong lúc ${spellTime(request.settled_at)}`, `; settled ${spellTime(request.settled_at)}`)}</p>
      {isOpen(request) && <Due request={request} />}
      {ground && <p>{t("Lý do:", "Reason:")} {ground}</p>}
      {request.answer && <p>{t("Trả lời:", "Answer:")} <span lang={vietnamese}>{request.answer}</span></p>}
      {isOpen(request) && (asked
        ? <TakeBack own={own} request={request} done={(one) => { ask(false); changed(one); }} no={() => ask(false)} />
        : <p><button type="button" class="link" aria-label={t(`Rút yêu cầu: ${name}`, `Take back: ${name}`)} onClick={() => ask(true)}>{t("Rút yêu cầu", "Take back")}</button></p>)}
    </>
  );
}

function Due({ request: { state, acknowledge_by, due_on } }: { request: Request }) {
  const now = today();
  if (due_on < now) return <p class="fault">{t(`Lẽ ra được trả lời trước hết ${dayWithin(due_on, now)}. Hãy mang thẻ đến điểm tiếp nhận để hỏi.`, `It should have been answered by ${dayWithin(due_on, now)}. Bring your card to an office and ask.`)}</p>;
  return (
    <p>
      {state === "received" && t(`Xác nhận chậm nhất ${dayWithin(acknowledge_by, now)}. `, `Acknowledged by ${dayWithin(acknowledge_by, now)}. `)}
      {t(`Trả lời chậm nhất ${dayWithin(due_on, now)}.`, `Answered by ${dayWithin(due_on, now)}.`)}
    </p>
  );
}

interface TakeBackProps {
  own: Key;
  request: Request;
  done: (one: Request) => void;
  no: () => void;
}

function TakeBack({ own, request, done, no }: TakeBackProps) {
  const question = useRef<HTMLHeadingElement>(null);
  const { busy, why, run } = useDeed();
  useEffect(() => question.current?.focus(), []);
  const kind = request.kind as Kind;
  return (
    <section class="notice">
      <h3 tabIndex={-1} ref={question}>{t(`Rút yêu cầu “${nameOf(kind)}”?`, `Take back “${nameOf(kind)}”?`)}</h3>
      <p>{t("Rút rồi thì không ai làm nữa. Gửi lại được, nhưng hạn tính lại từ đầu.", "Nobody goes on with it then. You may ask again, and the days are counted anew.")}</p>
      <Trouble why={why} />
      <div class="deeds">
        <button type="button" class="quiet danger" disabled={busy} onClick={() => void run(async () => done(await told(api.POST("/api/v1/own-rights-requests/withdrawal", { body: { ...own, kind } }))))}>{t("Đúng, rút yêu cầu", "Yes, take it back")}</button>
        <button type="button" disabled={busy} onClick={no}>{t("Giữ yêu cầu", "Keep it")}</button>
      </div>
    </section>
  );
}
