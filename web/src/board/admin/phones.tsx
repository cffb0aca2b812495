/** Phones of one's unit: what waits on each, and saying that one is lost or found again. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Dialog } from "../../dialog.tsx";
import { Field, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { may } from "../../session.ts";
import { spellTime, t } from "../../words.ts";
import { spell } from "../state.ts";
import { nameOfAccount, type People } from "./people.ts";
import { Failed } from "./pieces.tsx";

type Phone = Schemas["Device"];

const PAGE = 50;
/** Space on a phone below which it is told, in megabytes. */
const LITTLE_MB = 100;

export function Phones({ people }: { people: People }) {
  const [cursors, setCursors] = useState<string[]>([]);
  const [chosen, choose] = useState<Phone>();
  const cursor = cursors.at(-1);
  const mayAsk = may("correct_work");
  const list = useAsked(`devices ${cursor} ${mayAsk}`, async () => (mayAsk ? told(api.GET("/api/v1/devices", { params: { query: { cursor, limit: PAGE } } })) : undefined));
  if (!mayAsk) return null;
  return (
    <section class="panel" aria-labelledby="phones">
      <h2 id="phones">{t("Điện thoại", "Phones")}</h2>
      {!list.told ? (list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />) : list.told.items.length === 0 ? <p class="empty">{t("Chưa có máy nào đăng ký.", "No phone is registered yet.")}</p> : (
        <>
          <ul class="cases">
            {list.told.items.map((one) => (
              <li key={one.device_id} class="account">
                <p>
                  <strong>{nameOfAccount(people, one.account_id)}</strong> <span class="soft">{one.app} {one.version}</span><br />
                  <span class={one.pending ? "warn" : "soft"}>{one.pending == null ? t("Chưa báo tình trạng.", "Has not said how it fares.") : one.pending === 0 ? t("Không còn gì chờ gửi.", "Nothing waits on it.") : t(`${spell(one.pending)} bản ghi chờ gửi${one.oldest_pending_at ? `, từ ${spellTime(one.oldest_pending_at)}` : ""}.`, `${spell(one.pending)} operations wait${one.oldest_pending_at ? `, since ${spellTime(one.oldest_pending_at)}` : ""}.`)}</span>
                  {one.storage_free_mb != null && one.storage_free_mb < LITTLE_MB && <span class="warn"> {t(`Máy sắp đầy (còn ${spell(one.storage_free_mb)} MB).`, `Almost full (${spell(one.storage_free_mb)} MB left).`)}</span>}
                  {one.reported_at && <><br /><span class="soft">{t("Báo lúc", "Told")} {spellTime(one.reported_at)}</span></>}
                </p>
                <span class={one.lost_at ? "fault" : "good"}>{one.lost_at ? (one.wiped_at ? t("mất, đã tự xóa", "lost, wiped") : t("mất, chờ tự xóa", "lost, to be wiped")) : t("đang dùng", "in use")}</span>
                <button type="button" class="quiet small" onClick={() => choose(one)}>{one.lost_at ? t("Đã tìm thấy", "It was found") : t("Báo mất", "It is lost")}<span class="unseen"> {nameOfAccount(people, one.account_id)}</span></button>
              </li>
            ))}
          </ul>
          <p class="deeds">
            {cursors.length > 0 && <button type="button" class="quiet small" onClick={() => setCursors(cursors.slice(0, -1))}>{t("Trang trước", "Before")}</button>}
            {list.told.next_cursor && <button type="button" class="quiet small" onClick={() => setCursors([...cursors, list.told!.next_cursor!])}>{t("Trang sau", "Next")}</button>}
          </p>
        </>
      )}
      {chosen && <Loss phone={chosen} whose={nameOfAccount(people, chosen.account_id)} close={() => choose(undefined)} done={() => { choose(undefined); list.again(); }} />}
    </section>
  );
}

function Loss({ phone, whose, close, done }: { phone: Phone; whose: string; close: () => void; done: () => void }) {
  const [reason, setReason] = useState("");
  const { busy, why, run } = useDeed();
  const lost = !phone.lost_at;
  return (
    <Dialog title={lost ? t(`Báo mất máy của ${whose}?`, `Is the phone of ${whose} lost?`) : t(`Máy của ${whose} đã tìm thấy?`, `Was the phone of ${whose} found?`)} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(async () => {
            await told(api.PUT("/api/v1/devices/{registered_device_id}/loss", { params: { path: { registered_device_id: phone.device_id } }, body: { lost, reason } }));
            done();
          });
        }}
      >
        <p>{lost ? t("Máy bị đăng xuất ngay và được lệnh xóa mọi thứ; việc còn gửi từ máy thì chờ duyệt chứ không mất. Tìm thấy thì báo lại ở đây.", "It is signed out at once and told to forget everything; what still comes from it is held, not lost. If it is found, say so here.") : t("Máy dùng lại được sau khi đăng nhập; những gì đã xóa thì không trở lại.", "It may be used again after signing in; what was wiped does not come back.")}</p>
        <Trouble why={why} />
        <Field id="loss-reason" label={t("Vì sao (không ghi tên)", "Why (no names)")} value={reason} typed={setReason} required maxLength={200} fault={faultAt(why, "/reason")} />
        <button class={lost ? "quiet danger" : undefined} disabled={busy}>{lost ? t("Báo mất", "It is lost") : t("Đã tìm thấy", "It was found")}</button>
      </form>
    </Dialog>
  );
}
