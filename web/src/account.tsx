/**
 * One's own account, on whichever face: its password, and an end to its sessions on every machine. How
 * each is sent the face knows; this asks, and says what came of it.
 */
import { useState } from "preact/hooks";

import type { Schemas } from "./api.ts";
import { Field, faultAt, Trouble, useDeed } from "./kit.tsx";
import { NewPassword } from "./password.tsx";
import { t } from "./words.ts";

interface Props {
  account: Schemas["Me"];
  changePassword: (current: string, next: string) => Promise<void>;
  signOutEverywhere: () => Promise<void>;
  /** Why signing out has to wait, where something would be lost by it. */
  wait?: string | undefined;
}

export function Account({ account, changePassword, signOutEverywhere, wait }: Props) {
  return (
    <>
      <p><strong>{account.name}</strong><br /><span class="soft">{account.unit_label}</span></p>
      <ChangePassword change={changePassword} />
      <Everywhere signOut={signOutEverywhere} wait={wait} />
    </>
  );
}

function ChangePassword({ change }: { change: Props["changePassword"] }) {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [isDone, setDone] = useState(false);
  const { busy, why, run } = useDeed();
  const send = () =>
    run(async () => {
      setDone(false);
      await change(current, next);
      setCurrent("");
      setNext("");
      setDone(true);
    });
  return (
    <section>
      <h3>{t("Đổi mật khẩu", "Change the password")}</h3>
      {isDone && <p class="notice good" role="status">{t("Đã đổi. Các máy khác đang dùng tài khoản này đã bị đăng xuất.", "Changed. Other machines with this account are signed out.")}</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <Trouble why={why} />
        <Field id="current" label={t("Mật khẩu đang dùng", "Current password")} value={current} typed={setCurrent} type="password" autocomplete="current-password" maxLength={512} required fault={faultAt(why, "/current_password")} />
        <NewPassword value={next} typed={setNext} fault={faultAt(why, "/new_password")} />
        <button disabled={busy}>{t("Đổi mật khẩu", "Change it")}</button>
      </form>
    </section>
  );
}

/** For a machine that is lost, or was left signed in. Asked twice: it ends this session too. */
function Everywhere({ signOut, wait }: { signOut: Props["signOutEverywhere"]; wait: Props["wait"] }) {
  const [asked, ask] = useState(false);
  const { busy, why, run } = useDeed();
  return (
    <section>
      <h3>{t("Đăng xuất khỏi mọi máy", "Sign out everywhere")}</h3>
      <p>{t("Khi mất máy, hoặc quên đăng xuất ở máy khác. Máy này cũng bị đăng xuất.", "When a machine is lost or was left signed in. This one is signed out too.")}</p>
      <Trouble why={why} />
      {wait ? <p class="notice">{wait}</p> : !asked ? (
        <button type="button" class="quiet danger" onClick={() => ask(true)}>{t("Đăng xuất khỏi mọi máy", "Sign out everywhere")}</button>
      ) : (
        <div class="deeds">
          <button type="button" class="quiet danger" disabled={busy} onClick={() => void run(signOut)}>{t("Đúng, đăng xuất hết", "Yes, everywhere")}</button>
          <button type="button" class="quiet" disabled={busy} onClick={() => ask(false)}>{t("Thôi", "No")}</button>
        </div>
      )}
    </section>
  );
}
