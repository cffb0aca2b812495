/** What is asked before something is done: result, reason, where to, who. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { Dialog } from "../dialog.tsx";
import { Choice, Trouble } from "../kit.tsx";
import { t } from "../words.ts";
import { BookAhead } from "./ahead.tsx";
import { Booking } from "./booking.tsx";
import { Issue } from "./issue.tsx";
import { lettersOn, turnLetters } from "./keys.ts";
import { chooseDesk, office, offices, serviceName, type Ticket, trouble, whenFree } from "./state.ts";
import { PARK_REASONS, type Refusal, REFUSALS, RESULTS, type VisitResult } from "./tell.ts";
import { act, ANYWHERE, callNext, finish, OF_MINE, park, type Question, question, redirect } from "./verbs.ts";

const close = () => {
  question.value = undefined;
  if (trouble.value?.at === "dialog") trouble.value = undefined;
};
/** Closes first: what went wrong is told on the page. */
const closing = (run: () => void) => () => {
  close();
  void whenFree(run);
};

export function Asked() {
  const asked = question.value;
  if (!asked) return null;
  return (
    <Dialog key={asked.kind} title={titleOf(asked)} close={close} wide={asked.kind === "issue" || asked.kind === "ahead" || asked.kind === "keys"}>
      {asked.kind === "finish" && <Finish ticket={asked.ticket} />}
      {asked.kind === "park" && <Park ticket={asked.ticket} />}
      {asked.kind === "redirect" && <Redirect ticket={asked.ticket} />}
      {asked.kind === "acts" && <Acts ticket={asked.ticket} />}
      {asked.kind === "issue" && <Issue idNumber={asked.idNumber} moveHere={asked.moveHere ?? false} close={close} />}
      {asked.kind === "ahead" && <BookAhead idNumber={asked.idNumber} close={close} />}
      {asked.kind === "booking" && <Booking one={asked.one} close={close} />}
      {asked.kind === "keys" && <Keys />}
      {asked.kind === "desk" && <WhichDesk />}
      {trouble.value?.at === "dialog" && asked.kind !== "issue" && asked.kind !== "ahead" && <Trouble why={trouble.value.why} again={trouble.value.again} />}
    </Dialog>
  );
}

function titleOf(asked: Question): string {
  switch (asked.kind) {
    case "finish": return t(`Kết quả của ${asked.ticket.number}`, `What came of ${asked.ticket.number}`);
    case "park": return t(`Tạm gác ${asked.ticket.number} vì`, `Why ${asked.ticket.number} is parked`);
    case "redirect": return t(`Chuyển ${asked.ticket.number} đến`, `Where ${asked.ticket.number} goes`);
    case "acts": return `${asked.ticket.number} ${asked.ticket.name ?? ""}`;
    case "issue": return asked.moveHere ? t("Chuyển lịch hẹn về đây", "Move the appointment here") : t("Phát phiếu cho người không hẹn", "A ticket for a walk-in");
    case "ahead": return t("Đặt hẹn cho người đang ở quầy", "Book for whoever stands here");
    case "booking": return `${asked.one.name} · ${asked.one.code}`;
    case "keys": return t("Phím tắt", "Keys");
    case "desk": return t("Đây là quầy số mấy?", "Which desk is this?");
  }
}

/** A list to choose from, by pointer or by the digit before each. */
function Pick<Word extends string>({ list, chosen }: { list: [Word, string][]; chosen: (word: Word) => void }) {
  // A second list takes the focus of the first, which is gone, before anybody can press a digit beside it.
  const lines = useRef<HTMLOListElement>(null);
  useLayoutEffect(() => lines.current?.querySelector("button")?.focus(), []);
  return (
    <ol
      class="picks" ref={lines}
      onKeyDown={(event) => {
        const word = list[Number(event.key) - 1]?.[0];
        if (word && !event.ctrlKey && !event.altKey && !event.metaKey) chosen(word);
      }}
    >
      {list.map(([word, name], index) => (
        <li key={word}>
          <button type="button" class="quiet" autofocus={index === 0} onClick={() => chosen(word)}>
            <kbd aria-hidden="true">{index + 1}</kbd> {name}
          </button>
        </li>
      ))}
    </ol>
  );
}

function Finish({ ticket }: { ticket: Ticket }) {
  const [result, setResult] = useState<VisitResult>();
  if (result === "refused")
    return <Pick<Refusal> key="why" list={REFUSALS} chosen={(why) => closing(() => void finish(ticket, "refused", why))()} />;
  return <Pick<VisitResult> key="what" list={RESULTS} chosen={(word) => (word === "refused" ? setResult(word) : closing(() => void finish(ticket, word))())} />;
}

