import { eachLine } from './each-line.ts'
import { MAX_ROWS, plural, row, type Shape, type ShapeRow } from './shape.ts'

/** Where one call of a stack was: JavaScript, Java, Python, Go, Rust, Ruby, .NET. */
const FRAME =
  /^\s*(?:at |\d{1,4}: +(?:0x[0-9a-f]+ - )?\S)|^\s*File "[^"]+", line \d+|^\s+\S+\.(?:go|rs|c|cc|cpp):\d+|^\s*(?:from )?\S+\.rb:\d+:in |^\s*in \S+ \(?\S+:\d+/

/** What went wrong, in the words of the one who threw. */
const MESSAGE =
  /^(?:\s*(?:Caused by|Suppressed): |Uncaught |panic: |fatal error: |thread '|Exception in thread |Unhandled |error\[|\S*(?:Error|Exception|Warning|Interrupt|Exit)\b[^"]*(?::|$))/

/** Frames of libraries and runtimes, which say less than one's own. */
const FOREIGN =
  /node_modules|node:|internal\/|<anonymous>|site-packages|dist-packages|lib\/python\d|<frozen|\bjava\.|\bjavax\.|\bsun\.|jdk\.|org\.(?:junit|springframework|apache|gradle)|\/usr\/(?:lib|local\/go)|\/rustc\/|runtime\/|gems\/|System\.|Microsoft\./

/** Whether a line is one frame of a stack. */
export function isFrame(line: string): boolean {
  return FRAME.test(line)
}

/** Whether a line says what went wrong. */
export function isTraceMessage(line: string): boolean {
  return MESSAGE.test(line) || line.startsWith('Traceback (most recent call last)')
}

/** Messages, and the frames in files of the project that are nearest to the failure. */
export function traceShape(text: string, lines: number): Shape {
  const rows: ShapeRow[] = []
  let frames = 0
  let own = 0
  const isPython = text.slice(0, 20_000).includes('Traceback (most recent call last)')
  eachLine(text, (line, number) => {
    if (rows.length >= MAX_ROWS * 6) return false
    if (isFrame(line)) {
      frames += 1
      if (FOREIGN.test(line)) {
        rows.push(row(line.trim(), 20))
        return
      }
      own += 1
      // Python names the innermost call last, all others first.
      const near = isPython ? Math.min(20, own) : -Math.min(40, own * 2)
      rows.push(row(line.trim(), 70 + near))
      return
    }
    if (line.trim() === '') return
    // Python names any class, in a line of its own behind the calls.
    const isMessage = MESSAGE.test(line) || (isPython && frames > 0 && /^[\w.]+(?:: |$)/.test(line))
    rows.push(row(line.trim(), isMessage ? 110 : number <= 2 ? 60 : 15))
  })
  const summary = `stack trace, ${plural(lines, 'line')}, ${plural(frames, 'frame')}, ${own} outside libraries`
  return { summary, rows }
}
