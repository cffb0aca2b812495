/** Mending what was written down wrongly: other words, or out of the register; for a reason, and with what it said kept. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { t } from "../../words.ts";
import { WHOSE } from "./write-entry.tsx";

type RegisterEntry = Schemas["RegisterEntry"];
interface Props {
  entry: RegisterEntry;
  done: () => void;
}

export function Mend({ entry, done }: Props) {
  const [way, setWay] = useState<"words" | "place">();
  if (way === "words") return <Words {...{ entry, done }} />;
  if (way === "place") return <Place {...{ entry, done }} />;
  return (
    <p class="deeds">
      {!entry.withdrawn_at && <button type="button" class="quiet small" onClick={() => setWay("words")}>{t("Sửa chỗ ghi nhầm", "Correct it")}</button>}
      <button type="button" class="quiet small" onClick={() => setWay("place")}>{entry.withdrawn_at ? t("Đưa lại vào sổ", "Put it back") : t("Bỏ khỏi sổ", "Take it out")}</button>
    </p>
  );
}

const change = (entry: RegisterEntry, body: Schemas["ChangeEntry"]) =>
  told(api.PATCH("/api/v1/register-entries/{entry_id}", { params: { path: { entry_id: entry.entry_id } }, body }));

function Words({ entry, done }: Props) {
  const [right, setRight] = useState({ subject: entry.subject, body: entry.body, number: entry.number ?? "", noted_on: entry.noted_on });
  const [note, setNote] = useState("");
  const { busy, why, run } = useDeed();
  const set = (name: keyof typeof right) => (value: string) => setRight({ ...right, [name]: value });
  const isDirective = entry.kind === "directive";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          const { subject, body, number, noted_on } = right;
          await change(entry, { subject, body, number: isDirective ? number : undefined, noted_on, note });
          done();
        });
      }}
    >
      <h3>{t("Sửa chỗ ghi nhầm", "Correct it")}</h3>
      <Trouble why={why} />
      <Field id="right-subject" label={t("Nội dung đúng (không ghi tên công dân)", "The right words (no names of citizens)")} value={right.subject} typed={set("subject")} required maxLength={1000} fault={faultAt(why, "/subject")} />
      <Field id="right-body" label={WHOSE[entry.kind as Schemas["EntryKind"]]} value={right.body} typed={set("body")} required maxLength={200} fault={faultAt(why, "/body")} />
      <div class="pair">
        {isDirective && <Field id="right-number" label={t("Số, ký hiệu", "Number and symbol")} value={right.number} typed={set("number")} required maxLength={60} fault={faultAt(why, "/number")} />}
        <Field id="right-noted" type="date" label={isDirective ? t("Ngày ban hành", "Date") : t("Từ ngày", "Told from")} value={right.noted_on} typed={set("noted_on")} required fault={faultAt(why, "/noted_on")} />
      </div>
      <Field id="mend-note" label={t("Vì sao sửa", "Why")} value={note} typed={setNote} required maxLength={300} fault={faultAt(why, "/note")} />
      <button disabled={busy}>{t("Ghi bản đúng", "Write it so")}</button>
    </form>
  );
}

function Place({ entry, done }: Props) {
  const [note, setNote] = useState("");
  const { busy, why, run } = useDeed();
  const isOut = entry.withdrawn_at != null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          await change(entry, { withdrawn: !isOut, note });
          done();
        });
      }}
    >
      <h3>{isOut ? t("Đưa lại vào sổ", "Put it back") : t("Bỏ khỏi sổ", "Take it out")}</h3>
      <Trouble why={why} />
      {!isOut && <p class="soft">{t("Các bản nháp báo cáo sẽ không in mục này nữa; báo cáo đã phát hành giữ nguyên. Đưa lại được bất cứ lúc nào.", "Drafts tell it no more; what was issued stays as it is. It may be put back at any time.")}</p>}
      <Field id="mend-note" label={isOut ? t("Vì sao đưa lại", "Why it belongs there") : t("Vì sao bỏ", "Why it does not belong there")} value={note} typed={setNote} required maxLength={300} fault={faultAt(why, "/note")} />
      <button disabled={busy}>{isOut ? t("Đưa lại", "Put it back") : t("Bỏ khỏi sổ", "Take it out")}</button>
    </form>
  );
}
