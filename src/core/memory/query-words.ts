/** A sentence taken apart into words, lower case. Identifiers with / . _ - stay whole. */
export function queryWords(query: string): readonly string[] {
  const words = query
    .slice(0, 2_000)
    .toLowerCase()
    .match(/[\p{L}\p{N}][\p{L}\p{N}_./@:-]*/gu)
  return [...new Set((words ?? []).map((word) => word.replace(/[./:-]+$/, '')))].slice(0, 32)
}
