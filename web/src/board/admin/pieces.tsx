/** Pieces of these views: choosing a unit, rows that are shown step by step, and what was just done with its undo. */
import { useState } from "preact/hooks";

import { Trouble } from "../../kit.tsx";
import { me } from "../../session.ts";
import { t } from "../../words.ts";
import { spell } from "../state.ts";
import { fits } from "./lists.ts";
import type { Unit, Units } from "./units.ts";

/** Found units that are offered at once. */
const OFFERED = 12;

interface PickProps {
  id: string;
  label: string;
  units: Units;
  /** Only these. */
  among?: (unit: Unit) => boolean;
  chosen: number | undefined;
  choose: (id: number | undefined) => void;
  fault?: string | undefined;
}

/** A unit by words of its name; marks and those above it count, as in `thon 1 bac ai tay`. */
export function PickUnit({ id, label, units, among, chosen, choose, fault }: PickProps) {
  const [typed, type] = useState("");
  const about = `${id}-about`;
  if (chosen !== undefined) {
    return (
      <div class="field">
        <p class="picked" id={id}><span class="soft">{label}:</span> <strong>{units.get(chosen)?.label}</strong> <button type="button" class="link" onClick={() => choose(undefined)}>{t("Chọn đơn vị khác", "Choose another")}</button></p>
        {fault && <p class="fault">{fault}</p>}
      </div>
    );
  }
  const found = typed.trim() === "" ? [] : [...units.values()].filter((one) => (!among || among(one)) && fits(typed, one.label));
  // What is called so itself comes before what lies within it.
  found.sort((one, other) => Number(fits(typed, other.name)) - Number(fits(typed, one.name)));
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} type="search" value={typed} autocomplete="off" aria-describedby={about} aria-invalid={fault !== undefined} onInput={(event) => type(event.currentTarget.value)} />
      <p id={about} class={fault ? "fault" : "soft"} role="status">
        {fault ?? (typed.trim() === "" ? t("Gõ tên, có dấu hay không; thêm tên xã cho rõ.", "Type a name, with or without marks; the commune makes it clearer.") : found.length === 0 ? t("Không có đơn vị nào tên như vậy trong phạm vi của bạn.", "No unit of yours is called so.") : found.length > OFFERED ? t(`${spell(found.length)} đơn vị; gõ thêm cho rõ.`, `${spell(found.length)} units; type more.`) : "")}
      </p>
      {found.length > 0 && (
        <ul class="picks">
          {found.slice(0, OFFERED).map((one) => <li key={one.unit_id}><button type="button" class="quiet small" onClick={() => { type(""); choose(one.unit_id); }}>{one.label}</button></li>)}
        </ul>
      )}
    </div>
  );
}

/** One's own unit, or a commune within it. */
export function UnitOptions({ communes }: { communes: Unit[] }) {
  return (
    <>
      <option value="">{me.value?.unit_label}</option>
      {communes.filter((one) => one.unit_id !== me.value?.unit_id).map((one) => <option key={one.unit_id} value={String(one.unit_id)}>{one.name}</option>)}
    </>
  );
}

/** As many rows as are looked at; the others on demand. */
export function useSome<Row>(rows: Row[], step = 50): { some: Row[]; more: preact.JSX.Element | null } {
  const [shown, show] = useState(step);
  const left = rows.length - shown;
  const more = left > 0 ? <p class="deeds"><button type="button" class="quiet small" onClick={() => show(shown + step)}>{t(`Xem thêm (còn ${spell(left)})`, `Show more (${spell(left)} left)`)}</button></p> : null;
  return { some: rows.slice(0, shown), more };
}

/** What was done, and the way back while there is one. */
export function Done({ said, undo, busy }: { said: string | undefined; undo?: (() => void) | undefined; busy?: boolean }) {
  return (
    <div role="status" class="said-done">
      {said && <p class="notice">{said} {undo && <button type="button" class="link" disabled={busy} onClick={undo}>{t("Hoàn tác", "Undo")}</button>}</p>}
    </div>
  );
}

/** That a list ends before its end. */
export function Cut({ isAll, count }: { isAll: boolean; count: number }) {
  return isAll ? null : <p class="warn">{t(`Chỉ đọc ${spell(count)} dòng đầu: hãy chọn một xã, phường.`, `Only the first ${spell(count)} were read: choose a commune.`)}</p>;
}

/** What went wrong with a list, and asking again. */
export function Failed({ why, again }: { why: unknown; again: () => void }) {
  return <Trouble why={why}><button type="button" class="quiet small" onClick={again}>{t("Thử lại", "Try again")}</button></Trouble>;
}
