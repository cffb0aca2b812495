/** Inviting: one person, or many from a file that is seen first and then written, all or none. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Choice, Field, Loading, Trouble, useDeed } from "../../kit.tsx";
import { me } from "../../session.ts";
import { t } from "../../words.ts";
import { spell } from "../state.ts";
import { type Role, rolesManaged, ROLES } from "./accounts.tsx";
import { cell, saveLines } from "./files.ts";
import { UNIONS } from "./people.ts";
import { PickUnit } from "./pieces.tsx";
import { useUnits } from "./units.ts";

const COLUMNS = ["phone", "name", "role", "mass_union", "unit_id", "unit_code"];

/** Sends lines of a file, to be judged or to be written. */
function send(text: string, dry_run: boolean): Promise<Schemas["InvitedAccounts"]> {
  return told(api.POST("/api/v1/account-invitations", { params: { query: { dry_run } }, body: text, bodySerializer: (body) => body, headers: { "Content-Type": "text/csv" } }));
}

export function Invite({ invited }: { invited: () => void }) {
  return (
    <>
      <One invited={invited} />
      <Many invited={invited} />
    </>
  );
}

function One({ invited }: { invited: () => void }) {
  const roles = rolesManaged();
  const [phone, setPhone] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("volunteer");
  const [union, setUnion] = useState(me.value?.mass_union === "women" ? "women" : "youth");
  const [unit, setUnit] = useState<number | undefined>(me.value?.role === "lead" ? me.value.unit_id : undefined);
  const [tried, setTried] = useState(false);
  const [answer, setAnswer] = useState<{ name: string; line: Schemas["InvitedLine"] }>();
  const { busy, why, run } = useDeed();
  const units = useUnits();
  return (
    <section class="panel" aria-labelledby="invite-one">
      <h2 id="invite-one">{t("Mời một người", "Invite somebody")}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          setAnswer(undefined);
          if (unit === undefined) return;
          void run(async () => {
            const row = [phone, name.trim(), role, union, unit, ""];
            const told_ = await send(`${COLUMNS.join(",")}\n${row.map(cell).join(",")}\n`, false);
            const line = told_.lines[0];
            if (!line) return;
            setAnswer({ name: name.trim(), line });
            if (!line.code) return;
            setPhone("");
            setName("");
            setTried(false);
            invited();
          });
        }}
      >
        <div class="pair">
          <Field id="invite-name" label={t("Họ tên", "Name")} value={name} typed={setName} required maxLength={100} />
          <Field id="invite-phone" type="tel" inputMode="tel" label={t("Số điện thoại di động", "Mobile phone")} value={phone} typed={setPhone} required maxLength={20} />
        </div>
        <div class="pair">
          {roles.length > 1 && <Choice id="invite-role" label={t("Vai trò", "Role")} value={role} chosen={(word) => { setRole(word as Role); setUnion(word === "volunteer" || word === "lead" ? (union === "none" ? "youth" : union) : "none"); }}>{roles.map(([word, title]) => <option key={word} value={word}>{title}</option>)}</Choice>}
          <Choice id="invite-union" label={t("Đoàn thể", "Union")} value={union} chosen={setUnion}>{UNIONS.map(([word, title]) => <option key={word} value={word}>{title}</option>)}</Choice>
        </div>
        {units.told ? <PickUnit id="invite-unit" label={t("Đơn vị (phạm vi)", "Unit (scope)")} units={units.told} chosen={unit} choose={setUnit} fault={tried && unit === undefined ? t("Chọn đơn vị của người này.", "Choose their unit.") : undefined} /> : <Loading />}
        <Trouble why={why} />
        {answer && (answer.line.code ? (
          <div class="notice" role="status"><p class="code">{answer.line.code}</p><p>{t(`Mã của ${answer.name}, dùng một lần trong 14 ngày: đưa tận tay cùng địa chỉ trang này. Mã không hiện lại.`, `The code of ${answer.name}, good once within 14 days: hand it over in person. It is not shown again.`)}</p></div>
        ) : <p class="notice" role="alert">{answer.line.message}</p>)}
        <button disabled={busy}>{t("Mời", "Invite")}</button>
      </form>
    </section>
  );
}

