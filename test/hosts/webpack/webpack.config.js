import { join } from 'node:path'

export default {
  mode: 'production',
  entry: './main.js',
  output: { path: join(import.meta.dirname, 'public') },
  // Only for time's sake: the other hosts show that what is minified runs.
  optimization: { minimize: false },
}
