/** From nothing to an appointment: find, say who comes, hold, confirm. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import { api, deviceId, Refused, type Schemas, told, uuid } from "../api.ts";
import { useAsked } from "../ask.ts";
import { digitsOf } from "../citizen.ts";
import { alternativesOf, Choice, Heading, Loading, Trouble, useDeed, useSecondsUntil } from "../kit.tsx";
import { spellLeft, spellTime, t, vietnamese } from "../words.ts";
import { Confirm, helpAfter, type Kept } from "./confirm.tsx";
import { isComplete, NOBODY, PersonFields, type Typed } from "./person.tsx";
import { isNamed, ProxyFields, type TypedProxy } from "./proxy.tsx";
import { Booked, type Slip } from "./slip.tsx";
import { FoundSlots, type NearSlot, SlotList, Where } from "./slots.tsx";
import { useCodes, useDraft, useSteps } from "./tab.ts";
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

type Step = "find" | "who" | "confirm" | `booked-${number}`;

interface Held {
  hold: Hold;
  kept: Kept;
  /** For whom it is held; the form may say something else by now. */
  people: Typed[];
  proxy: TypedProxy | undefined;
}

interface Draft {
  service: string;
  unitId: string;
  from: string;
  people: Typed[];
  proxy: TypedProxy | undefined;
  slot: NearSlot | undefined;
  held: Held | undefined;
}

const BLANK: Draft = { service: "", unitId: "", from: "", people: [NOBODY], proxy: undefined, slot: undefined, held: undefined };

/** The step that can be shown: what was forgotten meanwhile has no way on. */
function possible(step: Step, { slot, held }: Draft, parties: Slip[][]): Step {
  if (step.startsWith("booked-")) return parties[partyOf(step)] ? step : "find";
  if (step === "confirm" && held) return "confirm";
  return step !== "find" && slot ? "who" : "find";
}

const partyOf = (step: Step) => Number(step.slice("booked-".length));

