/** Somebody signed in who does not work in the field: never did, or has another role by now. */
import { Heading } from "../kit.tsx";
import { t } from "../words.ts";
import { Entries } from "./ledger.tsx";
import { Leave, Self } from "./mine.tsx";
import { saved } from "./outbox.ts";

export function Foreign() {
  return saved.value.length > 0 ? <Former /> : <Never />;
}

function Never() {
  return (
    <>
      <Heading>{t("Tài khoản này không ghi nhận", "This account does not record")}</Heading>
      <p>{t("Ứng dụng này dành cho tình nguyện viên và trưởng nhóm.", "This app is for volunteers and their leads.")}</p>
      <Self />
      <Leave />
    </>
  );
}

/** What they recorded comes to its end here, and they see how. */
function Former() {
  return (
    <>
      <Heading>{t("Vai trò của bạn đã đổi", "Your role has changed")}</Heading>
      <p class="notice">{t("Tài khoản này nay không ghi nhận nữa: việc đã ghi trên máy vẫn được gửi và chờ người phụ trách địa bàn duyệt, còn danh sách người dân đã được xóa khỏi máy.", "This account no longer records: what was recorded on this phone is still sent and waits for whoever answers for the place, and the lists of people are gone from it.")}</p>
      <Self />
      <Entries />
      <Leave />
    </>
  );
}
