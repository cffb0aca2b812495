/** Who checks the records of a draw, who is late first; and giving to others what somebody has not told. Never what citizens said. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Loading, Trouble, useDeed } from "../../kit.tsx";
import { me } from "../../session.ts";
import { t } from "../../words.ts";
import { Done, Failed } from "../admin/pieces.tsx";
import { date } from "../report/numbers.ts";
import { spell } from "../state.ts";
import type { Draw } from "./trust.tsx";

type Verifier = Schemas["Verifier"];

const nameOfVerifier = (one: Verifier) => one.name ?? t("(tài khoản không còn)", "(an account that is gone)");

/** What came of passing somebody over. */
function spellGiven(one: Verifier, given: number): string {
  const name = nameOfVerifier(one);
  if (given === 0) return t(`Không ai khác được kiểm những bản ghi này: chúng ở lại với ${name}.`, `Nobody else may check these: they stay with ${name}.`);
  const left = one.open - given;
  return t(`Đã giao ${spell(given)} lượt gọi của ${name} cho người khác.`, `${spell(given)} calls of ${name} were given to others.`) + (left > 0 ? t(` ${spell(left)} lượt không ai khác được gọi nên ở lại.`, ` ${spell(left)} stay, for nobody else may make them.`) : "");
}

export function Verifiers({ draw }: { draw: Draw }) {
  const path = { draw_id: draw.draw_id };
  const list = useAsked(`verifiers ${draw.draw_id}`, () => told(api.GET("/api/v1/draws/{draw_id}/verifiers", { params: { path } })));
  const [asks, ask] = useState<string>();
  const [done, setDone] = useState<string>();
  const { busy, why, run } = useDeed();
  // Nobody has a say in who checks their own.
  const isOwnLot = me.value?.mass_union === draw.mass_union;
  const passOver = (one: Verifier) =>
    run(async () => {
      const { given } = await told(api.POST("/api/v1/draws/{draw_id}/passed-over", { params: { path }, body: { account_id: one.account_id } }));
      ask(undefined);
      setDone(spellGiven(one, given));
      list.again();
    });
  return (
    <section aria-labelledby="verifiers">
      <h3 id="verifiers">{t("Ai gọi lại", "Who calls")}</h3>
      <Trouble why={why} />
      <Done said={done} />
      {!list.told ? (list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />) : list.told.length === 0 ? <p class="empty">{t("Chưa giao cho ai.", "Nobody was given any.")}</p> : (
        <ul class="cases">
          {list.told.map((one) => (
            <li key={one.account_id}>
              <p><strong>{nameOfVerifier(one)}</strong>: {t(`đã báo ${spell(one.told)}, còn ${spell(one.open)}`, `${spell(one.told)} told, ${spell(one.open)} to be told`)} {one.late > 0 && <span class="badge grave">{t(`${spell(one.late)} quá hạn`, `${spell(one.late)} late`)}</span>}{one.due_on && <><br /><span class={one.late > 0 ? "fault" : "soft"}>{t("Hạn sớm nhất", "The first is due")} {date(one.due_on)}</span></>}</p>
              {one.open > 0 && draw.state === "drawn" && !isOwnLot && (asks === one.account_id
                ? <p class="deeds"><span class="soft">{t("Hạt giống chọn ai thay, không ai chọn được.", "The seed picks who follows; nobody chooses.")}</span><span class="deeds"><button type="button" class="small" disabled={busy} onClick={() => void passOver(one)}>{t(`Giao ${spell(one.open)} lượt`, `Give ${spell(one.open)} away`)}</button><button type="button" class="quiet small" onClick={() => ask(undefined)}>{t("Thôi", "No")}</button></span></p>
                : <p class="deeds"><button type="button" class="quiet small" onClick={() => ask(one.account_id)}>{t("Giao cho người khác", "Give to others")}<span class="unseen"> {nameOfVerifier(one)}</span></button></p>)}
            </li>
          ))}
        </ul>
      )}
      {draw.state === "drawn" && isOwnLot && <p class="soft">{t("Lô của chính đoàn, hội mình: trưởng nhóm bên kia hoặc Tổ công tác giao cho người khác.", "It is your own union's: a lead of the other one, or a commander, gives to others.")}</p>}
    </section>
  );
}
