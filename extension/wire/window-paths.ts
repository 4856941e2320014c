/** Where model servers tell how large their windows are, by path with query. */
export const WINDOW_PATHS: RegExp = /\/(?:props|models|api\/(?:show|ps))(?:\?|$)/
