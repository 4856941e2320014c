import type { Context } from 'react'
import { createContext, useContext } from 'react'
import type { ChatLabels } from './labels/chat-labels.ts'
import { ENGLISH } from './labels/english.ts'
import type { AllowImages } from './markdown/judge-image.ts'

/** What all that is drawn of a chat goes by. */
export interface ViewSettings {
  readonly labels: ChatLabels
  readonly allowImages: AllowImages
  /** Nothing that changes the conversation is offered. */
  readonly isReadOnly: boolean
}

export const ViewContext: Context<ViewSettings> = createContext<ViewSettings>({
  labels: ENGLISH,
  allowImages: 'none',
  isReadOnly: false,
})

export function useView(): ViewSettings {
  return useContext(ViewContext)
}
