/** A slot of an office that is still to come, in walk-in places too. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Choice, Trouble } from "../kit.tsx";
import { hour, t } from "../words.ts";

interface Chosen {
  coming: Schemas["Slot"][];
  /** As chosen, else one that is free. */
  slot: Schemas["Slot"] | undefined;
  choose: (startsAt: string) => void;
  why: unknown;
  again: () => void;
}

export function useSlotChoice(office_id: number, on: string, service: string): Chosen {
  const [start, choose] = useState("");
  const slots = useAsked(`${office_id} ${on}`, () => told(api.GET("/api/v1/offices/{office_id}/slots", { params: { path: { office_id }, query: { on, service } } })));
  const coming = slots.told?.slots.filter((slot) => Date.parse(slot.starts_at) > Date.now()) ?? [];
  const slot = coming.find((each) => each.starts_at === start) ?? coming.find((each) => each.free > 0) ?? coming[0];
  return { coming, slot, choose, why: slots.why, again: slots.again };
}

export function SlotChoice({ id, choice: { coming, slot, choose, why, again } }: { id: string; choice: Chosen }) {
  return (
    <>
      <Trouble why={why} again={again} />
      <Choice id={id} label={t("Khung giờ", "Slot")} value={slot?.starts_at ?? ""} chosen={choose}>
        {coming.length === 0 && <option value="">{t("Ngày này không còn khung giờ nào", "No slot on this day")}</option>}
        {coming.map((each) => <option key={each.starts_at} value={each.starts_at}>{hour(each.starts_at)} · {t(`còn ${each.free} chỗ`, `${each.free} free`)}</option>)}
      </Choice>
    </>
  );
}
