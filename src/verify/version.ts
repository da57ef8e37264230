/** The version of this library, as results carry it. A test holds it against package.json. */
export const libraryVersion: string = '0.1.0'