/** What stands in a line of the file, as far as its owner: phone and name. */
function ownerOf(text: string, line: number): string {
  return (text.split(/\r?\n/)[line - 1] ?? "").split(/[,;\t]/).slice(0, 2).join(" ").trim();
}

function Many({ invited }: { invited: () => void }) {
  const [file, setFile] = useState<{ text: string; name: string }>();
  const [answer, setAnswer] = useState<Schemas["InvitedAccounts"]>();
  const { busy, why, run } = useDeed();
  const go = (dry_run: boolean) =>
    run(async () => {
      if (!file) return;
      const told_ = await send(file.text, dry_run);
      setAnswer(told_);
      if (!told_.dry_run) invited();
    });
  const sample = () => saveLines([COLUMNS, ["0912000001", "Nguyễn Thị Hà", "volunteer", "women", me.value?.unit_id, ""]], "moi-tai-khoan.csv");
  const words = (list: [string, string][]) => list.map(([word, name]) => `${word} (${name})`).join(", ");
  return (
    <section class="panel" aria-labelledby="invite">
      <h2 id="invite">{t("Mời bằng tệp CSV", "Invite from a CSV file")}</h2>
      <p class="soft">{t("Dòng đầu:", "First line:")} <code>{COLUMNS.join(",")}</code></p>
      <details class="note">
        <summary><span aria-hidden="true">?</span> <span>{t("Các cột ghi thế nào?", "What goes into the columns?")}</span></summary>
        <div>
          <p><code>role</code>: {words(rolesManaged().length > 0 ? rolesManaged() : ROLES)}.</p>
          <p><code>mass_union</code>: {words(UNIONS)}.</p>
          <p>{t("Đơn vị: ghi một trong hai, số của đơn vị (unit_id; thôn chỉ có số này) hoặc mã hành chính của xã (unit_code). Tối đa 500 dòng.", "The unit: one of its number (unit_id; villages have only this) or the commune's official code (unit_code). At most 500 lines.")}</p>
          <p><button type="button" class="link" onClick={sample}>{t("Lấy tệp mẫu", "Take a sample file")}</button></p>
        </div>
      </details>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void go(true);
        }}
      >
        <div class="field">
          <label for="file">{t("Tệp", "File")}</label>
          <input id="file" type="file" accept=".csv,text/csv" required onChange={(event) => {
            const picked = event.currentTarget.files?.[0];
            setAnswer(undefined);
            setFile(undefined);
            if (picked) void run(async () => setFile({ text: await picked.text(), name: picked.name }));
          }} />
        </div>
        <Trouble why={why} />
        <button disabled={busy || !file}>{t("Xem trước", "See first")}</button>
      </form>
      {answer && (
        <>
          <p role="status"><strong>{answer.dry_run ? t(`${spell(answer.invited)} dòng sẽ được mời, ${spell(answer.refused)} dòng sai.`, `${spell(answer.invited)} would be invited, ${spell(answer.refused)} are wrong.`) : t(`Đã mời ${spell(answer.invited)} người. Ghi lại mã ngay: không hiện lại.`, `${spell(answer.invited)} invited. Keep the codes: they are not shown again.`)}</strong></p>
          {!answer.dry_run && <p class="deeds"><button type="button" class="quiet small" onClick={() => saveLines([["who", "code"], ...answer.lines.map((line) => [ownerOf(file!.text, line.line), line.code])], "ma-moi.csv")}>{t("Lưu mã thành tệp", "Save the codes as a file")}</button></p>}
          <ul class="cases lines">
            {answer.lines.map((line) => (
              <li key={line.line}>{t(`Dòng ${line.line}`, `Line ${line.line}`)} <span class="soft">{ownerOf(file!.text, line.line)}</span>: {line.code ? <strong class="code-cell">{line.code}</strong> : line.message ? <span class="fault">{line.message}</span> : <span class="good">{t("được", "fine")}</span>}</li>
            ))}
          </ul>
          {answer.dry_run && answer.refused === 0 && answer.invited > 0 && <button type="button" disabled={busy} onClick={() => void go(false)}>{t(`Mời ${spell(answer.invited)} người`, `Invite ${spell(answer.invited)}`)}</button>}
        </>
      )}
    </section>
  );
}
