/** Who books for somebody else: named on the slip and at the desk, and told where that person has no phone. */
import type { Schemas } from "../api.ts";
import { Field, faultAt } from "../kit.tsx";
import { t } from "../words.ts";

/** As typed. Undefined is whoever books for themselves. */
export interface TypedProxy {
  name: string;
  relation: string;
  phone: string;
}

const UNNAMED: TypedProxy = { name: "", relation: "", phone: "" };
const RELATION_MAX = 50;

/** What is sent of them. */
export function proxyOf(typed: TypedProxy | undefined): Schemas["Proxy"] | undefined {
  return typed && { name: typed.name.trim(), relation: typed.relation.trim(), phone: typed.phone.trim() || undefined };
}

export function isNamed(typed: TypedProxy | undefined): boolean {
  return !typed || (typed.name.trim() !== "" && typed.relation.trim() !== "");
}

interface Props {
  typed: TypedProxy | undefined;
  change: (typed: TypedProxy | undefined) => void;
  judged: boolean;
  why: unknown;
}

export function ProxyFields({ typed, change, judged, why }: Props) {
  const missing = (text: string, sentence: string) => (judged && !text.trim() ? sentence : undefined);
  return (
    <>
      <label class="check">
        <input type="checkbox" checked={typed !== undefined} onChange={(event) => change(event.currentTarget.checked ? UNNAMED : undefined)} />
        {t("Tôi đặt hộ người nhà", "I book for a relative")}
      </label>
      {typed && (
        <fieldset class="person">
          <legend>{t("Người đặt hộ", "Who books")}</legend>
          <Field
            id="proxy-name" label={t("Họ và tên của bạn", "Your full name")} value={typed.name} typed={(name) => change({ ...typed, name })}
            autocomplete="name" maxLength={100} required fault={missing(typed.name, t("Hãy nhập họ và tên của bạn.", "Enter your full name.")) ?? faultAt(why, "/proxy/name")}
          />
          <Field
            id="proxy-relation" label={t("Bạn là gì của người đến làm?", "What are you to who comes?")} value={typed.relation} typed={(relation) => change({ ...typed, relation })}
            autocomplete="off" maxLength={RELATION_MAX} required hint={t("Ví dụ: con trai, cháu, hàng xóm", "A son, a niece, a neighbour")}
            fault={missing(typed.relation, t("Hãy ghi quan hệ với người đến làm.", "Say what you are to them.")) ?? faultAt(why, "/proxy/relation")}
          />
          <Field
            id="proxy-phone" label={t("Số điện thoại của bạn (nếu có)", "Your mobile number (if any)")} type="tel" value={typed.phone} typed={(phone) => change({ ...typed, phone })}
            autocomplete="tel" maxLength={20} hint={t("Để báo thay đổi khi người đến làm không có số", "To tell you of changes where they have none")} fault={faultAt(why, "/proxy/phone")}
          />
        </fieldset>
      )}
    </>
  );
}
