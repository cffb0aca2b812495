/** Booking for somebody: by the hour where there is a network, as a request that the server answers where there is none. */
import { useState } from "preact/hooks";

import { Choice, Field, Heading, useDeed } from "../kit.tsx";
import { day, t } from "../words.ts";
import { useBegun } from "./begun.ts";
import { SaveTrouble } from "./faults.tsx";
import { chosen } from "./lists.ts";
import { meta } from "./meta.ts";
import { wish } from "./operation.ts";
import { save } from "./outbox.ts";
import { VillageChoice } from "./record.tsx";
import { say } from "./route.ts";
import { accountId } from "./session.ts";
import { Kept, Since } from "./since.tsx";
import { sync } from "./sync.ts";
import { faultsOf, labelOfTyped, NOBODY, sealTyped, type Typed, WhoFields, whoOf, wordsOf } from "./who.tsx";

interface Fields {
  typed: Typed;
  service: string;
  from: string;
  to: string;
}

const NOTHING: Fields = { typed: NOBODY, service: "", from: "", to: "" };

export function Appointment() {
  const services = meta.value?.services ?? [];
  const { fields, set, clear, since, isKept } = useBegun<Fields>("/dat-hen", NOTHING, {
    sealed: async (fields) => ({ ...fields, typed: await sealTyped(fields.typed, ["request_appointment"]) }),
    label: ({ typed }) => labelOfTyped(typed),
  });
  const { typed, service, from, to } = fields;
  const setTyped = (typed: Typed) => set({ typed });
  // Who agrees says so in this moment; it is not kept for another.
  const [agreed, agree] = useState(false);
  const [judged, setJudged] = useState(false);
  const { busy, why, run } = useDeed();
  const today = day(new Date());
  const village = chosen.value;
  const ask = () => {
    setJudged(true);
    const isWhole = Object.keys(faultsOf(typed, new Date().getFullYear())).length === 0 && typed.name.trim() !== "";
    if (!isWhole || !agreed || village === undefined) return;
    void run(async () => {
      const author = accountId();
      if (!author) return;
      const act = { author, village, who: whoOf(typed), words: wordsOf(typed), consent: "spoken" as const, label: labelOfTyped(typed) };
      const service_code = service || services[0]?.service_code || "cccd_new";
      await save(author, [await wish(act, { service_code, ...(from && { not_before: from }), ...(to && { not_after: to }) })]);
      await clear();
      say(t("Đã lưu yêu cầu đặt hẹn. Có mạng là máy chủ giữ ngay chỗ gần nhất; mã hẹn hiện ở đây.", "The request is saved. As soon as there is a network the nearest place is booked; the code appears here."), "/so");
      void sync();
    });
  };
  return (
    <>
      <Heading>{t("Đặt hẹn hộ", "Book for somebody")}</Heading>
      <Since at={since} clear={() => void clear()} />
      <p>{t("Đang có mạng và muốn chọn đúng giờ?", "You have a network and want a certain hour?")} <a href="/dat-lich">{t("Mở trang đặt lịch", "Open the booking page")}</a></p>
      <SaveTrouble why={why} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <section class="step">
          <h2>{t("Ai đến làm?", "Who comes?")}</h2>
          <WhoFields typed={typed} change={setTyped} judged={judged} village={village} strict />
          {judged && typed.name.trim() === "" && <p class="fault">{t("Hãy nhập họ và tên.", "Enter the full name.")}</p>}
          <Field id="wish-phone" label={t("Số điện thoại để báo (nếu có)", "Mobile number to be told on (if any)")} type="tel" value={typed.phone} typed={(phone) => setTyped({ ...typed, phone })} autocomplete="off" maxLength={20} />
          <VillageChoice />
        </section>
        <section class="step">
          <h2>{t("Làm gì, khi nào?", "What, and when?")}</h2>
          {services.length > 0 && (
            <Choice id="service" label={t("Thủ tục", "Service")} value={service || services[0]!.service_code} chosen={(service) => set({ service })}>
              {services.map((one) => <option key={one.service_code} value={one.service_code}>{one.name}</option>)}
            </Choice>
          )}
          <div class="pair">
            <Field id="from" label={t("Từ ngày", "From")} type="date" value={from || today} typed={(from) => set({ from })} min={today} />
            <Field id="to" label={t("Chậm nhất ngày (nếu cần)", "At the latest (if need be)")} type="date" value={to} typed={(to) => set({ to })} min={from || today} />
          </div>
        </section>
        <label class="check">
          <input type="checkbox" checked={agreed} onChange={(event) => agree(event.currentTarget.checked)} aria-invalid={judged && !agreed} />
          {t("Người này đã nghe và đồng ý để tôi đặt hẹn hộ", "They have heard and agree that I book for them")}
        </label>
        {judged && !agreed && <p class="fault">{t("Cần sự đồng ý để đặt hẹn hộ.", "Booking for somebody needs their consent.")}</p>}
        <button disabled={busy}>{t("Gửi yêu cầu đặt hẹn", "Ask for an appointment")}</button>
        <Kept isKept={isKept} />
      </form>
    </>
  );
}
