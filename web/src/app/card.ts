/** What may be kept of the QR code of an identity card: the number, the name, the year of birth, the sex. */
import { faultOfIdNumber, readIdNumber } from "../citizen.ts";
import { t } from "../words.ts";

export interface Card {
  idNumber: string;
  name: string;
  birthYear: number;
  sex: "male" | "female";
}

const SEXES: Record<string, Card["sex"]> = { nam: "male", nữ: "female" };

/** Fields of the code: number, old number, name, DDMMYYYY, sex, address, issue date; newer cards append more. */
export function readCard(payload: string): Card | string {
  const fields = payload.normalize("NFC").replace(/^\uFEFF/, "").trim().split("|").map((field) => field.trim());
  const [idNumber = "", , name = "", born = "", sexWord = ""] = fields;
  if (/^[A-Za-z]{2}\d{13}$/.test(idNumber) || (fields.length > 1 && /^\d{10}$/.test(idNumber)))
    return t("Đây là thẻ bảo hiểm y tế. Hãy quét thẻ Căn cước hoặc CCCD gắn chip.", "This is a health-insurance card. Scan the identity card.");
  if (fields.length < 7) return t("Mã này không phải của thẻ Căn cước. Mã của VNeID và đường dẫn không đọc được ở đây.", "This is not an identity card's code. VNeID's own code and links cannot be read here.");
  const id = readIdNumber(idNumber);
  const sex = SEXES[sexWord.toLowerCase()];
  const birthYear = Number(born.slice(-4));
  if (!id) return faultOfIdNumber(idNumber) ?? "";
  if (!sex || !name || !/^\d{8}$/.test(born)) return t("Thẻ đọc chưa trọn. Hãy quét lại.", "The card was read in part. Scan it again.");
  if (id.birthYear !== birthYear || id.female !== (sex === "female"))
    return t("Số định danh, năm sinh và giới tính trên thẻ không khớp nhau. Hãy xem lại thẻ.", "Number, birth year and sex on the card do not agree. Look at the card again.");
  return { idNumber: id.digits, name, birthYear, sex };
}
