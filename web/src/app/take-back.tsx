/** Taking a mistake back, and recording anew what was right about it. */
import { useState } from "preact/hooks";

import { Field, useDeed } from "../kit.tsx";
import { t } from "../words.ts";
import { beginAgain } from "./again.ts";
import { Pick } from "./choices.tsx";
import { SaveTrouble } from "./faults.tsx";
import type { Line } from "./lines.ts";
import { takeBack } from "./operation.ts";
import { save } from "./outbox.ts";
import { go, say } from "./route.ts";
import { accountId } from "./session.ts";
import { sync } from "./sync.ts";

type Wrong = "person" | "stage" | "village" | "twice" | "other";

const WRONGS: [Wrong, string][] = [
  ["person", t("Nhầm người", "Wrong person")],
  ["stage", t("Nhầm bước", "Wrong stage")],
  ["village", t("Nhầm thôn", "Wrong village")],
  ["twice", t("Ghi hai lần", "Recorded twice")],
  ["other", t("Lý do khác", "Another reason")],
];

export function TakeBack({ line, leave }: { line: Line; leave: () => void }) {
  const [wrong, setWrong] = useState<Wrong>();
  const [other, setOther] = useState("");
  const { busy, why: fault, run } = useDeed();
  const reason = wrong === "other" ? other.trim() : WRONGS.find(([one]) => one === wrong)?.[1];
  // Twice means that the other one is right.
  const mayRecordAnew = wrong !== "twice";
  const take = (again: boolean) =>
    run(async () => {
      const author = accountId();
      if (!author || !reason) return;
      await save(author, [takeBack(author, line.op_id, reason)]);
      const place = again ? await beginAgain(line, { person: wrong !== "person", act: wrong !== "stage", village: wrong !== "village" }) : undefined;
      leave();
      void sync();
      if (place) go(place);
      else say(t("Đã hủy bản ghi trên máy.", "Taken back on this phone."), "/so");
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void take(mayRecordAnew);
      }}
    >
      <SaveTrouble why={fault} />
      <Pick name={`why-${line.op_id}`} label={t("Nhầm ở đâu?", "What was wrong?")} value={wrong} options={WRONGS} chosen={setWrong} />
      {wrong === "other" && <Field id={`other-${line.op_id}`} label={t("Lý do, không ghi tên", "The reason, without names")} value={other} typed={setOther} maxLength={200} />}
      <div class="deeds">
        {mayRecordAnew && <button disabled={busy || !reason}>{t("Hủy và ghi lại cho đúng", "Take back and record anew")}</button>}
        <button type="button" class="quiet danger" disabled={busy || !reason} onClick={() => void take(false)}>{t("Chỉ hủy", "Only take back")}</button>
        <button type="button" class="link" onClick={leave}>{t("Thôi", "Leave it")}</button>
      </div>
    </form>
  );
}
