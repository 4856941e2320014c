/** Published as `backfold/react`: for React 18 and later, which the host brings. */
export { BackfoldProvider } from './widget/provider/backfold-provider.tsx'
export type { BackfoldProviderProps } from './widget/provider/backfold-provider.tsx'
export { useBackfold } from './widget/provider/use-backfold.ts'
export type { BackfoldHandle } from './widget/provider/use-backfold.ts'
export type { OpeningState } from './widget/provider/opening.ts'
export { useContextEntries } from './widget/hooks/use-context-entries.ts'
export { useContextState } from './widget/hooks/use-context-state.ts'
export type { Followed } from './widget/hooks/use-followed.ts'
export { useGenerations } from './widget/hooks/use-generations.ts'
export { useObservable } from './widget/hooks/use-observable.ts'
export { useRecall } from './widget/hooks/use-recall.ts'
export type { Recalled, UseRecallOptions } from './widget/hooks/use-recall.ts'
export { useSession } from './widget/hooks/use-session.ts'
export type { SessionHandle } from './widget/hooks/use-session.ts'
export { useSync } from './widget/hooks/use-sync.ts'
export type { SyncHandle } from './widget/hooks/use-sync.ts'
export { ArtifactList } from './widget/blocks/artifact-list.tsx'
export type {
  ArtifactLabels,
  ArtifactListProps,
  ArtifactPart,
} from './widget/blocks/artifact-list.tsx'
export { ContextGauge } from './widget/blocks/context-gauge.tsx'
export type { ContextGaugeProps, GaugeLabels, GaugePart } from './widget/blocks/context-gauge.tsx'
export { ContextInspector } from './widget/blocks/context-inspector.tsx'
export type {
  ContextInspectorProps,
  InspectorLabels,
  InspectorPart,
} from './widget/blocks/context-inspector.tsx'
export { GenerationTimeline } from './widget/blocks/generation-timeline.tsx'
export type {
  GenerationTimelineProps,
  TimelineItem,
  TimelineLabels,
  TimelinePart,
} from './widget/blocks/generation-timeline.tsx'
export { RecallBox } from './widget/blocks/recall-box.tsx'
export type { RecallBoxLabels, RecallBoxPart, RecallBoxProps } from './widget/blocks/recall-box.tsx'
export type { ClassNames } from './widget/blocks/part.ts'
export type { ProblemLabels } from './widget/blocks/problem.tsx'
export type { RecalledLabels } from './widget/blocks/artifact-view.tsx'
export type { SourceLabels } from './widget/blocks/source-list.tsx'
export type { TextLabels } from './widget/blocks/clipped-text.tsx'
