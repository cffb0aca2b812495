/** Who comes: a form a person. */
import { api, type Schemas, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { digitsOf, faultOfIdNumber, mayBeUnder14, readIdNumber, spellIdNumber } from "../citizen.ts";
import { Choice, Field, faultAt } from "../kit.tsx";
import { day, t, vietnamese } from "../words.ts";
import { WhatConsent } from "./consent.tsx";

type Visitor = Schemas["Visitor"];
type Unit = Schemas["Unit"];

/** A person as typed, before anything is sent. */
export interface Typed {
  idNumber: string;
  name: string;
  phone: string;
  birthOn: string;
  guardian: string;
  communeId: string;
  villageId: string;
  consent: boolean;
}

export const NOBODY: Typed = {
  idNumber: "", name: "", phone: "", birthOn: "", guardian: "", communeId: "", villageId: "", consent: false,
};

const OUTSIDE = "outside";

/** What is sent of a person. */
export function visitorOf(typed: Typed): Visitor {
  const given = (text: string) => text.trim() || undefined;
  return {
    id_number: digitsOf(typed.idNumber),
    name: typed.name.trim(),
    phone: given(typed.phone),
    birth_on: given(typed.birthOn),
    guardian_name: given(typed.guardian),
    village_id: typed.villageId ? Number(typed.villageId) : undefined,
    outside_province: typed.communeId === OUTSIDE,
    consent: typed.consent ? "self_given" : "none",
  };
}

/** Whether everything stands there without which asking the server is of no use. */
export function isComplete(typed: Typed): boolean {
  return faultOfIdNumber(typed.idNumber) === undefined && typed.name.trim() !== "";
}

/** The communes of today, asked for once. */
let communes: Promise<Unit[]> | undefined;

async function readCommunes(): Promise<Unit[]> {
  communes ??= told(api.GET("/api/v1/units", { params: { query: { level: "commune", limit: 200 } } })).then((page) => page.items);
  try {
    return await communes;
  } catch (why) {
    communes = undefined;
    throw why;
  }
}

export function useCommunes(): Unit[] {
  return useAsked("communes", readCommunes).told ?? [];
}

async function readVillages(communeId: string): Promise<Unit[]> {
  if (!communeId || communeId === OUTSIDE) return [];
  const query = { within: Number(communeId), level: "village", limit: 200 } as const;
  return (await told(api.GET("/api/v1/units", { params: { query } }))).items;
}

interface Props {
  index: number;
  of: number;
  typed: Typed;
  change: (typed: Typed) => void;
  /** The form was sent once: now what is missing is told. */
  judged: boolean;
  why: unknown;
  /** Where this person stands in what is sent. */
  pointer?: string;
  /** Somebody else types this, whose own name and number a browser would offer. */
  byOther?: boolean;
}

export function PersonFields({ index, of, typed, change, judged, why, pointer = `/visitors/${index}`, byOther = false }: Props) {
  const id = readIdNumber(typed.idNumber);
  const today = day(new Date());
  const set = (part: Partial<Typed>) => change({ ...typed, ...part });
  const at = (name: string) => faultAt(why, `${pointer}/${name}`);
  const villages = useAsked(typed.communeId, () => readVillages(typed.communeId)).told ?? [];
  const units = useCommunes();
  const name = (field: string) => `p${index}-${field}`;
  return (
    <fieldset class="person">
      <legend>{of > 1 ? t(`Người thứ ${index + 1}`, `Person ${index + 1}`) : t("Người đến làm thủ tục", "Who comes")}</legend>
      <Field
        id={name("id")} label={t("Số định danh (12 số)", "ID number (12 digits)")} value={typed.idNumber}
        typed={(idNumber) => set({ idNumber })} inputMode="numeric" autocomplete="off" maxLength={20} required
        fault={(judged ? faultOfIdNumber(typed.idNumber) : undefined) ?? at("id_number") ?? faultAt(why, `/id_numbers/${index}`)}
        hint={id && spellIdNumber(id)}
      />
      <Field
        id={name("name")} label={t("Họ và tên", "Full name")} value={typed.name} typed={(text) => set({ name: text })}
        autocomplete={of > 1 || byOther ? "off" : "name"} maxLength={100} required
        fault={(judged && !typed.name.trim() ? t("Hãy nhập họ và tên.", "Enter the full name.") : undefined) ?? at("name")}
      />
      {id && mayBeUnder14(id, today) && (
        <>
          <Field
            id={name("birth")} label={t("Ngày sinh", "Date of birth")} type="date" value={typed.birthOn}
            typed={(birthOn) => set({ birthOn })} max={today} fault={at("birth_on")}
          />
          <Field
            id={name("guardian")} label={t("Cha, mẹ hoặc người giám hộ đi cùng (nếu dưới 14 tuổi)", "Parent or guardian who comes along (under 14)")}
            value={typed.guardian} typed={(guardian) => set({ guardian })} maxLength={100} fault={at("guardian_name")}
          />
        </>
      )}
      <Field
        id={name("phone")} type="tel"
        label={byOther ? t("Số điện thoại của chính người đến (nếu có)", "Their own mobile number (if any)") : t("Số điện thoại để báo thay đổi (nếu có)", "Mobile number for changes (if any)")}
        value={typed.phone} typed={(phone) => set({ phone })} autocomplete={of > 1 || byOther ? "off" : "tel"} maxLength={20} fault={at("phone")}
      />
      <Choice id={name("commune")} label={t("Nơi ở", "Home")} value={typed.communeId} chosen={(communeId) => set({ communeId, villageId: "" })}>
        <option value="">{t("Không ghi", "Not told")}</option>
        {units.map((unit) => <option key={unit.unit_id} value={String(unit.unit_id)} lang={vietnamese}>{unit.name}</option>)}
        <option value={OUTSIDE}>{t("Ngoài tỉnh", "Outside the province")}</option>
      </Choice>
      {villages.length > 0 && (
        <Choice id={name("village")} label={t("Thôn, khu phố", "Village")} value={typed.villageId} chosen={(villageId) => set({ villageId })} fault={at("village_id")}>
          <option value="">{t("Chọn thôn, khu phố", "Choose a village")}</option>
          {villages.map((unit) => <option key={unit.unit_id} value={String(unit.unit_id)} lang={vietnamese}>{unit.name}</option>)}
        </Choice>
      )}
      {typed.villageId !== "" && (
        <>
          <label class="check">
            <input type="checkbox" checked={typed.consent} onChange={(event) => set({ consent: event.currentTarget.checked })} />
            {t("Đồng ý để lượt này được tính cho thôn, khu phố", "This visit may count for the village")}
          </label>
          <WhatConsent>
            <p class="soft">{t("Đặt xong, mở “Lịch hẹn của tôi” rồi “Dữ liệu của tôi” là xem, sửa, xóa hay rút lại được.", "Once booked, “My appointment” and then “My data” is where to see, correct, erase or withdraw.")}</p>
          </WhatConsent>
        </>
      )}
    </fieldset>
  );
}
