// The service worker of an app: keeps one build and serves it without the network.
//
// PRECACHE and VERSION are written in at build time: every file of the first load by its hashed name, and `/`.
// - Navigations get the kept page, whatever the path: the app routes by itself. It keeps the headers it came with, the
//   content security policy included.
// - Hashed files are served from the cache, and files of this build not kept yet (the scanner) are kept on first use.
// - `/v1` and everything else goes to the network untouched: answers about money are never cached here.
// - A new build waits until the page sends `{type: "take-over"}`; its first installation takes over at once.

const CACHE = `build-${VERSION}`;
const FILES = new Set(PRECACHE);
const ON_DEMAND = new Set(LATER);
// Trunk writes its hash without leading zeros.
const HASHED = /-[0-9a-f]{8,16}[._]/;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      // A hashed name never changes its content, so the page's own download is good; anything else is asked for anew:
      // a page of an older build in the HTTP cache must not come in here.
      const request = (path) => new Request(path, { cache: HASHED.test(path) ? "force-cache" : "no-cache" });
      await cache.addAll(PRECACHE.map(request));
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      await Promise.all(names.filter((name) => name.startsWith("build-") && name !== CACHE).map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", (event) => {
  if (event.data?.type === "take-over") self.skipWaiting();
});

/** The kept answer, else the network's. */
async function keptFirst(path, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

/** The kept answer, else the network's, kept for the next time. */
async function keepOnUse(path, request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(path);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(path, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (address.pathname.startsWith("/v1/") || address.pathname.startsWith("/.well-known/")) return;
  if (request.mode === "navigate") event.respondWith(keptFirst("/", request));
  else if (FILES.has(address.pathname)) event.respondWith(keptFirst(address.pathname, request));
  else if (ON_DEMAND.has(address.pathname)) event.respondWith(keepOnUse(address.pathname, request));
});
