/** The village's list: who is left there, what is to be done next, also without a network. */
import { useMemo, useState } from "preact/hooks";

import { Heading, Loading, Trouble } from "../kit.tsx";
import { lower, t } from "../words.ts";
import { begun } from "./begun.ts";
import { daysLeft, drives } from "./drives.ts";
import { choose, chosen, fold, listOf, matching, type Person } from "./lists.ts";
import { assigned } from "./own.ts";
import { units, unitName, villages } from "./pull.ts";
import { go, picked, type Place } from "./route.ts";
import { busy, sync, trouble } from "./sync.ts";
import { shortDay, shortTime } from "./status.tsx";
import { figure, listName, outcomeName, spellDaysLeft, stageName, stepText } from "./terms.ts";

type Unit = (typeof villages.value)[number];

const SHOWN_AT_FIRST = 50;

export function Todo() {
  const [changing, change] = useState(false);
  if (chosen.value === undefined || changing)
    return (
      <Villages
        picked={(village) => {
          change(false);
          void choose(village).then(() => sync());
        }}
      />
    );
  return <Village key={chosen.value} id={chosen.value} change={() => change(true)} />;
}

function Villages({ picked }: { picked: (village: number) => void }) {
  const [typed, setTyped] = useState("");
  const words = fold(typed);
  const shown = villages.value.filter((unit) => fold(unit.name).includes(words));
  const ours = shown.filter((unit) => assigned.value.has(unit.unit_id));
  const others = shown.filter((unit) => !assigned.value.has(unit.unit_id));
  return (
    <>
      <Heading>{t("Hôm nay bạn làm ở thôn nào?", "In which village do you work today?")}</Heading>
      {units.value.length === 0 ? (
        <Missing what={t("Danh sách thôn chưa về máy.", "The villages are not on this phone yet.")} />
      ) : (
        <>
          {villages.value.length > 8 && (
            <div class="field">
              <label for="village-search">{t("Tìm thôn, khu phố", "Find a village")}</label>
              <input id="village-search" type="search" value={typed} autocomplete="off" onInput={(event) => setTyped(event.currentTarget.value)} />
            </div>
          )}
          {ours.length > 0 && <h2>{t("Giao cho bạn", "Given to you")}</h2>}
          <Tiles units={ours} picked={picked} />
          {ours.length > 0 && others.length > 0 && <h2>{t("Các thôn khác của địa bàn", "Other villages of your area")}</h2>}
          <Tiles units={others} picked={picked} />
          {shown.length === 0 && <p class="soft">{t("Không có thôn nào như vậy trong địa bàn của bạn.", "No such village in your area.")}</p>}
        </>
      )}
    </>
  );
}

