/** Messages for one call of the tool, few enough for its own limit on a result (2,000 tokens). */
const MESSAGES_PER_PAGE = 2
/** The tool's own limit. */
const MOST_PAGES = 50

/**
 * Reads a session back through the library's own `recall` tool, as the model would: page by page,
 * from the start and from the end.
 *
 * @see https://mastra.ai/reference/memory/observational-memory#recall-tool
 * @param {import('@mastra/memory').Memory} memory
 * @param {{ thread: string, resource: string }} place
 */
export function createRecallReader(memory, { thread, resource }) {
  const { recall } = memory.listTools()
  const context = { memory, agent: { threadId: thread, resourceId: resource } }
  const pageAt = (anchor, page) =>
    recall.execute(
      {
        mode: 'messages',
        detail: 'high',
        threadId: thread,
        anchor,
        page,
        limit: MESSAGES_PER_PAGE,
      },
      context,
    )
  /** Pages that were read; what is in the thread once stays there. @type {string[]} */
  let pages = []

  async function readAll() {
    pages = []
    for (const anchor of ['start', 'end']) {
      for (let page = 1, more = true; page <= MOST_PAGES && more; page += 1) {
        const result = await pageAt(anchor, page)
        pages.push(result.messages)
        more = anchor === 'start' ? result.hasNextPage : result.hasPrevPage
      }
    }
  }

  return {
    /** @param {string} marker */
    async has(marker) {
      if (!pages.some((text) => text.includes(marker))) await readAll()
      return pages.some((text) => text.includes(marker))
    },
  }
}
