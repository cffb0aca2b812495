/** A change of the office that this desk is at: seen first, then done, and the desk knows it at once. */
import { type Rearranging, useRearranging as useAny } from "../rearrange.tsx";
import { changeOffice } from "./state.ts";

export { Outcome, Preview, ReachChoice } from "../rearrange.tsx";

export function useRearranging(changed: () => void): Rearranging {
  return useAny((office) => {
    if (office) changeOffice(office);
    changed();
  });
}
