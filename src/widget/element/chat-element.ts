import { createElement, createRef } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import type { Session } from '../../client/session.ts'
import type { SummariserChoice } from '../../protocol/summariser-options.ts'
import { adoptChatStyles } from '../chat-view/styles/chat-styles.ts'
import type { ChatLabels } from '../chat-view/labels/chat-labels.ts'
import { ENGLISH } from '../chat-view/labels/english.ts'
import { loadLabels } from '../chat-view/labels/load-labels.ts'
import type { Chat } from '../chat/chat.ts'
import { createChat } from '../chat/shell/create-chat.ts'
import type { ChatNews } from '../chat/shell/chat-options.ts'
import { widgetLabels } from '../composer/widget-labels.ts'
import { ElementApp, type AppHandle } from './element-app.tsx'
import { tellHost } from './element-events.ts'
import { ATTRIBUTES, readOptions, type ElementOptions } from './element-options.ts'
import { ElementProperties } from './element-properties.ts'
import { openRuntime, type Runtime } from './element-runtime.ts'
import { adoptFrameStyles } from './frame-styles.ts'
import type { MessageActions } from './message-actions.ts'
import { pickModel } from './pick-model.ts'

/**
 * A chat as an element, `<backfold-chat>`: it keeps the conversation in the browser, folds it, asks a model and draws
 * it all in a shadow root.
 *
 * @see SPEC.md rules ELEM1 to ELEM10
 */
export class BackfoldChatElement extends ElementProperties {
  static readonly observedAttributes: readonly string[] = [...ATTRIBUTES, 'dir', 'lang']
  readonly #app = createRef<AppHandle>()
  #options: ElementOptions = readOptions(() => null)
  #labels: ChatLabels = ENGLISH
  #root: Root | null = null
  #runtime: Runtime | null = null
  #ready = newReady()
  #isDue = false

  /** Resolves once the session is open; anew for each session. Rejects if it can't be opened. */
  get ready(): Promise<Chat> {
    return this.#ready.promise
  }

  /** The chat, once it is open. */
  get chat(): Chat | null {
    const state = this.#runtime?.state.get()
    return state?.status === 'ready' ? state.chat : null
  }

  /** The session, once it is open. Setting an id opens that one, as the attribute does. */
  get session(): Session | null {
    const state = this.#runtime?.state.get()
    return state?.status === 'ready' ? state.session : null
  }

  set session(id: string | null) {
    this.reflect('session', id)
  }

  /** Opens the window; of no effect inline. Setting it true or false does what the attribute does. */
  get open(): () => void {
    return () => this.#toggle(true)
  }

  set open(isOpen: boolean) {
    this.toggleAttribute('open', isOpen)
  }

  get isOpen(): boolean {
    return this.hasAttribute('open')
  }

  close(): void {
    this.#toggle(false)
  }

  /** Sends a text, or what is written, as the person would. */
  async send(text?: string): Promise<void> {
    await (await this.ready).send(text)
  }

  stop(): void {
    this.chat?.stop()
  }

  override focus(): void {
    this.#app.current?.focus()
  }

  /** The whole log, as Markdown. @see SPEC.md rule ELEM9 */
  async exportMarkdown(): Promise<string> {
    await this.ready
    return (await this.session?.markdown({ of: 'log' })) ?? ''
  }

