/** Coming in again, once a session has ended. */
import { useState } from "preact/hooks";

import { Field, Trouble, useDeed } from "../kit.tsx";
import { t } from "../words.ts";
import { enter } from "./enter.ts";
import { waitingCount } from "./outbox.ts";
import { Secret } from "./sign-in.tsx";
import { figure } from "./terms.ts";

/** What was recorded waits for the same person. */
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
