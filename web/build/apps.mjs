// The browser apps and what each is made of, for the build scripts.

export const apps = {
  // `split` names the program whose wasm is loaded in two parts; see split.mjs.
  app: { scanner: true, split: "qianbao-app", staticFolders: ["web/app/static"] },
  desk: { scanner: false, split: null, staticFolders: ["web/desk/static"] },
};

/** The app named on the command line; anything else ends the build. */
export function namedApp() {
  const name = process.argv[2];
  if (!Object.hasOwn(apps, name)) throw new Error(`expected one of ${Object.keys(apps).join(", ")}, found ${name}`);
  return { name, ...apps[name] };
}
