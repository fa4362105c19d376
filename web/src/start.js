// Starts the app: fetches the wasm under its digest, runs it, takes the static shell away, registers the service worker.
//
// The build writes glue and wasm as preload links with their digests; they are read from there. Browsers check the
// glue's themselves, a fetch preload's not, so the fetch carries it. When the app cannot start, or dies later (a panic ends
// a wasm instance for good), the page shows `#failed` with a way to reload: a dead screen with a balance on it is worse.
import { registerServiceWorker } from "./updates.js";

// Loads the scanner (see scanner/scanner.js) when it is first needed; the desk has none.
if (SCANNER) globalThis.qianbao.scanner = () => import(SCANNER);

function showFailure() {
  shell?.remove();
  const failed = document.getElementById("failed");
  if (failed) failed.hidden = false;
}

function isFatal(reason) {
  return reason instanceof WebAssembly.RuntimeError;
}

async function start() {
  const wasm = document.querySelector('link[rel="preload"][as="fetch"]');
  const glue = document.querySelector('link[rel="modulepreload"]');
  const answer = fetch(wasm.href, { integrity: wasm.dataset.integrity, credentials: "same-origin" });
  const { default: init } = await import(glue.href);
  await init({ module_or_path: answer });
}

// The app first opens what the device keeps, then puts itself on the page: only then is there something to show instead.
const shell = document.getElementById("shell");
const arrival = new MutationObserver(() => {
  if (!document.querySelector("body > main, body > div:not(#shell, #failed)")) return;
  arrival.disconnect();
  shell?.remove();
});
arrival.observe(document.body, { childList: true });

addEventListener("error", (event) => isFatal(event.error) && showFailure());
addEventListener("unhandledrejection", (event) => isFatal(event.reason) && showFailure());
document.getElementById("reload")?.addEventListener("click", () => location.reload());

start().catch((error) => {
  console.error(error);
  showFailure();
});
registerServiceWorker();
