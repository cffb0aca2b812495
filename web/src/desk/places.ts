/** Where an office can be: in the communes of one's own unit; of a single commune, in its villages too. */
import { api, type Schemas, told } from "../api.ts";
import { type Asked, useAsked } from "../ask.ts";
import { me } from "../session.ts";

type Unit = Schemas["Unit"];

async function read(level: "commune" | "village"): Promise<Unit[]> {
  const query = { within: me.value!.unit_id, level, limit: 200 } as const;
  return (await told(api.GET("/api/v1/units", { params: { query } }))).items;
}

export function usePlaces(): Asked<Unit[]> {
  return useAsked("places", async () => {
    const communes = await read("commune");
    return communes.length > 1 ? communes : [...communes, ...(await read("village"))];
  });
}
