/** What went wrong, for words in any language and for hosts that tell cases apart. */
export type FailureCode =
  // A model that was asked.
  | 'offline'
  | 'no-response'
  | 'key-refused'
  | 'not-allowed'
  | 'not-found'
  | 'too-many-requests'
  | 'context-too-long'
  | 'request-refused'
  | 'server-error'
  | 'unexpected-response'
  | 'broke-off'
  | 'error-in-answer'
  | 'no-text'
  | 'model-failed'
  | 'only-tools'
  // A model that is not set up.
  | 'no-endpoint'
  | 'endpoint-no-url'
  | 'endpoint-not-http'
  | 'key-unencrypted'
  | 'no-model-name'
  // What is to be sent.
  | 'too-large-to-wait'
  | 'answer-under-way'
  | 'unanswered'
  | 'too-many-files'
  | 'file-empty'
  | 'files-too-large'
  | 'no-images'
  | 'image-too-large'
  | 'file-of-no-kind'
  | 'text-too-large'
  | 'file-no-text'
  // Backfold itself.
  | 'failed'
  | StoppedBy

/** Codes of a BackfoldError that have words of their own. */
export type StoppedBy =
  | 'CLOSED'
  | 'SESSION_NOT_FOUND'
  | 'STORAGE_QUOTA_EXCEEDED'
  | 'STORAGE_BLOCKED'
  | 'STORAGE_NEWER'
  | 'STORAGE_LOST'
  | 'STORAGE_LOCKED'
  | 'TIMED_OUT'
  | 'WORKER_LOST'
