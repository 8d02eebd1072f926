/** Addresses that carry something: where to go after signing in, and one-time tokens. */

/** Where somebody wanted to go before they had to sign in: a path of ours, never another site. */
export function afterwards() {
  const wanted = new URLSearchParams(location.search).get("next") ?? "";
  return /^\/(?![/\\])/.test(wanted) ? wanted : "/start";
}

/** The page for what a sign-in still lacks; from there one goes on to where one wanted to go. */
export function unfinished(needs) {
  return { code: "/sign-in/code", enrolment: "/account" }[needs] + location.search;
}

/** The token after the #, taken out of the address bar so that it stays in no history. */
export function takeToken() {
  const token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  return token;
}
