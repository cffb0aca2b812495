/** What people ask about their own data: received by whoever stands before them, decided by who answers for the place. Only with a network. */
import { useState } from "preact/hooks";

import type { Schemas } from "../api.ts";
import { digitsOf, faultOfIdNumber, readIdNumber, spellIdNumber } from "../citizen.ts";
import { Field, faultAt, Heading, Loading, Trouble, useDeed } from "../kit.tsx";
import { day, dayWithin, t } from "../words.ts";
import { Pick } from "./choices.tsx";
import { FromList } from "./from-list.tsx";
import type { Person } from "./lists.ts";
import { useList } from "./online.ts";
import { picked } from "./route.ts";
import { Scan } from "./scan.tsx";
import { asked } from "./session.ts";
import { shortTime } from "./status.tsx";

type Kind = Schemas["RightsKind"];
type Received = Schemas["ReceivedRightsRequest"];

const KINDS: [Kind, string][] = [
  ["access", t("Xem: bản sao những gì được lưu", "See: a copy of what is kept")],
  ["correct", t("Sửa điều ghi sai", "Correct what is wrong")],
  ["erase", t("Xóa hết", "Erase everything")],
  ["withdraw", t("Rút lại sự đồng ý", "Take the consent back")],
  ["restrict", t("Tạm ngừng sử dụng", "Stop using it for now")],
  ["object", t("Phản đối một cách dùng", "Object to a use")],
];

const STATES: Record<string, string> = {
  received: t("Đã ghi nhận", "Received"),
  acknowledged: t("Đã xác nhận", "Acknowledged"),
  extended: t("Được gia hạn", "Extended"),
  done: t("Đã thực hiện", "Done"),
  refused: t("Bị từ chối", "Refused"),
  withdrawn: t("Người dân đã rút", "Taken back"),
};

const GROUNDS: Record<string, string> = {
  identity_not_shown: t("chưa rõ người yêu cầu là ai", "it was not shown who asks"),
  law_requires_keeping: t("luật buộc phải giữ", "the law requires keeping it"),
  rights_of_others: t("ảnh hưởng quyền của người khác", "it would harm others' rights"),
  security: t("lý do an ninh", "security"),
  not_kept_here: t("không có dữ liệu đó ở đây", "that is not kept here"),
  excessive: t("yêu cầu lặp lại quá nhiều", "it was asked too often"),
};

/** What of a word is needed: nothing can be put right, or left alone, that nobody has named. */
const NAMED: Partial<Record<Kind, string>> = {
  correct: t("Sai ở đâu, đúng là gì?", "What is wrong, and what is right?"),
  object: t("Phản đối việc dùng vào việc gì?", "Which use do they object to?"),
};

const kindName = (kind: string) => KINDS.find(([one]) => one === kind)?.[1] ?? kind;
const isOpen = ({ state }: Received) => ["received", "acknowledged", "extended"].includes(state);
const onDay = (on: string) => dayWithin(on, day(new Date()));

export function Rights() {
  const received = useList(() => asked((client) => client.GET("/api/v1/me/rights-requests", { params: { query: { limit: 50 } } })));
  const [latest, setLatest] = useState<Received>();
  return (
    <>
      <Heading>{t("Yêu cầu về dữ liệu cá nhân", "Requests about personal data")}</Heading>
      <p>{t("Ai cũng có quyền xem, sửa, xóa dữ liệu của mình, rút lại sự đồng ý bất cứ lúc nào. Bạn ghi nhận; trưởng nhóm hoặc tổ công tác quyết định và trả lời đúng hạn.", "Everybody may see, correct and erase their own data and take their consent back at any time. You write it down; your lead or the task force decides and answers in time.")}</p>
      {latest ? <Told request={latest} another={() => setLatest(undefined)} /> : (
        <Receive
          done={(request) => {
            setLatest(request);
            received.again();
          }}
        />
      )}
      <h2>{t("Yêu cầu bạn đã ghi nhận", "Requests that you received")}</h2>
      <Trouble why={received.why} again={received.again}><p>{t("Phần này cần có mạng.", "This needs a network.")}</p></Trouble>
      {!received.items ? received.why === undefined && <Loading /> : received.items.length === 0 ? <p class="soft empty">{t("Chưa có yêu cầu nào.", "None yet.")}</p> : (
        <ul class="lines">{received.items.map((one) => <li key={one.rights_request_id}><Row request={one} /></li>)}</ul>
      )}
    </>
  );
}

