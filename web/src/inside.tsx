/** Links arrive through Zalo and Facebook, whose own browsers keep little and print nothing: the way out of them. */
import { useRef, useState } from "preact/hooks";

import { host } from "./host.ts";
import { t } from "./words.ts";

/** As it was opened, with what stands behind the #, which views wipe off the address. */
const OPENED = location.href;

const isAndroid = () => /Android/.test(navigator.userAgent);

/** Android asks its owner's own browser, wherever this is pressed. */
function intentOf(address: string): string {
  const { protocol } = new URL(address);
  return `${address.replace(/^https?:/, "intent:")}#Intent;scheme=${protocol.slice(0, -1)};action=android.intent.action.VIEW;end`;
}

/** What to do inside another app's browser; nothing elsewhere. `why`: what is lost there. */
export function Outside({ why }: { why: string }) {
  const inside = host();
  const line = useRef<HTMLInputElement>(null);
  const [state, show] = useState<"" | "copied" | "failed">("");
  if (!inside) return null;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(OPENED);
      show("copied");
    } catch {
      // Old ones copy what is marked; where not even that goes, it is marked for its reader to copy.
      line.current?.select();
      show(document.execCommand("copy") ? "copied" : "failed");
    }
  };
  return (
    <div class="notice">
      <p><strong>{t(`Bạn đang mở trong ${inside}.`, `You are inside ${inside}.`)}</strong> {why}</p>
      <div class="deeds">
        {isAndroid() && <a class="button" href={intentOf(OPENED)}>{t("Mở bằng Chrome", "Open in Chrome")}</a>}
        <button type="button" class="quiet" onClick={() => void copy()}>{state === "copied" ? t("Đã chép địa chỉ", "Address copied") : t("Chép địa chỉ", "Copy the address")}</button>
      </div>
      <p class="soft">
        {isAndroid()
          ? t("Không mở được thì chép địa chỉ rồi dán vào Chrome.", "If that does not open, copy the address into Chrome.")
          : t("Bấm ⋯ hoặc biểu tượng la bàn, chọn “Mở bằng trình duyệt”; hoặc chép địa chỉ rồi dán vào Safari.", "Tap ⋯ or the compass and choose “Open in browser”; or copy the address into Safari.")}
      </p>
      <input ref={line} class="address" readOnly value={location.origin + location.pathname} aria-label={t("Địa chỉ trang này", "Address of this page")} />
      {state === "failed" && <p class="fault" role="alert">{t("Trình duyệt này không cho chép: giữ tay vào địa chỉ ở trên để chép.", "This browser does not copy: press long on the address above.")}</p>}
    </div>
  );
}
