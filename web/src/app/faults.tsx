/** Why something could not be saved, where the server had no part in it. */
import { Trouble } from "../kit.tsx";
import { t } from "../words.ts";
import { limits } from "./meta.ts";
import { NoKey } from "./operation.ts";
import { Full, waitingCount } from "./outbox.ts";

export function SaveTrouble({ why }: { why: unknown }) {
  if (why === undefined) return null;
  if (why instanceof Full)
    return (
      <div class="notice" role="alert">
        <p><strong>{t("Chưa lưu được: máy đã hết chỗ.", "Not saved: this phone is full.")}</strong>{" "}
          {waitingCount.value >= limits.value.waitingMax
            ? t("Quá nhiều việc chưa gửi. Hãy đồng bộ trước.", "Too much is unsent. Sync first.")
            : t("Hãy xóa bớt ảnh, video rồi bấm lưu lại. Những gì đã lưu và đang nhập ở đây không mất.", "Delete some photos or videos and save again. Nothing that was saved or typed is lost.")}
        </p>
      </div>
    );
  if (why instanceof NoKey)
    return <p class="notice" role="alert"><strong>{t("Máy chưa có khóa niêm phong.", "This phone has no sealing key yet.")}</strong> {t("Hãy mở ứng dụng một lần khi có mạng.", "Open the app once with a network.")}</p>;
  if (why instanceof DOMException)
    return <p class="notice" role="alert"><strong>{t("Chưa lưu được vào máy.", "It could not be saved on this phone.")}</strong> {t("Những gì đang nhập vẫn còn. Hãy bấm lưu lại; nếu vẫn không được, mở lại ứng dụng.", "What you typed is still here. Save again; if that fails, open the app anew.")}</p>;
  return <Trouble why={why} />;
}
