/** One account: what it may do and where, whether it may sign in, a code for its owner, and booking without limits. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Dialog } from "../../dialog.tsx";
import { Choice, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { may } from "../../session.ts";
import { lower, spellTime, t } from "../../words.ts";
import { nameOf } from "../state.ts";
import { type Role, rolesManaged, ROLES, STATES } from "./accounts.tsx";
import { LiftForAccount } from "./lift.tsx";
import { type Account, UNIONS } from "./people.ts";
import { PickUnit } from "./pieces.tsx";
import type { Units } from "./units.ts";

export function OneAccount({ account, units, close, changed }: { account: Account; units: Units | undefined; close: () => void; changed: () => void }) {
  const [now, setNow] = useState(account);
  const [code, setCode] = useState<Schemas["OneTimeCode"]>();
  const [said, say] = useState<string>();
  const { busy, why, run } = useDeed();
  const path = { account_id: account.account_id };
  const patch = (body: Schemas["UpdateAccount"], words: string) =>
    run(async () => {
      setNow(await told(api.PATCH("/api/v1/accounts/{account_id}", { params: { path }, body })));
      say(words);
      changed();
    });
  const issue = () => run(async () => setCode(await told(api.POST("/api/v1/accounts/{account_id}/recovery-codes", { params: { path } }))));
  const isStopped = now.state === "disabled";
  return (
    <Dialog title={now.name} close={close} wide>
      <p>{nameOf(ROLES, now.role)}, {now.unit_label}<br /><span class="soft">{now.phone_masked}, {lower(nameOf(STATES, now.state))}</span></p>
      <Trouble why={why} />
      <div role="status">{said && <p class="notice">{said}</p>}</div>
      {isStopped && now.role === "volunteer" && may("assign_work") && <p class="warn">{t("Nếu còn phụ trách thôn: ", "If villages are left: ")}<a href="#quan-ly/phan-cong">{t("bàn giao cho người khác", "hand them over")}</a>.</p>}
      {code && (
        <div class="notice" role="status">
          <p class="code">{code.code}</p>
          <p>{t(`Đưa tận tay; dùng một lần, đến ${spellTime(code.expires_at)}. Mã không hiện lại.`, `Hand it over in person; good once, until ${spellTime(code.expires_at)}. It is not shown again.`)}</p>
        </div>
      )}
      <div class="deeds">
        {!isStopped && <button type="button" class="quiet" disabled={busy} onClick={() => void issue()}>{t("Cấp mã một lần", "A one-time code")}</button>}
        {isStopped
          ? <button type="button" disabled={busy} onClick={() => void patch({ disabled: false }, t("Người này đăng nhập lại được.", "They may sign in again."))}>{t("Cho dùng lại", "Let them in again")}</button>
          : <button type="button" class="quiet danger" disabled={busy} onClick={() => void patch({ disabled: true }, t("Đã dừng; mọi phiên đăng nhập chấm dứt ngay.", "Stopped; every session ended at once."))}>{t("Dừng tài khoản", "Stop the account")}</button>}
      </div>
      <LiftForAccount account={now} />
      {units && <Change key={`${now.role} ${now.mass_union} ${now.unit_id}`} account={now} units={units} busy={busy} why={why} patch={patch} />}
    </Dialog>
  );
}

interface ChangeProps {
  account: Account;
  units: Units;
  busy: boolean;
  why: unknown;
  patch: (body: Schemas["UpdateAccount"], words: string) => Promise<void>;
}

/** Another role, union or unit. */
function Change({ account, units, busy, why, patch }: ChangeProps) {
  const [role, setRole] = useState(account.role);
  const [union, setUnion] = useState(account.mass_union);
  const [unit, setUnit] = useState<number | undefined>(account.unit_id);
  const body: Schemas["UpdateAccount"] = {
    role: role === account.role ? undefined : (role as Role),
    mass_union: union === account.mass_union ? undefined : (union as Schemas["MassUnion"]),
    unit_id: unit === account.unit_id ? undefined : unit,
  };
  const isChanged = Object.values(body).some((one) => one !== undefined);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void patch(body, t("Đã đổi. Người này phải đăng nhập lại; việc chưa gửi vẫn nằm trên máy.", "Changed. They sign in again; unsent work stays on their phone."));
      }}
    >
      <h3>{t("Vai trò và phạm vi", "Role and scope")}</h3>
      <div class="pair">
        <Choice id="account-role" label={t("Vai trò", "Role")} value={role} chosen={setRole} fault={faultAt(why, "/role")}>{rolesManaged().map(([word, name]) => <option key={word} value={word}>{name}</option>)}</Choice>
        <Choice id="account-union" label={t("Đoàn thể", "Union")} value={union} chosen={setUnion} fault={faultAt(why, "/mass_union")}>{UNIONS.map(([word, name]) => <option key={word} value={word}>{name}</option>)}</Choice>
      </div>
      <PickUnit id="account-unit" label={t("Đơn vị (phạm vi)", "Unit (scope)")} units={units} chosen={unit} choose={setUnit} fault={faultAt(why, "/unit_id")} />
      <p class="soft">{t("Tình nguyện viên và trưởng nhóm phải thuộc Đoàn Thanh niên hoặc Hội Phụ nữ. Đổi xong thì người đó bị đăng xuất ngay, để quyền cũ không còn.", "Volunteers and leads belong to one of the two unions. A change signs them out at once, so that no old right lives on.")}</p>
      <button disabled={busy || !isChanged || unit === undefined}>{t("Ghi thay đổi", "Write the change")}</button>
    </form>
  );
}
