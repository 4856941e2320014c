import axe from 'axe-core'

/** The page of a test is none of ours, and has a title and a language of its own. */
const OF_A_WHOLE_PAGE = {
  'document-title': { enabled: false },
  'html-has-lang': { enabled: false },
}

/** What stands in the way of somebody who can't see or point, by axe's rules. */
export async function barriers(): Promise<readonly string[]> {
  const { violations } = await axe.run(document, { rules: OF_A_WHOLE_PAGE })
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)
}
