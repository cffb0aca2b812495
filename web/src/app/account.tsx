/** One's own password, and leaving every phone and browser at once. */
import { useState } from "preact/hooks";

import { faultAt, Trouble, useDeed } from "../kit.tsx";
import { t } from "../words.ts";
import { leaveEverywhere } from "./enter.ts";
import { waitingCount } from "./outbox.ts";
import { say } from "./route.ts";
import { changePassword } from "./session.ts";
import { Secret } from "./sign-in.tsx";
import { figure } from "./terms.ts";

export function Account() {
  return (
    <section>
      <h2>{t("Tài khoản", "Account")}</h2>
      <Password />
      <Everywhere />
    </section>
  );
}

function Password() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [changed, setChanged] = useState(false);
  const { busy, why, run } = useDeed();
  const change = () =>
    run(async () => {
      setChanged(false);
      await changePassword(current, next);
      setCurrent("");
      setNext("");
      setChanged(true);
    });
  return (
    <details>
      <summary>{t("Đổi mật khẩu", "Change the password")}</summary>
      <div role="status">{changed && <p class="said">{t("Đã đổi mật khẩu. Các máy khác của bạn phải đăng nhập lại; máy này vẫn dùng tiếp.", "The password was changed. Your other phones have to sign in again; this one goes on.")}</p>}</div>
      <Trouble why={why} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void change();
        }}
      >
        <Secret id="own-current" label={t("Mật khẩu đang dùng", "The password until now")} value={current} typed={setCurrent} autocomplete="current-password" fault={faultAt(why, "/current_password")} />
        <Secret id="own-next" label={t("Mật khẩu mới", "New password")} value={next} typed={setNext} autocomplete="new-password" fault={faultAt(why, "/new_password")} hint={t("Từ 8 ký tự; một câu dễ nhớ là tốt nhất.", "8 characters or more; a sentence is best.")} />
        <button disabled={busy}>{t("Đổi mật khẩu", "Change it")}</button>
      </form>
    </details>
  );
}

function Everywhere() {
  const { busy, why, run } = useDeed();
  const [kept, setKept] = useState(false);
  return (
    <details>
      <summary>{t("Đăng xuất khỏi mọi máy", "Sign out everywhere")}</summary>
      <p>{t("Dùng khi bạn đã đăng nhập ở máy khác và không cầm máy đó nữa. Mọi máy phải đăng nhập lại, cả máy này. Mất điện thoại thì còn phải báo trưởng nhóm, để máy đó được xóa.", "For when you signed in on another phone or computer that you no longer have. All of them have to sign in again, this one too. If a phone is lost, tell your lead as well, so that it is wiped.")}</p>
      {kept && <p class="notice" role="alert">{t(`Còn ${figure(waitingCount.value)} việc chưa gửi nên máy chưa cho đăng xuất. Hãy thử lại khi có mạng.`, `${figure(waitingCount.value)} records are not sent yet, so this phone does not sign out. Try again with a network.`)}</p>}
      <Trouble why={why} />
      <button
        type="button" class="quiet danger" disabled={busy}
        onClick={() => void run(async () => {
          const done = await leaveEverywhere();
          setKept(!done);
          if (done) say(t("Đã đăng xuất khỏi mọi máy.", "Signed out everywhere."), "/");
        })}
      >
        {t("Đăng xuất khỏi mọi máy", "Sign out everywhere")}
      </button>
    </details>
  );
}
