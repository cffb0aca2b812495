/** What an office is called, where it is, and whether it takes bookings: what citizens read of it. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../api.ts";
import { Field, faultAt, Trouble, useDeed } from "../kit.tsx";
import { t } from "../words.ts";
import { changeOffice, office } from "./state.ts";

export function About() {
  const here = office.value!;
  // What nobody has typed follows what others set.
  const [typed, type] = useState<Pick<Schemas["UpdateOffice"], "name" | "address" | "directions">>({});
  const [became, setBecame] = useState("");
  const { busy, why, run } = useDeed();
  const send = (body: Schemas["UpdateOffice"], done: string) =>
    run(async () => {
      setBecame("");
      const params = { path: { office_id: here.office_id } };
      changeOffice(await told(api.PATCH("/api/v1/offices/{office_id}", { params, body })));
      type({});
      setBecame(done);
    });
  const line = (name: "name" | "address" | "directions") => ({
    id: `about-${name}`, value: typed[name] ?? here[name], fault: faultAt(why, `/${name}`),
    typed: (value: string) => {
      setBecame("");
      type({ ...typed, [name]: value });
    },
  });
  return (
    <section class="panel" aria-labelledby="about">
      <h2 id="about">{t("Tên và địa chỉ, bà con đọc khi đặt lịch", "Name and address, as citizens read them")}</h2>
      <Trouble why={why} />
      {became && <p class="notice done" role="status">{became}</p>}
      {here.closed && <p class="notice">{t("Điểm này đang ngừng nhận đặt lịch; lịch đã đặt vẫn giữ.", "This office takes no bookings; those it has stay.")}</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send(typed, t("Đã lưu.", "Kept."));
        }}
      >
        <Field {...line("name")} label={t("Tên điểm tiếp nhận", "Name")} maxLength={200} required />
        <Field {...line("address")} label={t("Địa chỉ", "Address")} maxLength={300} required />
        <Field {...line("directions")} label={t("Chỉ đường", "Directions")} maxLength={500} hint={t("Như: cổng sau, đỗ xe trước nhà văn hóa", "As: the back gate, parking before the hall")} />
        <div class="deeds">
          <button disabled={busy || Object.keys(typed).length === 0}>{busy ? t("Đang lưu…", "Keeping…") : t("Lưu", "Keep")}</button>
          {here.closed
            ? <button type="button" class="quiet" disabled={busy} onClick={() => void send({ closed: false }, t("Điểm này nhận đặt lịch trở lại.", "It takes bookings again."))}>{t("Nhận đặt lịch trở lại", "Take bookings again")}</button>
            : <button type="button" class="quiet danger" disabled={busy} onClick={() => void send({ closed: true }, t("Đã ngừng nhận đặt lịch.", "It takes no more bookings."))}>{t("Ngừng nhận đặt lịch", "Take no more bookings")}</button>}
        </div>
      </form>
    </section>
  );
}
