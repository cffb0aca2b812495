/** Coming in. */
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";

import { Field, Heading, Trouble, useDeed } from "../kit.tsx";
import { t } from "../words.ts";
import { enter } from "./enter.ts";
import { Later } from "./later.tsx";

/** Somebody has a one-time code in the place of a password. */
export const byCode = signal(false);

export function SignIn() {
  return byCode.value ? <Later view="ByCode" /> : <ByPassword />;
}

interface SecretProps {
  id: string;
  label: string;
  value: string;
  typed: (value: string) => void;
  autocomplete: "current-password" | "new-password";
  fault?: string | undefined;
  hint?: string;
}

/** A password, which its owner may look at: on a small keyboard half of the letters are wrong. */
export function Secret({ id, label, value, typed, autocomplete, fault, hint }: SecretProps) {
  const [shown, show] = useState(false);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="with-button">
        <input
          id={id} type={(shown ? "text" : "password") as "password"} value={value} autocomplete={autocomplete} autocapitalize="none" maxLength={128} required
          aria-invalid={fault !== undefined} aria-describedby={`${id}-about`} onInput={(event) => typed(event.currentTarget.value)}
        />
        <button type="button" class="quiet" aria-pressed={shown} onClick={() => show(!shown)}>{shown ? t("Ẩn", "Hide") : t("Hiện", "Show")}</button>
      </div>
      <p id={`${id}-about`} class={fault ? "fault" : "soft"}>{fault ?? hint}</p>
    </div>
  );
}

function ByPassword() {
  const [phone, setPhone] = useState("");
  const [password, setPassword] = useState("");
  const { busy, why, run } = useDeed();
  return (
    <div class="narrow">
      <Heading>{t("Đăng nhập tình nguyện viên", "Volunteers sign in")}</Heading>
      <Trouble why={why} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(() => enter(phone, password));
        }}
      >
        <Field id="phone" label={t("Số điện thoại của bạn", "Your phone number")} type="tel" value={phone} typed={setPhone} autocomplete="username" maxLength={30} required />
        <Secret id="password" label={t("Mật khẩu", "Password")} value={password} typed={setPassword} autocomplete="current-password" />
        <button disabled={busy}>{busy ? t("Đang đăng nhập…", "Signing in…") : t("Đăng nhập", "Sign in")}</button>
      </form>
      <p class="after"><button type="button" class="link" onClick={() => (byCode.value = true)}>{t("Tôi có mã dùng một lần (lần đầu, hoặc quên mật khẩu)", "I have a one-time code (first time, or password forgotten)")}</button></p>
      <p class="soft">{t("Đăng nhập một lần khi có mạng; sau đó làm việc được nhiều ngày không cần sóng. Mật khẩu này không phải mật khẩu VNeID.", "Sign in once with a network; then you can work for days without one. This is not your VNeID password.")}</p>
    </div>
  );
}

/** Somebody said that this phone is lost. */
export function Wiped() {
  return (
    <div class="narrow">
      <Heading>{t("Máy này đã được báo mất", "This phone was reported lost")}</Heading>
      <p>{t("Danh sách, tên và phiên đăng nhập đã được xóa khỏi máy. Việc chưa gửi vẫn niêm phong trên máy: bạn đăng nhập lại thì chúng được gửi, và chờ trưởng nhóm duyệt chứ không mất.", "Lists, names and the session are gone from it. What was not sent stays sealed: sign in again and it is sent, and kept until your lead has judged it.")}</p>
      <button type="button" onClick={() => location.reload()}>{t("Đăng nhập lại", "Sign in again")}</button>
    </div>
  );
}
