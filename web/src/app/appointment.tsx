/** Booking for somebody: by the hour where there is a network, as a request that the server answers where there is none. */
import { useState } from "preact/hooks";

import type { Schemas } from "../api.ts";
import { mayBeUnder14, readIdNumber } from "../citizen.ts";
import { Choice, Field, faultAt, Heading, Trouble, useDeed } from "../kit.tsx";
import { day, t } from "../words.ts";
import { useBegun } from "./begun.ts";
import { SaveTrouble } from "./faults.tsx";
import { Hours, TakenHelp } from "./hours.tsx";
import { chosen } from "./lists.ts";
import { meta } from "./meta.ts";
import { wish } from "./operation.ts";
import { save } from "./outbox.ts";
import { VillageChoice } from "./record.tsx";
import { say } from "./route.ts";
import { accountId } from "./session.ts";
import { Kept, Since } from "./since.tsx";
import { SlipCard } from "./slip.tsx";
import { type Slip, slips } from "./slips.ts";
import { sync } from "./sync.ts";
import { faultsOf, labelOfTyped, NOBODY, sealTyped, type Typed, WhoFields, whoOf, wordsOf } from "./who.tsx";

interface Fields {
  typed: Typed;
  service: string;
  from: string;
  to: string;
  /** Of a child, and only for a booking by the hour. */
  birthOn: string;
  guardian: string;
}

const NOTHING: Fields = { typed: NOBODY, service: "", from: "", to: "", birthOn: "", guardian: "" };

