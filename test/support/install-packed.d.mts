/** Packs the package and installs it into a folder, as a host would. Needs a build. */
export function installPacked(folder: string): void
