// The controls under /local/: the local workspace's, so that a test speaks to either server in the same words.

import { expireAll } from "./store.mjs";
import { readJson, sendJson } from "./wire.mjs";

const MOST_ENTRIES = 5_000;

const log = [];
let faults = [];
let lastFault = 0;

/** Writes a request down; handlers fill in what they learn about it. */
export function note(req, res) {
  const path = req.url.split("?")[0];
  const entry = { time: new Date().toISOString(), method: req.method, path, status: null, grant_type: null, user: null };
  req.note = entry;
  if (path.startsWith("/local/")) return;
  log.push(entry);
  if (log.length > MOST_ENTRIES) log.shift();
  res.on("finish", () => (entry.status = res.statusCode));
}

function meets(rule, method, path) {
  if (rule.method && rule.method.toUpperCase() !== method) return false;
  if (!rule.path.includes("*")) return path.startsWith(rule.path);
  const pattern = rule.path.split("*").map((piece) => piece.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`).test(path);
}

/** The fault for this request, with one of its times used up. */
export function strike(req) {
  const path = req.url.split("?")[0];
  if (path.startsWith("/local/")) return undefined;
  const fault = faults.find((one) => one.left !== 0 && meets(one.rule, req.method, path));
  if (fault?.left !== undefined) fault.left -= 1;
  return fault?.rule;
}

const DOES = ["status", "delay_ms", "hang", "cut"];
const MAY_SAY = ["method", "path", "body", "content_type", "headers", "after", "times", ...DOES];

function add(rule) {
  const unknown = Object.keys(rule).filter((name) => !MAY_SAY.includes(name));
  if (!rule.path || unknown.length > 0) throw new Error(`path is missing, or not known: ${unknown}`);
  if (!DOES.some((name) => rule[name])) throw new Error("the fault does nothing: set status, delay_ms, hang or cut");
  lastFault += 1;
  faults.push({ rule, left: rule.times });
  return lastFault;
}

export async function control(req, res) {
  const done = () => res.writeHead(204).end();
  switch (`${req.method} ${req.url.split("?")[0]}`) {
    case "GET /local/requests":
      return sendJson(res, 200, { requests: log });
    case "DELETE /local/requests":
      log.length = 0;
      return done();
    case "POST /local/faults":
      return sendJson(res, 201, { id: add(await readJson(req)) });
    case "DELETE /local/faults":
      faults = [];
      return done();
    case "POST /local/expire-all-tokens":
      expireAll((await readJson(req)).refresh === true);
      return done();
    default:
      return sendJson(res, 404, { message: "no such control" });
  }
}
