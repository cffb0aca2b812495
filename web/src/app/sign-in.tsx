/** Coming in: with a password, with a one-time code, with a password that somebody else has given. */
import { useState } from "preact/hooks";

import { told } from "../api.ts";
import { Field, faultAt, Heading, Trouble, useDeed } from "../kit.tsx";
import { t } from "../words.ts";
import { enter } from "./enter.ts";
import { waitingCount } from "./outbox.ts";
import { changePassword, createStranger } from "./session.ts";
import { figure } from "./terms.ts";

export function SignIn() {
  const [byCode, setByCode] = useState(false);
  return byCode ? <ByCode back={() => setByCode(false)} /> : <ByPassword other={() => setByCode(true)} />;
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
function Secret({ id, label, value, typed, autocomplete, fault, hint }: SecretProps) {
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

function ByPassword({ other }: { other: () => void }) {
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
      <p class="after"><button type="button" class="link" onClick={other}>{t("Tôi có mã dùng một lần (lần đầu, hoặc quên mật khẩu)", "I have a one-time code (first time, or password forgotten)")}</button></p>
      <p class="soft">{t("Đăng nhập một lần khi có mạng; sau đó làm việc được nhiều ngày không cần sóng. Mật khẩu này không phải mật khẩu VNeID.", "Sign in once with a network; then you can work for days without one. This is not your VNeID password.")}</p>
    </div>
  );
}

function ByCode({ back }: { back: () => void }) {
  const [phone, setPhone] = useState("");
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const { busy, why, run } = useDeed();
  const set = async () => {
    await told(createStranger().POST("/api/v1/passwords/by-code", { body: { phone, code, new_password: password } }));
    await enter(phone, password);
  };
  return (
    <div class="narrow">
      <Heading>{t("Đặt mật khẩu bằng mã", "Set a password with a code")}</Heading>
      <Trouble why={why} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(set);
        }}
      >
        <Field id="phone" label={t("Số điện thoại của bạn", "Your phone number")} type="tel" value={phone} typed={setPhone} autocomplete="username" maxLength={30} required fault={faultAt(why, "/phone")} />
        <Field id="code" label={t("Mã trưởng nhóm đưa trực tiếp", "The code that your lead handed you")} value={code} typed={setCode} autocomplete="off" autocapitalize="characters" maxLength={20} required fault={faultAt(why, "/code")} />
        <Secret id="new" label={t("Mật khẩu mới", "New password")} value={password} typed={setPassword} autocomplete="new-password" fault={faultAt(why, "/new_password")} hint={t("Từ 8 ký tự; một câu dễ nhớ là tốt nhất.", "8 characters or more; a sentence is best.")} />
        <button disabled={busy}>{t("Đặt mật khẩu và đăng nhập", "Set it and sign in")}</button>
      </form>
      <p class="after"><button type="button" class="link" onClick={back}>{t("Quay lại đăng nhập", "Back to signing in")}</button></p>
    </div>
  );
}

/** The password came from somebody else: first of all it becomes one's own. */
export function NewPassword() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const { busy, why, run } = useDeed();
  return (
    <div class="narrow">
      <Heading>{t("Đổi mật khẩu được cấp", "Change the password you were given")}</Heading>
      <Trouble why={why} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(() => changePassword(current, next));
        }}
      >
        <Secret id="current" label={t("Mật khẩu được cấp", "The password you were given")} value={current} typed={setCurrent} autocomplete="current-password" fault={faultAt(why, "/current_password")} />
        <Secret id="next" label={t("Mật khẩu mới của riêng bạn", "A password of your own")} value={next} typed={setNext} autocomplete="new-password" fault={faultAt(why, "/new_password")} hint={t("Từ 8 ký tự; một câu dễ nhớ là tốt nhất.", "8 characters or more; a sentence is best.")} />
        <button disabled={busy}>{t("Đổi mật khẩu", "Change it")}</button>
      </form>
    </div>
  );
}

/** The session has ended. What was recorded waits for the same person. */
export function Again({ phoneOf }: { phoneOf: string }) {
  const [phone, setPhone] = useState("");
  const [password, setPassword] = useState("");
  const { busy, why, run } = useDeed();
  const many = waitingCount.value;
  return (
    <div class="notice" role="alert">
      <p>
        <strong>{t("Phiên đăng nhập đã kết thúc.", "Your session has ended.")}</strong>{" "}
        {many > 0 && t(`${figure(many)} việc chưa gửi vẫn được giữ trên máy. `, `${figure(many)} unsent records are kept on this phone. `)}
        {t(`Hãy đăng nhập lại bằng tài khoản của ${phoneOf}; vẫn ghi tiếp được.`, `Sign in again as ${phoneOf}; you may go on recording.`)}
      </p>
      <Trouble why={why} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(() => enter(phone, password));
        }}
      >
        <Field id="again-phone" label={t("Số điện thoại của bạn", "Your phone number")} type="tel" value={phone} typed={setPhone} autocomplete="username" maxLength={30} required />
        <Secret id="again-password" label={t("Mật khẩu", "Password")} value={password} typed={setPassword} autocomplete="current-password" />
        <button disabled={busy}>{t("Đăng nhập lại", "Sign in again")}</button>
      </form>
    </div>
  );
}

/** Somebody said that this phone is lost. */
export function Wiped() {
  return (
    <div class="narrow">
      <Heading>{t("Máy này đã được báo mất", "This phone was reported lost")}</Heading>
      <p>{t("Danh sách, tên và phiên đăng nhập đã được xóa khỏi máy. Việc chưa gửi vẫn niêm phong trên máy: khi trưởng nhóm gỡ báo mất và bạn đăng nhập lại, chúng sẽ được gửi.", "Lists, names and the session are gone from it. What was not sent stays sealed: once your lead takes the report back and you sign in again, it is sent.")}</p>
      <button type="button" onClick={() => location.reload()}>{t("Đăng nhập lại", "Sign in again")}</button>
    </div>
  );
}
