/** Signing in: by password, by a one-time code, and the change of a password that somebody else gave. */
import { useState } from "preact/hooks";

import { api, told } from "./api.ts";
import { Field, faultAt, Heading, Trouble, useDeed } from "./kit.tsx";
import { NewPassword } from "./password.tsx";
import { changePassword, ended, signIn } from "./session.ts";
import { t } from "./words.ts";

/** The way in of a face, called `face`. */
export function SignIn({ face }: { face: string }) {
  const [byCode, setByCode] = useState(false);
  return (
    <>
      <Heading>{face}</Heading>
      {ended.value && (
        <p class="notice" role="status">{t("Phiên làm việc đã hết hoặc đã bị kết thúc. Hãy đăng nhập lại.", "The session has ended. Sign in again.")}</p>
      )}
      {byCode ? <ByCode /> : <ByPassword />}
      <p>
        <button type="button" class="link" onClick={() => setByCode(!byCode)}>
          {byCode ? t("Đăng nhập bằng mật khẩu", "Sign in with a password") : t("Lần đầu, hoặc quên mật khẩu: dùng mã một lần", "First time, or password forgotten: use a one-time code")}
        </button>
      </p>
    </>
  );
}

function ByPassword() {
  const [phone, setPhone] = useState("");
  const [password, setPassword] = useState("");
  const { busy, why, run } = useDeed();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(() => signIn(phone, password));
      }}
    >
      <Trouble why={why} />
      <Field id="phone" label={t("Số điện thoại", "Phone number")} value={phone} typed={setPhone} type="tel" autocomplete="username" maxLength={30} required />
      <Field id="password" label={t("Mật khẩu", "Password")} value={password} typed={setPassword} type="password" autocomplete="current-password" maxLength={512} required />
      <button disabled={busy}>{busy ? t("Đang đăng nhập…", "Signing in…") : t("Đăng nhập", "Sign in")}</button>
    </form>
  );
}

/** With the code that a lead or an administrator handed over. */
function ByCode() {
  const [phone, setPhone] = useState("");
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const { busy, why, run } = useDeed();
  const set = () =>
    run(async () => {
      await told(api.POST("/api/v1/passwords/by-code", { body: { phone, code, new_password: password } }));
      await signIn(phone, password);
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void set();
      }}
    >
      <Trouble why={why} />
      <Field id="phone" label={t("Số điện thoại", "Phone number")} value={phone} typed={setPhone} type="tel" autocomplete="username" maxLength={30} required />
      <Field id="code" label={t("Mã một lần", "One-time code")} value={code} typed={setCode} autocomplete="one-time-code" autocapitalize="characters" maxLength={20} required hint={t("8 chữ và số, như K7QM-2XRT, do người quản lý đưa tận tay", "8 letters and digits, as K7QM-2XRT, handed over in person")} />
      <NewPassword value={password} typed={setPassword} fault={faultAt(why, "/new_password")} />
      <button disabled={busy}>{t("Đặt mật khẩu và đăng nhập", "Set the password and sign in")}</button>
    </form>
  );
}

/** Nothing else goes on before a given password is one's own. */
export function OwnPassword() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const { busy, why, run } = useDeed();
  return (
    <>
      <Heading>{t("Đặt mật khẩu của riêng bạn", "Set a password of your own")}</Heading>
      <p>{t("Mật khẩu đang dùng do người khác đặt. Hãy đổi rồi làm tiếp.", "The password was given by somebody else. Change it to go on.")}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(() => changePassword(current, next));
        }}
      >
        <Trouble why={why} />
        <Field id="current" label={t("Mật khẩu đang dùng", "Current password")} value={current} typed={setCurrent} type="password" autocomplete="current-password" maxLength={512} required />
        <NewPassword value={next} typed={setNext} fault={faultAt(why, "/new_password")} />
        <button disabled={busy}>{t("Đổi mật khẩu", "Change it")}</button>
      </form>
    </>
  );
}
