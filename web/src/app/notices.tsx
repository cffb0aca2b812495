/** What somebody must know before anything else, the gravest first. Nothing of it stops the work. */
import { host } from "../host.ts";
import { t } from "../words.ts";
import { Piece } from "./later.tsx";
import { meta } from "./meta.ts";
import { oldestWaiting, othersWaiting, waitingCount } from "./outbox.ts";
import { place } from "./route.ts";
import { figure } from "./terms.ts";
import { me, standing } from "./session.ts";
import { tooOld, trouble } from "./sync.ts";
import { update, updateReady } from "./update.ts";

const DAY_MS = 86_400_000;
const LONG_UNSENT_MS = 3 * DAY_MS;

/** Safari empties what a page keeps after a week without a visit, unless it is on the home screen. */
function mayBeEmptied(): boolean {
  const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent);
  return isApple && !matchMedia("(display-mode: standalone)").matches;
}

export function Notices() {
  const oldest = oldestWaiting();
  const isLong = oldest !== undefined && Date.now() - Date.parse(oldest) > LONG_UNSENT_MS;
  return (
    <>
      {meta.value?.banner && <p class="notice">{meta.value.banner}</p>}
      {standing.value === "ended" && <Piece view="Again" given={{ phoneOf: me.value?.name ?? "" }} />}
      {tooOld.value && (
        <div class="notice" role="alert">
          <p><strong>{t("Ứng dụng trên máy đã cũ.", "This app is too old.")}</strong> {t("Việc đã ghi vẫn gửi được và không mất; muốn xem tiếp hãy cập nhật.", "What you recorded is still sent and not lost; update to go on reading.")}</p>
          <button type="button" onClick={() => void update()}>{t("Cập nhật ngay", "Update now")}</button>
        </div>
      )}
      {!tooOld.value && updateReady.value && (
        <div class="notice">
          <p>{t("Có bản mới của ứng dụng. Những gì đã ghi vẫn giữ nguyên.", "A newer version is ready. What you recorded stays.")}</p>
          <button type="button" class="quiet" onClick={() => void update()}>{t("Dùng bản mới", "Use it")}</button>
        </div>
      )}
      {host() && <Piece view="Outside" given={{ why: t("Dữ liệu ở đây có thể mất. Hãy mở bằng Chrome hoặc Safari.", "It may lose data. Open this in Chrome or Safari.") }} />}
      {mayBeEmptied() && (
        <p class="notice">{t("iPhone xóa dữ liệu của trang sau 7 ngày không mở. Hãy bấm Chia sẻ, rồi “Thêm vào Màn hình chính”.", "An iPhone empties this page after 7 days without use. Tap Share, then “Add to Home Screen”.")}</p>
      )}
      {isLong && (
        <p class="notice">{t(`${figure(waitingCount.value)} việc đã chờ gửi quá 3 ngày. Hãy đến nơi có sóng rồi bấm đồng bộ.`, `${figure(waitingCount.value)} records have waited for more than 3 days. Find a signal and sync.`)}</p>
      )}
      {othersWaiting.value > 0 && (
        <p class="notice">{t(`Máy này còn ${figure(othersWaiting.value)} việc chưa gửi của tài khoản khác. Người đó đăng nhập lại thì gửi được.`, `This phone holds ${figure(othersWaiting.value)} unsent records of another account. They are sent when that person signs in.`)}</p>
      )}
      {trouble.value !== undefined && waitingCount.value > 0 && !navigator.onLine && place.value === "/" && (
        <p class="soft">{t("Đang không có mạng: cứ làm việc bình thường, mọi việc được giữ trên máy.", "No network: work as usual, everything is kept on this phone.")}</p>
      )}
    </>
  );
}
