/** What a citizen's ID number says by itself, so that a slip of the finger is seen before it is sent. */
import { t } from "./words.ts";

export interface IdNumber {
  digits: string;
  birthYear: number;
  female: boolean;
}

/** The digits of what was typed: spaces, dots and full-width digits are how people and keyboards write. */
export function digitsOf(typed: string): string {
  return typed.normalize("NFKC").replace(/[\s.\-]/g, "");
}

/**
 * Reads a number of 12 digits: three of the place, one of century and sex, two of the year of birth.
 * There is no check digit; whether it is somebody's only the police know.
 */
export function readIdNumber(typed: string): IdNumber | undefined {
  const digits = digitsOf(typed);
  if (!/^\d{12}$/.test(digits)) return undefined;
  const century = Number(digits[3]);
  return {
    digits,
    birthYear: 1900 + 100 * Math.floor(century / 2) + Number(digits.slice(4, 6)),
    female: century % 2 === 1,
  };
}

/** What is wrong with what was typed, as a sentence that says what to do. */
export function faultOfIdNumber(typed: string): string | undefined {
  const digits = digitsOf(typed);
  if (digits === "") return t("Hãy nhập số định danh 12 chữ số.", "Enter the 12-digit ID number.");
  if (/\D/.test(digits)) return t("Số định danh chỉ gồm chữ số.", "An ID number has digits only.");
  if (digits.length === 9)
    return t("Đây là số CMND cũ 9 số. Hãy nhập số định danh 12 số trên thẻ hoặc giấy khai sinh.", "This is an old 9-digit number. Enter the 12-digit one.");
  if (digits.length === 11)
    return t("Mới có 11 số: có thể thiếu số 0 ở đầu.", "Only 11 digits: the leading 0 may be missing.");
  if (digits.length !== 12)
    return t(`Số định danh gồm đúng 12 chữ số, đang có ${digits.length}.`, `An ID number has exactly 12 digits, not ${digits.length}.`);
  return undefined;
}

/** Whether somebody may be under 14 on a day, and is asked for a date of birth and a guardian. */
export function mayBeUnder14(id: IdNumber, today: string): boolean {
  return Number(today.slice(0, 4)) - id.birthYear <= 14;
}

/** What the number says, for its owner to compare. */
export function spellIdNumber(id: IdNumber): string {
  return id.female
    ? t(`Nữ, sinh năm ${id.birthYear}`, `Female, born ${id.birthYear}`)
    : t(`Nam, sinh năm ${id.birthYear}`, `Male, born ${id.birthYear}`);
}
