/** What the words of the contract are called here. One that this app does not know stays as it is. */
import { lower, t } from "../words.ts";
import type { Outcome, Stage } from "./operation.ts";
import type { Saved, State } from "./outbox.ts";

const STAGES: Record<string, string> = {
  installed: t("Cài đặt VNeID", "VNeID installed"),
  level1_activated: t("Kích hoạt mức 1", "Level 1 activated"),
  level2_collected: t("Thu nhận hồ sơ mức 2", "Level 2 dossier taken"),
  level2_approved: t("Được phê duyệt mức 2", "Level 2 approved"),
  level2_activated: t("Kích hoạt mức 2", "Level 2 activated"),
};

/** Those that happen in the field, in their order. */
export const FIELD_STAGES: Stage[] = ["installed", "level1_activated", "level2_activated"];
/** Those that somebody tells of. */
export const OTHER_STAGES: Stage[] = ["level2_collected", "level2_approved"];

export const stageName = (stage: string): string => STAGES[stage] ?? stage;

const OUTCOMES: Record<Outcome, string> = {
  done: t("Đã xong", "Done"),
  no_smartphone: t("Không có điện thoại thông minh", "No smartphone"),
  sim_not_own: t("SIM không chính chủ", "SIM in another name"),
  no_signal: t("Không có sóng", "No signal"),
  otp_not_received: t("Không nhận được OTP", "OTP did not come"),
  away: t("Đi vắng", "Away"),
  declined: t("Từ chối", "Declined"),
  over_seven_days: t("Quá 7 ngày từ khi phê duyệt", "More than 7 days since approval"),
  other: t("Lý do khác", "Another reason"),
};

/** Why somebody is not done yet, the commonest first. */
export const REASONS: Outcome[] = ["away", "no_smartphone", "sim_not_own", "otp_not_received", "no_signal", "over_seven_days", "declined", "other"];

export const outcomeName = (outcome: string): string => OUTCOMES[outcome as Outcome] ?? outcome;

const ACTIVITIES: Record<string, string> = {
  meeting: t("Họp dân", "Meeting"),
  leaflet: t("Phát tờ rơi", "Leaflets"),
  loudspeaker: t("Loa truyền thanh", "Loudspeaker"),
  mobile_team: t("Tổ lưu động", "Mobile team"),
  school: t("Tại trường học", "At a school"),
  market: t("Tại chợ", "At a market"),
  other: t("Hình thức khác", "Something else"),
};

export const activityKinds: [string, string][] = Object.entries(ACTIVITIES);

const KINDS: Record<string, string> = {
  visit: t("Lượt vận động", "Visit"),
  void: t("Hủy bản ghi", "Record taken back"),
  note: t("Ghi chú", "Note"),
  request_appointment: t("Yêu cầu đặt hẹn", "Appointment asked for"),
  activity: t("Buổi tuyên truyền", "Outreach activity"),
};

/** What an operation was. */
export function actName(one: Pick<Saved, "kind" | "stage" | "outcome">): string {
  if (one.stage) return stageName(one.stage);
  const kind = KINDS[one.kind] ?? one.kind;
  return one.outcome ? `${kind}: ${lower(outcomeName(one.outcome))}` : kind;
}

export const STATES: Record<State, string> = {
  waiting: t("Chờ gửi", "Waiting"),
  recognised: t("Đã công nhận", "Recognised"),
  merged: t("Đã có người ghi trước", "Recorded before"),
  held: t("Chờ duyệt", "Under review"),
  refused: t("Bị từ chối", "Refused"),
};

const LISTS: Record<string, string> = {
  not_contacted: "Not yet met",
  not_installed: "Met, not installed",
  not_activated: "Installed, not activated",
  needs_level2: "Level 1 activated, needs level 2",
  awaiting_approval: "Awaiting approval",
  approved: "Approved, to be activated",
  promised: "Promised a visit",
  no_smartphone: "No smartphone",
  born_2004: "Born in 2004",
  born_2008: "Born in 2008",
  officials: "Officials",
  members: "Union members",
};

export const listName = (worklist: string, title: string): string => t(title, LISTS[worklist] ?? title);

const STEPS: Record<string, string> = {
  visit: "Visit them.",
  activate_level1: "Activate level 1 on their phone.",
  book_level2: "Book an appointment for level 2.",
  await_approval: "Wait for the approval.",
  activate_level2: "Activate level 2 on their phone.",
  call_hotline: "More than 7 days: call 1900.0368.",
  borrow_phone: "No smartphone of their own.",
};

export const stepText = (step: string, told: string): string => t(told, STEPS[step] ?? told);

const UNIONS: Record<string, string> = {
  youth: t("Đoàn Thanh niên", "Youth Union"),
  women: t("Hội Liên hiệp Phụ nữ", "Women's Union"),
};

export const unionName = (union: string): string => UNIONS[union] ?? "";

/** Days after today; less than nothing: until it begins. */
export function spellDaysLeft(days: number): string {
  if (days < 0) return t(`Bắt đầu sau ${figure(-days)} ngày`, `Begins in ${-days} days`);
  if (days === 0) return t("Hôm nay là ngày cuối", "Today is the last day");
  return t(`Còn ${figure(days)} ngày`, `${days} days left`);
}

/** `92,0%`: as many decimals whatever stands beside it. */
export function percent(rate: number): string {
  return `${t(rate.toFixed(1).replace(".", ","), rate.toFixed(1))}%`;
}

/** `08`, `1.250`: numbers as they are printed here. */
export function figure(number: number): string {
  return t(number < 10 ? String(number).padStart(2, "0") : number.toLocaleString("vi-VN"), number.toLocaleString("en-GB"));
}
