/** Putting a team together, or changing who is in it. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Dialog } from "../../dialog.tsx";
import { Choice, Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { usePress } from "../../press.ts";
import { me } from "../../session.ts";
import { t } from "../../words.ts";
import { fits } from "../admin/lists.ts";
import { type Account, byGivenName, type People } from "../admin/people.ts";
import { useSome } from "../admin/pieces.tsx";
import { communesOf, isWithin, labelOf, type Units } from "../admin/units.ts";
import { nameOf, spell } from "../state.ts";
import { WHOSE } from "./campaign-targets.tsx";
import type { Campaign } from "./campaigns.tsx";
import type { Team } from "./teams.tsx";

interface Props {
  /** The one that is changed; none: a new one. */
  team: Team | undefined;
  campaign: Campaign;
  people: People;
  units: Units;
  close: () => void;
  written: (said: string) => void;
}

const UNIONS = WHOSE.filter(([word]) => word !== "all");

export function TeamForm({ team, campaign, people, units, close, written }: Props) {
  const communes = communesOf(units).filter((one) => !units.has(campaign.unit_id) || isWithin(units, one.unit_id, campaign.unit_id));
  const [name, setName] = useState(team?.name ?? "");
  const [commune, setCommune] = useState(String(team?.unit_id ?? (communes.length === 1 ? communes[0]!.unit_id : "")));
  const [union, setUnion] = useState(team?.mass_union ?? (me.value?.mass_union === "women" ? "women" : "youth"));
  const [members, setMembers] = useState<string[]>(team?.account_ids ?? []);
  const [typed, type] = useState("");
  const press = usePress();
  const { busy, why, run } = useDeed();
  const unit_id = Number(commune);
  const mayJoin = (one: Account) => (one.role === "volunteer" || one.role === "lead") && one.state !== "disabled" && one.mass_union === union && isWithin(units, one.unit_id, unit_id);
  const found = people.rows.filter((one) => mayJoin(one) && (members.includes(one.account_id) || typed.trim() === "" || fits(typed, one.name))).sort(byGivenName);
  const { some, more } = useSome(found, 40);
  const anew = (set: (word: string) => void) => (word: string) => {
    set(word);
    setMembers([]);
  };
  return (
    <Dialog title={team ? t(`Đổi ${team.name}`, `Change ${team.name}`) : t("Lập đội", "Form a team")} close={close} wide>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(async () => {
            const words = { name: name.trim(), account_ids: members };
            if (team) await told(api.PATCH("/api/v1/teams/{team_id}", { params: { path: { team_id: team.team_id } }, body: words }));
            else {
              const body = { ...words, unit_id, mass_union: union as Schemas["MassUnion"] };
              await press(body, (key) => told(api.POST("/api/v1/campaigns/{campaign_id}/teams", { params: { path: { campaign_id: campaign.campaign_id }, header: { "Idempotency-Key": key } }, body })));
            }
            written(t(`${words.name} có ${spell(members.length)} người.`, `${words.name} has ${spell(members.length)} people.`));
          });
        }}
      >
        <Trouble why={why} />
        <Field id="team-name" label={t("Tên đội", "Name")} value={name} typed={setName} required maxLength={120} fault={faultAt(why, "/name")} />
        {team ? <p class="soft">{nameOf(WHOSE, team.mass_union)}, {labelOf(units, team.unit_id)}</p> : (
          <div class="pair">
            <Choice id="team-commune" label={t("Xã, phường", "Commune")} value={commune} chosen={anew(setCommune)} fault={faultAt(why, "/unit_id")}>
              <option value="">{t("chọn xã, phường", "choose a commune")}</option>
              {communes.map((one) => <option key={one.unit_id} value={String(one.unit_id)}>{one.name}</option>)}
            </Choice>
            <Choice id="team-union" label={t("Đoàn thể", "Union")} value={union} chosen={anew(setUnion)}>{UNIONS.map(([word, title]) => <option key={word} value={word}>{title}</option>)}</Choice>
          </div>
        )}
        {commune !== "" && (
          <>
            {people.rows.filter(mayJoin).length > 12 && <Field id="member-find" label={t("Tìm người", "Find somebody")} value={typed} typed={type} />}
            <fieldset class="radios villages">
              <legend>{t(`Thành viên (${spell(members.length)})`, `Members (${spell(members.length)})`)}</legend>
              {found.length === 0 && <p class="soft">{t("Không có ai của đoàn thể này trong xã.", "Nobody of this union is in the commune.")}</p>}
              {some.map((one) => (
                <label key={one.account_id} class="check">
                  <input type="checkbox" checked={members.includes(one.account_id)} onChange={(event) => setMembers(event.currentTarget.checked ? [...members, one.account_id] : members.filter((id) => id !== one.account_id))} />
                  <span>{one.name}{one.role === "lead" && <span class="soft"> ({t("trưởng nhóm", "lead")})</span>}</span>
                </label>
              ))}
              {more}
            </fieldset>
          </>
        )}
        <div class="deeds"><button disabled={busy || members.length === 0}>{team ? t("Ghi", "Write it") : t("Lập đội", "Form it")}</button></div>
      </form>
    </Dialog>
  );
}
