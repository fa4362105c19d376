// Registers the service worker and tells the app when a newer build waits.
//
// Browsers look for a newer build when a page is loaded. A wallet may stay open for days, so it also looks when a person
// turns to it, and once an hour.
//
// A waiting build never takes over by itself: a person may be in the middle of a payment. The app hears the event
// `qianbao:update` on the window (or finds `qianbao.updateReady` true), asks, and calls `qianbao.applyUpdate()`, which
// hands over and reloads once.

const LOOK_EVERY_MS = 3_600_000;

let waiting;

function announce(worker) {
  waiting = worker;
  globalThis.qianbao.updateReady = true;
  dispatchEvent(new Event("qianbao:update"));
}

function watch(registration) {
  if (registration.waiting && navigator.serviceWorker.controller) announce(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming?.addEventListener("statechange", () => {
      // Without a controller this is the first installation: nothing is being replaced.
      if (coming.state === "installed" && navigator.serviceWorker.controller) announce(coming);
    });
  });
}

function keepLooking(registration) {
  const look = () => {
    // Without a network there is nothing newer; the next time will do.
    if (!document.hidden) registration.update().catch(() => {});
  };
  document.addEventListener("visibilitychange", look);
  setInterval(look, LOOK_EVERY_MS);
}

/** Registers `/service-worker.js` once the page is idle; in a watch build it removes an older registration instead. */
export function registerServiceWorker() {
  globalThis.qianbao.updateReady = false;
  globalThis.qianbao.applyUpdate = () => {
    if (!waiting) return;
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage({ type: "take-over" });
  };
  if (!("serviceWorker" in navigator)) return;
  const settle = async () => {
    if (WATCH) {
      const registrations = await navigator.serviceWorker.getRegistrations();
      await Promise.all(registrations.map((registration) => registration.unregister()));
      return;
    }
    // A private window or a full disk may refuse; the app then works without an offline start.
    try {
      const registration = await navigator.serviceWorker.register("/service-worker.js", { updateViaCache: "none" });
      watch(registration);
      keepLooking(registration);
    } catch (error) {
      console.info("no offline start:", error.message);
    }
  };
  if (document.readyState === "complete") settle();
  else addEventListener("load", settle, { once: true });
}
