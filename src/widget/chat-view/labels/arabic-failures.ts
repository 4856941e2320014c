import type { FailureTable } from './failure-words.ts'

const NOT_SET_UP = 'لم يُعدّ أي نموذج'
const NOT_ATTACHED = 'لم يُرفق'
const SAFE = 'ما كُتب من قبل محفوظ. حاول مرة أخرى، وإن لم يُفد ذلك فأعد تحميل الصفحة.'
const KEPT = 'ما وصل محفوظ ومُعلَّم. أرسل مرة أخرى للمتابعة.'

export const ARABIC_FAILURES: FailureTable = {
  offline: () => ['غير متصل', 'اتصل بالشبكة وأرسل مرة أخرى.'],
  'no-response': (host) => [
    `لا رد من \u2068${host}\u2069`,
    'تحقق من أن الخادم يعمل ويسمح لهذه الصفحة (CORS). شغّل Ollama مع ضبط OLLAMA_ORIGINS على عنوان هذه الصفحة.',
  ],
  'key-refused': (status) => [`رُفض المفتاح (${status})`, 'تحقق من المفتاح.'],
  'not-allowed': (status) => [
    `غير مسموح (${status})`,
    'لا يحق لهذا المفتاح استخدام هذا النموذج أو هذا العنوان.',
  ],
  'not-found': (status) => [
    `غير موجود (${status})`,
    'تحقق من العنوان الأساسي (ينتهي عادة بـ \u2068/v1\u2069) ومن اسم النموذج.',
  ],
  'too-many-requests': (seconds) => [
    'طلبات كثيرة جدًا (429)',
    seconds === ''
      ? 'انتظر لحظة، أو تحقق من حصة الحساب.'
      : `انتظر \u2068${seconds}\u2069 ث، أو تحقق من حصة الحساب.`,
  ],
  'context-too-long': (status) => [
    `السياق طويل جدًا (${status})`,
    'اضبط ميزانية أقل من نافذة النموذج وأرسل مرة أخرى.',
  ],
  'request-refused': (status) => [
    `رُفض الطلب (${status})`,
    'لا يقبل الخادم هذا الطلب؛ انظر ما قاله.',
  ],
  'server-error': (status) => [`خطأ في الخادم (${status})`, 'تعطّل الخادم؛ أرسل مرة أخرى لاحقًا.'],
  'unexpected-response': (status) => [`رد غير متوقع (${status})`, 'تحقق من العنوان الأساسي.'],
  'broke-off': () => ['انقطعت الإجابة', KEPT],
  'error-in-answer': () => ['أبلغ الخادم عن خطأ أثناء الإجابة', KEPT],
  'no-text': () => ['لم يرسل النموذج نصًا', 'أرسل مرة أخرى، أو اختر نموذجًا آخر.'],
  'model-failed': () => ['لم يستطع النموذج الإجابة', 'حاول مرة أخرى.'],
  'only-tools': () => ['استدعى النموذج الأدوات فقط', 'أرسل مرة أخرى، أو اطلب شيئًا أصغر.'],
  'no-endpoint': () => [NOT_SET_UP, 'اضبط `endpoint`، أو قدّم نموذجًا عبر `respond`.'],
  'endpoint-no-url': () => [NOT_SET_UP, 'عنوان الخادم ليس رابطًا.'],
  'endpoint-not-http': () => [
    NOT_SET_UP,
    'يجب أن يبدأ العنوان بـ \u2068http://\u2069 أو \u2068https://\u2069.',
  ],
  'key-unencrypted': () => [NOT_SET_UP, 'سينتقل المفتاح دون تشفير: استخدم https لهذا العنوان.'],
  'no-model-name': () => [NOT_SET_UP, 'اضبط `model` على اسم نموذج.'],
  'too-large-to-wait': () => [
    'أكبر من أن ينتظر',
    'يبقى في حقل الكتابة. أرسله عند توفر اتصال وعدم وجود إجابة في الطريق.',
  ],
  'answer-under-way': () => [
    'هناك إجابة في الطريق',
    'انتظر وصولها، أو أوقفها. قد تكون في علامة تبويب أخرى.',
  ],
  unanswered: () => ['لا إجابة بعد', 'أُغلقت الصفحة قبل وصولها. اسأل مرة أخرى.'],
  'too-many-files': (name) => [
    NOT_ATTACHED,
    `\u2068${name}\u2069: لا ترافق الرسالة أكثر من 10 ملفات.`,
  ],
  'file-empty': (name) => [NOT_ATTACHED, `الملف \u2068${name}\u2069 فارغ.`],
  'files-too-large': (name) => [NOT_ATTACHED, `\u2068${name}\u2069: مجموع الملفات أكبر من 15 MB.`],
  'no-images': (name) => [NOT_ATTACHED, `\u2068${name}\u2069: لا يقبل هذا النموذج الصور.`],
  'image-too-large': (name) => [
    NOT_ATTACHED,
    `\u2068${name}\u2069 أكبر من 5 MB، وهو الحد الأقصى للصورة.`,
  ],
  'file-of-no-kind': (name) => [
    NOT_ATTACHED,
    `\u2068${name}\u2069 ليس نصًا ولا صورة PNG أو JPEG أو GIF أو WebP.`,
  ],
  'text-too-large': (name) => [
    NOT_ATTACHED,
    `\u2068${name}\u2069 أكبر من 256 kB، وهو الحد الأقصى للنص.`,
  ],
  'file-no-text': (name) => [NOT_ATTACHED, `\u2068${name}\u2069 ليس نصًا.`],
  failed: () => ['لم ينجح ذلك', SAFE],
  CLOSED: () => ['المحادثة مغلقة', SAFE],
  SESSION_NOT_FOUND: () => ['لم تعد المحادثة موجودة', SAFE],
  STORAGE_QUOTA_EXCEEDED: () => ['امتلأت مساحة التخزين', SAFE],
  STORAGE_BLOCKED: () => ['علامة تبويب أخرى تستخدم إصدارًا أقدم', SAFE],
  STORAGE_NEWER: () => ['كتب إصدار أحدث هذه المحادثة', SAFE],
  STORAGE_LOST: () => ['أُزيلت المحادثات المخزنة', SAFE],
  STORAGE_LOCKED: () => ['المحادثات مقفلة', SAFE],
  TIMED_OUT: () => ['استغرق هذا وقتًا طويلًا', SAFE],
  WORKER_LOST: () => ['أُعيد تشغيل العامل في الخلفية', SAFE],
}
