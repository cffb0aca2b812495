/** How the office is set up: its week, its desks and kits, its shares and rules. */
import { api, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Loading, Trouble } from "../kit.tsx";
import { t } from "../words.ts";
import { Equipment } from "./equipment.tsx";
import { Rules, Shares } from "./rules.tsx";
import { changeOffice, office } from "./state.ts";
import { Week } from "./week.tsx";

export function Setup() {
  const { office_id } = office.value!;
  // What is changed is the office as it is, not as it was when somebody sat down.
  const fresh = useAsked("office", async () => {
    changeOffice(await told(api.GET("/api/v1/offices/{office_id}", { params: { path: { office_id } } })));
    return true;
  });
  return (
    <>
      <h1 class="unseen">{t("Thiết lập điểm tiếp nhận", "Set the office up")}</h1>
      {!fresh.told ? (fresh.why === undefined ? <Loading /> : <Trouble why={fresh.why} again={fresh.again} />) : (
        <div class="halves">
          <div class="stack">
            <Week />
          </div>
          <div class="stack">
            <Equipment />
            <Shares />
            <Rules />
          </div>
        </div>
      )}
    </>
  );
}
