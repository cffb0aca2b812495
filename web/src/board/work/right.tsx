/** One request with whom it is about: acknowledged, given more time once, settled, and a restriction lifted. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Dialog } from "../../dialog.tsx";
import { Field, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { spellTime, t } from "../../words.ts";
import { useNames } from "../admin/people.ts";
import { Failed } from "../admin/pieces.tsx";
import { labelOf, type Units } from "../admin/units.ts";
import { date } from "../report/numbers.ts";
import { nameOf } from "../state.ts";
import { KINDS, Left, type Request, stateName } from "./rights.tsx";
import { GROUNDS, Settle } from "./settle.tsx";

const SHOWN_BY: Record<string, string> = {
  card: t("đã đưa thẻ", "showed their card"),
  code: t("bằng mã trên phiếu hẹn: xem lại họ là ai trước khi làm", "by the code of a slip: look again at who they are"),
  staff: t("người phụ trách nhận ra, không có thẻ: xem lại họ là ai trước khi làm", "known to staff, without a card: look again at who they are"),
};

interface Props {
  id: string;
  units: Units | undefined;
  close: () => void;
  changed: () => void;
}

export function OneRequest({ id, units, close, changed }: Props) {
  const path = { rights_request_id: id };
  const found = useAsked(id, () => told(api.GET("/api/v1/rights-requests/{rights_request_id}", { params: { path } })));
  const [said, say] = useState<string>();
  const { busy, why, run } = useDeed();
  const nameOfAccount = useNames();
  if (!found.told) return <Dialog title={t("Yêu cầu", "A request")} close={close}>{found.why === undefined ? <Loading /> : <Failed why={found.why} again={found.again} />}</Dialog>;
  const { request, name, id_tail, words, extension_reason, answer } = found.told;
  const isOpen = !request.settled_at;
  const done = (words: string) => {
    say(words);
    found.again();
    changed();
  };
  // Once it is settled the request itself says no more who it was.
  const facts: [string, string | false | null | undefined][] = [
    [t("Ai", "Who"), name ? `${name}${id_tail ? ` (…${id_tail})` : ""}` : id_tail ? `…${id_tail}` : isOpen && t("không giữ gì của người này", "nothing is kept of them")],
    [t("Chứng minh bằng", "Shown by"), SHOWN_BY[request.shown_by] ?? request.shown_by],
    [t("Nhận", "Received"), `${spellTime(request.received_at)}${request.received_by ? `, ${nameOfAccount(request.received_by)}` : ""}`],
    [t("Xác nhận chậm nhất", "Acknowledged by"), request.acknowledged_at ? t(`đã xác nhận ${spellTime(request.acknowledged_at)}`, `acknowledged ${spellTime(request.acknowledged_at)}`) : date(request.acknowledge_by)],
    [t("Trả lời chậm nhất", "Settled by"), date(request.due_on)],
    [t("Gia hạn vì", "More time because"), extension_reason],
    [t("Cụ thể", "What exactly"), words],
    [t("Giải quyết", "Settled"), request.settled_at && `${stateName(request.state)} ${spellTime(request.settled_at)}${request.settled_by ? `, ${nameOfAccount(request.settled_by)}` : ""}`],
    [t("Căn cứ từ chối", "Ground"), request.ground && nameOf(GROUNDS, request.ground)],
    [t("Đã trả lời", "Answer"), answer],
  ];
  return (
    <Dialog title={nameOf(KINDS, request.kind)} close={close} wide>
      <p><Left one={request} /> <span class="soft">{labelOf(units, request.unit_id)}</span></p>
      <dl class="sent">{facts.map(([word, value]) => value && <div key={word}><dt>{word}</dt><dd>{value}</dd></div>)}</dl>
      <Trouble why={why} />
      <p class="good" role="status">{said}</p>
      {isOpen && (
        <>
          <div class="deeds">
            {!request.acknowledged_at && <button type="button" class="small" disabled={busy} onClick={() => void run(async () => { await told(api.POST("/api/v1/rights-requests/{rights_request_id}/acknowledgement", { params: { path } })); done(t("Đã ghi: người dân được báo là yêu cầu đã đến.", "The person was told that it came.")); })}>{t("Đã báo cho người dân", "They were told that it came")}</button>}
            {request.kind === "access" && <a class="button quiet small" href={`/api/v1/rights-requests/${id}/copy.html`} target="_blank" rel="noopener">{t("Mở bản sao để in", "Open the copy to print")}</a>}
          </div>
          <Settle request={request} done={() => done(t("Đã giải quyết.", "It is settled."))} />
          {!request.extended_at && <Extend request={request} done={() => done(t("Đã gia hạn; hãy báo lý do cho người dân.", "It got more time; tell the person why."))} />}
        </>
      )}
      {request.kind === "restrict" && request.state === "done" && (
        <div class="deeds"><button type="button" class="quiet small" disabled={busy} onClick={() => void run(async () => { await told(api.POST("/api/v1/rights-requests/{rights_request_id}/lifting", { params: { path } })); done(t("Đã thôi hạn chế: lại có trong danh sách và được gọi như trước.", "The restriction is lifted: they are on lists and called as before.")); })}>{t("Người dân muốn thôi hạn chế", "They want it lifted")}</button></div>
      )}
    </Dialog>
  );
}

function Extend({ request, done }: { request: Request; done: () => void }) {
  const [reason, setReason] = useState("");
  const { busy, why, run } = useDeed();
  return (
    <details class="history">
      <summary>{t("Cần thêm thời gian (chỉ một lần)", "More time is needed (once)")}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(async () => {
            const body: Schemas["ExtendRightsRequest"] = { reason: reason.trim() };
            await told(api.POST("/api/v1/rights-requests/{rights_request_id}/extension", { params: { path: { rights_request_id: request.rights_request_id } }, body }));
            done();
          });
        }}
      >
        <Trouble why={why} />
        <Field id="extend-reason" label={t("Vì sao (người dân được báo)", "Why (the person is told)")} value={reason} typed={setReason} required maxLength={500} fault={faultAt(why, "/reason")} />
        <div class="deeds"><button class="quiet" disabled={busy}>{t("Gia hạn", "Take more time")}</button></div>
      </form>
    </details>
  );
}
