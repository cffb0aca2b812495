/** Whom it is about: somebody from the list, a card, a number, or somebody who has none. */
import { maybeRecorded } from "@to06/client";
import { useEffect, useState } from "preact/hooks";

import { uuid } from "../api.ts";
import { digitsOf, faultOfIdNumber, readIdNumber, spellIdNumber } from "../citizen.ts";
import { Field } from "../kit.tsx";
import { spellPhone, t } from "../words.ts";
import type { Card } from "./card.ts";
import type { Person } from "./lists.ts";
import { type Ahead, sealAhead, type Who, type Words } from "./operation.ts";
import { hints } from "./pull.ts";
import { Scan } from "./scan.tsx";
import { describe } from "./todo.tsx";

/** Somebody as typed or scanned. It lives in memory until Save, and no longer. */
export interface Typed {
  idNumber: string;
  name: string;
  birthYear: string;
  sex: Words["sex"];
  phone: string;
  /** They have no ID number yet. */
  without: boolean;
  /** Their number as it lay here, in the place of one that can be read. */
  ahead?: Ahead | undefined;
}

export const NOBODY: Typed = { idNumber: "", name: "", birthYear: "", sex: undefined, phone: "", without: false };

export function fromCard(card: Card): Typed {
  return { ...NOBODY, idNumber: card.idNumber, name: card.name, birthYear: String(card.birthYear), sex: card.sex };
}

/** What is wrong with it, field by field. */
export function faultsOf(typed: Typed, today: number): Partial<Record<keyof Typed, string>> {
  const faults: Partial<Record<keyof Typed, string>> = {};
  const fault = typed.without || typed.ahead ? undefined : faultOfIdNumber(typed.idNumber);
  if (fault) faults.idNumber = fault;
  if (typed.without && !typed.name.trim()) faults.name = t("Hãy nhập họ và tên.", "Enter the full name.");
  const year = Number(typed.birthYear);
  if (typed.birthYear && !(year >= 1900 && year <= today)) faults.birthYear = t("Năm sinh gồm bốn số.", "A birth year has four digits.");
  return faults;
}

export function whoOf(typed: Typed): Who {
  if (typed.ahead) return { by: "sealed", ahead: typed.ahead };
  return typed.without ? { by: "person", personId: uuid() } : { by: "id", idNumber: digitsOf(typed.idNumber) };
}

export function wordsOf(typed: Typed): Words {
  return {
    name: typed.name.trim().normalize("NFC") || undefined,
    phone: typed.phone.trim() || undefined,
    birth_year: typed.birthYear ? Number(typed.birthYear) : undefined,
    sex: typed.sex,
  };
}

/** By what whoever recorded it will recognise it. */
export function labelOfTyped(typed: Typed): string | undefined {
  return typed.name.trim() || (typed.ahead && `…${typed.ahead.tail}`) || (typed.idNumber && `…${digitsOf(typed.idNumber).slice(-4)}`) || undefined;
}

/** Of somebody as typed what may lie on the disk: a whole number sealed for these acts, of a part of one nothing. */
export async function sealTyped(typed: Typed, acts: string[]): Promise<Typed> {
  const id = readIdNumber(typed.idNumber);
  // Without a key to seal to there is nothing that could be kept of it.
  const ahead = id ? await sealAhead(id.digits, acts).catch(() => undefined) : typed.ahead;
  return { ...typed, idNumber: "", ahead };
}

export function PickedPerson({ person, drop }: { person: Person; drop: () => void }) {
  return (
    <p class="picked">
      <span>
        <strong>{person.name ?? t("Chưa có tên", "No name")}</strong> <span class="soft">{describe(person)}</span>
        {person.phone && <a class="call" href={`tel:${person.phone}`}>{t("Gọi", "Call")} {spellPhone(person.phone)}</a>}
      </span>
      <button type="button" class="link" onClick={drop}>{t("người khác", "somebody else")}</button>
    </p>
  );
}

interface Props {
  typed: Typed;
  change: (typed: Typed) => void;
  /** It was to be saved once: now what is missing is told. */
  judged: boolean;
  village: number | undefined;
  /** Not without a number. */
  strict?: boolean;
}

export function WhoFields({ typed, change, judged, village, strict }: Props) {
  const [known, setKnown] = useState(false);
  const id = readIdNumber(typed.idNumber);
  const faults = judged ? faultsOf(typed, new Date().getFullYear()) : {};
  const set = (part: Partial<Typed>) => change({ ...typed, ...part });
  const digits = id?.digits;
  useEffect(() => {
    setKnown(false);
    const hint = village === undefined ? undefined : hints.value.get(village);
    if (!digits || !hint) return;
    let gone = false;
    void maybeRecorded(hint, digits).then((maybe) => gone || setKnown(maybe));
    return () => {
      gone = true;
    };
  }, [digits, village]);
  return (
    <>
      {!typed.without && (
        <>
          <Scan read={(card) => change({ ...fromCard(card), phone: typed.phone })} />
          {typed.ahead ? (
            <p class="picked">
              <span>{t("Số định danh", "ID number")} <strong>…{typed.ahead.tail}</strong> <span class="soft">{t("đã niêm phong, không ai đọc lại được", "sealed, for nobody to read")}</span></span>
              <button type="button" class="link" onClick={() => set({ ahead: undefined })}>{t("nhập lại", "enter anew")}</button>
            </p>
          ) : <Field
            id="id-number" label={t("Số định danh (12 số)", "ID number (12 digits)")} value={typed.idNumber} typed={(idNumber) => set({ idNumber })}
            inputMode="numeric" autocomplete="off" maxLength={20} fault={faults.idNumber} hint={id && spellIdNumber(id)}
          />}
          {known && <p class="notice">{t("Có thể người này đã được ghi ở thôn. Vẫn ghi được: máy chủ không đếm hai lần.", "Perhaps this person was recorded here already. Record all the same: nobody is counted twice.")}</p>}
        </>
      )}
      {(typed.without || strict || typed.name) && (
        <Field id="name" label={t("Họ và tên", "Full name")} value={typed.name} typed={(name) => set({ name })} autocomplete="off" maxLength={100} fault={faults.name} />
      )}
      {typed.without && (
        <Field id="birth-year" label={t("Năm sinh (nếu biết)", "Birth year (if known)")} value={typed.birthYear} typed={(birthYear) => set({ birthYear })} inputMode="numeric" autocomplete="off" maxLength={4} fault={faults.birthYear} />
      )}
      {!strict && (
        <button type="button" class="link" onClick={() => change({ ...NOBODY, without: !typed.without })}>
          {typed.without ? t("Nhập số định danh", "Enter an ID number") : t("Người này chưa có số định danh", "They have no ID number")}
        </button>
      )}
    </>
  );
}
