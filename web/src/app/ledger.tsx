/** Every operation of one's own, what became of it and why; and taking a mistake back. */
import { useEffect, useState } from "preact/hooks";

import { Field, Heading, useDeed } from "../kit.tsx";
import { spellTime, t } from "../words.ts";
import { Pick } from "./choices.tsx";
import { SaveTrouble } from "./faults.tsx";
import { type Line, lines, mayTakeBack } from "./lines.ts";
import { reasonOf } from "./meta.ts";
import { takeBack } from "./operation.ts";
import { labelOf, save, waitingCount } from "./outbox.ts";
import { own } from "./own.ts";
import { unitName } from "./pull.ts";
import { go, say } from "./route.ts";
import { accountId } from "./session.ts";
import { shortTime } from "./status.tsx";
import { sync } from "./sync.ts";
import { actName, figure, STATES } from "./terms.ts";

type Show = "all" | "waiting" | "doubtful";

const SHOWN_AT_FIRST = 50;

const isDoubtful = (line: Line) => line.state === "held" || line.state === "refused";

export function Ledger() {
  const [show, setShow] = useState<Show>("all");
  const [many, setMany] = useState(SHOWN_AT_FIRST);
  const all = lines.value;
  const doubtful = all.filter(isDoubtful);
  const counts = own.value?.counts;
  const recognised = counts?.recognised ?? all.filter((line) => (line.state === "recognised" || line.state === "merged") && !line.voided && line.kind !== "void").length;
  const review = counts ? counts.under_review + counts.refused : doubtful.length;
  const listed = show === "all" ? all : show === "waiting" ? all.filter((line) => line.state === "waiting") : doubtful;
  return (
    <>
      <Heading>{t("Sổ của tôi", "My ledger")}</Heading>
      <dl class="figures">
        <div class="good"><dt>{t("Đã công nhận", "Recognised")}</dt><dd>{figure(recognised)}</dd></div>
        <div><dt>{t("Chờ gửi", "To send")}</dt><dd>{figure(waitingCount.value)}</dd></div>
        <div class="warn"><dt>{t("Cần xem lại", "To look at")}</dt><dd>{figure(review)}</dd></div>
      </dl>
      <Statement />
      <ul class="chips" aria-label={t("Lọc sổ", "Filter")}>
        {([["all", t("Tất cả", "All"), all.length], ["waiting", t("Chờ gửi", "To send"), waitingCount.value], ["doubtful", t("Cần xem lại", "To look at"), doubtful.length]] as const).map(([value, words, count]) => (
          <li key={value}><button type="button" aria-pressed={show === value} onClick={() => setShow(value)}>{words} <b>{figure(count)}</b></button></li>
        ))}
      </ul>
      {listed.length === 0 ? (
        <p class="soft empty">{show === "all" ? t("Chưa có bản ghi nào. Việc đầu tiên bạn lưu sẽ hiện ở đây.", "Nothing yet. What you save first appears here.") : t("Không có bản ghi nào.", "Nothing here.")}</p>
      ) : (
        <ul class="lines">
          {listed.slice(0, many).map((line) => <li key={line.op_id}><Row line={line} /></li>)}
        </ul>
      )}
      {listed.length > many && <p><button type="button" class="quiet" onClick={() => setMany(many + 200)}>{t(`Xem thêm (còn ${figure(listed.length - many)})`, `Show more (${figure(listed.length - many)} left)`)}</button></p>}
    </>
  );
}

/** What the server says of this phone's numbers: whether any went missing. */
function Statement() {
  const told = own.value;
  if (!told) return <p class="under">{t("Chưa đối chiếu với máy chủ.", "Not compared with the server yet.")}</p>;
  const { statement, as_of } = told;
  const english = `Operations 1 to ${statement.highest}: ${statement.decided} decided, ${statement.held} held, ${statement.missing} missing.`;
  return <p class="under">{statement.highest === 0 ? t("Máy này chưa gửi thao tác nào.", "This phone has sent nothing yet.") : t(statement.sentence, english)} <span class="nowrap">{t("Tính đến", "As of")} {shortTime(as_of)}.</span></p>;
}

