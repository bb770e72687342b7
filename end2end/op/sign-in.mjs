// The sign-in page: a button for each person, one form post. There are no passwords.

import { PEOPLE, byId } from "./people.mjs";
import { readForm, send } from "./wire.mjs";

function page(action) {
  const buttons = PEOPLE.map(
    ({ id, name, email }) => `<p><button name="user" value="${id}">${name} (${email})</button></p>`,
  ).join("\n");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sign in · oidc-provider</title>
<h1>Who is signing in?</h1>
<form method="post" action="${action}">
${buttons}
<p><button name="user" value="">Deny</button></p>
</form>
</html>
`;
}

/** What the person's choice grants: everything that the app asked for. */
async function approve(provider, interaction, person) {
  const { client_id: clientId, scope } = interaction.params;
  const grant = new provider.Grant({ accountId: person.id, clientId });
  grant.addOIDCScope(scope);
  return { login: { accountId: person.id, remember: false }, consent: { grantId: await grant.save() } };
}

export async function signIn(provider, req, res) {
  const path = req.url.split("?")[0];
  const interaction = await provider.interactionDetails(req, res);
  if (req.method === "GET") {
    send(res, 200, page(path), "text/html; charset=utf-8");
    return;
  }
  const person = byId((await readForm(req)).get("user"));
  if (person) req.note.user = person.id;
  const result = person
    ? await approve(provider, interaction, person)
    : { error: "access_denied", error_description: "The sign-in was denied" };
  await provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
}
