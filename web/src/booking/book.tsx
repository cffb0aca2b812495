/** From nothing to an appointment: find, say who comes, hold, confirm. */
import { useState } from "preact/hooks";

import { api, deviceId, Refused, type Schemas, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { digitsOf } from "../citizen.ts";
import { alternativesOf, Choice, Heading, Loading, Trouble, useDeed } from "../kit.tsx";
import { spellTime, t } from "../words.ts";
import { Confirm, helpAfter, type Kept } from "./confirm.tsx";
import { isComplete, NOBODY, PersonFields, type Typed } from "./person.tsx";
import { Booked, type Slip } from "./slip.tsx";
import { FoundSlots, type NearSlot, SlotList, Where } from "./slots.tsx";
import { findWork } from "./work.ts";

type Hold = Schemas["Hold"];
type HoldPlaces = Schemas["HoldPlaces"];
type Service = Schemas["Service"];

const PEOPLE_MAX = 6;

/** The services that are taken anywhere. */
export function useServices(): { services: Service[] | undefined; why: unknown; again: () => void } {
  const { told: services, why, again } = useAsked("services", () => told(api.GET("/api/v1/services")));
  return { services, why, again };
}

/** Holds a place; where the server asks for work first, works and asks again. */
export async function hold(wish: HoldPlaces): Promise<Hold> {
  try {
    return await told(api.POST("/api/v1/holds", { body: wish }));
  } catch (why) {
    if (!(why instanceof Refused) || why.code !== "work-needed") throw why;
    const bits = (why.problem as { work_bits?: number }).work_bits ?? 0;
    const work = await findWork(wish.device_id, wish.office_id, wish.starts_at, bits);
    return told(api.POST("/api/v1/holds", { body: { ...wish, work } }));
  }
}

/** It runs out by itself where this is not heard. */
function giveBack(hold: Hold): void {
  const params = { path: { hold_id: hold.hold_id }, header: { "x-hold-token": hold.hold_token } };
  api.DELETE("/api/v1/holds/{hold_id}", { params }).catch(() => undefined);
}

export function Book() {
  const { services, why, again } = useServices();
  const [service, setService] = useState("");
  const [unitId, setUnitId] = useState("");
  const [from, setFrom] = useState("");
  const [people, setPeople] = useState<Typed[]>([NOBODY]);
  const [slot, setSlot] = useState<NearSlot>();
  const [kept, setKept] = useState<{ hold: Hold; kept: Kept }>();
  const [fault, setFault] = useState<unknown>();
  const [slips, setSlips] = useState<Slip[]>();
  const chosen = service || services?.[0]?.service_code || "";
  const documents = services?.find((one) => one.service_code === chosen)?.documents ?? [];

  if (slips) return <Booked slips={slips} />;
  if (kept)
    return (
      <Confirm
        kept={kept.kept} service={chosen} people={people} booked={setSlips}
        mend={(why) => {
          setFault(why);
          setKept(undefined);
        }}
        back={() => {
          giveBack(kept.hold);
          setKept(undefined);
          setSlot(undefined);
        }}
        again={() => setKept(undefined)}
        other={(next) => {
          giveBack(kept.hold);
          setKept(undefined);
          setSlot(next);
        }}
      />
    );
  if (slot)
    return (
      <Who
        slot={slot} service={chosen} documents={documents} people={people} change={setPeople} fault={fault}
        back={() => {
          setFault(undefined);
          setSlot(undefined);
        }}
        held={(hold, slot) => {
          setFault(undefined);
          setKept({
            hold,
            kept: { token: hold.hold_token, startsAt: hold.starts_at, until: hold.ends_at, officeName: slot.office_name, address: slot.address },
          });
        }}
        other={setSlot}
      />
    );
  return (
    <>
      <Heading>{t("Đặt lịch làm thẻ Căn cước", "Book an identity-card appointment")}</Heading>
      {!services ? (
        why === undefined ? <Loading /> : <Trouble why={why} again={again} />
      ) : services.length === 0 ? (
        <p class="notice">{t("Chưa có thủ tục nào nhận đặt lịch. Hãy hỏi công an xã nơi bạn ở.", "No service takes bookings yet. Ask the police of your commune.")}</p>
      ) : (
        <>
          <Wanted services={services} {...{ service: chosen, setService, unitId, setUnitId, from, setFrom, people, setPeople }} />
          <FoundSlots
            search={{ service: chosen, unitId: unitId ? Number(unitId) : undefined, from: from || undefined, people: people.length }}
            pick={setSlot}
            none={<p class="notice">{t("Chưa có chỗ trống nào hợp với lựa chọn này. Hãy thử ngày hoặc xã khác, hoặc vào danh sách chờ: có người hủy là báo ngay.", "Nothing is free for this choice. Try another day or commune, or join the waitlist: whoever waits is told at once.")}</p>}
          />
        </>
      )}
      <p><a href={`/cho/vao?service=${encodeURIComponent(chosen)}`}>{t("Không có giờ phù hợp? Vào danh sách chờ", "No hour suits? Join the waitlist")}</a></p>
      <p><a href="/lich-hen">{t("Xem, đổi hoặc hủy lịch hẹn đã có", "See, move or cancel an appointment")}</a></p>
    </>
  );
}

interface WantedProps {
  services: Service[];
  service: string;
  setService: (code: string) => void;
  unitId: string;
  setUnitId: (id: string) => void;
  from: string;
  setFrom: (day: string) => void;
  people: Typed[];
  setPeople: (people: Typed[]) => void;
}

function Wanted({ services, service, setService, unitId, setUnitId, from, setFrom, people, setPeople }: WantedProps) {
  const count = (many: number) => setPeople(Array.from({ length: many }, (_, index) => people[index] ?? NOBODY));
  return (
    <div class="wanted four">
      <Choice id="service" label={t("Thủ tục", "Service")} value={service} chosen={setService}>
        {services.map((one) => <option key={one.service_code} value={one.service_code}>{one.name}</option>)}
      </Choice>
      <Choice id="people" label={t("Số người đi cùng một lượt", "How many come together")} value={String(people.length)} chosen={(many) => count(Number(many))}>
        {Array.from({ length: PEOPLE_MAX }, (_, index) => <option key={index} value={String(index + 1)}>{index + 1}</option>)}
      </Choice>
      <Where {...{ unitId, setUnitId, from, setFrom }} />
    </div>
  );
}

interface WhoProps {
  slot: NearSlot;
  service: string;
  documents: string[];
  people: Typed[];
  change: (people: Typed[]) => void;
  /** What was wrong when it was to be confirmed. */
  fault: unknown;
  back: () => void;
  held: (hold: Hold, slot: NearSlot) => void;
  other: (slot: NearSlot) => void;
}

/** Who comes. What was typed stays, whichever slot it becomes. */
function Who({ slot, service, documents, people, change, fault, back, held, other }: WhoProps) {
  const { busy, why: refused, forget, run } = useDeed();
  const why = refused ?? fault;
  const [judged, setJudged] = useState(false);
  const ask = () => {
    setJudged(true);
    if (!people.every(isComplete)) {
      document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
      return;
    }
    void run(async () => {
      const taken = await hold({
        office_id: slot.office_id,
        starts_at: slot.starts_at,
        service_code: service,
        id_numbers: people.map((one) => digitsOf(one.idNumber)),
        device_id: deviceId(),
      });
      held(taken, slot);
    });
  };
  const others = alternativesOf(why);
  return (
    <>
      <Heading>{t("Ai đến làm thủ tục?", "Who comes?")}</Heading>
      <p><strong>{spellTime(slot.starts_at)}</strong><br />{slot.office_name}, {slot.address}<br /><button type="button" class="link" onClick={back}>{t("chọn giờ khác", "choose another hour")}</button></p>
      <Trouble why={why}>{helpAfter(why)}</Trouble>
      {others.length > 0 && (
        <div class="others">
          <p>{t("Khung giờ khác còn chỗ; những gì đã nhập vẫn giữ nguyên:", "Other slots with places; what you typed stays:")}</p>
          <SlotList slots={others} pick={(one) => { forget(); other(one); }} />
        </div>
      )}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        {people.map((typed, index) => (
          <PersonFields
            key={index} index={index} of={people.length} typed={typed} judged={judged} why={why}
            change={(next) => change(people.map((one, at) => (at === index ? next : one)))}
          />
        ))}
        {documents.length > 0 && (
          <div>
            <h2 class="small">{t("Mang theo khi đến", "Bring along")}</h2>
            <ul class="bring">{documents.map((one) => <li key={one}>{one}</li>)}</ul>
          </div>
        )}
        <p class="soft">{t("Không hỏi và không lưu OTP, mật khẩu, ảnh thẻ. Số định danh chỉ để không ai đặt hai lần, và không được lưu lại.", "No OTP, password or photo is asked for or kept. The ID number only keeps anybody from booking twice, and is not stored.")}</p>
        <button disabled={busy}>{busy ? t("Đang giữ chỗ…", "Holding…") : t("Giữ chỗ", "Hold this place")}</button>
      </form>
    </>
  );
}
