/** The code of a badge and how long it stays, until the next one. */
import type { Schemas } from "../api.ts";
import { t } from "../words.ts";

/** How soon one tries again where no answer came. */
const AGAIN_MS = 5_000;

function add(parent: HTMLElement, name: string, text = "", attributes: Record<string, string> = {}): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return parent.appendChild(element);
}

/**
 * Shows codes there, one after another, until it is put away. Seconds are counted on the page's own steady clock:
 * the phone's may be set wrong, or set anew.
 */
export function showBadge(place: HTMLElement, ask: () => Promise<Schemas["Badge"]>, fail: (why: unknown) => void): () => void {
  const shown = add(place, "section", "", { class: "badge-shown" });
  add(shown, "p", t("Mời người dân mở trang này và gõ mã:", "Ask them to open this page and type the code:"));
  add(shown, "p", `${location.host}/xac-minh`, { class: "address" });
  const code = add(shown, "p", "––– –––", { class: "six", role: "status" });
  const left = add(shown, "progress", "", { max: "1", value: "0", "aria-label": t("Thời gian còn lại của mã", "How long the code stays") });
  const words = add(shown, "p", "", { class: "soft" });
  add(shown, "p", t("Trang đó chỉ hiện tên gọi, đoàn thể và xã của bạn. Đừng bao giờ hỏi mã OTP hay mật khẩu của ai; người dân cũng thấy lời nhắc này.", "It shows only your given name, union and commune. Never ask anybody for an OTP or a password; they read this too."), { class: "notice" });
  let [askedAt, nextAt] = [0, 0];
  let isAsking = false;
  const now = () => performance.now();
  const renew = async () => {
    isAsking = true;
    try {
      const badge = await ask();
      askedAt = now();
      nextAt = askedAt + badge.next_in_s * 1000;
      const spelled = `${badge.code.slice(0, 3)} ${badge.code.slice(3)}`;
      if (code.textContent !== spelled) code.textContent = spelled;
      left.setAttribute("max", String(Math.max(1, badge.next_in_s)));
      fail(undefined);
    } catch (why) {
      // A code that is over is nobody's.
      code.textContent = "––– –––";
      nextAt = now() + AGAIN_MS;
      fail(why);
    } finally {
      isAsking = false;
    }
  };
  const tick = () => {
    if (document.hidden || isAsking) return;
    const seconds = Math.max(0, Math.ceil((nextAt - now()) / 1000));
    const isThere = !code.textContent!.startsWith("–");
    left.setAttribute("value", String(isThere ? seconds : 0));
    words.textContent = isThere ? t(`Mã đổi sau ${seconds} giây`, `The next code in ${seconds} seconds`) : t("Đang lấy mã…", "Asking for a code…");
    if (now() >= nextAt) void renew();
  };
  const timer = setInterval(tick, 500);
  document.addEventListener("visibilitychange", tick);
  tick();
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", tick);
    shown.remove();
  };
}
