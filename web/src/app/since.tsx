/** What somebody must know of a form that is kept as it is typed. */
import { t } from "../words.ts";
import { unkept } from "./begun.ts";
import { shortTime } from "./status.tsx";

/** That what stands in it was typed before, and the way to begin anew. */
export function Since({ at, clear }: { at: string | undefined; clear: () => void }) {
  if (!at) return null;
  return (
    <p class="under">
      {t(`Đang nhập dở từ ${shortTime(at)}, đã giữ lại`, `Begun at ${shortTime(at)} and kept`)} · <button type="button" class="link" onClick={clear}>{t("bỏ, nhập lại từ đầu", "begin anew")}</button>
    </p>
  );
}

/** Whether it would be there after closing. */
export function Kept({ isKept }: { isKept: boolean }) {
  if (unkept.value)
    return <p class="soft" role="status">{t("Máy hết chỗ: phần đang nhập chỉ còn trên màn hình này, đóng ứng dụng là mất.", "The phone is full: what you type is on this screen only, and closing the app loses it.")}</p>;
  return isKept ? <p class="soft">{t("Phần đang nhập đã giữ trên máy, đóng ứng dụng cũng không mất.", "What you typed is kept on this phone, also if you close the app.")}</p> : null;
}
