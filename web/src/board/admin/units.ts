/** What units are called: lists tell only their numbers. One's own unit and everything within it, asked for once. */
import { api, type Schemas, told } from "../../api.ts";
import { type Asked, useAsked } from "../../ask.ts";
import { me } from "../../session.ts";
import { t } from "../../words.ts";
import { PAGE, readAll } from "./lists.ts";

export type Unit = Schemas["Unit"];
export type Units = ReadonlyMap<number, Unit>;

let kept: { of: number; units: Promise<Units> } | undefined;

/** Those of today within the unit of whoever is signed in. */
function readUnits(): Promise<Units> {
  const of = me.value!.unit_id;
  if (kept?.of !== of) {
    const units = readAll((cursor) => told(api.GET("/api/v1/units", { params: { query: { within: of, cursor, limit: PAGE } } })));
    kept = { of, units: units.then(({ rows }) => new Map(rows.map((one) => [one.unit_id, one]))) };
    // What failed is asked for again.
    kept.units.catch(() => (kept = undefined));
  }
  return kept.units;
}

export function useUnits(): Asked<Units> {
  return useAsked("units", readUnits);
}

/** Its name and those above it, as far as they lie within one's own unit. */
export function labelOf(units: Units | undefined, id: number): string {
  const label = units?.get(id)?.label;
  return label === undefined ? t(`Đơn vị số ${id}`, `Unit no. ${id}`) : shorten(label);
}

/** `Xã Bác Ái Tây` of `Xã Bác Ái Tây, Tỉnh Khánh Hòa`, for whoever works in that province or in that commune. */
export function shorten(label: string): string {
  const own = me.value?.unit_label ?? "";
  if (label === own) return label.split(", ")[0]!;
  return label.endsWith(`, ${own}`) ? label.slice(0, -own.length - 2) : label;
}

export function nameOfUnit(units: Units | undefined, id: number): string {
  return units?.get(id)?.name ?? t(`đơn vị số ${id}`, `unit no. ${id}`);
}

/** Whether it is this unit or lies within it. */
export function isWithin(units: Units, id: number, outer: number): boolean {
  for (let at: number | null | undefined = id; at != null; at = units.get(at)?.parent_id) if (at === outer) return true;
  return false;
}

export function communesOf(units: Units | undefined): Unit[] {
  return [...(units?.values() ?? [])].filter((one) => one.level === "commune");
}
