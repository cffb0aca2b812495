/** One's own work in figures, the unit's targets, what lies on this phone, and leaving it. */
import { useEffect, useState } from "preact/hooks";

import { Heading, useDeed } from "../kit.tsx";
import { language, lower, speak, t } from "../words.ts";
import { Account } from "./account.tsx";
import { leave } from "./enter.ts";
import { install, offer } from "./install.ts";
import { lines, type Work, workOf } from "./lines.ts";
import { carried, putDown } from "./lists.ts";
import { waitingCount } from "./outbox.ts";
import { own } from "./own.ts";
import { VERSION } from "./phone.ts";
import { pulledAsOf, targets, unitName } from "./pull.ts";
import { say } from "./route.ts";
import { me } from "./session.ts";
import { shortDay, shortTime } from "./status.tsx";
import { busy, completeAt, sync } from "./sync.ts";
import { figure, percent, stageName, unionName } from "./terms.ts";

export function Mine() {
  return (
    <>
      <Heading>{me.value?.name ?? t("Tôi", "Me")}</Heading>
      <Self />
      <Figures />
      <nav class="onward" aria-label={t("Việc khác", "More")}>
        <a class="button" href="#/the">{t("Thẻ của tôi", "My badge")}</a>
        <a href="#/nho">{t("Câu hỏi và cuộc gọi nhờ bạn", "Questions and calls for you")}</a>
        <a href="#/the-hen">{t("Hẹn đã có của người dân", "Somebody's appointments")}</a>
        <a href="#/quyen">{t("Yêu cầu về dữ liệu cá nhân", "Requests about personal data")}</a>
        <a href="#/bao-sai">{t("Báo dữ liệu công an sai", "Report wrong police data")}</a>
        <a href="#/chien-dich">{t("Chiến dịch", "Campaigns")}</a>
        <a href="#/huong-dan">{t("Hướng dẫn", "Help")}</a>
      </nav>
      <Standing />
      <Targets />
      <Phone />
      <Account />
      <Leave />
    </>
  );
}

/** Of which union and unit one is. */
export function Self() {
  const who = me.value;
  return <p class="under">{[who && unionName(who.mass_union), who?.unit_label].filter(Boolean).join(" · ")}</p>;
}

function Figures() {
  const work = workOf(lines.value, new Date());
  return (
    <section>
      <dl class="figures">
        <div><dt>{t("Hôm nay", "Today")}</dt><dd>{figure(work.today)}</dd></div>
        <div><dt>{t("Tuần này", "This week")}</dt><dd>{figure(work.week)}</dd></div>
        <div><dt>{t("Tổng", "Total")}</dt><dd>{figure(work.total)}</dd></div>
      </dl>
      <p class="under">
        {pulledAsOf.value ? t(`Bước đã công nhận, tính đến ${shortTime(pulledAsOf.value)}`, `Recognised stages as of ${shortTime(pulledAsOf.value)}`) : t("Chưa có số từ máy chủ", "No figures from the server yet")}
        {work.waiting > 0 && t(`; ${figure(work.waiting)} chờ gửi chưa tính.`, `; ${figure(work.waiting)} waiting are not in it.`)}
      </p>
      <h2>{t("14 ngày qua", "The last 14 days")}</h2>
      {work.total === 0 ? <p class="soft">{t("Chưa có bước nào được công nhận.", "No stage was recognised yet.")}</p> : <Trend days={work.days} />}
    </section>
  );
}

function Trend({ days }: { days: Work["days"] }) {
  const most = Math.max(1, ...days.map((one) => one.many));
  const sum = days.reduce((all, one) => all + one.many, 0);
  return (
    <div class="trend" role="img" aria-label={t(`14 ngày qua: ${sum} bước được công nhận, nhiều nhất ${most} trong một ngày.`, `The last 14 days: ${sum} recognised stages, at most ${most} a day.`)}>
      {days.map(({ on, many }) => (
        <span key={on} class="bar-day">
          <b>{many > 0 ? many : ""}</b>
          <i style={{ height: `${Math.round((many / most) * 100)}%` }} class={many === 0 ? "none" : ""} />
          <small>{Number(on.slice(8))}</small>
        </span>
      ))}
    </div>
  );
}

/** How one's own work stands in the commune, without anybody's name. */
function Standing() {
  const told = own.value?.standing;
  if (!told) return null;
  const most = Math.max(1, ...told.weeks.map((one) => one.count));
  return (
    <section>
      <h2>{t("Trong xã, tháng này", "In your commune, this month")}</h2>
      <p>
        <strong>{figure(told.count)}</strong> {t("người", "people")} <span class="soft">· {lower(stageName(told.stage))}</span>
        {told.band != null && <><br />{BANDS[told.band - 1]}</>}
      </p>
      {told.top.length > 0 && <p class="soft">{t("Ba kết quả cao nhất trong xã: ", "The three best of the commune: ")}{told.top.map((one) => figure(one.count) + (one.own ? t(" (bạn)", " (you)") : "")).join(", ")}</p>}
      <div class="weeks" role="img" aria-label={t(`Tám tuần qua: ${told.weeks.map((one) => one.count).join(", ")} người.`, `The last eight weeks: ${told.weeks.map((one) => one.count).join(", ")} people.`)}>
        {told.weeks.map((one) => (
          <span key={one.from} class="bar-day">
            <b>{one.count > 0 ? one.count : ""}</b>
            <i style={{ height: `${Math.round((one.count / most) * 100)}%` }} class={one.count === 0 ? "none" : ""} />
            <small>{shortDay(`${one.from}T12:00:00+07:00`)}</small>
          </span>
        ))}
      </div>
    </section>
  );
}

