/** The day on paper: printed before it is needed, and entered afterwards, line by line, each once. */
import { useState } from "preact/hooks";

import { api, type Schemas, told, uuid } from "../api.ts";
import { Field, Trouble, useDeed } from "../kit.tsx";
import { day as dayOf, t } from "../words.ts";
import { office } from "./state.ts";
import { type Refusal, REFUSALS, RESULTS, type VisitResult } from "./tell.ts";

type SheetLine = Schemas["SheetLine"];
type Entered = Schemas["EnteredLine"];

/** A line as typed. It keeps its id until it is entered, so that sending again enters nothing twice. */
interface Typed {
  id: string;
  /** Code or number of the printed list; nothing of it: somebody who came without. */
  who: string;
  service: string;
  came: string;
  ended: string;
  result: VisitResult | "absent";
  refusedFor: Refusal;
}

const DAYS_BACK_MAX = 7;
const LINES_MAX = 100;

function line(): Typed {
  return { id: uuid(), who: "", service: office.value?.services[0]?.service_code ?? "", came: "", ended: "", result: "dossier_collected", refusedFor: "papers_missing" };
}

/** The hour of a day in Vietnam as the contract writes it. */
function instant(on: string, clock: string): string | undefined {
  return clock ? new Date(`${on}T${clock}:00+07:00`).toISOString() : undefined;
}

const NUMBER = /^[AB]\d{1,4}$/i;

function sent(one: Typed, on: string): SheetLine {
  const who = one.who.trim();
  const walkIn = who === "";
  return {
    line_id: one.id,
    number: NUMBER.test(who) ? who : undefined,
    code: !walkIn && !NUMBER.test(who) ? who : undefined,
    walk_in: walkIn ? { service_code: one.service, class: "none", move_here: false } : undefined,
    // A ticket that was given out knows when its owner came.
    arrived_at: NUMBER.test(who) || one.result === "absent" ? undefined : instant(on, one.came),
    ended_at: instant(on, one.ended),
    result: one.result === "absent" ? undefined : one.result,
    refused_for: one.result === "refused" ? one.refusedFor : undefined,
  };
}

