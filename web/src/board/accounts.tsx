/** Accounts of one's unit: invite, stop, and a code for who forgot a password. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Dialog } from "../dialog.tsx";
import { Choice, Loading, Trouble, useDeed } from "../kit.tsx";
import { me } from "../session.ts";
import { spellTime, t } from "../words.ts";
import { nameOf } from "./state.ts";

type Account = Schemas["Account"];
type Role = Schemas["Role"];

const ROLES: [Role, string][] = [
  ["volunteer", t("Tình nguyện viên", "Volunteer")],
  ["lead", t("Trưởng nhóm", "Lead")],
  ["officer", t("Cán bộ tiếp nhận", "Officer")],
  ["reporter", t("Báo cáo", "Reporter")],
  ["commander", t("Chỉ huy", "Commander")],
  ["admin", t("Quản trị", "Administrator")],
];
const STATES: [string, string][] = [
  ["invited", t("Đã mời", "Invited")],
  ["active", t("Đang dùng", "Active")],
  ["disabled", t("Đã dừng", "Stopped")],
];
const PAGE = 50;

export function Accounts() {
  const [role, setRole] = useState<Role | "">("");
  const [cursors, setCursors] = useState<string[]>([]);
  const [chosen, choose] = useState<Account>();
  const cursor = cursors.at(-1);
  const list = useAsked(`${role} ${cursor}`, () => told(api.GET("/api/v1/accounts", { params: { query: { unit_id: me.value?.unit_id, role: role || undefined, cursor, limit: PAGE } } })));
  return (
    <>
      <h1 class="unseen">{t("Tài khoản", "Accounts")}</h1>
      <div class="halves accounts">
        <section class="panel" aria-labelledby="accounts">
          <div class="panel-head">
            <h2 id="accounts">{t("Tài khoản trong đơn vị", "Accounts of the unit")}</h2>
            <Choice id="role" label={t("Vai trò", "Role")} value={role} chosen={(word) => { setRole(word as Role | ""); setCursors([]); }}>
              <option value="">{t("Tất cả", "All")}</option>
              {ROLES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
            </Choice>
          </div>
          {!list.told ? (list.why === undefined ? <Loading /> : <Trouble why={list.why} />) : (
            <>
              <ul class="cases">
                {list.told.items.map((one) => (
                  <li key={one.account_id} class="account">
                    <p><strong>{one.name}</strong> <span class="soft">{one.phone_masked}</span><br /><span class="soft">{nameOf(ROLES, one.role)}, {one.unit_label}</span></p>
                    <span class={one.state === "disabled" ? "fault" : one.state === "invited" ? "warn" : "good"}>{nameOf(STATES, one.state)}</span>
                    <button type="button" class="quiet small" onClick={() => choose(one)} disabled={one.account_id === me.value?.account_id}>{t("Sửa", "Change")}</button>
                  </li>
                ))}
              </ul>
              <p class="deeds">
                {cursors.length > 0 && <button type="button" class="quiet small" onClick={() => setCursors(cursors.slice(0, -1))}>{t("Trang trước", "Before")}</button>}
                {list.told.next_cursor && <button type="button" class="quiet small" onClick={() => setCursors([...cursors, list.told!.next_cursor!])}>{t("Trang sau", "Next")}</button>}
              </p>
            </>
          )}
        </section>
        <Invite invited={list.again} />
      </div>
      {chosen && <One account={chosen} close={() => choose(undefined)} changed={list.again} />}
    </>
  );
}

function One({ account, close, changed }: { account: Account; close: () => void; changed: () => void }) {
  const [now, setNow] = useState(account);
  const [code, setCode] = useState<Schemas["OneTimeCode"]>();
  const { busy, why, run } = useDeed();
  const path = { account_id: account.account_id };
  const stop = (disabled: boolean) =>
    run(async () => {
      setNow(await told(api.PATCH("/api/v1/accounts/{account_id}", { params: { path }, body: { disabled } })));
      changed();
    });
  const issue = () => run(async () => setCode(await told(api.POST("/api/v1/accounts/{account_id}/recovery-codes", { params: { path } }))));
  return (
    <Dialog title={now.name} close={close}>
      <p>{nameOf(ROLES, now.role)}, {now.unit_label}<br /><span class="soft">{now.phone_masked}, {nameOf(STATES, now.state).toLowerCase()}</span></p>
      <Trouble why={why} />
      {code && (
        <div class="notice" role="status">
          <p class="code">{code.code}</p>
          <p>{t(`Đưa tận tay; dùng một lần, đến ${spellTime(code.expires_at)}. Mã không hiện lại.`, `Hand it over in person; good once, until ${spellTime(code.expires_at)}. It is not shown again.`)}</p>
        </div>
      )}
      <div class="deeds">
        {now.state !== "disabled" && <button type="button" class="quiet" disabled={busy} onClick={() => void issue()}>{t("Cấp mã một lần", "A one-time code")}</button>}
        {now.state === "disabled"
          ? <button type="button" disabled={busy} onClick={() => void stop(false)}>{t("Cho dùng lại", "Let them in again")}</button>
          : <button type="button" class="quiet danger" disabled={busy} onClick={() => void stop(true)}>{t("Dừng tài khoản", "Stop the account")}</button>}
      </div>
    </Dialog>
  );
}

const HEADER = "phone,name,role,mass_union,unit_code";

/** From a file, seen first and then written, all or none. */
function Invite({ invited }: { invited: () => void }) {
  const [file, setFile] = useState<File>();
  const [answer, setAnswer] = useState<Schemas["InvitedAccounts"]>();
  const { busy, why, run } = useDeed();
  const send = (dry_run: boolean) =>
    run(async () => {
      if (!file) return;
      const text = await file.text();
      setAnswer(await told(api.POST("/api/v1/account-invitations", { params: { query: { dry_run } }, body: text, bodySerializer: (body) => body, headers: { "Content-Type": "text/csv" } })));
      if (!dry_run) invited();
    });
  return (
    <section class="panel" aria-labelledby="invite">
      <h2 id="invite">{t("Mời bằng tệp CSV", "Invite from a CSV file")}</h2>
      <p class="soft">{t("Dòng đầu:", "First line:")} <code>{HEADER}</code></p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send(true);
        }}
      >
        <div class="field">
          <label for="file">{t("Tệp", "File")}</label>
          <input id="file" type="file" accept=".csv,text/csv" required onChange={(event) => { setFile(event.currentTarget.files?.[0]); setAnswer(undefined); }} />
        </div>
        <Trouble why={why} />
        <button disabled={busy || !file}>{t("Xem trước", "See first")}</button>
      </form>
      {answer && (
        <>
          <p role="status"><strong>{answer.dry_run ? t(`${answer.invited} dòng sẽ được mời, ${answer.refused} dòng sai.`, `${answer.invited} would be invited, ${answer.refused} are wrong.`) : t(`Đã mời ${answer.invited} người. Ghi lại mã ngay: không hiện lại.`, `${answer.invited} invited. Keep the codes: they are not shown again.`)}</strong></p>
          <ul class="cases">
            {answer.lines.map((line) => (
              <li key={line.line}>{t(`Dòng ${line.line}`, `Line ${line.line}`)}: {line.code ? <strong class="code-cell">{line.code}</strong> : line.message ? <span class="fault">{line.message}</span> : <span class="good">{t("được", "fine")}</span>}</li>
            ))}
          </ul>
          {answer.dry_run && answer.refused === 0 && answer.invited > 0 && <button type="button" disabled={busy} onClick={() => void send(false)}>{t(`Mời ${answer.invited} người`, `Invite ${answer.invited}`)}</button>}
        </>
      )}
    </section>
  );
}
