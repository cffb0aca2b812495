/** Figures as they are typed, before they are sent: they outlive a change of the view, and an answer that never came. */
import { signal } from "@preact/signals";

import type { Schemas } from "../../api.ts";
import { me } from "../../session.ts";
import { comma, readCount, spell } from "./numbers.ts";

export type Value = Schemas["IndicatorValue"];
export type Span = Schemas["Span"];

/** Which figure: its code and its span. */
export function keyOf(code: string, span: string): string {
  return `${code} ${span}`;
}

/** What stands in the fields of a figure. */
export interface Draft {
  value: string;
  denominator: string;
  at_least: boolean;
  source: string;
  stated_percent: string;
  stated_change: string;
  change_in: string;
  compared_with: string;
  /** The revision over which it is typed, 0 for none. */
  seen: number;
}

/** By whose they are and their period, then by {@link keyOf}: whoever signs in next on this machine sends none of them. */
const drafts = signal<Map<string, Map<string, Draft>>>(new Map());

const mineOf = (periodId: string) => `${me.value?.account_id} ${periodId}`;

const NOTHING: ReadonlyMap<string, Draft> = new Map();

export function draftsOf(periodId: string): ReadonlyMap<string, Draft> {
  return drafts.value.get(mineOf(periodId)) ?? NOTHING;
}

/** What the fields show of a figure that nobody types at. */
export function shownOf(value: Value | undefined): Draft {
  return {
    value: spell(value?.value), denominator: spell(value?.denominator), at_least: value?.at_least ?? false, source: value?.source ?? "",
    stated_percent: comma(value?.stated_percent), stated_change: comma(value?.stated_change), change_in: value?.change_in ?? "",
    compared_with: value?.compared_with ?? "", seen: value?.revision ?? 0,
  };
}

/** Puts a draft down, or takes it away where it says what stands already. */
export function setDraft(periodId: string, key: string, draft: Draft | undefined, standing?: Value): void {
  const mine = new Map(draftsOf(periodId));
  const shown = shownOf(standing);
  const isSame = draft && (Object.keys(shown) as (keyof Draft)[]).every((name) => name === "seen" || draft[name] === shown[name]);
  if (!draft || isSame) mine.delete(key);
  else mine.set(key, draft);
  drafts.value = new Map(drafts.value).set(mineOf(periodId), mine);
}

/** Puts away what was sent; what somebody typed on meanwhile stands over what they sent themselves. */
export function settle(periodId: string, sent: [string, Draft][], values: ReadonlyMap<string, Value>): void {
  for (const [key, draft] of sent) {
    const now = draftsOf(periodId).get(key);
    const standing = values.get(key);
    setDraft(periodId, key, now === draft || !now ? undefined : { ...now, seen: standing?.revision ?? 0 }, standing);
  }
}

/** What is wrong with a draft before it is sent, by field. */
export function faultsOf(draft: Draft): Partial<Record<keyof Draft, true>> {
  const percent = /^-?\d{1,5}([.,]\d{1,3})?$/;
  const faults: Partial<Record<keyof Draft, true>> = {};
  if (readCount(draft.value) === undefined) faults.value = true;
  if (readCount(draft.denominator) === undefined) faults.denominator = true;
  if (draft.source.trim() === "") faults.source = true;
  if (draft.stated_percent && !percent.test(draft.stated_percent)) faults.stated_percent = true;
  if (draft.stated_change && !percent.test(draft.stated_change)) faults.stated_change = true;
  if ((draft.stated_change === "") !== (draft.change_in === "")) faults.change_in = true;
  if (draft.compared_with && !/^\d{4}-(0[1-9]|1[0-2])$/.test(draft.compared_with)) faults.compared_with = true;
  return faults;
}

/** A draft as it is sent. */
export function enteredOf(key: string, draft: Draft): Schemas["EnteredValue"] {
  const [code, span] = key.split(" ") as [string, Span];
  return {
    code, span, value: readCount(draft.value) ?? undefined, denominator: readCount(draft.denominator) ?? undefined, at_least: draft.at_least,
    source: draft.source.trim(), stated_percent: draft.stated_percent || undefined, stated_change: draft.stated_change || undefined,
    change_in: (draft.change_in || undefined) as Schemas["ChangeIn"] | undefined, compared_with: draft.compared_with || undefined, seen_revision: draft.seen,
  };
}

addEventListener("beforeunload", (event) => {
  if ([...drafts.value.values()].some((mine) => mine.size > 0)) event.preventDefault();
});