export function Book() {
  const { services, why, again } = useServices();
  const { value: draft, change, clear } = useDraft("booking", BLANK);
  const booked = useCodes<{ parties: Slip[][] }>("booked", { parties: [] });
  const { step: wanted, go, become } = useSteps<Step>("find");
  const [fault, setFault] = useState<unknown>();
  const { parties } = booked.value;
  const step = possible(wanted, draft, parties);
  useEffect(() => {
    if (step !== wanted) become(step);
  }, [step, wanted]);
  const { held, slot, people } = draft;
  const chosen = draft.service || services?.[0]?.service_code || "";
  const documents = services?.find((one) => one.service_code === chosen)?.documents ?? [];
  const pick = (next: NearSlot) => {
    if (held && !isSame(held, next)) giveBack(held.hold);
    change({ service: chosen, slot: next, held: held && isSame(held, next) ? held : undefined });
    setFault(undefined);
  };

  if (step === "confirm" && held)
    return (
      <Confirm
        kept={held.kept} service={chosen} people={held.people} proxy={held.proxy}
        sending={(sent) => change({ held: { ...held, kept: { ...held.kept, sent } } })}
        booked={(slips) => {
          booked.change({ parties: [...parties, slips] });
          clear();
          become(`booked-${parties.length}`);
        }}
        mend={(why) => {
          setFault(why);
          history.back();
        }}
        back={() => {
          giveBack(held.hold);
          change({ held: undefined, slot: undefined });
          history.go(-2);
        }}
        again={() => history.back()}
        other={(next) => {
          pick(next);
          history.back();
        }}
      />
    );
  if (step === "who" && slot)
    return (
      <Who
        slot={slot} service={chosen} documents={documents} people={people} change={(people) => change({ people })} fault={fault}
        proxy={draft.proxy} changeProxy={(proxy) => change({ proxy })}
        unfinished={held?.kept.sent && <Unfinished kept={held.kept} go={() => go("confirm")} />}
        back={() => history.back()}
        wipe={() => {
          if (held) giveBack(held.hold);
          setFault(undefined);
          change({ people: people.map(() => NOBODY), proxy: undefined, held: undefined });
        }}
        held={(hold, slot) => {
          if (held && held.hold.hold_id !== hold.hold_id) giveBack(held.hold);
          setFault(undefined);
          const kept = { token: hold.hold_token, startsAt: hold.starts_at, until: hold.ends_at, officeName: slot.office_name, address: slot.address, key: uuid(), sent: false };
          change({ held: { hold, kept, people, proxy: draft.proxy } });
          go("confirm");
        }}
        other={pick}
      />
    );
  if (step !== "find")
    return (
      <Booked
        slips={parties[partyOf(step)]!}
        wipe={() => {
          booked.clear();
          become("find");
        }}
      />
    );
  return (
    <>
      <Heading>{t("Đặt lịch làm thẻ Căn cước", "Book an identity-card appointment")}</Heading>
      {held && <Unfinished kept={held.kept} go={() => go("confirm")} />}
      {parties.map((slips, index) => (
        <p key={slips[0]!.code} class="notice good">
          {t(`Trang này đã đặt ${spellTime(slips[0]!.startsAt)}.`, `Booked on this page: ${spellTime(slips[0]!.startsAt)}.`)}{" "}
          <button type="button" class="link" onClick={() => go(`booked-${index}`)}>{t("Xem lại các mã", "See the codes again")}</button>
        </p>
      ))}
      {!services ? (
        why === undefined ? <Loading /> : <Trouble why={why} again={again} />
      ) : services.length === 0 ? (
        <p class="notice">{t("Chưa có thủ tục nào nhận đặt lịch. Hãy hỏi công an xã nơi bạn ở.", "No service takes bookings yet. Ask the police of your commune.")}</p>
      ) : (
        <>
          <Wanted services={services} service={chosen} draft={draft} change={change} />
          <FoundSlots
            search={{ service: chosen, unitId: draft.unitId ? Number(draft.unitId) : undefined, from: draft.from || undefined, people: people.length }}
            pick={(slot) => {
              pick(slot);
              go("who");
            }}
            none={<p class="notice">{t("Chưa có chỗ trống nào hợp với lựa chọn này. Hãy thử ngày hoặc xã khác, hoặc vào danh sách chờ: có người hủy là báo ngay.", "Nothing is free for this choice. Try another day or commune, or join the waitlist: whoever waits is told at once.")}</p>}
          />
        </>
      )}
      <p><a href={`/cho/vao?service=${encodeURIComponent(chosen)}`}>{t("Không có giờ phù hợp? Vào danh sách chờ", "No hour suits? Join the waitlist")}</a></p>
      <p><a href="/lich-hen">{t("Xem, đổi hoặc hủy lịch hẹn đã có", "See, move or cancel an appointment")}</a></p>
    </>
  );
}

function isSame({ hold }: Held, slot: NearSlot): boolean {
  return hold.office_id === slot.office_id && hold.starts_at === slot.starts_at;
}

/** A place that is still held, or whose confirmation nobody answered: the way back to it. */
function Unfinished({ kept, go }: { kept: Kept; go: () => void }) {
  const left = useSecondsUntil(kept.until);
  if (left <= 0 && !kept.sent) return null;
  return (
    <div class="notice">
      <p>
        {kept.sent
          ? t(`Đã gửi xác nhận ${spellTime(kept.startsAt)} mà chưa có trả lời: có thể lịch đã được đặt.`, `The confirmation of ${spellTime(kept.startsAt)} had no answer: it may be booked.`)
          : t(`${spellTime(kept.startsAt)} đang được giữ cho bạn, còn ${spellLeft(left)}.`, `${spellTime(kept.startsAt)} is kept for you for ${spellLeft(left)} more.`)}
      </p>
      <button type="button" onClick={go}>{t("Tiếp tục đặt", "Go on booking")}</button>
    </div>
  );
}

