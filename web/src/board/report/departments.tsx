/** Whose figures somebody enters: an administrator names the departments; without any, those of all. */
import { useState } from "preact/hooks";

import { api, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Choice, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { t } from "../../words.ts";

const ALL_ROWS = 200;

async function readAll() {
  const [reporters, catalogue] = await Promise.all([
    told(api.GET("/api/v1/accounts", { params: { query: { role: "reporter", limit: ALL_ROWS } } })),
    told(api.GET("/api/v1/indicators", { params: { query: { limit: ALL_ROWS } } })),
  ]);
  // Those who answer for something still.
  const owners = catalogue.items.flatMap((one) => one.owners.filter((own) => !own.valid_to).map((own) => own.owner));
  return { reporters: reporters.items.filter((one) => one.state !== "disabled"), known: [...new Set(owners)].sort((one, other) => one.localeCompare(other, "vi")) };
}

export function Departments() {
  const all = useAsked("reporters", readAll);
  const [chosen, choose] = useState("");
  return (
    <section class="panel" aria-labelledby="departments">
      <h2 id="departments">{t("Ai nhập số của cơ quan nào", "Who enters whose figures")}</h2>
      {!all.told ? (all.why === undefined ? <Loading /> : <Trouble why={all.why} />) : all.told.reporters.length === 0 ? (
        <p class="empty">{t("Chưa có tài khoản nhập số nào.", "Nobody has an account to enter figures.")}</p>
      ) : (
        <>
          <Choice id="reporter" label={t("Người nhập số", "Who enters figures")} value={chosen} chosen={choose}>
            <option value="">{t("Chọn một người", "Choose somebody")}</option>
            {all.told.reporters.map((one) => <option key={one.account_id} value={one.account_id}>{one.name}</option>)}
          </Choice>
          {chosen && <Own key={chosen} account_id={chosen} known={all.told.known} />}
        </>
      )}
    </section>
  );
}

function Own({ account_id, known }: { account_id: string; known: string[] }) {
  const path = { account_id };
  const standing = useAsked(`departments ${account_id}`, () => told(api.GET("/api/v1/accounts/{account_id}/departments", { params: { path } })));
  const [changed, change] = useState<string[]>();
  const [said, say] = useState("");
  const { busy, why, run } = useDeed();
  if (!standing.told) return standing.why === undefined ? <Loading /> : <Trouble why={standing.why} />;
  const own = changed ?? standing.told.departments;
  const shown = [...new Set([...known, ...own])];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          await told(api.PUT("/api/v1/accounts/{account_id}/departments", { params: { path }, body: { departments: own } }));
          say(own.length === 0 ? t("Đã ghi: nhập số của mọi cơ quan.", "Written: figures of all.") : t("Đã ghi.", "Written."));
        });
      }}
    >
      <Trouble why={why} />
      <fieldset class="radios villages">
        <legend>{t("Chỉ nhập số của (không chọn: mọi cơ quan)", "Only figures of (none chosen: of all)")}</legend>
        {shown.map((name) => (
          <label key={name} class="check">
            <input
              type="checkbox" checked={own.includes(name)}
              onChange={(event) => { say(""); change(event.currentTarget.checked ? [...own, name] : own.filter((one) => one !== name)); }}
            />{" "}
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      {faultAt(why, "/departments") && <p class="fault">{faultAt(why, "/departments")}</p>}
      <div class="deeds"><button disabled={busy || !changed}>{t("Ghi", "Write it")}</button><span class="good" role="status">{said}</span></div>
    </form>
  );
}
