/** The days of a week by their names, Monday first. */
import { t } from "./words.ts";

export const WEEKDAYS = [
  t("Thứ hai", "Monday"), t("Thứ ba", "Tuesday"), t("Thứ tư", "Wednesday"), t("Thứ năm", "Thursday"),
  t("Thứ sáu", "Friday"), t("Thứ bảy", "Saturday"), t("Chủ nhật", "Sunday"),
];
