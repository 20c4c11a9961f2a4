// What k6 runs: one order a row, the rows shared among the virtual users.
import http from "k6/http";
import { SharedArray } from "k6/data";
import exec from "k6/execution";

const rows = new SharedArray("rows", () => open("payroll.csv").replaceAll(`"`, "").trim().split("\n").slice(1));

export const options = {
  scenarios: {
    send: { executor: "shared-iterations", vus: Number(__ENV.USERS), iterations: Number(__ENV.ROWS), maxDuration: "10m" },
  },
  summaryTrendStats: ["avg"],
};

const params = { headers: { "Content-Type": "application/json", "X-Access-Token": __ENV.KEY } };

export default function () {
  const [phone, plan, amount, id] = rows[exec.scenario.iterationInTest].split(",");
  const order = { plan_code: plan, MSSIDN: phone, amount: Number(amount), ref: `bench-${id}` };
  http.post(`${__ENV.URL}/v3/mobile/send`, JSON.stringify(order), params);
}
