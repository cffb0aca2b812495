/** Groups that come to this office, and who may book again. */
import { Group } from "../group.tsx";
import { may } from "../session.ts";
import { t } from "../words.ts";
import { Lift } from "./lift.tsx";
import { office, readBookedAnew } from "./state.ts";

export function Groups() {
  return (
    <>
      <h1 class="unseen">{t("Đoàn: lớp học, cơ quan", "Groups: school classes, agencies")}</h1>
      <div class="halves">
        <div class="stack">
          <section class="panel" aria-labelledby="group">
            <h2 id="group">{t("Đặt cho cả đoàn", "Book a group")}</h2>
            <Group office={office.value!} booked={readBookedAnew} />
          </section>
        </div>
        {may("lift_booking_limits") && <div class="stack"><Lift /></div>}
      </div>
    </>
  );
}
