/**
 * What the bridge says when it hands the page's world its port. It is no secret: that only our own code can take the
 * port, and only ours can give one, follows from both running before any script of the page.
 */
export const HAND_OVER = 'backfold:port'