function Tiles({ units, picked }: { units: Unit[]; picked: (village: number) => void }) {
  if (units.length === 0) return null;
  return (
    <ul class="tiles">
      {units.map((unit) => {
        const until = untilOf(unit.unit_id);
        return (
          <li key={unit.unit_id}>
            <button type="button" class="tile" onClick={() => picked(unit.unit_id)}>
              <strong>{unit.name}</strong>
              {until && <span class="soft">{until}</span>}
              {listOf(unit.unit_id) && <span class="soft">{t("đã có trên máy", "on this phone")}</span>}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** Until when a village is somebody's, if that was said. */
function untilOf(village: number): string | undefined {
  const until = assigned.value.get(village);
  // The moment at which it is over belongs to the day after.
  return until && t(`đến hết ${shortDay(new Date(Date.parse(until) - 1))}`, `until ${shortDay(new Date(Date.parse(until) - 1))}`);
}

/** What is not on the phone: it is coming, or there is no network, or something went wrong. */
function Missing({ what }: { what: string }) {
  if (busy.value) return <Loading />;
  return (
    <>
      {trouble.value === undefined ? <p class="soft">{what}</p> : <Trouble why={trouble.value}><p>{what}</p></Trouble>}
      <p><button type="button" class="quiet" onClick={() => void sync()}>{t("Tải về", "Fetch it")}</button></p>
    </>
  );
}

function Village({ id, change }: { id: number; change: () => void }) {
  const list = listOf(id);
  const [worklist, setWorklist] = useState<string>();
  const [typed, setTyped] = useState("");
  const [all, showAll] = useState(false);
  const filled = list?.lists.filter((one) => one.people.length > 0) ?? [];
  const chosen = filled.some((one) => one.worklist === worklist) ? worklist : filled[0]?.worklist;
  const people = useMemo(() => {
    if (!list) return [];
    // A search goes through the whole village, whichever list is open.
    if (fold(typed)) return matching(Object.values(list.people), typed);
    const ids = list.lists.find((one) => one.worklist === chosen)?.people ?? [];
    return ids.flatMap((one) => list.people[one] ?? []);
  }, [list, typed, chosen]);
  const shown = all ? people : people.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <Heading>{unitName(id) || t("Thôn đã chọn", "Your village")}</Heading>
      <p class="under">
        {assigned.value.has(id) && `${t("Thôn giao cho bạn", "Given to you")} ${untilOf(id) ?? ""}`.trim() + " · "}
        {list ? t(`Danh sách lúc ${shortTime(list.as_of)}`, `List as of ${shortTime(list.as_of)}`) : ""}{list && " · "}
        <button type="button" class="link" onClick={change}>{t("đổi thôn", "change village")}</button>
      </p>
      <DriveLine />
      <BegunForms />
      <div class="two">
        <button type="button" onClick={() => { picked.value = undefined; go("/ghi"); }}>{t("Ghi nhận", "Record")}</button>
        <a class="button quiet" href="#/dat-hen">{t("Đặt hẹn hộ", "Book for somebody")}</a>
      </div>
      {!list ? (
        <Missing what={t("Danh sách của thôn này chưa về máy. Vẫn ghi nhận được bằng thẻ hoặc số định danh.", "This village's list is not on the phone yet. You can record by card or number all the same.")} />
      ) : (
        <>
          <div class="field">
            <label for="search">{t("Tìm trong thôn", "Find in the village")}</label>
            <input id="search" type="search" value={typed} autocomplete="off" placeholder={t("tên, năm sinh hoặc 4 số cuối", "name, birth year or last 4 digits")} onInput={(event) => setTyped(event.currentTarget.value)} />
          </div>
          {!fold(typed) && filled.length > 0 && (
            <ul class="chips" aria-label={t("Danh sách việc", "Lists")}>
              {filled.map((one) => (
                <li key={one.worklist}>
                  <button type="button" aria-pressed={one.worklist === chosen} onClick={() => setWorklist(one.worklist)}>
                    {listName(one.worklist, one.title)} <b>{figure(one.people.length)}</b>
                  </button>
                </li>
              ))}
            </ul>
          )}
          <ul class="people">
            {shown.map((person) => <li key={person.person_id}><Card person={person} /></li>)}
          </ul>
          {people.length === 0 && (
            <p class="soft empty">{fold(typed) ? t("Không thấy ai trong danh sách của thôn. Có thể ghi nhận bằng thẻ hoặc số định danh.", "Nobody in the village's list. Record by card or number.") : t("Thôn này không còn việc nào trong danh sách.", "Nothing is left on this village's lists.")}</p>
          )}
          {people.length > shown.length && <p><button type="button" class="quiet" onClick={() => showAll(true)}>{t(`Xem cả ${figure(people.length)} người`, `Show all ${figure(people.length)}`)}</button></p>}
        </>
      )}
    </>
  );
}

/** The drive that ends next, in a line. */
function DriveLine() {
  const next = drives.value?.all[0]?.campaign;
  if (!next) return null;
  return <p><a href="#/chien-dich">{next.name}</a> <span class="soft">· {lower(spellDaysLeft(daysLeft(next, new Date())))}</span></p>;
}

const FORMS: { [P in Place]?: string } = { "/ghi": t("Ghi nhận", "Record"), "/dat-hen": t("Đặt hẹn hộ", "Book for somebody"), "/tuyen-truyen": t("Buổi tuyên truyền", "Outreach activity") };

/** What was begun and not saved. */
function BegunForms() {
  if (begun.value.length === 0) return null;
  return (
    <section>
      <h2>{t("Đang nhập dở", "Begun and not saved")}</h2>
      <ul class="lines">
        {begun.value.map((one) => (
          <li key={one.place + (one.person?.person_id ?? "")}>
            <button
              type="button" class="line"
              onClick={() => {
                picked.value = one.person;
                go(one.place);
              }}
            >
              <strong>{FORMS[one.place]}{one.label && ` — ${one.label}`}</strong>
              <span class="soft">{shortTime(one.at)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Who somebody is, as far as the list says. */
export function describe(person: Person): string {
  const born = person.birth_year ? t(`sinh ${person.birth_year}`, `born ${person.birth_year}`) : "";
  const tail = person.id_tail ? `…${person.id_tail}` : "";
  return [born, tail].filter(Boolean).join(" · ").replaceAll(" ", "\u00a0");
}

function Card({ person }: { person: Person }) {
  const left = person.days_left;
  return (
    <button
      type="button" class="person"
      onClick={() => {
        picked.value = person;
        go("/ghi");
      }}
    >
      <span class="who"><strong>{person.name ?? t("Chưa có tên", "No name")}</strong> <span class="soft">{describe(person)}</span></span>
      {person.just_recorded ? <span class="left just">{t("vừa ghi", "just recorded")}</span> : left != null && <span class={left < 2 ? "left hurry" : "left"}>{left < 0 ? t("quá hạn", "too late") : t(`còn ${figure(left)} ngày`, `${left} days left`)}</span>}
      <span class="next">{person.just_recorded ? t("Việc tiếp theo sẽ hiện ở lần tải danh sách sau.", "The next list will tell what is next.") : stepText(person.next_step, person.next_step_text)}</span>
      {(person.stages.length > 0 || person.last_outcome) && (
        <span class="soft done">{[...person.stages.map(stageName), ...(person.last_outcome ? [outcomeName(person.last_outcome)] : [])].join(" · ")}</span>
      )}
    </button>
  );
}
