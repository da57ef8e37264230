/** Results as JSON and text. */
export { acceptedToJson, errorToJson, refusedToJson } from './verdict.js'
export type { BindingJson, VerdictJson } from './verdict.js'
export { verdictToText } from './text.js'
