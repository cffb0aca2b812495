/** The board for those who command: readable on a wall, on a phone, and in print. */
import { signal } from "@preact/signals";
import { render } from "preact";
import { useEffect } from "preact/hooks";

import "../kit.css";
import "../staff.css";
import "./board.css";
import "./report/report.css";
import "./views/views.css";
import "./admin/admin.css";
import "./work/work.css";
import { may } from "../session.ts";
import { Gate, Views, Who } from "../staff.tsx";
import { hour, language, t } from "../words.ts";
import { Admin, BoardViews, GroundWork, Reports } from "./lazy.tsx";
import { follow, streamed } from "./live.ts";
import { Overview } from "./overview.tsx";
import { Review } from "./review.tsx";
import { board, grades, loadGrades, lost } from "./state.ts";

interface View {
  name: string;
  show: () => preact.JSX.Element | null;
  right: string;
  /** It reads boards of its own, and says itself how fresh they are. */
  own?: true;
}

const ALL: Record<string, View> = {
  "": { name: t("Bảng", "Board"), show: Overview, right: "read_boards" },
  "hom-nay": { name: t("Hôm nay", "Today"), show: BoardViews, right: "read_brief", own: true },
  "xep-hang": { name: t("Xếp hạng", "Ranks"), show: BoardViews, right: "read_boards", own: true },
  "dien-bien": { name: t("Diễn biến", "Trends"), show: BoardViews, right: "read_boards", own: true },
  "da-chot": { name: t("Đã chốt", "Closed"), show: BoardViews, right: "read_boards", own: true },
  "man-hinh": { name: t("Màn hình lớn", "Wall"), show: BoardViews, right: "read_boards", own: true },
  "bao-cao": { name: t("Báo cáo", "Reports"), show: Reports, right: "read_reports" },
  "so-theo-doi": { name: t("Sổ theo dõi", "Registers"), show: Reports, right: "read_reports" },
  "xem-xet": { name: t("Cần xem xét", "To be judged"), show: Review, right: "answer_signals" },
  "ra-quan": { name: t("Ra quân", "Drives"), show: GroundWork, right: "manage_campaigns" },
  "du-lieu": { name: t("Dữ liệu", "Data"), show: GroundWork, right: "reconcile_numbers" },
  "quan-ly": { name: t("Quản lý", "Manage"), show: Admin, right: "manage_accounts" },
  "tai-khoan": { name: t("Tài khoản", "Accounts"), show: Admin, right: "manage_accounts" },
  "giai-thich": { name: t("Giải thích", "Words"), show: Admin, right: "read_boards" },
};

/** The first part of what stands behind the #; what follows is the view's own. */
const current = () => location.hash.slice(1).split(/[/?]/)[0]!;
const view = signal(current());
addEventListener("hashchange", () => (view.value = current()));

function forget() {
  board.value = lost.value = undefined;
  grades.value = new Map();
}

function Board() {
  return (
    <Gate face={t("Bảng chỉ huy", "The board")} right="read_boards" refusal={t("không xem được bảng này.", "does not see this board.")} left={forget}>
      <Inside />
    </Gate>
  );
}

function Inside() {
  const views = Object.fromEntries(Object.entries(ALL).filter(([, one]) => may(one.right)));
  const { show: Shown, own } = views[view.value] ?? ALL[""]!;
  useEffect(() => {
    // Without grades nothing is marked; the numbers stand.
    loadGrades().catch(() => undefined);
  }, []);
  // A browser has few lines to one server: no view holds one that it does not look at.
  useEffect(() => (own ? undefined : follow()), [own]);
  return (
    <>
      <header class="top">
        <a class="mark" href="/">Tổ 06</a>
        <Views label={t("Bảng chỉ huy", "The board")} views={views} view={view.value in views ? view.value : ""} />
        <Who>
          {own ? null : lost.value === undefined
            ? <span class={`line ${streamed.value ? "good" : "soft"}`}>{!board.value ? t("Đang tải…", "Loading…") : streamed.value ? t("Trực tuyến", "Live") : t("Cập nhật mỗi 5 giây", "Every 5 seconds")}</span>
            : <span class="line lost" role="alert">{navigator.onLine ? t("Mất liên lạc với máy chủ", "Server not answering") : t("Máy không có mạng", "No network")}{board.value && t(`, số liệu lúc ${hour(board.value.as_of)}`, `, as of ${hour(board.value.as_of)}`)}</span>}
        </Who>
      </header>
      <main><Shown key={view.value} /></main>
    </>
  );
}

document.documentElement.lang = language;
document.body.replaceChildren();
document.body.className = "staff board";
render(<Board />, document.body);