function Row({ line }: { line: Line }) {
  const [open, setOpen] = useState(false);
  const state = line.voided ? "voided" : line.state;
  return (
    <>
      <button type="button" class="line" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span class="what"><strong>{actName(line)}</strong></span>
        <span class={`badge ${state}`}>{line.voided ? t("Đã hủy", "Taken back") : STATES[line.state]}</span>
        <span class="soft where">{[shortTime(line.at), line.village_id ? unitName(line.village_id) : ""].filter(Boolean).join(" · ")}</span>
      </button>
      {open && <More line={line} />}
    </>
  );
}

function More({ line }: { line: Line }) {
  const [label, setLabel] = useState<string>();
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    if (line.saved) void labelOf(line.saved).then(setLabel, () => undefined);
  }, [line.saved]);
  const wished = line.entry?.appointment;
  const reason = reasonOf(line.code, line.message);
  return (
    <div class="more">
      {label && <p><strong>{label}</strong></p>}
      <p class="soft">{spellTime(line.at)}</p>
      {reason && <p>{reason}</p>}
      {line.state === "merged" && !reason && <p>{t("Người này đã được ghi ở bước này; công của bạn được giữ là hỗ trợ.", "This person was recorded at this stage before; your work is kept as an assist.")}</p>}
      {line.state === "waiting" && <p>{t("Nằm an toàn trên máy, tự gửi khi có mạng.", "Safe on this phone; it is sent by itself.")}</p>}
      {wished?.booked && (
        <div class="slip-small">
          <p><strong>{spellTime(wished.booked.starts_at)}</strong></p>
          <p>{t("Mã hẹn", "Code")} <span class="code">{wished.booked.code}</span></p>
          <p>{t("Mã bí mật (chép cho người dân)", "Secret (write it down for them)")} <span class="code">{wished.booked.secret}</span></p>
        </div>
      )}
      {wished && !wished.booked && <p>{wished.state === "open" ? t("Chưa có chỗ trống; máy chủ vẫn tìm, tối đa 30 ngày.", "No place yet; the server looks on, for 30 days at most.") : t("Chưa đặt được; hãy thử lại hoặc đặt theo giờ.", "It could not be booked; try again, or by the hour.")}</p>}
      {mayTakeBack(line, Date.now()) && !wrong && <button type="button" class="quiet danger" onClick={() => setWrong(true)}>{t("Ghi nhầm — hủy bản ghi", "A mistake — take it back")}</button>}
      {wrong && <TakeBack line={line} leave={() => setWrong(false)} />}
    </div>
  );
}

function TakeBack({ line, leave }: { line: Line; leave: () => void }) {
  const [why, setWhy] = useState("");
  const [other, setOther] = useState("");
  const { busy, why: fault, run } = useDeed();
  const reasons = [t("Nhầm người", "Wrong person"), t("Nhầm bước", "Wrong stage"), t("Nhầm thôn", "Wrong village"), t("Ghi hai lần", "Recorded twice"), t("Lý do khác", "Another reason")];
  const isOther = why === reasons.at(-1);
  const reason = isOther ? other.trim() : why;
  const take = (again: boolean) =>
    run(async () => {
      const author = accountId();
      if (!author || !reason) return;
      await save(author, [takeBack(author, line.op_id, reason)]);
      leave();
      void sync();
      if (again) go("/ghi");
      else say(t("Đã hủy bản ghi trên máy.", "Taken back on this phone."), "/so");
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void take(true);
      }}
    >
      <SaveTrouble why={fault} />
      <Pick name={`why-${line.op_id}`} label={t("Nhầm ở đâu?", "What was wrong?")} value={why} options={reasons.map((one) => [one, one])} chosen={setWhy} />
      {isOther && <Field id={`other-${line.op_id}`} label={t("Lý do, không ghi tên", "The reason, without names")} value={other} typed={setOther} maxLength={200} />}
      <div class="deeds">
        <button disabled={busy || !reason}>{t("Hủy và ghi lại cho đúng", "Take back and record anew")}</button>
        <button type="button" class="quiet danger" disabled={busy || !reason} onClick={() => void take(false)}>{t("Chỉ hủy", "Only take back")}</button>
        <button type="button" class="link" onClick={leave}>{t("Thôi", "Leave it")}</button>
      </div>
    </form>
  );
}
