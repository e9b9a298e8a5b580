/** Who vouches for the tokens of others. */

/** RAM docs, "OIDC-based SSO". */
export interface OidcProvider {
  readonly issuer: string;
  readonly clientIds: readonly string[];
  /** SHA-1 of roots, at most five. */
  readonly fingerprints: readonly string[];
}

/** An identity provider as the Internet shows it. */
export interface OidcIssuer {
  readonly url: string;
  readonly publicKeyPem: string;
  /** SHA-1 of the root of the chain that it serves. */
  readonly root: string;
}