const BANDS = [
  t("Bạn ở phần tư dẫn đầu của xã.", "You are in the first quarter of the commune."),
  t("Bạn ở phần tư thứ hai của xã.", "You are in the second quarter of the commune."),
  t("Bạn ở phần tư thứ ba của xã.", "You are in the third quarter of the commune."),
  t("Bạn ở phần tư cuối của xã.", "You are in the last quarter of the commune."),
];

function Targets() {
  const unit = me.value?.unit_id;
  const wanted = targets.value.filter((target) => target.unit_id === unit);
  return (
    <section>
      <h2>{t("Chỉ tiêu của đơn vị", "Targets of your unit")}</h2>
      {wanted.length === 0 ? (
        <p class="soft">{t("Chưa có chỉ tiêu nào được giao.", "No target has been set.")}</p>
      ) : (
        <ul class="targets">
          {wanted.map((target) => {
            const row = own.value?.reached.find((one) => one.stage === target.stage)?.row;
            const rate = row?.rate_percent;
            return (
              <li key={`${target.stage}${target.starts_on}`}>
                <strong>{stageName(target.stage)}</strong>
                <span class="soft">{row ? `${figure(row.count)} / ` : ""}{figure(target.people)} {t("người", "people")}{rate != null && ` · ${percent(rate)}`}</span>
                {row && <progress class="bar" max={target.people} value={Math.min(row.count, target.people)} aria-label={stageName(target.stage)} />}
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

/** What lies on this phone, and whether the browser promised to keep it. */
function Phone() {
  const [safe, setSafe] = useState<boolean>();
  useEffect(() => {
    void navigator.storage?.persisted?.().then(setSafe, () => undefined);
  }, []);
  return (
    <section>
      <h2>{t("Trên máy này", "On this phone")}</h2>
      <dl class="facts">
        <dt>{t("Đồng bộ trọn vẹn lần cuối", "Last complete sync")}</dt>
        <dd>{completeAt.value ? shortTime(completeAt.value) : t("chưa lần nào", "never")}</dd>
        <dt>{t("Chờ gửi", "To send")}</dt>
        <dd>{figure(waitingCount.value)}</dd>
        {safe !== undefined && (
          <>
            <dt>{t("Trình duyệt giữ dữ liệu", "The browser keeps data")}</dt>
            <dd>{safe ? t("lâu dài", "for good") : t("tạm thời: hãy thêm ứng dụng vào màn hình chính", "for a while: add the app to the home screen")}</dd>
          </>
        )}
        <dt>{t("Phiên bản", "Version")}</dt>
        <dd>{VERSION}</dd>
      </dl>
      <div class="deeds">
        <button type="button" class="quiet" disabled={busy.value} onClick={() => void sync()}>{t("Đồng bộ ngay", "Sync now")}</button>
        {offer.value && <button type="button" class="quiet" onClick={() => void install()}>{t("Thêm vào màn hình chính", "Add to the home screen")}</button>}
      </div>
      {carried.value.length > 0 && (
        <>
          <h3>{t("Thôn đã tải (mã hóa trên máy)", "Villages carried (encrypted)")}</h3>
          <ul class="carried">
            {carried.value.map((list) => (
              <li key={list.village_id}>
                <span>{unitName(list.village_id)} <span class="soft">{figure(Object.keys(list.people).length)} {t("người", "people")} · {shortTime(list.as_of)}</span></span>
                <button type="button" class="link" onClick={() => void putDown(list.village_id)} aria-label={t(`Xóa danh sách ${unitName(list.village_id)} khỏi máy`, `Remove the list of ${unitName(list.village_id)}`)}>{t("xóa", "remove")}</button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

export function Leave() {
  const { busy, run } = useDeed();
  const [kept, setKept] = useState(false);
  const other = language === "vi" ? "en" : "vi";
  return (
    <section>
      {kept && (
        <div class="notice" role="alert">
          <p><strong>{t(`Còn ${figure(waitingCount.value)} việc chưa gửi.`, `${figure(waitingCount.value)} records are not sent yet.`)}</strong>{" "}
            {t("Đăng xuất lúc này có thể làm mất công của bạn, nên máy chưa cho đăng xuất. Hãy đến nơi có mạng rồi thử lại.", "Signing out now could lose your work, so this phone does not. Find a network and try again.")}</p>
        </div>
      )}
      <div class="deeds">
        <button
          type="button" class="quiet danger" disabled={busy}
          onClick={() => void run(async () => {
            const done = await leave();
            setKept(!done);
            if (done) say(t("Đã đăng xuất; tên và danh sách đã xóa khỏi máy.", "Signed out; names and lists are gone from this phone."), "/");
          })}
        >
          {busy ? t("Đang gửi nốt…", "Sending the rest…") : t("Đăng xuất", "Sign out")}
        </button>
        <button type="button" class="link" lang={other} onClick={() => speak(other)}>{other === "en" ? "English" : "Tiếng Việt"}</button>
      </div>
    </section>
  );
}
