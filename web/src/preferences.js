// Language and theme as kept in this browser, set on the document before the first paint.
//
// The apps write the same keys: `qianbao.language` is `zh` or `en`, `qianbao.theme` is `light` or `dark`, both absent
// until the person chooses. The document then has `lang` and `data-theme`, always resolved to one of the two.

/** The value under `key`, or null where the browser keeps nothing (a private window may refuse). */
function kept(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** `light` or `dark`: what the person chose, else what the system wants. */
function theme(dark) {
  const chosen = kept("qianbao.theme");
  if (chosen === "light" || chosen === "dark") return chosen;
  return dark.matches ? "dark" : "light";
}

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

/** Sets `data-theme`, and gives the browser's frame the same paper. The apps call it after a change of the choice. */
export function applyTheme() {
  const now = theme(systemIsDark);
  document.documentElement.dataset.theme = now;
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
    meta.content = now === "dark" ? "#101614" : "#f6f4ee";
  }
}

/** Sets `lang`, the title and the manifest in that language, and the theme, which then follows the system. */
export function applyPreferences() {
  const chosen = kept("qianbao.language");
  const chinese = chosen ? chosen === "zh" : /^zh\b/i.test(navigator.language);
  document.documentElement.lang = chinese ? "zh-CN" : "en";
  if (!chinese) {
    const title = document.querySelector("title");
    if (title) title.textContent = title.dataset.en;
    const manifest = document.querySelector('link[rel="manifest"]');
    if (manifest) manifest.href = "/manifest.en.webmanifest";
  }
  applyTheme();
  systemIsDark.addEventListener("change", applyTheme);
}
