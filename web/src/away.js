// While nobody looks at the page its amounts are not drawn: task switchers keep a picture of it, and so do screen sharers.
//
// It is the document's business and not the app's, so that it holds at once, before anything is drawn anew.

/** Marks the document as `data-away` for as long as it is hidden. */
export function hideWhileAway() {
  const mark = () => document.documentElement.toggleAttribute("data-away", document.visibilityState === "hidden");
  document.addEventListener("visibilitychange", mark);
  // Some browsers take their picture when the page is put away, others before it is hidden.
  addEventListener("pagehide", () => document.documentElement.toggleAttribute("data-away", true));
  addEventListener("pageshow", mark);
}
