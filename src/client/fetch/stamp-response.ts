import type { Body } from './pass-through.ts'

/** A response with another body that says of itself what the first one does, and so do its clones. */
export function stampResponse(
  { status, statusText, url, type, redirected, headers }: Response,
  body: Body,
): Response {
  const stamp = (made: Response): Response =>
    Object.defineProperties(made, {
      url: { value: url },
      type: { value: type },
      redirected: { value: redirected },
      clone: { value: () => stamp(Response.prototype.clone.call(made)) },
    })
  return stamp(new Response(body, { status, statusText, headers }))
}