export function Paper() {
  const { office_id } = office.value!;
  const today = dayOf(new Date());
  const [on, setOn] = useState(today);
  const [lines, setLines] = useState<Typed[]>([line()]);
  const [became, setBecame] = useState<Record<string, Entered>>({});
  const [entered, setEntered] = useState(0);
  const { busy, why, run } = useDeed();
  const change = (id: string, part: Partial<Typed>) => setLines(lines.map((one) => (one.id === id ? { ...one, ...part } : one)));
  const enter = () =>
    run(async () => {
      const body = { on, lines: lines.map((one) => sent(one, on)) };
      const answer = await told(api.POST("/api/v1/offices/{office_id}/desk/afterwards", { params: { path: { office_id } }, body }));
      const told_ = Object.fromEntries(answer.lines.map((one) => [one.line_id, one]));
      const left = lines.filter((one) => told_[one.id]?.outcome === "refused");
      setEntered(entered + lines.length - left.length);
      setBecame(told_);
      setLines(left.length > 0 ? left : [line()]);
    });
  const sheet = `/api/v1/offices/${office_id}/desk/sheet`;
  return (
    <>
      <section class="panel" aria-labelledby="print">
        <h1 id="print">{t("In danh sách ngày", "Print the day")}</h1>
        <p>{t("In trước giờ làm việc. Mất điện, mất mạng thì đánh dấu trên giấy, có điện thì nhập lại ở dưới.", "Print it before work. Without power or network tick it on paper, and enter it below afterwards.")}</p>
        <p class="deeds">
          <a class="button" href={`${sheet}?on=${on}`} target="_blank" rel="noreferrer">{t("Mở trang in", "Open the page to print")}</a>
          <a class="button" href={`${sheet}.csv?on=${on}`} download>{t("Tải tệp CSV", "Download as CSV")}</a>
        </p>
      </section>
      <section class="panel" aria-labelledby="afterwards">
        <h2 id="afterwards">{t("Nhập lại từ giấy", "Enter what paper says")}</h2>
        <Trouble why={why} />
        {entered > 0 && <p class="notice done" role="status">{t(`Đã nhập ${entered} dòng.`, `${entered} entered.`)}{Object.values(became).some((one) => one.outcome === "refused") && t(" Những dòng dưới đây chưa được nhận: xem lý do ở từng dòng.", " Those below were refused; each says why.")}</p>}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void enter();
          }}
        >
          <Field id="paper-on" label={t("Ngày trên giấy", "The day of the paper")} type="date" value={on} typed={setOn} max={today} min={dayOf(new Date(Date.now() - DAYS_BACK_MAX * 86_400_000))} required />
          <ol class="lines">
            {lines.map((one, index) => (
              <li key={one.id}>
                <Line one={one} index={index} change={(part) => change(one.id, part)} />
                {became[one.id]?.outcome === "refused" && <p class="fault" role="alert">{became[one.id]!.message}</p>}
                {lines.length > 1 && <button type="button" class="link" onClick={() => setLines(lines.filter((each) => each.id !== one.id))}>{t("Bỏ dòng này", "Remove")}</button>}
              </li>
            ))}
          </ol>
          <div class="deeds">
            <button type="button" class="quiet" disabled={lines.length >= LINES_MAX} onClick={() => setLines([...lines, line()])}>{t("Thêm dòng", "Another line")}</button>
            <button disabled={busy}>{busy ? t("Đang nhập…", "Entering…") : t(`Nhập ${lines.length} dòng`, `Enter ${lines.length}`)}</button>
          </div>
        </form>
      </section>
    </>
  );
}

function Line({ one, index, change }: { one: Typed; index: number; change: (part: Partial<Typed>) => void }) {
  const id = (field: string) => `line-${index}-${field}`;
  const number = NUMBER.test(one.who.trim());
  return (
    <div class="pair" role="group" aria-label={t(`Dòng ${index + 1}`, `Line ${index + 1}`)}>
      <Field id={id("who")} label={t("Mã hẹn hoặc số phiếu", "Code or number")} value={one.who} typed={(who) => change({ who })} maxLength={40} autocomplete="off" autocapitalize="characters" hint={t("Bỏ trống: người không hẹn", "Empty: a walk-in")} />
      {one.who.trim() === "" && (
        <div class="field">
          <label for={id("service")}>{t("Thủ tục", "Service")}</label>
          <select id={id("service")} value={one.service} onChange={(event) => change({ service: event.currentTarget.value })}>
            {office.value?.services.map((each) => <option key={each.service_code} value={each.service_code}>{each.name}</option>)}
          </select>
        </div>
      )}
      {!number && one.result !== "absent" && <Field id={id("came")} label={t("Đến lúc", "Came at")} type="time" value={one.came} typed={(came) => change({ came })} required />}
      <Field id={id("ended")} label={t("Xong lúc", "Ended at")} type="time" value={one.ended} typed={(ended) => change({ ended })} required />
      <div class="field">
        <label for={id("result")}>{t("Kết quả", "Result")}</label>
        <select id={id("result")} value={one.result} onChange={(event) => change({ result: event.currentTarget.value as Typed["result"] })}>
          {RESULTS.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
          <option value="absent">{t("Không đến", "Nobody came")}</option>
        </select>
      </div>
      {one.result === "refused" && (
        <div class="field">
          <label for={id("why")}>{t("Vì sao", "Why")}</label>
          <select id={id("why")} value={one.refusedFor} onChange={(event) => change({ refusedFor: event.currentTarget.value as Refusal })}>
            {REFUSALS.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
          </select>
        </div>
      )}
    </div>
  );
}
