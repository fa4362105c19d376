// Runs before the first paint, blocking, so that nothing flashes in the wrong language or theme.
import { applyPreferences, applyTheme } from "./preferences.js";
import { installPolicy } from "./trusted.js";

installPolicy(WORKERS);
applyPreferences();
globalThis.qianbao = { applyTheme };
