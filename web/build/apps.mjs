// The browser apps and what each is made of, for the build scripts.

export const apps = {
  app: { scanner: true, staticFolders: ["web/app/static"] },
  desk: { scanner: false, staticFolders: ["web/desk/static"] },
};

/** The app named on the command line; anything else ends the build. */
export function namedApp() {
  const name = process.argv[2];
  if (!Object.hasOwn(apps, name)) throw new Error(`expected one of ${Object.keys(apps).join(", ")}, found ${name}`);
  return { name, ...apps[name] };
}
