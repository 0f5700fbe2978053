// Asks the sandbox with Zoom's own client for Node.
// In: {"zoom": what the sandbox says of itself, "refresh_token": one user's consent,
//      "calls": [["reader", "users", "users.listUsers", {"query": {}}], ...]}.
// Out: for each call {"status", "data"}, or {"error"} as the client words it.
//
// The API's address is an option of the client (`baseUrl`). That of the token host is none: it
// is a constant, so an interceptor of axios, which the client sends with, puts ours in its place.
import { text } from "node:stream/consumers";
import { AccountsS2SAuthClient } from "@zoom/rivet/accounts";
import { MeetingsS2SAuthClient } from "@zoom/rivet/meetings";
import { TeamChatClient, TeamChatS2SAuthClient } from "@zoom/rivet/teamchat";
import { UsersS2SAuthClient } from "@zoom/rivet/users";
import axios from "axios";

const PRODUCTS = {
  accounts: AccountsS2SAuthClient,
  meetings: MeetingsS2SAuthClient,
  teamchat: TeamChatS2SAuthClient,
  users: UsersS2SAuthClient,
};
const { zoom, refresh_token: refreshToken, calls } = JSON.parse(await text(process.stdin));

axios.interceptors.request.use((request) => {
  request.url = request.url.replace("https://zoom.us/oauth", zoom.oauth_url);
  return request;
});

function options(app) {
  return {
    clientId: zoom[app].client_id,
    clientSecret: zoom[app].client_secret,
    accountId: zoom.account_id,
    baseUrl: zoom.api_url,
    disableReceiver: true,
  };
}

// A consent that was given earlier: the client renews its token before it asks.
function consented() {
  let token = { accessToken: "", refreshToken, expirationTimeIso: new Date(0).toISOString() };
  const tokenStore = { getLatestToken: () => token, storeToken: (newer) => (token = newer) };
  const installerOptions = {};
  return new TeamChatClient({ ...options("user_app"), tokenStore, installerOptions });
}

function clientOf(app, product) {
  return app === "user_app" ? consented() : new PRODUCTS[product](options(app));
}

async function told([app, product, endpoint, asked]) {
  const key = `${app}/${product}`;
  clients[key] ??= clientOf(app, product);
  const call = endpoint.split(".").reduce((part, name) => part[name], clients[key].endpoints);
  try {
    const { statusCode, data } = await call(asked);
    return { status: statusCode, data };
  } catch (error) {
    return { error: error.message };
  }
}

const clients = {};
const answers = [];
for (const call of calls) {
  answers.push(await told(call));
}
console.log(JSON.stringify(answers));
