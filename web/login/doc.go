// Package login lets people in whom an OpenID Connect provider has recognised: code flow with PKCE, and a session that a cookie names.
//
// What it promises:
//
//   - A sign-in is finished by the browser that began it, once, within ten minutes; with a code that only this client can redeem.
//   - An ID token counts only if the provider's own key has signed it (never "none", never a shared secret), for this client, with the
//     nonce of this sign-in, and before it expires. What the provider says of the person besides must be of the same subject.
//   - A session has a name of its own, by chance, made at sign-in; what is kept of it here cannot open it. It ends when it is ended,
//     when nobody uses it for an hour, after ten hours, and as soon as its subject is linked to nobody, or to somebody else.
//   - With a cookie alone nothing is changed from another site.
//
// What it does not: sessions are kept in memory, so that a restart ends all; the provider is not asked again while one lasts.
package login
