/** What the police have wrong of somebody: found at a door, put right by the police of the commune. Only with a network. */
import { useRef, useState } from "preact/hooks";

import type { Schemas } from "../api.ts";
import { Field, faultAt, Heading, Loading, Trouble, useDeed } from "../kit.tsx";
import { t } from "../words.ts";
import { Pick } from "./choices.tsx";
import { FromList } from "./from-list.tsx";
import type { Person } from "./lists.ts";
import { useList } from "./online.ts";
import { operationId } from "./operation.ts";
import { unitName } from "./pull.ts";
import { picked } from "./route.ts";
import { asked } from "./session.ts";
import { shortTime } from "./status.tsx";

type What = Schemas["ReportWrongData"]["what"];
type Report = Schemas["DataReport"];

const WHATS: [What, string][] = [
  ["wrong_phone", t("Sai số điện thoại", "Wrong phone number")],
  ["wrong_name", t("Sai họ tên", "Wrong name")],
  ["wrong_birth_date", t("Sai ngày sinh", "Wrong birth date")],
  ["wrong_sex", t("Sai giới tính", "Wrong sex")],
  ["wrong_address", t("Sai nơi ở", "Wrong address")],
  ["moved_away", t("Đã chuyển đi", "Moved away")],
  ["deceased", t("Đã mất", "Deceased")],
  ["missing", t("Công an chưa có người này", "The police have nothing of them")],
  ["other", t("Điều khác", "Something else")],
];

const STATES: Record<string, string> = {
  open: t("Chờ công an xã", "With the commune's police"),
  forwarded: t("Đã chuyển nơi quản lý", "Forwarded"),
  corrected: t("Đã sửa", "Put right"),
  refused: t("Không sửa", "Not changed"),
};

const BADGES: Record<string, string> = { open: "waiting", forwarded: "waiting", corrected: "recognised", refused: "refused" };

const whatName = (what: string) => WHATS.find(([one]) => one === what)?.[1] ?? what;

export function WrongData() {
  const own = useList(() => asked((client) => client.GET("/api/v1/me/data-reports", { params: { query: { limit: 50 } } })));
  return (
    <>
      <Heading>{t("Báo dữ liệu công an sai", "Report wrong police data")}</Heading>
      <p>{t("Công an có sai điều gì về một người thì không kích hoạt được. Bạn báo; công an xã sửa.", "Where the police have something wrong of somebody, activation fails. You report it; the commune's police put it right.")}</p>
      <Form reported={own.again} />
      <h2>{t("Bạn đã báo", "What you reported")}</h2>
      <Trouble why={own.why} again={own.again}><p>{t("Phần này cần có mạng.", "This needs a network.")}</p></Trouble>
      {!own.items ? own.why === undefined && <Loading /> : own.items.length === 0 ? <p class="soft empty">{t("Bạn chưa báo gì.", "Nothing yet.")}</p> : (
        <ul class="lines">{own.items.map((one) => <li key={one.data_report_id}><Row report={one} /></li>)}</ul>
      )}
    </>
  );
}

function Form({ reported }: { reported: () => void }) {
  const [person, setPerson] = useState<Person | undefined>(picked.value);
  const [what, setWhat] = useState<What>();
  const [words, setWords] = useState("");
  const [judged, setJudged] = useState(false);
  const [sent, setSent] = useState(false);
  // Pressed again after a lost answer it is the same report.
  const id = useRef(operationId());
  const { busy, why, run } = useDeed();
  const needsWords = what === "other" && words.trim() === "";
  const report = () => {
    setJudged(true);
    setSent(false);
    if (!person || !what || needsWords) return;
    void run(async () => {
      const body = { report_id: id.current, recorded_person_id: person.person_id, what, ...(words.trim() && { words: words.trim() }) };
      await asked((client) => client.POST("/api/v1/data-reports", { body }));
      id.current = operationId();
      setPerson(undefined);
      setWhat(undefined);
      setWords("");
      setJudged(false);
      setSent(true);
      reported();
    });
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        report();
      }}
    >
      <div role="status">{sent && <p class="said">{t("Đã báo cho công an xã.", "The commune's police were told.")}</p>}</div>
      <section class="step">
        <h2>{t("1. Của ai?", "1. Whose?")}</h2>
        <FromList person={person} pick={setPerson} fault={judged && !person ? t("Hãy chọn một người.", "Choose somebody.") : undefined} />
      </section>
      <section class="step">
        <h2>{t("2. Sai điều gì?", "2. What is wrong?")}</h2>
        <Pick name="what" label={t("Chọn một", "Choose one")} value={what} options={WHATS} chosen={setWhat} />
        {judged && !what && <p class="fault">{t("Hãy chọn điều sai.", "Choose what is wrong.")}</p>}
        <Field
          id="wrong-words" label={t("Đúng là gì? (không ghi số định danh)", "What is right? (no ID number)")} value={words} typed={setWords} autocomplete="off" maxLength={300}
          fault={judged && needsWords ? t("Hãy ghi rõ điều sai.", "Say what is wrong.") : faultAt(why, "/words")}
        />
      </section>
      <Trouble why={why}><p>{t("Chưa gửi được. Phần này cần có mạng; bấm lại không bị báo hai lần.", "It was not sent. This needs a network; pressing again reports nothing twice.")}</p></Trouble>
      <button disabled={busy}>{t("Báo cho công an xã", "Tell the commune's police")}</button>
    </form>
  );
}

function Row({ report }: { report: Report }) {
  return (
    <div class="line">
      <span class="what"><strong>{whatName(report.what)}</strong></span>
      <span class={`badge ${BADGES[report.state] ?? ""}`}>{STATES[report.state] ?? report.state}</span>
      <span class="soft where">{[shortTime(report.reported_at), unitName(report.village_id)].filter(Boolean).join(" · ")}{report.changed_at !== report.reported_at && <> · {t("đổi lúc", "changed")} {shortTime(report.changed_at)}</>}</span>
    </div>
  );
}