export function Appointment() {
  const services = meta.value?.services ?? [];
  const { fields, set, clear, since, isKept } = useBegun<Fields>("/dat-hen", NOTHING, {
    sealed: async (fields) => ({ ...fields, typed: await sealTyped(fields.typed, ["request_appointment"]) }),
    label: ({ typed }) => labelOfTyped(typed),
  });
  const { typed, service, from, to, birthOn, guardian } = fields;
  const setTyped = (typed: Typed) => set({ typed });
  // Who agrees says so in this moment; it is not kept for another.
  const [agreed, agree] = useState(false);
  const [judged, setJudged] = useState(false);
  const { busy, why, run } = useDeed();
  const [choosing, choose] = useState<Schemas["Visitor"]>();
  const [refused, setRefused] = useState<unknown>();
  const [booked, setBooked] = useState<Slip>();
  const today = day(new Date());
  const village = chosen.value;
  const faults = faultsOf(typed, new Date().getFullYear());
  const service_code = service || services[0]?.service_code || "cccd_new";
  const id = readIdNumber(typed.idNumber);
  const judge = () => {
    setJudged(true);
    setRefused(undefined);
    const isWhole = Object.keys(faults).length === 0 && typed.name.trim() !== "";
    if (isWhole && agreed && village !== undefined) return village;
    setTimeout(() => document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
    return undefined;
  };
  const byHour = () => {
    const village_id = judge();
    if (village_id === undefined || !id) return;
    const { name, phone } = wordsOf(typed);
    choose({
      id_number: id.digits, name: name ?? "", village_id, consent: "spoken",
      ...(phone && { phone }), ...(birthOn && { birth_on: birthOn }), ...(guardian.trim() && { guardian_name: guardian.trim() }),
    });
  };
  const ask = () => {
    const village = judge();
    if (village === undefined) return;
    void run(async () => {
      const author = accountId();
      if (!author) return;
      const act = { author, village, who: whoOf(typed), words: wordsOf(typed), consent: guardian.trim() ? ("guardian_spoken" as const) : ("spoken" as const), label: labelOfTyped(typed) };
      await save(author, [await wish(act, { service_code, ...(from && { not_before: from }), ...(to && { not_after: to }) })]);
      await clear();
      say(t("Đã lưu yêu cầu đặt hẹn. Có mạng là máy chủ giữ ngay chỗ gần nhất; mã hẹn hiện ở đây.", "The request is saved. As soon as there is a network the nearest place is booked; the code appears here."), "/so");
      void sync();
    });
  };
  if (booked) return <Booked slip={booked} another={() => setBooked(undefined)} />;
  if (choosing)
    return (
      <Hours
        visitor={choosing} service={service_code} from={from}
        mend={(why) => {
          setRefused(why);
          choose(undefined);
        }}
        booked={(slip) => {
          choose(undefined);
          agree(false);
          setJudged(false);
          setBooked(slip);
          void clear();
        }}
      />
    );
  return (
    <>
      <Heading>{t("Đặt hẹn hộ", "Book for somebody")}</Heading>
      <Since at={since} clear={() => void clear()} />
      <p>{t("Người này có hẹn rồi?", "They have an appointment already?")} <a href="#/the-hen">{t("Quét thẻ để cấp lại mã, đổi giờ hoặc hủy", "Scan the card for new codes, another hour, or to void it")}</a></p>
      <SaveTrouble why={why} />
      <Trouble why={refused}><TakenHelp why={refused} /></Trouble>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <section class="step">
          <h2>{t("Ai đến làm?", "Who comes?")}</h2>
          <WhoFields typed={typed} change={setTyped} judged={judged} strict />
          {judged && typed.name.trim() === "" && <p class="fault">{t("Hãy nhập họ và tên.", "Enter the full name.")}</p>}
          <Field id="wish-phone" label={t("Số điện thoại để báo (nếu có)", "Mobile number to be told on (if any)")} type="tel" value={typed.phone} typed={(phone) => setTyped({ ...typed, phone })} autocomplete="off" maxLength={20} fault={judged ? faults.phone : undefined} />
          {id && mayBeUnder14(id, today) && (
            <>
              <Field id="wish-birth" label={t("Ngày sinh (nếu dưới 14 tuổi)", "Date of birth (under 14)")} type="date" value={birthOn} typed={(birthOn) => set({ birthOn })} max={today} fault={faultAt(refused, "/visitors/0/birth_on")} />
              <Field id="wish-guardian" label={t("Cha, mẹ hoặc người giám hộ đi cùng (nếu dưới 14 tuổi)", "Parent or guardian who comes along (under 14)")} value={guardian} typed={(guardian) => set({ guardian })} autocomplete="off" maxLength={100} fault={faultAt(refused, "/visitors/0/guardian_name")} />
            </>
          )}
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
        {judged && typed.ahead && !typed.without && <p class="soft">{t("Muốn chọn giờ thì quét lại thẻ: số định danh đã niêm phong, máy không đọc lại được.", "To choose an hour, scan the card again: the number is sealed, and this phone cannot read it.")}</p>}
        <div class="deeds">
          <button type="button" disabled={busy} onClick={byHour}>{t("Chọn giờ ngay (cần mạng)", "Choose an hour (needs a network)")}</button>
          <button class="quiet" disabled={busy}>{t("Gửi yêu cầu đặt hẹn", "Ask for an appointment")}</button>
        </div>
        <p class="soft">{t("Không có mạng vẫn gửi yêu cầu được: có mạng là máy chủ giữ ngay chỗ gần nhất.", "A request may be made without a network: as soon as there is one, the nearest place is booked.")}</p>
        <Kept isKept={isKept} />
      </form>
      <Upcoming />
    </>
  );
}

function Booked({ slip, another }: { slip: Slip; another: () => void }) {
  return (
    <>
      <Heading>{t("Đã đặt lịch", "Booked")}</Heading>
      <SlipCard slip={slip} />
      <p>{t("Hãy in phiếu hoặc chép hai mã cho người dân. Phiếu này cũng nằm trên máy của bạn đến khi xong hẹn.", "Print the slip or write both codes down for them. It also stays on this phone until it is over.")}</p>
      <p><button type="button" class="quiet" onClick={another}>{t("Đặt cho người khác", "Book for somebody else")}</button></p>
    </>
  );
}

/** What was booked by the hour from this phone. */
function Upcoming() {
  const booked = Object.entries(slips.value).filter(([, slip]) => slip.name).sort(([, a], [, b]) => (a.starts_at < b.starts_at ? -1 : 1));
  if (booked.length === 0) return null;
  return (
    <section class="after">
      <h2>{t("Phiếu đã đặt trên máy này", "Slips on this phone")}</h2>
      {booked.map(([id, slip]) => <SlipCard key={id} slip={slip} />)}
    </section>
  );
}
