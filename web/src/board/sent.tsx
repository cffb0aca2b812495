/** What a phone sent and the server held: what a person judges by in words, all the rest as it came. */
import { activityKinds, outcomeName, stageName } from "../app/terms.ts";
import { spellTime, t } from "../words.ts";
import { labelOf, type Units } from "./admin/units.ts";
import { nameOf } from "./state.ts";

const KINDS: [string, string][] = [
  ["record", t("ghi một bước", "a step")],
  ["replace", t("ghi thay một bản cũ", "a step in the place of another record")],
  ["visit", t("lượt vận động", "a visit")],
  ["void", t("hủy một bản ghi", "taking a record back")],
  ["note", t("ghi chú về thôn", "a note on the village")],
  ["request_appointment", t("yêu cầu đặt hẹn", "a request for an appointment")],
  ["activity", t("buổi tuyên truyền", "an outreach activity")],
];
const HOLDERS: [string, string][] = [
  ["own", t("của chính họ", "their own")],
  ["family", t("của người nhà", "a family member's")],
  ["helper", t("của người giúp", "a helper's")],
];
const CONSENTS: [string, string][] = [
  ["signed", t("bằng chữ ký", "signed")],
  ["spoken", t("bằng lời", "spoken")],
  ["sms", t("bằng tin nhắn", "by SMS")],
];
const SEXES: [string, string][] = [
  ["male", t("nam", "male")],
  ["female", t("nữ", "female")],
];

const text = (value: unknown): string | undefined => (value === null || value === undefined || value === "" ? undefined : String(value));

/** Field by field, in the order in which somebody judges. */
function inWords(sent: Record<string, unknown>, units: Units | undefined): [string, string | undefined][] {
  const subject = (sent.subject ?? {}) as Record<string, unknown>;
  const consent = (sent.consent ?? {}) as Record<string, unknown>;
  const village = Number(sent.village_id);
  const word = (list: [string, string][], value: unknown) => (text(value) === undefined ? undefined : nameOf(list, text(value)));
  return [
    [t("Là gì", "What"), word(KINDS, sent.kind)],
    [t("Bước", "Step"), text(sent.stage) && stageName(text(sent.stage)!)],
    [t("Kết quả", "Outcome"), text(sent.outcome) && outcomeName(text(sent.outcome)!)],
    [t("Hình thức", "Activity"), word(activityKinds, sent.activity)],
    [t("Thôn đã gửi", "Village as sent"), !village ? undefined : units?.has(village) ? labelOf(units, village) : t(`ngoài phạm vi của bạn (đơn vị số ${village})`, `beyond your unit (no. ${village})`)],
    [t("Lúc lưu trên máy", "Saved on the phone"), text(sent.recorded_at) && spellTime(text(sent.recorded_at)!)],
    [t("Họ tên", "Name"), text(sent.name)],
    [t("Điện thoại", "Phone"), text(sent.phone)],
    [t("Năm sinh", "Year of birth"), text(sent.birth_year ?? subject.birth_year)],
    [t("Giới tính", "Sex"), word(SEXES, sent.sex ?? subject.sex)],
    [t("Bốn số cuối", "Last four digits"), text(subject.tail)],
    [t("Máy", "Phone used"), word(HOLDERS, sent.device_holder)],
    [t("Đồng ý", "Consent"), word(CONSENTS, consent.method)],
    [t("Hẹn đến lại", "Promised for"), text(sent.promised_on)],
    [t("Người dự", "Attended"), text(sent.attended)],
    [t("Tờ rơi", "Leaflets"), text(sent.leaflets)],
    [t("Ghi chú", "Note"), text(sent.text)],
    [t("Lý do", "Why"), text(sent.reason)],
  ];
}

export function Sent({ sent, units }: { sent: Record<string, unknown>; units: Units | undefined }) {
  return (
    <>
      <dl class="sent">{inWords(sent, units).map(([name, value]) => value && <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <details class="note">
        <summary>{t("Mọi trường như máy đã gửi", "Every field as it was sent")}</summary>
        <dl class="sent">
          {Object.entries(sent).map(([name, value]) => (
            <div key={name}><dt>{name}</dt><dd>{typeof value === "object" ? JSON.stringify(value) : String(value)}</dd></div>
          ))}
        </dl>
      </details>
    </>
  );
}
