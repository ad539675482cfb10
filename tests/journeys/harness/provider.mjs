// An identity provider that is not ours: one client, whoever types a name is believed, on the port of this machine that is named.
import Provider from "oidc-provider";

const [port, secret, back] = process.argv.slice(1);
const issuer = `http://localhost:${port}`;
const provider = new Provider(issuer, {
  clients: [{ client_id: "sandyq", client_secret: secret, redirect_uris: [back], response_types: ["code"], grant_types: ["authorization_code"] }],
  cookies: { keys: ["only for this journey"] },
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: "sales@example.com", email_verified: true }) }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log(port));
