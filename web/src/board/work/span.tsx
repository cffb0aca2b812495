/** The days that a view is about, in two fields; an unfinished pair asks for nothing. */
import { useState } from "preact/hooks";

import { Field } from "../../kit.tsx";
import { day, t } from "../../words.ts";

const DAY_MS = 86_400_000;

export interface Days {
  from: string;
  to: string;
}

/** The last days up to today. */
export function lastDays(count: number): Days {
  return { from: day(new Date(Date.now() - count * DAY_MS)), to: day(new Date()) };
}

export function Span({ id, days, choose }: { id: string; days: Days; choose: (days: Days) => void }) {
  const [typed, type] = useState(days);
  const take = (next: Days) => {
    type(next);
    if (next.from && next.to && next.from <= next.to) choose(next);
  };
  const isBackwards = typed.from !== "" && typed.to !== "" && typed.from > typed.to;
  return (
    <>
      <Field id={`${id}-from`} type="date" label={t("Từ ngày", "From")} value={typed.from} typed={(from) => take({ ...typed, from })} max={day(new Date())} />
      <Field id={`${id}-to`} type="date" label={t("Đến hết ngày", "To the end of")} value={typed.to} typed={(to) => take({ ...typed, to })} max={day(new Date())} fault={isBackwards ? t("Ngày cuối phải sau ngày đầu.", "The last day comes after the first.") : undefined} />
    </>
  );
}