function Receive({ done }: { done: (request: Received) => void }) {
  const [by, setBy] = useState<"card" | "list">(picked.value ? "list" : "card");
  const [number, setNumber] = useState("");
  const [person, setPerson] = useState<Person | undefined>(picked.value);
  const [kind, setKind] = useState<Kind>();
  const [words, setWords] = useState("");
  const [judged, setJudged] = useState(false);
  const { busy, why, run } = useDeed();
  const id = readIdNumber(number);
  const isNamed = kind === undefined || NAMED[kind] === undefined || words.trim() !== "";
  const receive = () => {
    setJudged(true);
    if ((by === "card" ? !id : !person) || !kind || !isNamed) return;
    void run(async () => {
      const whose = by === "card" ? { card_number: digitsOf(number) } : { recorded_person_id: person!.person_id };
      const body = { kind, ...whose, ...(words.trim() && { words: words.trim() }) };
      done(await asked((client) => client.POST("/api/v1/rights-requests", { body })));
    });
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        receive();
      }}
    >
      <section class="step">
        <h2>{t("1. Ai yêu cầu?", "1. Who asks?")}</h2>
        <Pick name="by" label={t("Nhận ra họ bằng gì?", "How are they known?")} value={by} chosen={setBy} options={[["card", t("Thẻ cầm trên tay", "The card in hand")], ["list", t("Có trong danh sách thôn", "They are on the village's list")]]} />
        {by === "card" ? (
          <>
            <Scan read={(card) => setNumber(card.idNumber)} />
            <Field
              id="rights-card" label={t("Số trên thẻ (12 số)", "Number on the card (12 digits)")} value={number} typed={setNumber} inputMode="numeric" autocomplete="off" maxLength={20}
              fault={(judged ? faultOfIdNumber(number) : undefined) ?? faultAt(why, "/card_number")} hint={id && spellIdNumber(id)}
            />
          </>
        ) : <FromList person={person} pick={setPerson} fault={judged && !person ? t("Hãy chọn người yêu cầu.", "Choose who asks.") : undefined} />}
      </section>
      <section class="step">
        <h2>{t("2. Họ yêu cầu gì?", "2. What do they ask for?")}</h2>
        <Pick name="kind" label={t("Chọn một", "Choose one")} value={kind} options={KINDS} chosen={setKind} />
        {judged && !kind && <p class="fault">{t("Hãy chọn điều họ yêu cầu.", "Choose what they ask for.")}</p>}
        <Field
          id="rights-words" label={(kind && NAMED[kind]) ?? t("Nói rõ hơn (nếu cần)", "More words (if need be)")} value={words} typed={setWords} autocomplete="off" maxLength={500}
          fault={judged && !isNamed ? t("Hãy ghi rõ, bằng lời của họ.", "Write it down in their words.") : faultAt(why, "/words")}
        />
      </section>
      <Trouble why={why}><p>{t("Chưa ghi nhận được. Phần này cần có mạng.", "It was not received. This needs a network.")}</p></Trouble>
      <button disabled={busy}>{t("Ghi nhận yêu cầu", "Receive it")}</button>
    </form>
  );
}

/** How it goes on, to be read out to whoever asked. */
function Told({ request, another }: { request: Received; another: () => void }) {
  return (
    <div role="status">
      <p class="said">{t("Đã ghi nhận. Hãy đọc cho người yêu cầu:", "Received. Read this out to them:")}</p>
      <p lang="vi">{request.procedure}</p>
      <p><button type="button" class="quiet" onClick={another}>{t("Ghi nhận yêu cầu khác", "Receive another")}</button></p>
    </div>
  );
}

function Row({ request }: { request: Received }) {
  const badge = request.state === "done" ? "recognised" : request.state === "refused" ? "refused" : isOpen(request) ? "waiting" : "";
  return (
    <div class="line">
      <span class="what"><strong>{kindName(request.kind)}</strong></span>
      <span class={`badge ${badge}`}>{STATES[request.state] ?? request.state}</span>
      <span class="soft where">
        {t("Nhận lúc", "Received")} {shortTime(request.received_at)}
        {isOpen(request) && <> · {t("hạn trả lời", "to be answered by")} {onDay(request.due_on)}</>}
        {request.ground && <> · {GROUNDS[request.ground] ?? request.ground}</>}
      </span>
    </div>
  );
}
