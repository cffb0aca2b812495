/** Somebody signed in who does not work in the field. */
import { Heading } from "../kit.tsx";
import { t } from "../words.ts";
import { Leave, Self } from "./mine.tsx";

export function Foreign() {
  return (
    <>
      <Heading>{t("Tài khoản này không ghi nhận", "This account does not record")}</Heading>
      <p>{t("Ứng dụng này dành cho tình nguyện viên và trưởng nhóm.", "This app is for volunteers and their leads.")}</p>
      <Self />
      <Leave />
    </>
  );
}
