/** A table as a file: taken, filled in, brought back, seen first line by line, and written whole or not at all. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import type { Schemas } from "../../api.ts";
import { Dialog } from "../../dialog.tsx";
import { Trouble, useDeed } from "../../kit.tsx";
import { t } from "../../words.ts";
import { spell } from "../state.ts";
import { saveLines } from "./files.ts";

interface Props {
  id: string;
  title: string;
  /** How the file is to be filled in. */
  about: ComponentChildren;
  columns: string[];
  /** What there is already, in the order of the columns. */
  lines: (string | number | null | undefined)[][];
  /** The name of the file that is taken. */
  name: string;
  send: (file: File, dryRun: boolean) => Promise<Schemas["ImportedTargets"]>;
  written: (set: number) => void;
  close: () => void;
}

export function ImportFile({ id, title, about, columns, lines, name, send, written, close }: Props) {
  const [file, setFile] = useState<File>();
  const [answer, setAnswer] = useState<Schemas["ImportedTargets"]>();
  const { busy, why, run } = useDeed();
  const bring = (dryRun: boolean) =>
    run(async () => {
      if (!file) return;
      const told = await send(file, dryRun);
      setAnswer(told);
      if (!told.dry_run) written(told.set);
    });
  return (
    <Dialog title={title} close={close} wide>
      <p>{about}</p>
      <p class="soft"><code>{columns.join(",")}</code></p>
      <div class="deeds"><button type="button" class="quiet small" onClick={() => saveLines([columns, ...lines], name)}>{t("Lấy bảng về (CSV)", "Take the table (CSV)")}</button></div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void bring(true);
        }}
      >
        <div class="field">
          <label for={id}>{t("Tệp CSV", "CSV file")}</label>
          <input id={id} type="file" accept=".csv,text/csv" required onChange={(event) => { setFile(event.currentTarget.files?.[0]); setAnswer(undefined); }} />
        </div>
        <Trouble why={why} />
        <button disabled={busy || !file}>{t("Xem trước", "See first")}</button>
      </form>
      {answer && (
        <>
          <p role="status"><strong>{answer.refused.length > 0 ? t(`${spell(answer.refused.length)} dòng sai, ${spell(answer.set)} dòng đúng; chưa ghi gì. Sửa tệp rồi xem lại.`, `${spell(answer.refused.length)} lines are wrong, ${spell(answer.set)} are fine; nothing was written. Mend the file and see again.`) : t(`${spell(answer.set)} dòng đúng, sẽ được ghi.`, `${spell(answer.set)} lines are fine and would be written.`)}</strong></p>
          {answer.refused.length > 0 && <ul class="cases">{answer.refused.map((one) => <li key={one.line}>{t(`Dòng ${one.line}`, `Line ${one.line}`)}: <span class="fault">{one.message}</span></li>)}</ul>}
          {answer.refused.length === 0 && <button type="button" disabled={busy} onClick={() => void bring(false)}>{t(`Ghi ${spell(answer.set)} chỉ tiêu`, `Write ${spell(answer.set)} targets`)}</button>}
        </>
      )}
    </Dialog>
  );
}
