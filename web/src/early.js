// Runs before the first paint, blocking, so that nothing flashes in the wrong language or theme.
import { hideWhileAway } from "./away.js";
import { applyPreferences, applyTheme } from "./preferences.js";
import { installPolicy } from "./trusted.js";

installPolicy(WORKERS);
applyPreferences();
hideWhileAway();
globalThis.qianbao = { applyTheme };
