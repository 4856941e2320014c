/** What the composer, the header and the frame of a chat say, in one language. */
export interface WidgetLabels {
  readonly heading: string
  readonly placeholder: string
  readonly message: string
  readonly send: string
  readonly queue: string
  readonly stop: string
  readonly attach: string
  readonly attachments: string
  readonly removeFile: (name: string) => string
  readonly image: string
  readonly dropHere: string
  readonly editing: string
  readonly cancelEditing: string
  /** Shown while there is no connection. */
  readonly offline: string
  readonly readOnly: string
  readonly context: string
  readonly foldNow: string
  readonly folding: string
  readonly foldSkipped: (reason: string) => string
  readonly newSession: string
  readonly open: string
  readonly close: string
  readonly opening: string
  readonly openFailed: string
  readonly tryAgain: string
}

const ENGLISH: WidgetLabels = {
  heading: 'Chat',
  placeholder: 'Write a message…',
  message: 'Message',
  send: 'Send',
  queue: 'Send when online',
  stop: 'Stop the answer',
  attach: 'Attach files',
  attachments: 'Attached files',
  removeFile: (name) => `Remove ${name}`,
  image: 'image',
  dropHere: 'Drop files to attach them',
  editing: 'You are editing a message. What followed it is kept on a branch.',
  cancelEditing: 'Cancel editing',
  offline: 'You are offline. Messages wait here and are sent once you are back.',
  readOnly: 'This conversation can only be read.',
  context: 'What is in the context now',
  foldNow: 'Fold now',
  folding: 'Folding…',
  foldSkipped: (reason) => `Not folded: ${reason}`,
  newSession: 'New conversation',
  open: 'Open the chat',
  close: 'Close the chat',
  opening: 'Opening the conversation…',
  openFailed: 'The conversation could not be opened.',
  tryAgain: 'Try again',
}

const GERMAN: WidgetLabels = {
  heading: 'Chat',
  placeholder: 'Nachricht schreiben …',
  message: 'Nachricht',
  send: 'Senden',
  queue: 'Senden, sobald online',
  stop: 'Antwort anhalten',
  attach: 'Dateien anhängen',
  attachments: 'Angehängte Dateien',
  removeFile: (name) => `${name} entfernen`,
  image: 'Bild',
  dropHere: 'Dateien hier ablegen',
  editing: 'Du bearbeitest eine Nachricht. Was ihr folgte, bleibt auf einem Zweig erhalten.',
  cancelEditing: 'Bearbeiten abbrechen',
  offline:
    'Du bist offline. Nachrichten warten hier und werden gesendet, sobald du wieder online bist.',
  readOnly: 'Dieses Gespräch kann nur gelesen werden.',
  context: 'Was jetzt im Kontext steht',
  foldNow: 'Jetzt falten',
  folding: 'Wird gefaltet …',
  foldSkipped: (reason) => `Nicht gefaltet: ${reason}`,
  newSession: 'Neues Gespräch',
  open: 'Chat öffnen',
  close: 'Chat schließen',
  opening: 'Das Gespräch wird geöffnet …',
  openFailed: 'Das Gespräch konnte nicht geöffnet werden.',
  tryAgain: 'Noch einmal',
}

const ARABIC: WidgetLabels = {
  heading: 'محادثة',
  placeholder: 'اكتب رسالة…',
  message: 'رسالة',
  send: 'إرسال',
  queue: 'إرسال عند الاتصال',
  stop: 'إيقاف الإجابة',
  attach: 'إرفاق ملفات',
  attachments: 'الملفات المرفقة',
  removeFile: (name) => `إزالة ${name}`,
  image: 'صورة',
  dropHere: 'أفلت الملفات هنا لإرفاقها',
  editing: 'أنت تعدّل رسالة. ما تلاها محفوظ في فرع.',
  cancelEditing: 'إلغاء التعديل',
  offline: 'أنت غير متصل. تنتظر الرسائل هنا وتُرسل عند عودة الاتصال.',
  readOnly: 'هذه المحادثة للقراءة فقط.',
  context: 'ما هو موجود في السياق الآن',
  foldNow: 'اطوِ الآن',
  folding: 'جارٍ الطي…',
  foldSkipped: (reason) => `لم يُطوَ: ${reason}`,
  newSession: 'محادثة جديدة',
  open: 'فتح المحادثة',
  close: 'إغلاق المحادثة',
  opening: 'جارٍ فتح المحادثة…',
  openFailed: 'تعذّر فتح المحادثة.',
  tryAgain: 'حاول مرة أخرى',
}

/**
 * The words in a language; English where there are none.
 *
 * @param locale - BCP 47, such as `de-AT`.
 * @see SPEC.md rule ELEM6
 */
export function widgetLabels(locale: string): WidgetLabels {
  const language = locale.toLowerCase().split(/[-_]/, 1)[0]
  if (language === 'de') return GERMAN
  return language === 'ar' ? ARABIC : ENGLISH
}