function Park({ ticket }: { ticket: Ticket }) {
  return <Pick list={PARK_REASONS} chosen={(reason) => closing(() => void park(ticket, reason))()} />;
}

function Redirect({ ticket }: { ticket: Ticket }) {
  const [desk, setDesk] = useState("");
  const [service, setService] = useState("");
  const [to, setTo] = useState("");
  const there = offices.value?.find((one) => String(one.office_id) === to) ?? office.value;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        closing(() => void redirect(ticket, { desk_no: desk ? Number(desk) : undefined, service_code: service || undefined, office_id: to ? Number(to) : undefined }))();
      }}
    >
      <p class="soft">{t("Thời gian đã chờ được giữ nguyên.", "The time waited so far counts on.")}</p>
      <div class="field">
        <label for="to-desk">{t("Quầy số (bỏ trống: quầy nào cũng được)", "Desk no. (empty: any)")}</label>
        <input id="to-desk" type="number" inputMode="numeric" min="1" max="99" value={desk} onInput={(event) => setDesk(event.currentTarget.value)} />
      </div>
      <Choice id="to-service" label={t("Thủ tục", "Service")} value={service} chosen={setService}>
        <option value="">{t("Giữ nguyên:", "As it is:")} {serviceName(ticket.service_code)}</option>
        {there?.services.map((one) => <option key={one.service_code} value={one.service_code}>{one.name}</option>)}
      </Choice>
      {(offices.value?.length ?? 0) > 1 && (
        <Choice id="to-office" label={t("Điểm tiếp nhận", "Office")} value={to} chosen={setTo}>
          <option value="">{t("Ở đây", "Here")}</option>
          {offices.value?.filter((one) => one.office_id !== ticket.office_id).map((one) => <option key={one.office_id} value={String(one.office_id)}>{one.name}</option>)}
        </Choice>
      )}
      <button>{t("Chuyển", "Redirect")}</button>
    </form>
  );
}

/** What can be done with somebody who waits. */
function Acts({ ticket }: { ticket: Ticket }) {
  return (
    <ul class="picks">
      <li><button type="button" class="quiet" autofocus onClick={() => (question.value = { kind: "park", ticket })}>{t("Tạm gác", "Park")}</button></li>
      <li><button type="button" class="quiet" onClick={() => (question.value = { kind: "redirect", ticket })}>{t("Chuyển quầy, thủ tục hoặc điểm khác", "Another desk, service or office")}</button></li>
      <li><button type="button" class="quiet danger" onClick={closing(() => void act(ticket, "leave"))}>{t("Đã ra về, không làm nữa", "Went home")}</button></li>
    </ul>
  );
}

function WhichDesk() {
  const [typed, setTyped] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        closing(() => {
          chooseDesk(Number(typed));
          callNext();
        })();
      }}
    >
      <div class="field">
        <label for="which-desk">{t("Số trên quầy, từ 1 đến 99", "The number over it, 1 to 99")}</label>
        <input id="which-desk" type="number" inputMode="numeric" min="1" max="99" required autofocus value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
      </div>
      <button>{t("Gọi người tiếp theo", "Call the next")}</button>
    </form>
  );
}

function Keys() {
  return (
    <>
      <dl class="keys">
        {[...OF_MINE, ...ANYWHERE].map((verb) => (
          <div key={verb.key}><dt><kbd>{verb.key.toUpperCase()}</kbd></dt><dd>{verb.label}</dd></div>
        ))}
        <div><dt><kbd>1</kbd>–<kbd>5</kbd></dt><dd>{t("Chọn dòng trong bảng hỏi", "Choose a line of a question")}</dd></div>
        <div><dt><kbd>Esc</kbd></dt><dd>{t("Đóng bảng hỏi, rời ô đang gõ", "Close a question, leave a field")}</dd></div>
      </dl>
      <p>{t("Máy quét gõ thay bàn phím: quét phiếu hẹn hay thẻ lúc nào cũng được, không cần bấm vào ô nào.", "A scanner types like a keyboard: scan a slip or a card at any time, without a click into any field.")}</p>
      <label class="check">
        <input type="checkbox" checked={lettersOn.value} onChange={(event) => turnLetters(event.currentTarget.checked)} />
        {t("Dùng phím một chữ (tắt nếu hay bấm nhầm hoặc ra lệnh bằng giọng nói)", "Single letters do something (turn off for speech input)")}
      </label>
    </>
  );
}
