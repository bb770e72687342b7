// The second authorization server of the contract suite: npm oidc-provider under Databricks' paths.
//
//   node server.mjs --client-secret SECRET [--listen 127.0.0.1:0] [--redirect-uri URI] [--access-ttl 20s]
//
// Says on one line of JSON that it is ready, and ends when the program that started it closes its standard input.

import { createServer } from "node:http";
import { api, hostConfig } from "./api.mjs";
import { INTERACTION, makeAuthority } from "./authority.mjs";
import { control, note, strike } from "./controls.mjs";
import { injure } from "./faults.mjs";
import { readOptions } from "./options.mjs";
import { signIn } from "./sign-in.mjs";
import { sendJson } from "./wire.mjs";

const AUTHORIZE = "/oidc/v1/authorize";

const options = readOptions(process.argv.slice(2));
const server = createServer();
await new Promise((resolve, reject) => {
  server.once("error", reject);
  server.listen(options.port, options.host, resolve);
});
const host = `http://${options.host}:${server.address().port}`;
const issuer = `${host}/oidc`;
const provider = makeAuthority(issuer, options);
const authorize = provider.callback();

/** Whoever signed in before with this browser, a sign-in begins anew; and as at Databricks, `offline_access` needs no `prompt`. */
function beginAnew(req, path) {
  const cookies = (req.headers.cookie ?? "").split("; ").filter((cookie) => !cookie.startsWith("_session"));
  req.headers.cookie = cookies.join("; ");
  if (path === AUTHORIZE && req.url.includes("?")) req.url += "&prompt=consent";
}

async function route(req, res) {
  const path = req.url.split("?")[0];
  if (path.startsWith("/local/")) return control(req, res);
  if (path === "/.well-known/databricks-config") return hostConfig(issuer, options, res);
  if (path.startsWith("/api/")) return api(provider, req, res);
  if (path.startsWith(INTERACTION)) return signIn(provider, req, res);
  if (!path.startsWith("/oidc/")) return sendJson(res, 404, { message: "nothing here" });
  if (path.startsWith(AUTHORIZE)) beginAnew(req, path);
  req.originalUrl = req.url;
  req.url = req.url.slice("/oidc".length);
  return authorize(req, res);
}

server.on("request", async (req, res) => {
  note(req, res);
  const work = () => route(req, res);
  const fault = strike(req);
  try {
    await (fault ? injure(fault, res, work) : work());
  } catch (error) {
    const status = error.statusCode ?? 500;
    if (res.headersSent) res.destroy();
    else sendJson(res, status, { error: error.error ?? "server_error", error_description: error.message });
  }
});

// The parent's end closes the pipe, however the parent ends: no process is left behind.
process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0)).resume();
console.log(JSON.stringify({ event: "ready", host, client_id: options.clientId, warehouse_id: "8484" }));
