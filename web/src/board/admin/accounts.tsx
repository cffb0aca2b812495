/** Accounts of one's unit: found, changed, stopped, let in again; a code for who forgot a password; inviting others; limits on booking. */
import { useState } from "preact/hooks";

import type { Schemas } from "../../api.ts";
import { Choice, Field, Loading } from "../../kit.tsx";
import { me } from "../../session.ts";
import { t } from "../../words.ts";
import { Note } from "../note.tsx";
import { nameOf, spell } from "../state.ts";
import { OneAccount } from "./account.tsx";
import { Invite } from "./invite.tsx";
import { LiftForCitizen } from "./lift.tsx";
import { fits, PAGE } from "./lists.ts";
import { type Account, byGivenName, type People, UNIONS, usePeople } from "./people.ts";
import { Cut, Failed, UnitOptions, useSome } from "./pieces.tsx";
import { Phones } from "./phones.tsx";
import { communesOf, shorten, useUnits } from "./units.ts";

export type Role = Schemas["Role"];

export const ROLES: [Role, string][] = [
  ["volunteer", t("Tình nguyện viên", "Volunteer")],
  ["lead", t("Trưởng nhóm", "Lead")],
  ["officer", t("Cán bộ tiếp nhận", "Officer")],
  ["reporter", t("Cán bộ báo cáo", "Reporter")],
  ["commander", t("Chỉ huy", "Commander")],
  ["admin", t("Quản trị", "Administrator")],
];
export const STATES: [string, string][] = [
  ["invited", t("Đã mời", "Invited")],
  ["active", t("Đang dùng", "Active")],
  ["disabled", t("Đã dừng", "Stopped")],
];

/** Roles whose accounts somebody of this role invites, changes and stops; the server has the same table. */
export function rolesManaged(): [Role, string][] {
  const { role } = me.value!;
  if (role === "admin") return ROLES;
  return ROLES.filter(([word]) => (role === "commander" ? word !== "commander" && word !== "admin" : word === "volunteer"));
}

export function Accounts() {
  const [within, setWithin] = useState("");
  const units = useUnits();
  const unit_id = Number(within) || me.value?.unit_id;
  const people = usePeople(unit_id);
  const [chosen, choose] = useState<Account>();
  return (
    <>
      <h1 class="unseen">{t("Tài khoản", "Accounts")}</h1>
      <div class="halves accounts">
        <section class="panel" aria-labelledby="accounts">
          <div class="panel-head">
            <h2 id="accounts">{t("Tài khoản trong đơn vị", "Accounts of the unit")}</h2>
            {communesOf(units.told).length > 1 && <Choice id="accounts-within" label={t("Đơn vị", "Unit")} value={within} chosen={setWithin}><UnitOptions communes={communesOf(units.told)} /></Choice>}
          </div>
          <Note about={t("Ai làm được gì?", "Who may do what?")}>
            <p>{t("Quyền chỉ có trong đơn vị của tài khoản. Tình nguyện viên ghi nhận; trưởng nhóm thêm phân công, duyệt, sửa của đoàn, hội mình; cán bộ tiếp nhận làm ở quầy; báo cáo nhập số liệu; chỉ huy giao chỉ tiêu, phát hành báo cáo; quản trị quản lý mọi tài khoản.", "Rights hold within the account's unit only. Volunteers record; leads also assign, judge and correct for their union; officers run a desk; reporters enter figures; commanders set targets and issue reports; administrators manage every account.")}</p>
            <p>{t("Trưởng nhóm quản lý tình nguyện viên; chỉ huy quản lý mọi vai trò dưới mình; không ai tự đổi tài khoản của mình. Đổi hay dừng tài khoản thì người đó bị đăng xuất ngay; việc chưa gửi vẫn nằm trên máy.", "Leads manage volunteers; commanders, every role below their own; nobody changes their own account. A change or a stop signs that person out at once; unsent work stays on the phone.")}</p>
          </Note>
          {!people.told ? (people.why === undefined ? <Loading /> : <Failed why={people.why} again={people.again} />) : <List people={people.told} choose={choose} />}
        </section>
        <div class="stack">
          <Invite invited={people.again} />
          <LiftForCitizen />
          {people.told && <Phones people={people.told} />}
        </div>
      </div>
      {chosen && <OneAccount account={chosen} units={units.told} close={() => choose(undefined)} changed={people.again} />}
    </>
  );
}

function List({ people, choose }: { people: People; choose: (one: Account) => void }) {
  const [role, setRole] = useState("");
  const [state, setState] = useState("");
  const [typed, type] = useState("");
  const managed = new Set(rolesManaged().map(([word]) => word as string));
  const found = people.rows
    .filter((one) => (role === "" || one.role === role) && (state === "" || one.state === state) && (typed.trim() === "" || fits(typed, `${one.name} ${one.unit_label}`)))
    .sort(byGivenName);
  const { some, more } = useSome(found);
  return (
    <>
      <div class="filters-row">
        <Choice id="role" label={t("Vai trò", "Role")} value={role} chosen={setRole}>
          <option value="">{t("Tất cả", "All")}</option>
          {ROLES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
        </Choice>
        <Choice id="account-state" label={t("Trạng thái", "State")} value={state} chosen={setState}>
          <option value="">{t("Tất cả", "All")}</option>
          {STATES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
        </Choice>
        <Field id="account-find" label={t("Tìm tên hay đơn vị", "Find a name or a unit")} value={typed} typed={type} />
      </div>
      <Cut isAll={people.isAll} count={PAGE * 10} />
      <p class="soft" role="status">{t(`${spell(found.length)} tài khoản.`, `${spell(found.length)} accounts.`)}</p>
      <ul class="cases">
        {some.map((one) => (
          <li key={one.account_id} class="account">
            <p><strong>{one.name}</strong> <span class="soft">{one.phone_masked}</span><br /><span class="soft">{nameOf(ROLES, one.role)}{one.mass_union !== "none" && `, ${nameOf(UNIONS, one.mass_union)}`}, {shorten(one.unit_label)}</span></p>
            <span class={one.state === "disabled" ? "fault" : one.state === "invited" ? "warn" : "good"}>{nameOf(STATES, one.state)}</span>
            {one.account_id === me.value?.account_id ? <span class="soft">{t("tôi", "myself")}</span> : managed.has(one.role) && <button type="button" class="quiet small" onClick={() => choose(one)}>{t("Sửa", "Change")}<span class="unseen"> {one.name}</span></button>}
          </li>
        ))}
      </ul>
      {more}
    </>
  );
}
