/** Whom it is about: somebody from the list, a card, a number, or somebody who has none. */
import { stagesMaybeRecorded } from "@to06/client";
import { useEffect, useRef, useState } from "preact/hooks";

import { uuid } from "../api.ts";
import { digitsOf, faultOfIdNumber, readIdNumber, spellIdNumber } from "../citizen.ts";
import { Field } from "../kit.tsx";
import { Pick } from "./choices.tsx";
import { lower, spellPhone, t } from "../words.ts";
import type { Card } from "./card.ts";
import type { Person } from "./lists.ts";
import { type Age, ageOf, type Ahead, sealAhead, type Stage, type Who, type Words } from "./operation.ts";
import { hints } from "./pull.ts";
import { Scan } from "./scan.tsx";
import { FIELD_STAGES, OTHER_STAGES, stageName } from "./terms.ts";
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
  /** What the villages' hints said of that number while it could be read. */
  doubts?: Doubts | undefined;
}

/** The stages that may have been recorded already, by village. */
type Doubts = { [village: number]: Stage[] };

export const NOBODY: Typed = { idNumber: "", name: "", birthYear: "", sex: undefined, phone: "", without: false };

function fromCard(card: Card): Typed {
  return { ...NOBODY, idNumber: card.idNumber, name: card.name, birthYear: String(card.birthYear), sex: card.sex };
}

type Faults = Partial<Record<keyof Typed, string>>;

/** What is wrong with it, field by field. `isPicked`: who it is, the list has said. */
export function faultsOf(typed: Typed, today: number, isPicked = false): Faults {
  const faults: Faults = {};
  const fault = typed.without || typed.ahead || isPicked ? undefined : faultOfIdNumber(typed.idNumber);
  if (fault) faults.idNumber = fault;
  // Without a number, name and birth year are all that tells them from others.
  const isOnlyNamed = typed.without && !isPicked;
  if (isOnlyNamed && !typed.name.trim()) faults.name = t("Hãy nhập họ và tên.", "Enter the full name.");
  const phone = typed.phone.replace(/[\s.()-]/g, "");
  if (phone && !/^((\+|00)?84)?0?[35789]\d{8}$/.test(phone)) faults.phone = t("Số di động gồm 10 số, bắt đầu bằng 0.", "A mobile number has 10 digits and begins with 0.");
  const year = Number(typed.birthYear);
  if ((isOnlyNamed || typed.birthYear) && !(year >= 1900 && year <= today)) faults.birthYear = t("Hãy nhập năm sinh, gồm bốn số.", "Enter the birth year, four digits.");
  return faults;
}

export function whoOf(typed: Typed): Who {
  if (typed.without) return { by: "person", personId: uuid() };
  return typed.ahead ? { by: "sealed", ahead: typed.ahead } : { by: "id", idNumber: digitsOf(typed.idNumber) };
}

/** What they said of themselves. Birth year and sex lie in an ID number, and nobody says them beside it. */
export function wordsOf(typed: Typed): Words {
  return {
    name: typed.name.trim().normalize("NFC") || undefined,
    phone: typed.phone.trim() || undefined,
    birth_year: typed.without && typed.birthYear ? Number(typed.birthYear) : undefined,
    sex: typed.without ? typed.sex : undefined,
  };
}

/** Whether a parent or guardian is to be asked about them. */
export function ageOfTyped(typed: Typed): Age {
  if (typed.without) return ageOf(Number(typed.birthYear) || undefined);
  return typed.ahead?.age ?? ageOf(readIdNumber(typed.idNumber)?.birthYear);
}

/** By what whoever recorded it will recognise it. */
export function labelOfTyped(typed: Typed): string | undefined {
  const tail = typed.without ? "" : typed.ahead?.tail ?? digitsOf(typed.idNumber).slice(-4);
  return typed.name.trim() || (tail && `…${tail}`) || undefined;
}

/** Of somebody as typed what may lie on the disk: a whole number sealed for these acts, of a part of one nothing. */
export async function sealTyped(typed: Typed, acts: string[]): Promise<Typed> {
  const id = readIdNumber(typed.idNumber);
  // Without a key to seal to there is nothing that could be kept of it.
  const ahead = id ? await sealAhead(id.digits, acts).catch(() => undefined) : typed.ahead;
  return { ...typed, idNumber: "", ahead, doubts: undefined };
}

/** Somebody as scanned: their number is sealed before anybody could read it here. Without a key to seal to, it waits for one as typed. */
export async function sealScanned(typed: Typed, acts: string[]): Promise<Typed> {
  const [sealed, doubts] = await Promise.all([sealTyped(typed, acts), doubtsOf(typed.idNumber)]);
  return sealed.ahead ? { ...sealed, doubts } : typed;
}

/** In whichever village and at whichever stages it will be recorded: what there is to doubt is asked now or never. */
async function doubtsOf(idNumber: string): Promise<Doubts | undefined> {
  const all = [...hints.value].map(async ([village, hint]) => [village, await stagesMaybeRecorded(hint, idNumber, [...FIELD_STAGES, ...OTHER_STAGES])] as const);
  return Promise.all(all).then(Object.fromEntries, () => undefined);
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
  /** Not without a number. */
  strict?: boolean;
  /** What becomes of whoever was scanned before it is shown. */
  sealed?: (typed: Typed) => Promise<Typed>;
}

