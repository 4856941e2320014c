/**
 * The colours, for light and dark. Written here and not in a file of styles: a bundler may rewrite `light-dark()` there
 * to something that needs `color-scheme` to stand in the same sheet, while hosts set it anywhere.
 */
export const COLOURS = `
:host {
  color-scheme: light dark;
}

:host([theme='light']),
[data-backfold-theme='light'] {
  color-scheme: light;
}

:host([theme='dark']),
[data-backfold-theme='dark'] {
  color-scheme: dark;
}

.bf-conversation,
.bf-panel {
  --bf-background: var(--backfold-background, light-dark(#fdfdfc, #16171a));
  --bf-surface: var(--backfold-surface, light-dark(#f3f2ef, #212328));
  --bf-text: var(--backfold-text, light-dark(#1d1e20, #e9e8e4));
  --bf-quiet: var(--backfold-quiet, light-dark(#5d5f66, #a4a6ad));
  --bf-border: var(--backfold-border, light-dark(#dfddd8, #34373e));
  --bf-accent: var(--backfold-accent, light-dark(#2a5bd0, #8fb0ff));
  --bf-on-accent: var(--backfold-on-accent, light-dark(#fff, #10131c));
  --bf-own: var(--backfold-own, light-dark(#e9eefb, #262d3f));
  --bf-fold: var(--backfold-fold, light-dark(#6a4fb3, #bda6ff));
  --bf-danger: var(--backfold-danger, light-dark(#b3261e, #ffb4ab));
  --bf-danger-surface: var(--backfold-danger-surface, light-dark(#fdeeec, #3a2220));
  --bf-pinned: var(--backfold-pinned, light-dark(#b06a00, #f0b35a));
  --bf-answer: var(--backfold-answer, light-dark(#2c7a5c, #7bd0ac));
}
`
