/** Every operation of one's own, what became of it and why; and taking a mistake back. */
import { useEffect, useState } from "preact/hooks";

import { Heading } from "../kit.tsx";
import { spellTime, t } from "../words.ts";
import { Decision } from "./decision.tsx";
import { type Line, lines, mayTakeBack } from "./lines.ts";
import { reasonOf } from "./meta.ts";
import { labelOf, saved, waitingCount } from "./outbox.ts";
import { own } from "./own.ts";
import { unitName } from "./pull.ts";
import { mayRecord } from "./session.ts";
import { shortTime } from "./status.tsx";
import { TakeBack } from "./take-back.tsx";
import { actName, figure, STATES } from "./terms.ts";
import { Wished } from "./wished.tsx";

type Show = "all" | "waiting" | "doubtful";

const SHOWN_AT_FIRST = 50;

const isDoubtful = (line: Line) => line.state === "held" || line.state === "refused";

export function Ledger() {
  return (
    <>
      <Heading>{t("Sổ của tôi", "My ledger")}</Heading>
      <Entries />
    </>
  );
}

/** What became of one's own operations, in figures and one by one. */
export function Entries() {
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
  // A server that was restored knows nothing of them, and they are never sent anew.
  const erased = saved.value.filter((one) => !one.op && one.device_id === statement.device_id && statement.gaps.some((gap) => gap.from <= one.seq && one.seq <= gap.to)).length;
  return <p class="under">{statement.highest === 0 ? t("Máy này chưa gửi thao tác nào.", "This phone has sent nothing yet.") : t(statement.sentence, english)} {erased > 0 && t(`Trong số thiếu có ${figure(erased)} thao tác về người đã xóa dữ liệu, không gửi lại.`, `Of those missing, ${figure(erased)} are about people who were erased, and are not sent again.`)} <span class="nowrap">{t("Tính đến", "As of")} {shortTime(as_of)}.</span></p>;
}

function Row({ line }: { line: Line }) {
  const [open, setOpen] = useState(false);
  const [look, words] = badgeOf(line);
  return (
    <>
      <button type="button" class="line" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span class="what"><strong>{actName(line)}</strong></span>
        <span class={`badge ${look}`}>{words}</span>
        <span class="soft where">{[shortTime(line.at), line.village_id ? unitName(line.village_id) : ""].filter(Boolean).join(" · ")}</span>
      </button>
      {open && <More line={line} />}
    </>
  );
}

/** How it stands, as a look and in words. Of a request it matters whether there is an appointment. */
function badgeOf({ voided, state, entry }: Line): [string, string] {
  if (voided) return entry?.decision?.decision === "corrected" ? ["", t("Đã được sửa", "Put right")] : ["voided", t("Đã hủy", "Taken back")];
  const wished = entry?.appointment;
  if (wished?.state === "open") return ["waiting", t("Chờ chỗ trống", "No place yet")];
  if (wished?.state === "refused" || wished?.state === "lapsed") return ["refused", t("Không đặt được", "Not booked")];
  if (wished?.booked?.status === "cancelled") return ["", t("Hẹn đã hủy", "Cancelled")];
  return [state, STATES[state]];
}

/** By whom else it was seen to be so. */
const CONFIRMED: Record<string, string> = {
  office: t("Đã xác nhận: cán bộ tiếp nhận thấy tại quầy.", "Confirmed: an officer saw it at the desk."),
  police_list: t("Đã xác nhận: có trong danh sách của công an.", "Confirmed: it is in the list of the police."),
  call_back: t("Đã xác nhận: người dân trả lời khi được hỏi lại.", "Confirmed: the citizen said so when asked again."),
};

function More({ line }: { line: Line }) {
  const [label, setLabel] = useState<string>();
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    if (line.saved && mayRecord()) void labelOf(line.saved).then(setLabel, () => undefined);
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
      {line.entry?.confirmed_by && <p>{CONFIRMED[line.entry.confirmed_by] ?? t("Đã được xác nhận.", "Confirmed.")}</p>}
      {line.entry?.decision && <Decision told={line.entry.decision} />}
      {wished && <Wished wished={wished} />}
      {mayRecord() && mayTakeBack(line, Date.now()) && !wrong && <button type="button" class="quiet danger" onClick={() => setWrong(true)}>{t("Ghi nhầm — hủy bản ghi", "A mistake — take it back")}</button>}
      {wrong && <TakeBack line={line} leave={() => setWrong(false)} />}
    </div>
  );
}