interface WantedProps {
  services: Service[];
  service: string;
  draft: Draft;
  change: (part: Partial<Draft>) => void;
}

function Wanted({ services, service, draft: { unitId, from, people }, change }: WantedProps) {
  const count = (many: number) => change({ people: Array.from({ length: many }, (_, index) => people[index] ?? NOBODY) });
  return (
    <div class="wanted four">
      <Choice id="service" label={t("Thủ tục", "Service")} value={service} chosen={(service) => change({ service })}>
        {services.map((one) => <option key={one.service_code} value={one.service_code} lang={vietnamese}>{one.name}</option>)}
      </Choice>
      <Choice id="people" label={t("Số người đi cùng một lượt", "How many come together")} value={String(people.length)} chosen={(many) => count(Number(many))}>
        {Array.from({ length: PEOPLE_MAX }, (_, index) => <option key={index} value={String(index + 1)}>{index + 1}</option>)}
      </Choice>
      <Where unitId={unitId} setUnitId={(unitId) => change({ unitId })} from={from} setFrom={(from) => change({ from })} />
    </div>
  );
}

interface WhoProps {
  slot: NearSlot;
  service: string;
  documents: string[];
  people: Typed[];
  change: (people: Typed[]) => void;
  proxy: TypedProxy | undefined;
  changeProxy: (proxy: TypedProxy | undefined) => void;
  /** What was wrong when it was to be confirmed. */
  fault: unknown;
  /** An earlier try whose end nobody knows. */
  unfinished: ComponentChildren;
  back: () => void;
  /** Forgets what was typed, for the next person at this phone. */
  wipe: () => void;
  held: (hold: Hold, slot: NearSlot) => void;
  other: (slot: NearSlot) => void;
}

/** Who comes. What was typed stays, whichever slot it becomes. */
function Who({ slot, service, documents, people, change, proxy, changeProxy, fault, unfinished, back, wipe, held, other }: WhoProps) {
  const { busy, why: refused, forget, run } = useDeed();
  const why = refused ?? fault;
  const [judged, setJudged] = useState(false);
  const ask = () => {
    setJudged(true);
    if (!people.every(isComplete) || !isNamed(proxy)) {
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
      <p><strong>{spellTime(slot.starts_at)}</strong><br /><span lang={vietnamese}>{slot.office_name}, {slot.address}</span><br /><button type="button" class="link" onClick={back}>{t("chọn giờ khác", "choose another hour")}</button></p>
      {unfinished}
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
        <ProxyFields typed={proxy} change={changeProxy} judged={judged} why={why} />
        {people.map((typed, index) => (
          <PersonFields
            key={index} index={index} of={people.length} typed={typed} judged={judged} why={why} byOther={proxy !== undefined}
            change={(next) => change(people.map((one, at) => (at === index ? next : one)))}
          />
        ))}
        {documents.length > 0 && (
          <div>
            <h2 class="small">{t("Mang theo khi đến", "Bring along")}</h2>
            <ul class="bring" lang={vietnamese}>{documents.map((one) => <li key={one}>{one}</li>)}</ul>
          </div>
        )}
        <p class="soft">{t("Không hỏi và không lưu OTP, mật khẩu, ảnh thẻ. Số định danh chỉ để không ai đặt hai lần, và không được lưu lại.", "No OTP, password or photo is asked for or kept. The ID number only keeps anybody from booking twice, and is not stored.")}</p>
        <button disabled={busy}>{busy ? t("Đang giữ chỗ…", "Holding…") : t("Giữ chỗ", "Hold this place")}</button>
      </form>
      <p class="soft">
        {t("Những gì đã nhập chỉ nằm trong trang này, và tự mất sau 15 phút.", "What you typed stays on this page only, and goes after 15 minutes.")}{" "}
        <button type="button" class="link" disabled={busy} onClick={wipe}>{t("Xóa ngay", "Wipe it now")}</button>
      </p>
    </>
  );
}
