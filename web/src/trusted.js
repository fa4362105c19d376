// The page's only Trusted Types policy, `default`. It runs before any other script.
//
// Leptos writes the static parts of a view through `innerHTML` of a template, so markup cannot be refused outright.
// What passes is inert by grammar: elements and attributes of the lists below, quoted values, entities, nothing else.
// No handler, no style, no frame, no form target, no address but one of this origin. Script addresses are those known
// when this file was built. Everything else throws, also when a flaw of the app brings foreign text here.

const ELEMENTS =
  "a abbr article aside b bdi br button canvas caption circle dd defs details div dl dt ellipse em fieldset figcaption " +
  "figure footer g h1 h2 h3 h4 header hr i img input kbd label legend li line linearGradient main mask meter nav ol " +
  "optgroup option output p path pattern picture polygon polyline progress rect s section select small span stop " +
  "strong sub summary sup svg symbol table tbody td text textarea tfoot th thead time tr tspan u ul use video wbr";

const ATTRIBUTES =
  "accept alt autocapitalize autocomplete autocorrect autofocus autoplay capture checked class clip-rule cols colspan " +
  "cx cy d datetime dir disabled dominant-baseline download draggable dx dy enterkeyhint fill fill-opacity fill-rule " +
  "focusable for gradientUnits height hidden href id inert inputmode label lang list loading max maxlength min " +
  "minlength multiple muted name novalidate offset opacity open paint-order pathLength pattern placeholder playsinline " +
  "points popover popovertarget preserveAspectRatio r readonly rel required role rows rowspan rx ry scope selected " +
  "shape-rendering size span spellcheck src step stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset " +
  "stroke-linecap stroke-linejoin stroke-opacity stroke-width tabindex target text-anchor title transform translate " +
  "type value vector-effect viewBox width wrap x x1 x2 xmlns y y1 y2";

const alternatives = (words) => words.split(" ").join("|");
const ATTRIBUTE = `(?:${alternatives(ATTRIBUTES)}|(?:aria|data)-[a-z0-9-]+)`;
const TAG = new RegExp(
  `<(?:${alternatives(ELEMENTS)})((?:\\s+${ATTRIBUTE}(?:="[^"<>]*")?)*)\\s*/?>|</(?:${alternatives(ELEMENTS)})>|<!>|<!---->`,
  "g",
);
// An address must lead to this origin: a path or a fragment, never a scheme or another host.
const ADDRESS = /\s(?:href|src)="(?!(?:\/(?![/\\])|#))/;

/** Whether `html` is inert by the grammar above. */
export function isInert(html) {
  let inert = true;
  const rest = html.replace(TAG, (_, attributes) => {
    if (attributes && ADDRESS.test(attributes)) inert = false;
    return "";
  });
  return inert && !rest.includes("<");
}

/** Installs the policy; `scripts` are the paths of workers this build has. Browsers without Trusted Types need none. */
export function installPolicy(scripts) {
  globalThis.trustedTypes?.createPolicy("default", {
    createHTML(html) {
      if (isInert(html)) return html;
      throw new TypeError("markup refused: it is not inert");
    },
    createScriptURL(url) {
      const address = new URL(url, location.origin);
      if (address.origin === location.origin && scripts.includes(address.pathname)) return url;
      throw new TypeError("script address refused: it is not part of this build");
    },
  });
}
