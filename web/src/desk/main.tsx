/** The desk of an office, for the officers who run it. */
import { signal } from "@preact/signals";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";

import "../kit.css";
import "../staff.css";
import "./desk.css";
import { Loading, Trouble } from "../kit.tsx";
import { may } from "../session.ts";
import { Gate, Views, Who } from "../staff.tsx";
import { hour, language, t } from "../words.ts";
import { arrive } from "./arrive.ts";
import { Asked } from "./asked.tsx";
import { Day } from "./day.tsx";
import { Refusal } from "./door.tsx";
import { Groups } from "./groups.tsx";
import { listen } from "./keys.ts";
import { Statistics } from "./figures.tsx";
import { OpenOffice } from "./open-office.tsx";
import { Opening } from "./opening.tsx";
import { Paper } from "./paper.tsx";
import { QueueView } from "./queue.tsx";
import { Setup } from "./setup.tsx";
import { chooseDesk, chooseOffice, deskNo, forgetAll, keepLooking, loadOffices, lookedAt, lost, now, office, offices, said, trouble } from "./state.ts";

/** Every view by its address, in the order of the day. */
const VIEWS = {
  "": { name: t("Hàng đợi", "Queue"), show: QueueView },
  "lich": { name: t("Lịch hôm nay", "Appointments"), show: Day },
  "gio": { name: t("Giờ và chỗ", "Hours and places"), show: Opening },
  "doan": { name: t("Đoàn", "Groups"), show: Groups, right: "book_groups" },
  "so-lieu": { name: t("Thống kê", "Figures"), show: Statistics },
  "giay": { name: t("In và nhập lại", "On paper"), show: Paper },
  "thiet-lap": { name: t("Thiết lập", "Set up"), show: Setup, right: "manage_offices" },
} as const;
type View = keyof typeof VIEWS;

/** Those of whoever is signed in. */
function ownViews() {
  return Object.fromEntries(Object.entries(VIEWS).filter(([, one]) => !("right" in one) || may(one.right)));
}

function viewOfAddress(): View {
  const named = location.hash.slice(1);
  return named in VIEWS ? (named as View) : "";
}

const view = signal<View>(viewOfAddress());
addEventListener("hashchange", () => (view.value = viewOfAddress()));

function Desk() {
  return (
    <Gate face={t("Bàn tiếp nhận", "Desk")} right="run_desk" refusal={t("không phải cán bộ tiếp nhận, nên không làm việc ở đây.", "runs no desk.")} left={forgetAll}>
      <Inside />
    </Gate>
  );
}

function Inside() {
  const [why, setWhy] = useState<unknown>(undefined);
  const load = () => {
    setWhy(undefined);
    loadOffices().catch(setWhy);
  };
  useEffect(() => {
    load();
    const ends = [keepLooking(), listen(arrive)];
    return () => ends.forEach((end) => end());
  }, []);
  const { show: Shown } = ownViews()[view.value] ?? VIEWS[""];
  return (
    <>
      <Bar />
      <main>
        {why !== undefined && <Trouble why={why} again={load} />}
        {/* Keys and scanners do their work on every view; the queue has a place of its own for what went wrong. */}
        {office.value && Shown !== QueueView && (trouble.value?.at === "door" || trouble.value?.at === "desk") && <Refusal />}
        {office.value ? <Shown key={office.value.office_id} /> : offices.value ? <PickOffice /> : why === undefined && <Loading />}
      </main>
      <Said />
      <Asked />
    </>
  );
}

/** What was done stays to be read for as long as it is news. */
const SAID_MS = 6_000;

function Said() {
  const text = said.value;
  useEffect(() => {
    if (!text) return;
    const timer = setTimeout(() => (said.value = ""), SAID_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return <p class="said" role="status">{text}</p>;
}

function Bar() {
  return (
    <header class="top">
      <a class="mark" href="/">Tổ 06</a>
      {office.value && <Place />}
      {office.value && <Views label={t("Bàn tiếp nhận", "Desk")} views={ownViews()} view={view.value} />}
      <Who>
        {office.value && <Line />}
        <span class="clock">{hour(now.value)}</span>
      </Who>
    </header>
  );
}

/** Whether what is shown is what is. */
function Line() {
  if (lost.value === undefined) return <span class="line good">{lookedAt.value ? t("Trực tuyến", "Live") : t("Đang tải…", "Loading…")}</span>;
  const since = lookedAt.value ? t(`, số liệu lúc ${hour(lookedAt.value)}`, `, as of ${hour(lookedAt.value)}`) : "";
  return <span class="line lost" role="alert">{navigator.onLine ? t("Mất liên lạc với máy chủ", "Server not answering") : t("Máy không có mạng", "No network")}{since}</span>;
}

const DESKS_MAX = 99;

/** Where this desk stands. */
function Place() {
  return (
    <div class="place">
      {(offices.value?.length ?? 0) > 1 && (
        <label>
          <span>{t("Điểm tiếp nhận", "Office")}</span>
          <select value={String(office.value?.office_id ?? "")} onChange={(event) => chooseOffice(offices.value?.find((one) => String(one.office_id) === event.currentTarget.value))}>
            {offices.value?.map((one) => <option key={one.office_id} value={String(one.office_id)}>{one.name}</option>)}
          </select>
        </label>
      )}
      <label>
        <span>{t("Quầy số", "Desk no.")}</span>
        <input
          id="desk-no" type="number" inputMode="numeric" min="1" max={DESKS_MAX} value={deskNo.value ?? ""}
          onChange={(event) => {
            const typed = event.currentTarget.valueAsNumber;
            chooseDesk(typed >= 1 && typed <= DESKS_MAX ? Math.floor(typed) : undefined);
          }}
        />
      </label>
      {office.value && <a class="display" href={`/man-hinh/${office.value.office_id}`} target="_blank" rel="noreferrer">{t("Màn hình gọi số", "Second screen")}</a>}
    </div>
  );
}

function PickOffice() {
  const all = offices.value ?? [];
  return (
    <section class="narrow">
      <h1>{t("Hôm nay ngồi ở đâu?", "Which office today?")}</h1>
      {all.length === 0 && <p>{t("Đơn vị này chưa có điểm tiếp nhận nào.", "This unit has no office yet.")}</p>}
      <ul class="picks">
        {all.map((one) => (
          <li key={one.office_id}>
            <button type="button" class="quiet" onClick={() => chooseOffice(one)}>
              <strong>{one.name}</strong>
              <span class="soft">{one.place_today.address}</span>
            </button>
          </li>
        ))}
      </ul>
      {may("manage_offices") && (
        <details class="panel" open={all.length === 0}>
          <summary>{t("Mở một điểm tiếp nhận", "Open an office")}</summary>
          <OpenOffice opened={() => (location.hash = "thiet-lap")} />
        </details>
      )}
    </section>
  );
}

document.documentElement.lang = language;
document.body.replaceChildren();
document.body.className = "staff desk";
render(<Desk />, document.body);
