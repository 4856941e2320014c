import type { FailureTable } from './failure-words.ts'

const NOT_SET_UP = 'Kein Modell eingerichtet'
const NOT_ATTACHED = 'Nicht angehängt'
const SAFE =
  'Was vorher geschrieben wurde, ist sicher. Noch einmal versuchen; hilft das nicht, die Seite neu laden.'
const KEPT = 'Was ankam, bleibt erhalten und ist markiert. Noch einmal senden, um fortzufahren.'

export const GERMAN_FAILURES: FailureTable = {
  offline: () => ['Offline', 'Mit dem Netz verbinden und noch einmal senden.'],
  'no-response': (host) => [
    `Keine Antwort von ${host}`,
    'Prüfen, ob der Server läuft und diese Seite zulässt (CORS). Ollama mit OLLAMA_ORIGINS und der Adresse dieser Seite starten.',
  ],
  'key-refused': (status) => [`Schlüssel abgelehnt (${status})`, 'Den Schlüssel prüfen.'],
  'not-allowed': (status) => [
    `Nicht erlaubt (${status})`,
    'Dieser Schlüssel darf dieses Modell oder diesen Endpunkt nicht nutzen.',
  ],
  'not-found': (status) => [
    `Nicht gefunden (${status})`,
    'Die Basisadresse (sie endet meist auf /v1) und den Namen des Modells prüfen.',
  ],
  'too-many-requests': (seconds) => [
    'Zu viele Anfragen (429)',
    `${seconds === '' ? 'Einen Moment' : `${seconds} s`} warten oder das Kontingent des Kontos prüfen.`,
  ],
  'context-too-long': (status) => [
    `Kontext zu lang (${status})`,
    'Ein Budget unter dem Fenster des Modells setzen und noch einmal senden.',
  ],
  'request-refused': (status) => [
    `Anfrage abgelehnt (${status})`,
    'Der Endpunkt nimmt diese Anfrage nicht an; seine Worte stehen unten.',
  ],
  'server-error': (status) => [
    `Fehler des Servers (${status})`,
    'Der Endpunkt hat versagt; später noch einmal senden.',
  ],
  'unexpected-response': (status) => [
    `Unerwartete Antwort (${status})`,
    'Die Basisadresse prüfen.',
  ],
  'broke-off': () => ['Die Antwort brach ab', KEPT],
  'error-in-answer': () => ['Der Server meldete während der Antwort einen Fehler', KEPT],
  'no-text': () => [
    'Das Modell schickte keinen Text',
    'Noch einmal senden oder ein anderes Modell wählen.',
  ],
  'model-failed': () => ['Das Modell konnte nicht antworten', 'Noch einmal versuchen.'],
  'only-tools': () => [
    'Das Modell rief nur Werkzeuge auf',
    'Noch einmal senden oder um etwas Kleineres bitten.',
  ],
  'no-endpoint': () => [NOT_SET_UP, '`endpoint` setzen oder mit `respond` ein Modell mitbringen.'],
  'endpoint-no-url': () => [NOT_SET_UP, 'Der Endpunkt ist keine Adresse.'],
  'endpoint-not-http': () => [NOT_SET_UP, 'Der Endpunkt muss mit http:// oder https:// beginnen.'],
  'key-unencrypted': () => [
    NOT_SET_UP,
    'Ein Schlüssel würde unverschlüsselt reisen: für diesen Endpunkt https verwenden.',
  ],
  'no-model-name': () => [NOT_SET_UP, '`model` auf den Namen eines Modells setzen.'],
  'too-large-to-wait': () => [
    'Zu groß, um zu warten',
    'Es bleibt im Eingabefeld. Senden, sobald eine Verbindung besteht und keine Antwort unterwegs ist.',
  ],
  'answer-under-way': () => [
    'Eine Antwort ist unterwegs',
    'Auf sie warten oder sie anhalten. Vielleicht läuft sie in einem anderen Tab.',
  ],
  unanswered: () => [
    'Es gibt noch keine Antwort',
    'Die Seite wurde geschlossen, bevor sie kam. Noch einmal fragen.',
  ],
  'too-many-files': (name) => [
    NOT_ATTACHED,
    `${name}: höchstens 10 Dateien gehen mit einer Nachricht.`,
  ],
  'file-empty': (name) => [NOT_ATTACHED, `${name} ist leer.`],
  'files-too-large': (name) => [
    NOT_ATTACHED,
    `${name}: die Dateien sind zusammen größer als 15 MB.`,
  ],
  'no-images': (name) => [NOT_ATTACHED, `${name}: dieses Modell nimmt keine Bilder.`],
  'image-too-large': (name) => [
    NOT_ATTACHED,
    `${name} ist größer als 5 MB, das Höchste für ein Bild.`,
  ],
  'file-of-no-kind': (name) => [
    NOT_ATTACHED,
    `${name} ist weder ein Text noch ein Bild in PNG, JPEG, GIF oder WebP.`,
  ],
  'text-too-large': (name) => [
    NOT_ATTACHED,
    `${name} ist größer als 256 kB, das Höchste für einen Text.`,
  ],
  'file-no-text': (name) => [NOT_ATTACHED, `${name} ist kein Text.`],
  failed: () => ['Das hat nicht geklappt', SAFE],
  CLOSED: () => ['Das Gespräch ist geschlossen', SAFE],
  SESSION_NOT_FOUND: () => ['Das Gespräch ist nicht mehr da', SAFE],
  STORAGE_QUOTA_EXCEEDED: () => ['Der Speicher ist voll', SAFE],
  STORAGE_BLOCKED: () => ['Ein anderer Tab hält eine ältere Fassung offen', SAFE],
  STORAGE_NEWER: () => ['Eine neuere Fassung hat dieses Gespräch geschrieben', SAFE],
  STORAGE_LOST: () => ['Die gespeicherten Gespräche wurden entfernt', SAFE],
  STORAGE_LOCKED: () => ['Die Gespräche sind verschlossen', SAFE],
  TIMED_OUT: () => ['Das dauerte zu lange', SAFE],
  WORKER_LOST: () => ['Die Arbeit im Hintergrund wurde neu gestartet', SAFE],
}
