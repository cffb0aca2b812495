/** By which plans it is sampled, and what each lets through. */
import { api, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Loading } from "../../kit.tsx";
import { t } from "../../words.ts";
import { Failed } from "../admin/pieces.tsx";
import { nameOf, spell } from "../state.ts";
import { spellShare } from "./trust.tsx";

const PLANS: [string, string][] = [
  ["light", t("Nhẹ", "Light")],
  ["standard", t("Thường", "Standard")],
  ["strict", t("Chặt", "Strict")],
  ["tight", t("Rất chặt", "Tight")],
];

export function Plans() {
  const plans = useAsked("plans", () => told(api.GET("/api/v1/sampling-plans")));
  const names = [t("Kiểm", "Checked"), t("Cho phép sai", "Failures allowed"), t("Khi nào", "When"), t("Lọt qua nếu sai", "Passes if so many are wrong")];
  return (
    <section class="panel below-panel" aria-labelledby="plans">
      <h2 id="plans">{t("Cách rút mẫu", "How it is sampled")}</h2>
      {!plans.told ? (plans.why === undefined ? <Loading /> : <Failed why={plans.why} again={plans.again} />) : (
        <table class="rows">
          <thead><tr><th scope="col">{t("Cách", "Plan")}</th><th scope="col" class="number">{names[0]}</th><th scope="col" class="number">{names[1]}</th><th scope="col">{names[2]}</th><th scope="col">{names[3]}</th></tr></thead>
          <tbody>
            {plans.told.map((one) => (
              <tr key={one.plan}>
                <th scope="row">{nameOf(PLANS, one.plan)}</th>
                <td class="number" data-label={names[0]}>{spell(one.sample_size)}</td>
                <td class="number" data-label={names[1]}>{spell(one.failures_max)}</td>
                <td class="whole" data-label={names[2]} lang="vi">{one.used_when}</td>
                <td class="whole" data-label={names[3]}>{one.passes.map((pass) => `${pass.wrong_percent} %: ${spellShare(pass.chance)}`).join("; ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
