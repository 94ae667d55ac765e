import createClient from "openapi-fetch";
import type { paths } from "./api.js";

const [url, token, group] = process.argv.slice(2) as [string, string, string];
const registre = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });

function must<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) throw new Error(`${answer.response.status} ${JSON.stringify(answer.error)}`);
  return answer.data;
}

const path = { group };
const weights = must(await registre.GET("/v1/groups/{group}/weights", { params: { path, query: { body: "ag", at: "2022-01-01", known: "900" } } }));
const total: string | undefined = weights.total;
const members: string[] = (weights.members ?? []).map((m) => `${m.member} ${m.weight}`);

const command = {
  command: "set-obligation" as const, group, id: crypto.randomUUID(), effective: "2024-01-01",
  data: { article: crypto.randomUUID(), basis: "convention" as const, text: "Transmettre." },
};
const first = must(await registre.POST("/v1/groups/{group}/commands", { params: { path, query: { receipt: true } }, body: command }));
const again = must(await registre.POST("/v1/groups/{group}/commands", { params: { path }, body: command }));
const moved = await registre.POST("/v1/groups/{group}/commands", {
  params: { path, query: { expected_number: 3 } }, body: { ...command, id: crypto.randomUUID() },
});
const code: string | undefined = moved.error?.code;

console.log(JSON.stringify({ total, members: members.length, repeated: again.first === first.first && again.repeated, receipt: !!first.receipt, code }));
