// Chromium's virtual authenticator: makes and uses passkeys like a phone's, without a person.

import type { BrowserContext, CDPSession, Page } from "@playwright/test";

export class Authenticator {
  private constructor(
    private readonly cdp: CDPSession,
    private readonly id: string,
  ) {}

  /** One for `page`, whose person is recognised. With `hasPrf` its passkeys have a secret for the site. */
  static async of(page: Page, { hasPrf = false } = {}): Promise<Authenticator> {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("WebAuthn.enable");
    const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        ctap2Version: "ctap2_1",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        hasPrf,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new Authenticator(cdp, authenticatorId);
  }

  /** Whether it recognises who touches it from now on. */
  async recognises(isUserVerified: boolean): Promise<void> {
    await this.cdp.send("WebAuthn.setUserVerified", { authenticatorId: this.id, isUserVerified });
  }

  /** How many passkeys it holds. */
  async count(): Promise<number> {
    const { credentials } = await this.cdp.send("WebAuthn.getCredentials", { authenticatorId: this.id });
    return credentials.length;
  }
}

/** A browser that knows nothing of passkeys. Given to a visit as `prepare`. */
export function withoutPasskeys(context: BrowserContext): Promise<unknown> {
  return context.addInitScript(() => {
    Reflect.deleteProperty(globalThis, "PublicKeyCredential");
  });
}