export function WhoFields({ typed, change, judged, strict, sealed }: Props) {
  const latest = useRef(typed);
  latest.current = typed;
  const scanned = async (card: Card) => {
    const next = fromCard(card);
    const kept = sealed ? await sealed(next) : next;
    change({ ...kept, phone: latest.current.phone });
  };
  const id = readIdNumber(typed.idNumber);
  const faults = judged ? faultsOf(typed, new Date().getFullYear()) : {};
  const set = (part: Partial<Typed>) => change({ ...typed, ...part });
  return (
    <>
      {!typed.without && (
        <>
          <Scan read={(card) => void scanned(card)} />
          {typed.ahead ? (
            <p class="picked">
              <span>{t("Số định danh", "ID number")} <strong>…{typed.ahead.tail}</strong> <span class="soft">{t("đã niêm phong, không ai đọc lại được", "sealed, for nobody to read")}</span></span>
              <button type="button" class="link" onClick={() => set({ ahead: undefined, doubts: undefined })}>{t("nhập lại", "enter anew")}</button>
            </p>
          ) : <Field
            id="id-number" label={t("Số định danh (12 số)", "ID number (12 digits)")} value={typed.idNumber} typed={(idNumber) => set({ idNumber })}
            inputMode="numeric" autocomplete="off" maxLength={20} fault={faults.idNumber} hint={id && spellIdNumber(id)}
          />}
        </>
      )}
      {(typed.without || strict) && <NameField typed={typed} set={set} fault={faults.name} />}
      {typed.without && (
        <Field id="birth-year" label={t("Năm sinh", "Birth year")} value={typed.birthYear} typed={(birthYear) => set({ birthYear })} inputMode="numeric" autocomplete="off" maxLength={4} fault={faults.birthYear} />
      )}
      {!strict && (
        <>
          <MoreFields typed={typed} set={set} faults={faults} withName={!typed.without} withSex={typed.without} />
          <button type="button" class="link" onClick={() => set({ without: !typed.without })}>
            {typed.without ? t("Nhập số định danh", "Enter an ID number") : t("Người này chưa có số định danh", "They have no ID number")}
          </button>
        </>
      )}
    </>
  );
}

interface DoubtProps {
  typed: Typed;
  village: number | undefined;
  /** What is being recorded of them. */
  stages: Stage[];
}

/** That it may have been recorded of them already, as the village's hint says: a doubt, and nothing to stop for. */
export function Doubt({ typed, village, stages }: DoubtProps) {
  const [known, setKnown] = useState<Stage[]>([]);
  const digits = typed.without ? undefined : readIdNumber(typed.idNumber)?.digits;
  useEffect(() => {
    setKnown([]);
    const hint = village === undefined ? undefined : hints.value.get(village);
    if (!digits || !hint) return;
    let gone = false;
    void stagesMaybeRecorded(hint, digits, stages).then((maybe) => gone || setKnown(maybe));
    return () => {
      gone = true;
    };
  }, [digits, village, stages.join()]);
  const told = typed.without || village === undefined ? undefined : typed.doubts?.[village];
  const doubted = told?.filter((stage) => stages.includes(stage)) ?? known;
  if (doubted.length === 0) return null;
  const named = doubted.map((stage) => lower(stageName(stage))).join(", ");
  return <p class="notice">{t(`Có thể người này đã được ghi ở thôn: ${named}. Vẫn ghi được: máy chủ không đếm hai lần.`, `Perhaps recorded here already: ${named}. Record all the same: nobody is counted twice.`)}</p>;
}

type Set = (part: Partial<Typed>) => void;

function NameField({ typed, set, fault }: { typed: Typed; set: Set; fault: string | undefined }) {
  return <Field id="name" label={t("Họ và tên", "Full name")} value={typed.name} typed={(name) => set({ name })} autocomplete="off" maxLength={100} fault={fault} />;
}

/** What call-backs and the next visit need of somebody. Folded: nobody who is in a hurry must look at it. */
export function MoreFields({ typed, set, faults, withName, withSex }: { typed: Typed; set: Set; faults: Faults; withName: boolean; withSex?: boolean }) {
  const isTold = Boolean((withName && typed.name) || typed.phone || faults.phone);
  const [open, setOpen] = useState(isTold);
  // What a card or an earlier day filled in is seen before it is saved; what is emptied stays where it is.
  useEffect(() => {
    if (isTold) setOpen(true);
  }, [isTold]);
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{withName ? t("Thêm tên, số điện thoại", "Add name and phone number") : t("Thêm số điện thoại, giới tính", "Add phone number and sex")}</summary>
      {withName && <NameField typed={typed} set={set} fault={faults.name} />}
      <Field id="phone" label={t("Số điện thoại của họ", "Their mobile number")} type="tel" value={typed.phone} typed={(phone) => set({ phone })} autocomplete="off" maxLength={20} fault={faults.phone} />
      {withSex && (
        <Pick name="sex" label={t("Giới tính", "Sex")} value={typed.sex} options={[["female", t("Nữ", "Female")], ["male", t("Nam", "Male")]]} chosen={(sex) => set({ sex })} />
      )}
      <p class="soft">{t("Chỉ được giữ khi họ đồng ý.", "Kept only if they agree.")}</p>
    </details>
  );
}
