import type { OpenOptions } from '../../client/open-backfold.ts'
import type { Backfold } from '../../client/session.ts'
import type { SummariserChoice } from '../../protocol/summariser-options.ts'
import type { ChatLabels } from '../chat-view/labels/chat-labels.ts'
import type { Respond } from '../chat/ask/respond-model.ts'
import type { HostTools } from '../chat/shell/host-tools.ts'
import type { WidgetLabels } from '../composer/widget-labels.ts'
import type { MessageActions } from './message-actions.ts'

/** On a server there are no elements; the class is then of no use, and importing it does no harm. */
const Base: typeof HTMLElement =
  typeof HTMLElement === 'undefined' ? (class {} as unknown as typeof HTMLElement) : HTMLElement

/** What a page gives an element that no attribute can hold. Secrets among it stay in memory. */
export interface GivenProperties {
  apiKey: string
  headers: Readonly<Record<string, string>>
  respond: Respond | null
  tools: HostTools | null
  labels: Partial<ChatLabels & WidgetLabels>
  backfold: Backfold | null
  openOptions: OpenOptions
  summarisers: SummariserChoice | readonly SummariserChoice[] | null
  messageActions: MessageActions | null
}

/** The properties of the element that are no attributes. @see SPEC.md rule ELEM5 */
export abstract class ElementProperties extends Base {
  /** Not enumerable, so that it is not among what is copied or listed of an element. */
  readonly #given: GivenProperties = {
    apiKey: '',
    headers: {},
    respond: null,
    tools: null,
    labels: {},
    backfold: null,
    openOptions: {},
    summarisers: null,
    messageActions: null,
  }

  protected get given(): GivenProperties {
    return this.#given
  }

  /** Something was given; `isOther` for another Backfold. */
  protected abstract changed(isOther: boolean): void

  /** What the attribute says. */
  protected abstract get namedSummarisers(): readonly SummariserChoice[]

  /** Secret that the protocol's own header takes. Never an attribute, never stored. */
  get apiKey(): string {
    return this.given.apiKey
  }

  set apiKey(apiKey: string) {
    this.#give({ apiKey })
  }

  /** Headers that go with every request of a model. */
  get headers(): Readonly<Record<string, string>> {
    return this.given.headers
  }

  set headers(headers: Readonly<Record<string, string>>) {
    this.#give({ headers })
  }

  /** Answers in place of a server. */
  get respond(): Respond | null {
    return this.given.respond
  }

  set respond(respond: Respond | null) {
    this.#give({ respond })
  }

  /** Tools that the page carries out. */
  get tools(): HostTools | null {
    return this.given.tools
  }

  set tools(tools: HostTools | null) {
    this.#give({ tools })
  }

  /** Words in place of ours. */
  get labels(): Partial<ChatLabels & WidgetLabels> {
    return this.given.labels
  }

  set labels(labels: Partial<ChatLabels & WidgetLabels>) {
    this.#give({ labels })
  }

  /** A Backfold of the page's own, in place of the one that the elements share. */
  get backfold(): Backfold | null {
    return this.given.backfold
  }

  set backfold(backfold: Backfold | null) {
    if (backfold === this.given.backfold) return
    this.given.backfold = backfold
    this.changed(true)
  }

  /** How the shared Backfold is opened, such as where its workers are. Counts when it is opened first. */
  get openOptions(): OpenOptions {
    return this.given.openOptions
  }

  set openOptions(openOptions: OpenOptions) {
    this.#give({ openOptions })
  }

  /** Who writes prose for digests, where the attribute is not enough. Counts when the Backfold is opened first. */
  get summarisers(): SummariserChoice | readonly SummariserChoice[] {
    return this.given.summarisers ?? this.namedSummarisers
  }

  set summarisers(given: SummariserChoice | readonly SummariserChoice[] | string | null) {
    if (typeof given === 'string') this.reflect('summarisers', given)
    else this.#give({ summarisers: given })
  }

  /** More actions of a message; in place of a `<template slot="message-actions">`. */
  get messageActions(): MessageActions | null {
    return this.given.messageActions
  }

  set messageActions(messageActions: MessageActions | null) {
    this.#give({ messageActions })
  }

  protected reflect(name: string, value: string | null): void {
    if (value === null) this.removeAttribute(name)
    else this.setAttribute(name, value)
  }

  #give(some: Partial<GivenProperties>): void {
    Object.assign(this.#given, some)
    this.changed(false)
  }
}
