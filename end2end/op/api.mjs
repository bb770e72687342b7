// The two documents of a workspace that a sign-in needs beside the authorization server: the host's own configuration,
// and who a token belongs to.

import { byId } from "./people.mjs";
import { sendJson } from "./wire.mjs";

export function hostConfig(issuer, options, res) {
  if (!options.hostConfig) {
    sendJson(res, 404, { error_code: "ENDPOINT_NOT_FOUND", message: "no such document" });
    return;
  }
  sendJson(res, 200, { oidc_endpoint: issuer, workspace_id: "8484", cloud: "AWS", host_type: "workspace" });
}

async function owner(provider, req) {
  const [, value] = /^Bearer (\S+)$/.exec(req.headers.authorization ?? "") ?? [];
  const token = value && (await provider.AccessToken.find(value));
  return token && byId(token.accountId);
}

export async function api(provider, req, res) {
  const person = await owner(provider, req);
  if (!person) {
    sendJson(res, 401, { error_code: 401, message: "Credential was not sent or was of an unsupported type for this API." });
    return;
  }
  req.note.user = person.id;
  if (req.method === "GET" && req.url.split("?")[0] === "/api/2.0/preview/scim/v2/Me") {
    sendJson(res, 200, { id: person.scimId, userName: person.email, displayName: person.name, active: true });
    return;
  }
  sendJson(res, 404, { error_code: "ENDPOINT_NOT_FOUND", message: "There is no data here, only people." });
}
