/** How the office is set up: what it is called, its week, its desks and kits, its shares and rules; and further ones. */
import { useState } from "preact/hooks";

import { api, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Dialog } from "../dialog.tsx";
import { Loading, Trouble } from "../kit.tsx";
import { may } from "../session.ts";
import { t } from "../words.ts";
import { About } from "./about.tsx";
import { Equipment } from "./equipment.tsx";
import { OpenOffice } from "./open-office.tsx";
import { Rules, Shares } from "./rules.tsx";
import { SlotLength } from "./slot-length.tsx";
import { changeOffice, office } from "./state.ts";
import { Week } from "./week.tsx";

export function Setup() {
  const { office_id } = office.value!;
  const [isOpening, open] = useState(false);
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
            <About />
            <Week />
            <SlotLength />
          </div>
          <div class="stack">
            <Equipment />
            <Shares />
            <Rules />
          </div>
        </div>
      )}
      <p class="deeds below">
        <button type="button" class="quiet" onClick={() => open(true)}>{t("Mở thêm một điểm tiếp nhận", "Open another office")}</button>
        {may("close_offices") && <a class="button quiet" href="/chi-huy#quan-ly/ngay-nghi">{t("Ngày nghỉ chung, đóng cửa cả đơn vị", "Common days off, closing a whole unit")}</a>}
      </p>
      {isOpening && (
        <Dialog title={t("Mở điểm tiếp nhận", "Open an office")} close={() => open(false)} wide>
          <OpenOffice opened={() => open(false)} />
        </Dialog>
      )}
    </>
  );
}
