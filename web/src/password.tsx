/** The field for a password that somebody chooses. */
import { Field } from "./kit.tsx";
import { t } from "./words.ts";

export function NewPassword({ value, typed, fault }: { value: string; typed: (value: string) => void; fault: string | undefined }) {
  return (
    <Field
      id="new-password" label={t("Mật khẩu mới", "New password")} value={value} typed={typed} type="password" autocomplete="new-password"
      maxLength={128} required fault={fault} hint={t("Từ 8 ký tự; một câu dễ nhớ là tốt nhất", "8 characters or more; a sentence that you remember is best")}
    />
  );
}
