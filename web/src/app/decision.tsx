/** What somebody who answers for the place decided about one's work, and why: without it a record is gone and nobody knows the reason. */
import type { Schemas } from "../api.ts";
import { spellTime, t } from "../words.ts";

type Told = Schemas["LedgerDecision"];

const DEEDS: Record<string, string> = {
  voided: t("đã hủy bản ghi này", "took this record back"),
  corrected: t("đã sửa: một bản ghi đúng đứng thay bản này, công vẫn của bạn", "put it right: another record stands in its place, and the credit is still yours"),
  correction: t("ghi bản này thay bản ghi nhầm của bạn, công vẫn của bạn", "recorded this in the place of one of yours that was wrong; the credit is still yours"),
  reinstated: t("đã cho bản ghi này tính lại", "let this record stand again"),
  approved: t("đã xem và duyệt", "looked at it and approved it"),
  refused: t("đã xem và không duyệt", "looked at it and did not approve it"),
};

const ROLES: Record<string, string> = {
  lead: t("Trưởng nhóm", "Your lead"),
  commander: t("Tổ công tác", "The task force"),
  officer: t("Cán bộ tiếp nhận", "The office"),
  admin: t("Quản trị viên", "An administrator"),
};

export function Decision({ told }: { told: Told }) {
  const who = ROLES[told.decided_by_role ?? ""] ?? t("Người phụ trách", "Whoever answers for the place");
  const deed = DEEDS[told.decision] ?? t("đã quyết định về bản ghi này", "decided about this record");
  return (
    <div class="decision">
      <p><strong>{who} {deed}.</strong></p>
      <p>{t("Lý do", "Why")}: {told.reason}</p>
      <p class="soft">{spellTime(told.decided_at)}</p>
    </div>
  );
}
