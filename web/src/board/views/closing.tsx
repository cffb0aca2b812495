/** One closed window: its editions with their hashes, what each changed, and what came late since. */
import { useState } from "preact/hooks";

import { api, type Schemas, told, uuid } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Field, faultAt, Heading, Loading, Trouble, useDeed } from "../../kit.tsx";
import { may } from "../../session.ts";
import { spellTime, t } from "../../words.ts";
import { nameOf, spell, STAGES } from "../state.ts";
import { boardOf, type Closed, nameOfWindow } from "./closings.tsx";
import { Failed } from "./fresh.tsx";

type Change = Schemas["BoardCountChange"];

const EDITIONS = 200;
const CHANGES = 200;

interface Props {
  starts_on: string;
  ends_on: string;
  /** Whose changes are shown; of what came since the newest one if there is none. */
  revision: number | undefined;
}

export function Closing({ starts_on, ends_on, revision }: Props) {
  const list = useAsked(`editions ${starts_on} ${ends_on}`, async () => (await told(api.GET("/api/v1/board-closings", { params: { query: { starts_on, ends_on, limit: EDITIONS } } }))).items);
  const editions = [...(list.told ?? [])].sort((a, b) => b.revision - a.revision);
  const newest = editions[0];
  return (
    <>
      <p class="on-screen"><a href="#da-chot">← {t("Các kỳ đã chốt", "All closed windows")}</a></p>
      {!list.told ? (list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />) : !newest ? (
        <p class="panel empty">{t("Kỳ này chưa chốt.", "This window is not closed.")}</p>
      ) : (
        <>
          <Heading>{nameOfWindow(newest)}</Heading>
          <div class="halves">
            <Editions editions={editions} shown={revision} />
            {may("issue_reports") && <Changes key={`${revision} ${newest.revision}`} newest={newest} revision={revision} issued={list.again} />}
          </div>
        </>
      )}
    </>
  );
}

function Editions({ editions, shown }: { editions: Closed[]; shown: number | undefined }) {
  return (
    <section class="panel" aria-labelledby="editions">
      <h2 id="editions">{t("Các bản", "Editions")}</h2>
      <ol class="cases editions">
        {editions.map((one) => (
          <li key={one.revision}>
            <p>
              <strong>{one.revision === 0 ? t("Bản 0: lúc chốt", "0: as it was closed") : t(`Bản ${one.revision}: bổ sung muộn`, `${one.revision}: late supplement`)}</strong>{" "}
              {one === editions[0] && <span class="badge good">{t("mới nhất", "newest")}</span>}
            </p>
            <p class="soft">{t("Giữ lúc", "Kept at")} {spellTime(one.kept_at)}</p>
            {one.reason && <p>{t("Lý do", "Why")}: {one.reason}</p>}
            <p class="soft">{t("Mã băm", "Hash")} <code title="SHA-256">{one.hash.match(/.{1,8}/g)!.join(" ")}</code></p>
            <p class="deeds">
              <a class="button quiet small" href={boardOf(one, one.revision)}>{t("Xem bảng", "The board")}<span class="unseen"> {t(`bản ${one.revision}`, `edition ${one.revision}`)}</span></a>
              {one.revision > 0 && may("issue_reports") && <a class="button quiet small" aria-current={shown === one.revision ? "true" : undefined} href={`#da-chot/${one.starts_on}/${one.ends_on}/${one.revision}`}>{t("Đã đổi gì", "What changed")}<span class="unseen"> {t(`ở bản ${one.revision}`, `in edition ${one.revision}`)}</span></a>}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Changes({ newest, revision, issued }: { newest: Closed; revision: number | undefined; issued: () => void }) {
  const path = { starts_on: newest.starts_on, ends_on: newest.ends_on };
  const list = useAsked(`changes ${revision} ${newest.revision}`, () => told(api.GET("/api/v1/board-closings/{starts_on}/{ends_on}/changes", { params: { path, query: { revision, limit: CHANGES } } })));
  return (
    <section class="panel" aria-labelledby="changes">
      <h2 id="changes">{revision ? t(`Bản ${revision} đã đổi gì`, `What edition ${revision} changed`) : t("Đến muộn, chưa vào bản nào", "Late, and in no edition yet")}</h2>
      {!list.told ? (list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />) : list.told.items.length === 0 ? (
        <p class="empty">{t("Không có gì đến muộn.", "Nothing came late.")}</p>
      ) : (
        <>
          <Table changes={list.told.items} />
          {list.told.next_cursor && <p class="soft">{t(`Còn nữa: chỉ hiện ${CHANGES} dòng đầu.`, `There are more than these ${CHANGES} rows.`)}</p>}
          {!revision && <Issue newest={newest} issued={issued} />}
        </>
      )}
      {revision && <p><a href={`#da-chot/${newest.starts_on}/${newest.ends_on}`}>{t("Xem số đến muộn từ bản mới nhất", "What came late since the newest one")}</a></p>}
    </section>
  );
}

function Table({ changes }: { changes: Change[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t("Các thay đổi", "The changes")}>
      <table class="changes">
        <thead>
          <tr>
            <th scope="col">{t("Đơn vị, bước", "Unit, step")}</th>
            <th scope="col" class="number">{t("Trước", "Before")}</th>
            <th scope="col" class="number">{t("Sau", "After")}</th>
            <th scope="col" class="number">±</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((one) => {
            const by = (one.count ?? 0) - (one.count_before ?? 0);
            const confirmed = (one.confirmed ?? 0) - (one.confirmed_before ?? 0);
            return (
              <tr key={`${one.stage} ${one.unit_id}`}>
                <th scope="row">{one.name}<span class="soft about">{nameOf(STAGES, one.stage)}{confirmed !== 0 && t(`, xác nhận ${signed(confirmed)}`, `, confirmed ${signed(confirmed)}`)}</span></th>
                <td class="number">{one.count_before == null ? "–" : spell(one.count_before)}</td>
                <td class="number">{one.count == null ? "–" : spell(one.count)}</td>
                <td class={`number ${by < 0 ? "fault" : "good"}`}><strong>{signed(by)}</strong></td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const signed = (number: number) => (number > 0 ? `+${spell(number)}` : number < 0 ? `−${spell(-number)}` : "0");

function Issue({ newest, issued }: { newest: Closed; issued: () => void }) {
  const [reason, setReason] = useState("");
  // One press of the button, however often it is sent.
  const [press] = useState(uuid);
  const { busy, why, run } = useDeed();
  const path = { starts_on: newest.starts_on, ends_on: newest.ends_on };
  const send = () =>
    run(async () => {
      await told(api.POST("/api/v1/board-closings/{starts_on}/{ends_on}/revisions", { params: { path, header: { "Idempotency-Key": press } }, body: { after_revision: newest.revision, reason } }));
      issued();
    });
  return (
    <form
      class="issue"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Trouble why={why}>
        <button type="button" class="quiet small" onClick={issued}>{t("Xem lại thay đổi", "Look again")}</button>
      </Trouble>
      <Field id="why-revised" label={t("Lý do (không ghi tên ai)", "Why (no names)")} hint={t("Ví dụ: hai thôn gửi muộn do mất sóng.", "For instance: two villages sent late, for lack of a network.")} value={reason} typed={setReason} required maxLength={300} fault={faultAt(why, "/reason")} />
      <div class="deeds"><button disabled={busy}>{t(`Phát hành bản ${newest.revision + 1}`, `Issue edition ${newest.revision + 1}`)}</button><span class="soft">{t("Bản cũ vẫn đọc được.", "The older ones stay readable.")}</span></div>
    </form>
  );
}
