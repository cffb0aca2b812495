/** A password of one's own: set with a one-time code, or in the place of one that somebody else has given. Only with a network. */
import { useState } from "preact/hooks";

import { told } from "../api.ts";
import { Field, faultAt, Heading, Trouble, useDeed } from "../kit.tsx";
import { t } from "../words.ts";
import { enter } from "./enter.ts";
import { changePassword, createStranger } from "./session.ts";
import { byCode, Secret } from "./sign-in.tsx";

export function ByCode() {
  const [phone, setPhone] = useState("");
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const { busy, why, run } = useDeed();
  const set = async () => {
    await told(createStranger().POST("/api/v1/passwords/by-code", { body: { phone, code, new_password: password } }));
    await enter(phone, password);
    byCode.value = false;
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
      <p class="after"><button type="button" class="link" onClick={() => (byCode.value = false)}>{t("Quay lại đăng nhập", "Back to signing in")}</button></p>
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
