// When a page shows something, by the clock of the machine, which all pages share. Seen by the page itself: the test
// program looks only now and then, and what it measures would be its own pauses.

import type { Page } from "@playwright/test";

/** The moment an element that `selector` finds first shows `text`. Ask before it is due; the page must not be loaded anew. */
export function shownAt(page: Page, selector: string, text: string): Promise<number> {
  return page.evaluate(
    ([selector, text]) =>
      new Promise<number>((resolve) => {
        const isShown = () => [...document.querySelectorAll(selector)].some((element) => element.textContent?.includes(text) && element.checkVisibility());
        const look = () => {
          if (!isShown()) return;
          observer.disconnect();
          resolve(Date.now());
        };
        const observer = new MutationObserver(look);
        observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
        look();
      }),
    [selector, text],
  );
}

/** The moment the page's address comes to `path`. */
export function cameTo(page: Page, path: string): Promise<number> {
  return page.evaluate(
    (path) =>
      new Promise<number>((resolve) => {
        const navigation = (globalThis as unknown as { navigation: EventTarget }).navigation;
        const look = () => {
          if (location.pathname !== path) return;
          navigation.removeEventListener("currententrychange", look);
          resolve(Date.now());
        };
        navigation.addEventListener("currententrychange", look);
        look();
      }),
    path,
  );
}