  connectedCallback(): void {
    this.#takeEarly()
    if (this.#root === null) this.#mount()
    else this.#draw()
  }

  /** An element that is moved comes back in the same breath: then everything stays. */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (!this.isConnected) this.#unmount()
    })
  }

  /** Moved by `moveBefore()`: nothing is to be done. */
  connectedMoveCallback(): void {}

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after) return
    const former = this.#options
    this.#options = readOptions((one) => this.getAttribute(one))
    const { session, database, budget, locale } = this.#options
    if (this.#root === null) return
    if (session !== former.session || database !== former.database) this.#reopen()
    else if (budget !== former.budget && budget !== undefined)
      void this.session?.configure({ budget: { tokens: budget } }).catch(() => {})
    if (locale !== former.locale || name === 'lang') this.#speak()
    this.#draw()
    if (name === 'open') tellHost(this, 'backfold-toggle', { open: this.isOpen })
  }

  /** Properties that were given before the element was defined hide the accessors: they are given again. */
  #takeEarly(): void {
    for (const name of Object.getOwnPropertyNames(this)) {
      if (!(name in BackfoldChatElement.prototype)) continue
      const value: unknown = Reflect.get(this, name)
      Reflect.deleteProperty(this, name)
      Reflect.set(this, name, value)
    }
  }

  #mount(): void {
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: 'open', delegatesFocus: false })
    adoptChatStyles(shadow)
    adoptFrameStyles(shadow)
    this.#options = readOptions((name) => this.getAttribute(name))
    this.#root = createRoot(shadow)
    this.#runtime = this.#openRuntime()
    this.#speak()
    this.#draw()
  }

  #unmount(): void {
    this.#root?.unmount()
    this.#root = null
    this.#runtime?.close()
    this.#runtime = null
    this.#ready = newReady()
  }

  #reopen(): void {
    if (this.#root === null) return
    this.#runtime?.close()
    this.#ready = newReady()
    this.#runtime = this.#openRuntime()
    this.#draw()
  }

  #openRuntime(): Runtime {
    const { database, session: id, budget } = this.#options
    const { backfold, openOptions } = this.given
    const summarisers = [this.summarisers].flat()
    const runtime = openRuntime({
      database,
      openOptions: { ...openOptions, ...(summarisers.length > 0 && { summarisers }) },
      backfold,
      openSession: (open) =>
        open.session(id, budget === undefined ? undefined : { budget: { tokens: budget } }),
      makeChat: (session, open) =>
        createChat({
          session,
          database,
          model: () => pickModel(this.#options, this.given),
          tools: () => this.given.tools,
          recall: () => this.#options.recall,
          readOnly: () => this.#options.readOnly,
          turn: (provider, work) => open.turn(provider, work),
          maySend: (outgoing) => tellHost(this, 'backfold-send', outgoing),
          onNews: (news) => this.#tell(news),
        }),
    })
    const ready = this.#ready
    const check = (): void => {
      const state = runtime.state.get()
      if (state.status === 'failed') ready.reject(state.error)
      if (state.status !== 'ready') return
      const { chat, session, backfold: open } = state
      ready.resolve(chat)
      tellHost(this, 'backfold-ready', { chat, session, backfold: open })
    }
    runtime.state.subscribe(check)
    return runtime
  }

  #tell(news: ChatNews): void {
    switch (news.type) {
      case 'sent':
        tellHost(this, 'backfold-message', { seq: news.seq, text: news.text })
        break
      case 'answered':
        tellHost(this, 'backfold-answer', {
          seq: news.seq,
          text: news.text,
          outcome: news.outcome,
        })
        break
      case 'failed':
        tellHost(this, 'backfold-error', news.failure)
        break
      case 'folded':
        tellHost(this, 'backfold-folded', { generation: news.generation })
        break
      case 'rated':
        tellHost(this, 'backfold-feedback', { seq: news.seq, rating: news.rating })
        break
    }
  }

  #locale(): string {
    return (
      this.#options.locale || this.closest('[lang]')?.getAttribute('lang') || navigator.language
    )
  }

  #speak(): void {
    const locale = this.#locale()
    void loadLabels(locale).then((labels) => {
      if (this.#locale() !== locale) return
      this.#labels = labels
      this.#draw()
    })
  }

  /** Once for all changes of the same breath. */
  #draw(): void {
    if (this.#isDue) return
    this.#isDue = true
    queueMicrotask(() => {
      this.#isDue = false
      this.#drawNow()
    })
  }

  #drawNow(): void {
    if (this.#root === null || this.#runtime === null) return
    const { labels, messageActions } = this.given
    // The page's own direction is that of its language, which may be another.
    const direction = this.getAttribute('dir')
    const own = direction === 'rtl' || direction === 'ltr' ? { direction } : {}
    this.#root.render(
      createElement(ElementApp, {
        runtime: this.#runtime,
        options: this.#options,
        labels: { ...this.#labels, ...own, ...labels } as ChatLabels,
        words: { ...widgetLabels(this.#locale()), ...labels },
        actions: messageActions ?? this.#templateActions(),
        onToggle: this.#onToggle,
        onNewSession: this.#onNewSession,
        onAction: this.#onAction,
        handle: this.#app,
      }),
    )
  }

  readonly #onToggle = (isOpen: boolean): void => this.#toggle(isOpen)

  readonly #onNewSession = (): void => {
    const session = crypto.randomUUID()
    if (tellHost(this, 'backfold-new-session', { session })) this.setAttribute('session', session)
  }

  readonly #onAction = (action: string, message: Parameters<MessageActions>[0]): void =>
    void tellHost(this, 'backfold-action', { action, message })

  #template: { readonly element: HTMLTemplateElement; readonly actions: MessageActions } | null =
    null

  #templateActions(): MessageActions | null {
    const element = this.querySelector<HTMLTemplateElement>('template[slot="message-actions"]')
    if (element === null) return null
    if (this.#template?.element !== element) {
      this.#template = { element, actions: () => element.content.cloneNode(true) }
    }
    return this.#template.actions
  }

  protected override changed(isOther: boolean): void {
    if (isOther) this.#reopen()
    else this.#draw()
  }

  protected override get namedSummarisers(): readonly SummariserChoice[] {
    return this.#options.summarisers
  }

  #toggle(isOpen: boolean): void {
    this.toggleAttribute('open', isOpen)
  }
}

interface Ready {
  readonly promise: Promise<Chat>
  readonly resolve: (chat: Chat) => void
  readonly reject: (error: Error) => void
}

function newReady(): Ready {
  const { promise, resolve, reject } = Promise.withResolvers<Chat>()
  // Whoever does not wait for it is told by the element itself.
  promise.catch(() => {})
  return { promise, resolve, reject }
}
